"""The history of an approval in sentences, English and Chinese: who did what, for whom, and from where. Used by the
progress; `said` knows every action that the machine and those who move it note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_platform.approvals.state import Text

_SYSTEM = ("The system", "系统")
_SAID: Mapping[str, tuple[str, str]] = {
    "submitted": ("{who} submitted it", "{who}提交"),
    "resubmitted": ("{who} submitted it again", "{who}重新提交"),
    "asked": ("“{node}”: {users} asked", "「{node}」待{users}审批"),
    "noted": ("“{node}”", "「{node}」"),
    "branch": ("“{node}” goes the way “{branch}”", "「{node}」走「{branch}」分支"),
    "split": ("“{node}” goes on in parallel", "「{node}」并行进行"),
    "copied": ("A copy went to {users}", "抄送{users}"),
    "acted": ("“{node}” was carried out", "「{node}」已执行"),
    "action_failed": ("“{node}” could not be carried out", "「{node}」执行失败"),
    "not_moved": ("What was to follow could not be done", "后续操作未能完成"),
    "joined": ("The branches of “{node}” came together", "「{node}」各分支汇合"),
    "not_joined": ("Too few branches of “{node}” were approved", "「{node}」通过的分支不足"),
    "node_approved": ("“{node}” is approved", "「{node}」已通过"),
    "node_rejected": ("“{node}” is rejected", "「{node}」未通过"),
    "skipped": ("“{node}” was skipped", "跳过「{node}」"),
    "approved": ("{who} approved", "{who}同意"),
    "rejected": ("{who} rejected", "{who}拒绝"),
    "returned": ("{who} returned it to {to}", "{who}退回至{to}"),
    "transferred": ("{who} handed it on to {users}", "{who}转交给{users}"),
    "added": ("{who} asked {users} to sign first", "{who}前加签{users}"),
    "consulted": ("{who} asked {users} for an opinion", "{who}征询{users}的意见"),
    "opined": ("{who} gave an opinion", "{who}给出意见"),
    "commented": ("{who} commented", "{who}评论"),
    "urged": ("{who} reminded {users}", "{who}催办{users}"),
    "escalated": ("The time of {behalf} was up: {users} asked instead", "{behalf}已超时，由{users}代替"),
    "replaced": ("{behalf} has left: {users} asked instead", "{behalf}已离职，由{users}代替"),
    "left_out": ("{behalf} has left and is not waited for", "{behalf}已离职，不再等待"),
    "overdue": ("{users} reminded: the time is up", "提醒{users}：已超时"),
    "reminded": ("{users} reminded: the time is nearly up", "提醒{users}：即将超时"),
    "recalled": ("{who} recalled it", "{who}撤回"),
    "reassigned": ("{who} had {users} asked instead", "{who}改派给{users}"),
    "jumped": ("{who} moved it to “{to}”", "{who}将其转到「{to}」"),
    "ended": ("{who} ended it as {outcome}", "{who}终止审批，结果：{outcome}"),
    "moved_version": ("{who} moved it to version {version} of the flow", "{who}改用流程版本 {version}"),
    "ended_approved": ("Approved", "审批通过"),
    "ended_rejected": ("Rejected", "审批未通过"),
    "ended_recalled": ("Over: it was recalled", "已撤回，审批结束"),
    "ended_ended": ("Over, without an outcome", "审批已终止"),
}
_REJECTED_BY_FLOW = ("Rejected by the flow", "流程判定为拒绝")
_AUTOMATIC: Mapping[str, tuple[str, str]] = {
    "same": ("{who} approved before and is not asked again", "{who}此前已同意，自动通过"),
    "before": ("The approval of {who} from before still counts", "{who}此前的同意仍然有效"),
    "left": ("{who} left, and nobody is needed in this place", "{who}已离职，无需他人代替"),
    "own": ("{who} submitted it, which counts as approval", "{who}是提交人，视为同意"),
}
_BY_ITSELF: Mapping[str, tuple[str, str]] = {
    "approved": ("Counts as approved by {who}: the time was up", "{who}已超时，视为同意"),
    "rejected": ("Counts as rejected by {who}: the time was up", "{who}已超时，视为拒绝"),
    "transferred": ("The time of {behalf} was up: handed on to {users}", "{behalf}已超时，转交给{users}"),
}
_NOBODY_ASKED = ("“{node}” was entered", "进入「{node}」")
_OUTCOMES: Mapping[str, tuple[str, str]] = {
    "approved": ("approved", "通过"),
    "rejected": ("rejected", "拒绝"),
    "ended": ("without an outcome", "终止"),
}
_SUBMITTER = ("the submitter", "提交人")
_VIA: Mapping[str, tuple[str, str]] = {
    "page": ("on the page", "网页"),
    "api": ("over the API", "接口"),
    "automation": ("by an automation", "自动化"),
    "import": ("by an import", "导入"),
    "clock": ("by the clock", "定时"),
    "limit": ("when its time was up", "超时"),
    "stage": ("at a stage's gate", "阶段门槛"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence needs: names in place of ids; `node` and `to` are labels."""

    who: str | None = None
    behalf: str | None = None
    node: str = ""
    users: Sequence[str] = ()
    branch: str = ""
    to: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def said(action: str, given: Said) -> Text:
    """{"en", "zh"}: the sentence, without the comment and the reason that stand beside it."""
    return {locale: _sentence(action, given, at) for at, locale in enumerate(("en", "zh"))}


def via_said(via: str | None) -> Text | None:
    """From where it was done; None where that need not be said."""
    found = _VIA.get(via or "")
    return None if found is None else {"en": found[0], "zh": found[1]}


def _sentence(action: str, given: Said, at: int) -> str:
    template = _template(action, given)
    words = {
        "who": _who(given, at) if given.who is not None else given.behalf or _SYSTEM[at],
        "behalf": given.behalf or "—",
        "node": given.node,
        "users": (", " if at == 0 else "、").join(given.users) or "—",
        "branch": given.branch,
        "to": given.to or _SUBMITTER[at],
        "outcome": _OUTCOMES.get(str(given.data.get("outcome")), ("", ""))[at],
        "version": given.data.get("version", ""),
    }
    return template[at].format(**words)


def _template(action: str, given: Said) -> tuple[str, str]:
    automatic = str(given.data.get("automatic"))
    if given.who is None and action == "approved" and automatic in _AUTOMATIC:
        return _AUTOMATIC[automatic]
    if given.who is None and action == "rejected" and given.behalf is None:
        return _REJECTED_BY_FLOW
    if given.who is None and action in _BY_ITSELF:
        return _BY_ITSELF[action]
    if action == "asked" and not given.users:
        return _NOBODY_ASKED
    words = action.replace("_", " ")
    return _SAID.get(action) or (words[:1].upper() + words[1:], words)


def _who(given: Said, at: int) -> str:
    name = given.who or _SYSTEM[at]
    if given.behalf is None:
        return name
    return f"{name}, for {given.behalf}," if at == 0 else f"{name}（代{given.behalf}）"
