"""What letters and notifications of subscriptions say, in both languages."""

from __future__ import annotations

from dougong_metadata.label import Label

NOT_SENT = Label("“{label}” is not sent to {names}", "「{label}」不再发送给{names}")
MORE_NAMES = Label(" and {count} more", "及另外 {count} 人")
STOPPED = Label("“{label}” is not sent any more", "「{label}」已停止发送")
READY = Label("{label} is ready", "{label}已生成")
STOPPED_BY = Label("{name} has stopped it.", "{name}已将其停止。")
WHY = {
    "left": Label("They have left: take them out.", "对方已离职或停用，请将其移出。"),
    "no_access": Label(
        "They may not see it: share it with them, or take them out.", "对方无权查看，请共享给对方或将其移出。"
    ),
    "broken": Label("It cannot be worked out: change it, or what is asked of it.", "无法生成，请修改内容或筛选条件。"),
    "gone": Label("It was removed: bring it back, or remove the subscription.", "内容已被删除，请恢复或删除此订阅。"),
    "too_slow": Label(
        "It takes too long: choose a shorter period, or fewer groups.", "运行时间过长，请缩短期间或减少分组。"
    ),
    "refused": Label(
        "The mail server refuses the mail: have the address corrected, or take them out.",
        "邮件服务器拒收，请更正邮箱地址或将其移出。",
    ),
    "failed": Label(
        "It was tried for half a day without success: ask your administrator, then send it again.",
        "多次重试仍未成功，请联系管理员后重新发送。",
    ),
}
FAILED = Label("It could not be sent to {name}: {reason}", "未能发送给{name}：{reason}")
OWNER_LEFT = Label("Its owner has left: hand it over or remove it.", "所有者已离职或停用，请移交或删除。")
HAND_OVER = Label(
    "{name}, who had it sent, has left: hand it over, or remove it.", "设置人{name}已离职或停用，请移交或删除。"
)
TAKE_OVER = Label(
    "{name}, who had it sent, has left: subscribe to it yourself, or ask an administrator to hand it over.",
    "设置人{name}已离职或停用，请自行订阅，或请管理员移交。",
)
MORE_OF_HIS = Label(
    " The same goes for {count} more, which stop when they are due.", "另有 {count} 个订阅也将在到期时停止。"
)
REFUSED = Label("The mail to {name} was refused: {reason}", "发给{name}的邮件被拒收：{reason}")
OPEN = Label("Open the report", "打开报表")
OPEN_DASHBOARD = Label("Open the dashboard", "打开仪表盘")
MORE_ROWS = Label("The first {shown} of {count} rows.", "共 {count} 行，此处显示前 {shown} 行。")
MORE_COLUMNS = Label("Further columns stand in the attached file.", "更多列见附件。")
MORE_LINES = Label("There are more rows: open the report.", "还有更多行，请打开报表查看。")
TOO_LARGE = Label("Too large to be attached: open the report to export it.", "数据过多，未附文件，请打开报表后导出。")
TOO_LARGE_DASHBOARD = Label(
    "Too large to be attached: open the dashboard to see everything.", "数据过多，未附文件，请打开仪表盘查看。"
)
APPROVALS = Label("Waiting for your approval", "待您审批")
APPROVAL_HEADS = (Label("About", "内容"), Label("Approval", "审批"), Label("From", "提交人"))
NOTHING = Label("There is nothing to show.", "没有数据。")
AS_OF = Label("As of {now}", "数据截至 {now}")
PERIOD = Label("{first} to {last}", "期间 {first} 至 {last}")
FOOT = Label(
    "You receive this because {owner} has it sent to you {when}.", "您收到此邮件，是因为{owner}设置了{when}发送给您。"
)
FOOT_OWN = Label(
    "You receive this because you have subscribed to it, {when}.", "您收到此邮件，是因为您订阅了此内容（{when}）。"
)
LEAVE = Label("Unsubscribe", "取消订阅")
CHART = Label("Chart", "图表")
EACH = {
    "daily": Label("every day at {hour}:00", "每天 {hour}:00"),
    "weekly": Label("every {weekday} at {hour}:00", "每{weekday} {hour}:00"),
    "monthly": Label("on day {day} of every month at {hour}:00", "每月 {day} 日 {hour}:00"),
}
WEEKDAYS = (
    Label("Monday", "周一"),
    Label("Tuesday", "周二"),
    Label("Wednesday", "周三"),
    Label("Thursday", "周四"),
    Label("Friday", "周五"),
    Label("Saturday", "周六"),
    Label("Sunday", "周日"),
)
