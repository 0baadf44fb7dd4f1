"""What people are told of approvals, in both languages. Used by `telling` and by time limits.

{title} stands for the approval's title, which is blanked for whoever may not know what it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_platform.approvals.state import Text

# A piece of a notification, or {"en", "zh"}.
Title = Mapping[str, Any] | str
_NOBODY = Label("The system", "系统")
_SENTENCES: dict[str, tuple[str, str]] = {
    "asked": ("{by} asks for your approval: {title}", "{by}请您审批：{title}"),
    "asked_for": (
        "{by} asks for the approval of {principal}, for whom you decide: {title}",
        "{by}提交的审批待{principal}处理，由您代为审批：{title}",
    ),
    "handed": ("{giver} hands an approval on to you: {title}", "{giver}将审批转交给您：{title}"),
    "handed_for": (
        "{giver} hands an approval on to {principal}, for whom you decide: {title}",
        "{giver}将审批转交给{principal}，由您代为审批：{title}",
    ),
    "added": ("{giver} asks you to sign too: {title}", "{giver}请您加签：{title}"),
    "added_for": (
        "{giver} asks {principal}, for whom you decide, to sign too: {title}",
        "{giver}请{principal}加签，由您代为审批：{title}",
    ),
    "consulted": ("{giver} asks for your opinion: {title}", "{giver}征求您的意见：{title}"),
    "copied": ("For your information: {title}", "抄送给您：{title}"),
    "approved": ("Approved: {title}", "审批通过：{title}"),
    "rejected": ("Rejected: {title}", "审批被拒绝：{title}"),
    "returned": ("Returned to you: {title}", "审批退回给您：{title}"),
    "ended": ("Ended by an administrator: {title}", "管理员终止了审批：{title}"),
    "recalled": ("{by} recalled what you were asked to approve: {title}", "{by}撤回了待您审批的：{title}"),
    "over": ("No longer to be decided, an administrator ended it: {title}", "管理员已终止，无需再审批：{title}"),
    "urged": ("{actor} urges you to decide: {title}", "{actor}催办：{title}"),
    "opined": ("{actor} gave the opinion you asked for: {title}", "{actor}回复了您征求的意见：{title}"),
    "mentioned": ("{actor} mentions you in an approval: {title}", "{actor}在审批中提到了您：{title}"),
    "taken": ("{others} decides in your place now: {title}", "已改由{others}审批：{title}"),
    "soon": ("Please decide soon, the time is nearly up: {title}", "即将超时，请尽快审批：{title}"),
    "late": ("Please decide, the time is up: {title}", "已超时，请尽快审批：{title}"),
}


def sentence(name: str, title: Title, **names: str | None) -> dict[str, list[Any]]:
    """The sentence as the pieces of a notification. `names` are people; None is the engine."""
    by_language = title if isinstance(title, Mapping) and "en" in title else {"en": title, "zh": title}
    said: dict[str, list[Any]] = {}
    for language, text in zip(("en", "zh"), _SENTENCES[name], strict=True):
        given = {key: value or _NOBODY.text(language) for key, value in names.items()}
        before, after = text.format(title="\0", **given).split("\0")
        said[language] = [piece for piece in (before, by_language[language], after) if piece]
    return said


def lines(*parts: Text | str | None) -> dict[str, str]:
    """One below the other; a plain string stands for both languages."""
    kept = [{"en": part, "zh": part} if isinstance(part, str) else part for part in parts if part]
    return {language: "\n".join(part[language] for part in kept if part[language]) for language in ("en", "zh")}


def by_whom(name: str) -> Text:
    """Who it was."""
    return {"en": f"By {name}.", "zh": f"处理人：{name}。"}


def headed(flow: Label, node: Label | None) -> Text:
    """Which flow and node it is."""
    labels: Sequence[Label] = (flow,) if node is None else (flow, node)
    return {"en": " · ".join(one.en for one in labels), "zh": " · ".join(one.zh for one in labels)}
