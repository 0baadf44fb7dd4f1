"""What can stand in the audit log: each action with its name and sentence in both languages, in groups to choose by.

A noun that notes a new action adds a line here. Without one the entry is still shown, by its code. Placeholders of a
sentence: {actor}, {target}, and the words that `wording` finds in the details. `own` is said when one acts on oneself.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.label import Label


@dataclass(frozen=True, slots=True)
class Action:
    """`label` names it in filters; `sentence` tells it."""

    label: Label
    sentence: Label
    own: Label | None = None


@dataclass(frozen=True, slots=True)
class Group:
    label: Label
    actions: dict[str, Action]


def _action(label: tuple[str, str], sentence: tuple[str, str], own: tuple[str, str] | None = None) -> Action:
    return Action(Label(*label), Label(*sentence), None if own is None else Label(*own))


_SIGN_IN = {
    "sign_in.succeeded": _action(("Signed in", "登录"), ("{actor} signed in", "{actor} 登录了系统")),
    "sign_in.failed": _action(
        ("Sign-in failed", "登录失败"),
        ("A sign-in as {target} failed: {reason}", "有人以 {target} 的身份登录失败：{reason}"),
    ),
    "sign_out": _action(("Signed out", "退出登录"), ("{actor} signed out", "{actor} 退出了登录")),
    "session.revoked": _action(
        ("Sessions ended", "结束会话"),
        ("{actor} ended sessions of {target}: {sessions}", "{actor} 结束了 {target} 的 {sessions} 个会话"),
        ("{actor} ended other sessions of their own: {sessions}", "{actor} 结束了自己的 {sessions} 个其他会话"),
    ),
    "password.changed": _action(
        ("Password changed", "修改密码"),
        ("{actor} set the password of {target}", "{actor} 重设了 {target} 的密码"),
        ("{actor} changed their own password", "{actor} 修改了自己的密码"),
    ),
    "two_factor.enabled": _action(
        ("Two-step sign-in turned on", "启用两步验证"),
        ("{actor} turned on two-step sign-in for {target}", "{actor} 为 {target} 启用了两步验证"),
        ("{actor} turned on two-step sign-in", "{actor} 启用了两步验证"),
    ),
    "two_factor.disabled": _action(
        ("Two-step sign-in turned off", "停用两步验证"),
        ("{actor} turned off two-step sign-in of {target}", "{actor} 停用了 {target} 的两步验证"),
        ("{actor} turned off two-step sign-in", "{actor} 停用了两步验证"),
    ),
    "two_factor.failed": _action(
        ("Second step failed", "两步验证失败"),
        ("The second step of a sign-in as {target} failed", "有人以 {target} 的身份登录，两步验证未通过"),
    ),
    "two_factor.recovery_code_used": _action(
        ("Recovery code used", "使用恢复码"),
        ("{actor} signed in with a recovery code", "{actor} 使用恢复码登录"),
    ),
    "two_factor.recovery_codes_renewed": _action(
        ("Recovery codes renewed", "更换恢复码"),
        ("{actor} renewed the recovery codes", "{actor} 更换了恢复码"),
    ),
    "oidc.linked": _action(
        ("Identity linked", "关联外部身份"),
        ("{actor} linked an identity to {target}", "{actor} 为 {target} 关联了外部身份"),
        ("{actor} linked an identity of their own", "{actor} 关联了自己的外部身份"),
    ),
    "oidc.unlinked": _action(
        ("Identity unlinked", "解除外部身份"),
        ("{actor} unlinked an identity of {target}", "{actor} 解除了 {target} 的外部身份"),
        ("{actor} unlinked an identity of their own", "{actor} 解除了自己的外部身份"),
    ),
}
_ACCESS = {
    "permission_set.granted": _action(
        ("Permission sets granted", "授予权限集"),
        ("{actor} granted {target}: {sets}", "{actor} 授予 {target} 权限集：{sets}"),
        ("{actor} granted themselves: {sets}", "{actor} 授予自己权限集：{sets}"),
    ),
    "permission_set.revoked": _action(
        ("Permission sets revoked", "收回权限集"),
        ("{actor} took from {target}: {sets}", "{actor} 收回 {target} 的权限集：{sets}"),
        ("{actor} gave up: {sets}", "{actor} 放弃了自己的权限集：{sets}"),
    ),
    "permission_set.changed": _action(
        ("Permission set changed", "修改权限集"),
        ("{actor} published a change of {target} in release {release}", "{actor} 在版本 {release} 中变更了{target}"),
    ),
    "sharing.changed": _action(
        ("Sharing rule changed", "修改共享规则"),
        ("{actor} published a change of {target} in release {release}", "{actor} 在版本 {release} 中变更了{target}"),
    ),
    "share.added": _action(
        ("Record shared", "共享记录"), ("{actor} shared {target} with {with}", "{actor} 将 {target} 共享给 {with}")
    ),
    "share.changed": _action(
        ("Share changed", "修改共享"),
        ("{actor} changed what {with} may do with {target}", "{actor} 修改了 {with} 对 {target} 的共享权限"),
    ),
    "share.removed": _action(
        ("Share removed", "取消共享"),
        ("{actor} no longer shares {target} with {with}", "{actor} 取消了 {target} 对 {with} 的共享"),
    ),
    "own_document.shared": _action(
        ("Report or dashboard shared", "共享报表或仪表盘"),
        ("{actor} changed with whom {target} is shared", "{actor} 修改了{target}的共享对象"),
    ),
    "preview.started": _action(
        ("Preview started", "开始预览"), ("{actor} began to preview as {target}", "{actor} 开始以 {target} 的身份预览")
    ),
    "preview.ended": _action(
        ("Preview ended", "结束预览"), ("{actor} ended the preview as {target}", "{actor} 结束了以 {target} 身份的预览")
    ),
    "token.issued": _action(
        ("Token issued", "签发令牌"),
        ("{actor} issued the token {target} for {user}", "{actor} 为 {user} 签发了令牌 {target}"),
    ),
    "token.revoked": _action(
        ("Token revoked", "吊销令牌"),
        ("{actor} revoked the token {target} of {user}", "{actor} 吊销了 {user} 的令牌 {target}"),
    ),
}
_PEOPLE = {
    "people.user_created": _action(
        ("User created", "新建人员"), ("{actor} created {target}", "{actor} 新建了人员 {target}")
    ),
    "people.user_changed": _action(
        ("User changed", "修改人员"),
        ("{actor} changed {fields} of {target}", "{actor} 修改了 {target} 的{fields}"),
        ("{actor} changed their own {fields}", "{actor} 修改了自己的{fields}"),
    ),
    "people.user_deactivated": _action(
        ("User locked out", "停用人员"), ("{actor} locked {target} out", "{actor} 停用了 {target}")
    ),
    "people.user_activated": _action(
        ("User let in again", "启用人员"), ("{actor} let {target} in again", "{actor} 重新启用了 {target}")
    ),
    "people.queue_created": _action(
        ("Queue created", "新建队列"), ("{actor} created the queue {target}", "{actor} 新建了队列 {target}")
    ),
    "people.queue_changed": _action(
        ("Queue changed", "修改队列"),
        ("{actor} changed {fields} of the queue {target}", "{actor} 修改了队列 {target} 的{fields}"),
    ),
    "people.queue_deactivated": _action(
        ("Queue taken out of use", "停用队列"),
        ("{actor} took the queue {target} out of use", "{actor} 停用了队列 {target}"),
    ),
    "people.queue_activated": _action(
        ("Queue in use again", "启用队列"),
        ("{actor} put the queue {target} to use again", "{actor} 重新启用了队列 {target}"),
    ),
    "people.assistant_added": _action(
        ("Assistant added", "指定代理人"),
        ("{actor} let {assistant} act for {target}", "{actor} 指定 {assistant} 代理 {target}"),
    ),
    "people.assistant_changed": _action(
        ("Assistant changed", "修改代理"),
        ("{actor} changed when {assistant} acts for {target}", "{actor} 修改了 {assistant} 代理 {target} 的期限"),
    ),
    "people.assistant_removed": _action(
        ("Assistant removed", "取消代理"),
        ("{actor} ended that {assistant} acts for {target}", "{actor} 取消了 {assistant} 对 {target} 的代理"),
    ),
    "approval.delegation_made": _action(
        ("Approvals delegated", "委托审批"),
        ("{actor} let {delegate} decide approvals for {target}", "{actor} 让 {delegate} 代 {target} 审批"),
        ("{actor} let {delegate} decide approvals for them", "{actor} 委托 {delegate} 代为审批"),
    ),
    "approval.delegation_ended": _action(
        ("Delegation ended", "结束委托"),
        ("{actor} ended that {delegate} decides for {target}", "{actor} 结束了 {delegate} 代 {target} 审批的委托"),
        ("{actor} ended that {delegate} decides for them", "{actor} 结束了 {delegate} 代为审批的委托"),
    ),
    "approval.reassigned": _action(
        ("Approval reassigned", "改派审批"),
        (
            "{actor} had somebody else asked in the approval “{target}”: {reason}",
            "{actor} 改派了审批「{target}」：{reason}",
        ),
    ),
    "approval.jumped": _action(
        ("Approval moved", "跳转审批"),
        (
            "{actor} moved the approval “{target}” to another node: {reason}",
            "{actor} 将审批「{target}」转到其他节点：{reason}",
        ),
    ),
    "approval.ended": _action(
        ("Approval ended", "终止审批"),
        ("{actor} ended the approval “{target}”: {reason}", "{actor} 终止了审批「{target}」：{reason}"),
    ),
    "approval.moved_version": _action(
        ("Approval moved to the present version", "审批改用当前版本"),
        (
            "{actor} moved the approval “{target}” from version {before} to version {version} of its flow",
            "{actor} 将审批「{target}」由流程版本 {before} 改为版本 {version}",
        ),
    ),
    "people.invited": _action(("Invitation", "邀请"), ("{actor} invited {target}", "{actor} 邀请了 {target}")),
    "people.department_created": _action(
        ("Department created", "新建部门"), ("{actor} created the department {target}", "{actor} 新建了部门 {target}")
    ),
    "people.department_changed": _action(
        ("Department changed", "修改部门"),
        ("{actor} changed {fields} of the department {target}", "{actor} 修改了部门 {target} 的{fields}"),
    ),
    "people.department_deleted": _action(
        ("Department deleted", "删除部门"), ("{actor} deleted the department {target}", "{actor} 删除了部门 {target}")
    ),
    "people.team_created": _action(
        ("Team created", "新建团队"), ("{actor} created the team {target}", "{actor} 新建了团队 {target}")
    ),
    "people.team_changed": _action(
        ("Team changed", "修改团队"),
        ("{actor} changed {fields} of the team {target}", "{actor} 修改了团队 {target} 的{fields}"),
    ),
    "people.team_deleted": _action(
        ("Team deleted", "删除团队"), ("{actor} deleted the team {target}", "{actor} 删除了团队 {target}")
    ),
}
_METADATA = {
    "metadata.draft_changed": _action(
        ("Draft changed", "修改草稿"), ("{actor} changed in the draft: {documents}", "{actor} 修改了草稿：{documents}")
    ),
    "metadata.draft_discarded": _action(
        ("Draft discarded", "放弃草稿"),
        ("{actor} discarded from the draft: {documents}", "{actor} 放弃了草稿：{documents}"),
    ),
    "metadata.published": _action(
        ("Published", "发布"),
        ("{actor} published release {target}: {documents}", "{actor} 发布了版本 {target}：{documents}"),
    ),
    "metadata.restored": _action(
        ("Restored", "恢复版本"),
        ("{actor} restored release {restored} as {target}", "{actor} 将版本 {restored} 恢复为版本 {target}"),
    ),
}
_DATA = {
    "export.made": _action(
        ("Export", "导出"), ("{actor} exported {rows} rows of {target}", "{actor} 导出了 {rows} 条{target}")
    ),
    "audit.exported": _action(
        ("Audit exported", "导出审计"),
        ("{actor} exported {rows} rows of the audit", "{actor} 导出了 {rows} 条审计记录"),
    ),
    "backup.made": _action(("Backup", "备份"), ("{actor} made the backup {target}", "{actor} 制作了备份{target}")),
    "backup.restored": _action(
        ("Backup restored", "恢复备份"),
        ("{actor} brought all back from the backup {target}", "{actor} 从备份{target}恢复了全部数据"),
    ),
    "report_subscription.kept": _action(
        ("Report subscribed", "订阅报表"),
        ("{actor} set up that {target} is sent", "{actor} 设置了{target}的定期发送"),
    ),
    "report_subscription.stopped": _action(
        ("Report subscription stopped", "停止报表订阅"),
        ("{actor} stopped that {target} is sent for somebody else", "{actor} 停止了他人对{target}的定期发送"),
    ),
    "report_subscription.removed": _action(
        ("Report subscription ended", "取消订阅报表"),
        ("{actor} ended that {target} is sent", "{actor} 取消了{target}的定期发送"),
    ),
    "hand_over.done": _action(
        ("Hand-over", "移交"),
        (
            "{actor} handed {records} records of {target} over to {to}",
            "{actor} 将 {target} 的 {records} 条记录移交给 {to}",
        ),
    ),
    "hand_over.undone": _action(
        ("Hand-over undone", "撤销移交"),
        ("{actor} took back the hand-over of {target}", "{actor} 撤销了 {target} 的记录移交"),
    ),
    "job.run_again": _action(
        ("Job run again", "重试任务"), ("{actor} ran a job again: {target}", "{actor} 重试了任务：{target}")
    ),
    "jobs.run_again": _action(
        ("Jobs run again", "批量重试任务"),
        ("{actor} ran {entries} jobs again that were given up", "{actor} 重试了 {entries} 个失败任务"),
    ),
    "job.deleted": _action(
        ("Job deleted", "删除任务"), ("{actor} deleted a job that failed: {target}", "{actor} 删除了失败任务：{target}")
    ),
    "webhook.sent_again": _action(
        ("Webhook call repeated", "重发 Webhook"),
        ("{actor} sent a call of {target} again", "{actor} 重发了{target}的一次调用"),
    ),
    "webhook.stopped": _action(
        ("Webhook stopped", "停止 Webhook"), ("{target} was stopped: 410 Gone", "{target}已停止：接收方返回 410 Gone")
    ),
    "webhook.started": _action(
        ("Webhook started again", "重新启用 Webhook"), ("{actor} started {target} again", "{actor} 重新启用了{target}")
    ),
    "webhook.secret_renewed": _action(
        ("Webhook secret renewed", "更换 Webhook 密钥"),
        ("{actor} renewed the secret of {target}", "{actor} 更换了{target}的密钥"),
    ),
    "hook.renewed": _action(
        ("Address for calls renewed", "更换外部调用地址"),
        ("{actor} gave the automation {target} a new address", "{actor} 更换了自动化 {target} 的外部调用地址"),
    ),
}
_POLICY = {
    "policy.changed": _action(
        ("Policy changed", "修改策略"), ("{actor} changed the policy: {target}", "{actor} 修改了策略：{target}")
    ),
    "oidc.changed": _action(
        ("Identity provider changed", "修改身份提供方"),
        ("{actor} changed the identity provider {target}", "{actor} 修改了身份提供方 {target}"),
    ),
    "robot.kept": _action(
        ("Group robot set up", "设置群机器人"),
        ("{actor} set up the group robot {target}", "{actor} 设置了群机器人 {target}"),
    ),
    "robot.removed": _action(
        ("Group robot removed", "删除群机器人"),
        ("{actor} removed the group robot {target}", "{actor} 删除了群机器人 {target}"),
    ),
    "mail_sender.changed": _action(
        ("Mails' sender changed", "修改发件人"),
        ("{actor} changed how mails are signed", "{actor} 修改了邮件的发件人"),
    ),
    "audit.purged": _action(
        ("Old entries purged", "清理审计"),
        (
            "{actor} purged {entries} entries from before {before}",
            "{actor} 清理了 {before} 之前的 {entries} 条审计记录",
        ),
    ),
}

GROUPS: dict[str, Group] = {
    "sign_in": Group(Label("Signing in", "登录"), _SIGN_IN),
    "access": Group(Label("Access", "权限"), _ACCESS),
    "people": Group(Label("People", "人员"), _PEOPLE),
    "metadata": Group(Label("Metadata", "元数据"), _METADATA),
    "data": Group(Label("Data taken or moved", "数据导出与移交"), _DATA),
    "policy": Group(Label("Policies", "策略"), _POLICY),
}
ACTIONS: dict[str, Action] = {code: action for group in GROUPS.values() for code, action in group.actions.items()}


def actions_named(text: str) -> tuple[str, ...]:
    """The actions in whose names, in either language, the text stands."""
    wanted = text.lower()
    return tuple(code for code, a in ACTIONS.items() if wanted in a.label.en.lower() or wanted in a.label.zh)
