"""What notifications are about, and where each goes as long as its receiver has not said otherwise. A noun that tells
people something of its own adds its topic here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_tenants import Database, Tenant

EMAIL = ("now", "digest", "off")
_WITHHELD = Label("There is news about a record that you may not see.", "有一条您无权查看的记录的消息。")


@dataclass(frozen=True, slots=True)
class Topic:
    """`email`: now, digest or off; `inbox` and `robot`: whether it is told there. `withheld` is said to whoever may not
    see the record."""

    name: str
    label: Label
    help: Label
    icon: str
    inbox: bool = True
    email: str = "now"
    robot: bool = True
    withheld: Label = _WITHHELD


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(
            "approval",
            Label("Approvals", "审批"),
            Label(
                "What waits for your decision, and what became of what you submitted.",
                "待您审批的事项，以及您提交的审批的结果。",
            ),
            "clipboard-check",
            withheld=Label("There is news about an approval that you may not see.", "有一条您无权查看的审批的消息。"),
        ),
        Topic(
            "automation",
            Label("Reminders and automations", "提醒与自动化"),
            Label("What your administrator's automations tell you.", "管理员配置的自动化发给您的消息。"),
            "bolt",
        ),
        Topic(
            "mention",
            Label("Mentions", "提及"),
            Label("Somebody names you in a comment.", "有人在评论中提到您。"),
            "at",
            withheld=Label(
                "You were mentioned on a record that you may not see. Ask for access.",
                "有人在您无权查看的记录中提到了您，可向对方申请权限。",
            ),
        ),
        Topic(
            "share",
            Label("Shares", "共享"),
            Label("Somebody shares a record with you.", "有人将记录共享给您。"),
            "share",
            email="digest",
            robot=False,
        ),
        Topic(
            "report",
            Label("Reports", "报表"),
            Label(
                "A report or dashboard that is sent to you is ready. The mail with its table comes in any case, until "
                "you unsubscribe.",
                "定期发送给您的报表或仪表盘已生成。含表格的邮件在您取消订阅前总会发送。",
            ),
            "report-analytics",
            email="off",
            robot=False,
        ),
        Topic(
            "other",
            Label("Everything else", "其他"),
            Label("What belongs to none of the above.", "不属于以上类别的消息。"),
            "bell",
            email="digest",
            robot=False,
        ),
    )
}

# By topic: (database, tenant, user, page) -> the path that a mail to the user leads to instead of the page. A noun
# whose mails bring people in puts its own here.
MAILED: dict[str, Callable[[Database, Tenant, str, str], str]] = {}


def topic_named(name: str) -> Topic:
    """The topic; "other" for a name that nobody registered."""
    return TOPICS.get(name) or TOPICS["other"]
