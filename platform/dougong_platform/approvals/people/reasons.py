"""Why somebody is asked, or is not, in both languages. Used by `approvers`; a name that is unknown is a dash."""

from __future__ import annotations

from dougong_metadata.label import Label
from dougong_platform.approvals.state import Text

_UNKNOWN = "—"

_SENTENCES: dict[str, tuple[str, str]] = {
    "user": ("Named by the flow", "流程指定"),
    "permission_set": ("Holds the permission set {what}", "拥有权限集「{what}」"),
    "role": ("In the record's role {what}", "记录团队中的角色「{what}」"),
    "team": ("Member of the team {what}", "团队「{what}」的成员"),
    "department": ("In the department {what}", "部门「{what}」的成员"),
    "manager": ("Manager of {who}", "{who}的上级"),
    "manager_above": ("Manager of {who}, {level} levels up", "{who}的第 {level} 级上级"),
    "department_head": ("Head of {what}", "{what}的负责人"),
    "field": ("Named by the record ({what})", "记录的字段指定（{what}）"),
    "choice": ("Chosen by {who}", "由{who}选择"),
    "expression": ("Worked out by the flow", "由流程的表达式得出"),
    "queue": ("For the queue {what}", "代表队列「{what}」"),
    # In somebody's place.
    "in_place": ("In place of {who}, who has left: next manager above", "{who}已离职，由其上级代替"),
    "left_administrator": ("Administrator, in place of {who}, who has left", "{who}已离职，由管理员代替"),
    "own_manager": ("In place of {who}, who submitted it: next manager above", "{who}是提交人，由其上级代替"),
    "own_administrator": ("Administrator, in place of {who}, who submitted it", "{who}是提交人，由管理员代替"),
    "nobody_administrator": ("Administrator, because nobody else was found", "未找到审批人，由管理员审批"),
    # Who was left out, and what was not found.
    "left_out": ("{who} has left and is not asked", "{who}已离职，不再询问"),
    "left_replaced": ("{who} has left; {by} is asked instead", "{who}已离职，改由{by}审批"),
    "left_nobody": ("{who} has left, and nobody above is active", "{who}已离职，其上级中无在用人员"),
    "own_replaced": ("{who} submitted it; {by} is asked instead", "{who}是提交人，改由{by}审批"),
    "own_nobody": ("{who} submitted it, and nobody else could take over", "{who}是提交人，且无人可代替"),
    "no_user": ("Nobody has the address {what}", "没有邮箱为「{what}」的人员"),
    "unknown_user": ("Somebody who was named no longer exists", "指定的人员已不存在"),
    "nobody_in": ("Nobody active: {what}", "没有在用人员：{what}"),
    "no_manager": ("{who} has no manager", "{who}没有上级"),
    "short_line": ("{who} has no manager {level} levels up", "{who}没有第 {level} 级上级"),
    "circle": ("The managers of {who} go in a circle", "{who}的上级关系成环"),
    "no_levels": ("No number of levels could be worked out", "无法得出审批级数"),
    "no_department": ("{who} is in no department", "{who}不属于任何部门"),
    "no_department_above": ("There is no department {level} levels above {what}", "{what}之上没有第 {level} 级部门"),
    "no_head": ("{what} has no head", "{what}没有负责人"),
    "no_base": ("The record names nobody ({what})", "记录的字段为空（{what}）"),
    "no_submitter": ("Nobody submitted it: it was submitted by itself", "没有提交人：由系统自动提交"),
    "blank": ("The flow's expression named nobody", "流程的表达式未得出人员"),
    "no_choice": ("Nobody was chosen", "未选择审批人"),
    # What the search comes to.
    "skip": ("Nobody had to be asked", "无需审批"),
    "refuse": ("Nobody can be asked, and the flow then refuses", "未找到审批人，流程设置为拒绝"),
    "refuse_own": ("{who} submitted it and may not decide it himself", "{who}是提交人，不得自行审批"),
    "no_administrator": ("Nobody can be asked, and no administrator is left to ask", "未找到审批人，也没有管理员"),
}  # fmt: skip


def reason(
    name: str, who: str | None = None, what: str | Label | None = None, by: str | None = None, level: int = 0
) -> Text:
    """The sentence called `name`."""
    given = {"who": who or _UNKNOWN, "by": by or _UNKNOWN, "level": level}
    en, zh = (what.en, what.zh) if isinstance(what, Label) else (what or _UNKNOWN, what or _UNKNOWN)
    sentences = _SENTENCES[name]
    return {"en": sentences[0].format(**given, what=en), "zh": sentences[1].format(**given, what=zh)}


def joined(first: Text, second: Text) -> Text:
    """Both, one after the other."""
    return {"en": f"{first['en']}. {second['en']}", "zh": f"{first['zh']}；{second['zh']}"}
