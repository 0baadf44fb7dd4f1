"""Flows in words, English and Chinese: who is asked at a node, how many must agree, what its branches ask. One wording
for the designer's cards, the pictures of the docs and whoever explains a flow.

`node_words(node, locale, model, object)` is what a node's card says below its title; `rule_words(rule, locale, model,
object)` says one approver rule; `branch_words`, `entry_words`, `recipient_words`, `step_words`, `limit_words`,
`need_words` say the parts. Everything is taken as a document has it (mappings, also unfinished ones of a draft: what is
missing is “…”) or, for nodes, rules, branches and limits, compiled. `model` None leaves names as they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dougong_metadata.label import Label
from dougong_metadata.model.approval_bodies import body_of
from dougong_metadata.model.approval_types import (
    APPROVERS,
    ApprovalModel,
    ApprovalNode,
    Approvers,
    Branch,
    TimeLimit,
)
from dougong_metadata.model.condition_words import chosen, condition_words, path_words, value_words

if TYPE_CHECKING:
    from dougong_metadata.model.types import Model

TITLES = {
    "start": ("Submitter", "提交人"),
    "approve": ("Approval", "审批"),
    "branch": ("Condition", "条件分支"),
    "parallel": ("In parallel", "并行"),
    "cc": ("Copy to", "抄送"),
    "action": ("Action", "执行动作"),
    "end": ("End", "结束"),
}
_ONE_PERSON = ("user", "manager", "department_head", "field", "expression")
_THEN = {
    "remind": ("then they are reminded", "超时提醒"),
    "escalate": ("then it goes to their managers", "超时转给其上级"),
    "approve": ("then it counts as approved", "超时视为同意"),
    "reject": ("then it counts as rejected", "超时视为拒绝"),
}


def node_title(node: ApprovalNode | Mapping[str, Any], locale: str) -> str:
    """The title of a node's card: its label, or what its kind is called."""
    body = body_of(node)
    if body.get("label"):
        return Label.of(body["label"], str(body.get("name", ""))).text(locale)
    return chosen(locale, *TITLES.get(str(body.get("kind")), ("…", "…")))


def node_words(
    node: ApprovalNode | Mapping[str, Any], locale: str, model: Model | None = None, object: str | None = None
) -> str:
    """What the card of a node says: "The submitter's manager · 8 working hours, then they are reminded"."""
    body = body_of(node)
    match body.get("kind"):
        case "approve":
            return " · ".join(_approve(body, locale, model, object))
        case "parallel":
            return join_words(body, locale)
        case "branch":
            return chosen(locale, "the first that holds", "依次判断，走最先满足的分支")
        case "cc":
            return _list((recipient_words(one, locale, model, object) for one in _rows(body.get("to"))), locale)
        case "action":
            steps = [step_words(step, locale, model, object) for step in _rows(body.get("do"))]
            return chosen(locale, "; ", "；").join(steps) or "…"
        case "end":
            said = body.get("message")
            outcome = (
                chosen(locale, "rejected", "拒绝")
                if body.get("outcome") == "rejected"
                else chosen(locale, "approved", "通过")
            )
            return f"{outcome} · {Label.of(said, '').text(locale)}" if said else outcome
    return "…"


def _approve(body: Mapping[str, Any], locale: str, model: Model | None, object: str | None) -> Iterable[str]:
    rules = _rows(body.get("by"))
    yield _list((rule_words(rule, locale, model, object) for rule in rules), locale)
    need = need_words(body, locale)
    if need and not (len(rules) == 1 and next(iter(body_of(rules[0])), "") in _ONE_PERSON):
        yield need
    if body.get("limit"):
        yield limit_words(body["limit"], locale, model, object)
    if body.get("edit"):
        names = _list((path_words(str(name), locale, model, object) for name in body["edit"]), locale)
        yield chosen(locale, f"may change {names}", f"可修改{names}")
    if body.get("comment") in ("required", "on_refusal"):
        always = body["comment"] == "required"
        yield chosen(
            locale,
            "with a comment" if always else "a refusal needs a comment",
            "须填写意见" if always else "拒绝须填写意见",
        )


def rule_words(
    rule: Approvers | Mapping[str, Any], locale: str, model: Model | None = None, object: str | None = None
) -> str:
    """Who one rule asks: "the submitter's manager", "one of Finance"."""
    body = body_of(rule)
    kind = next((one for one in APPROVERS if one in body), "")
    value = body.get(kind)
    match kind:
        case "user":
            return str(value or "…")
        case "permission_set":
            return chosen(locale, f"{_set(value, locale, model)}", f"「{_set(value, locale, model)}」")
        case "role":
            return chosen(locale, f"{value} in the record's team", f"记录团队中的「{value}」")
        case "team":
            return chosen(locale, f"team {value}", f"团队「{value}」")
        case "department":
            return chosen(locale, f"everybody in {value}", f"部门「{value}」全体成员")
        case "manager" | "managers" | "department_head":
            return _line(kind, value, _whose(body, locale, model, object), locale, model)
        case "field":
            return chosen(locale, "{}", "「{}」").format(path_words(str(value or "…"), locale, model, object))
        case "choice":
            return _choice(value, locale, model)
        case "expression":
            return chosen(locale, f"as worked out: {value}", f"按表达式：{value}")
    return "…"


def _whose(body: Mapping[str, Any], locale: str, model: Model | None, object: str | None) -> str:
    """The one whose line is meant, ready to be followed by what he is to them."""
    of = body.get("of")
    if not of:
        return chosen(locale, "the submitter's", "提交人的")
    said = path_words(of if isinstance(of, str) else ".".join(of), locale, model, object)
    return chosen(locale, f"{said}'s", f"「{said}」的")


def _line(kind: str, value: Any, whose: str, locale: str, model: Model | None) -> str:
    if kind == "manager":
        if value in (1, None):
            return chosen(locale, f"{whose} manager", f"{whose}直属上级")
        return chosen(locale, f"{whose} manager {value} levels up", f"{whose}第 {value} 级上级")
    if kind == "department_head":
        if value in (0, None):
            return chosen(locale, f"the head of {whose} department", f"{whose}部门主管")
        higher = "one level" if value == 1 else f"{value} levels"
        return chosen(locale, f"the head {higher} above {whose} department", f"{whose}上 {value} 级部门主管")
    said = value if isinstance(value, Mapping) else {"levels": value}
    levels, until = said.get("levels"), _set(said["until"], locale, model) if said.get("until") else ""
    if not until:
        return chosen(locale, f"{whose} managers up to level {levels}", f"{whose}逐级上级，至第 {levels} 级")
    most = chosen(locale, f" (at most {levels} levels)", f"（最多 {levels} 级）") if levels else ""
    return chosen(locale, f"{whose} managers up to {until}{most}", f"{whose}逐级上级，直至「{until}」{most}")


def _choice(value: Any, locale: str, model: Model | None) -> str:
    said = value if isinstance(value, Mapping) else {}
    least = said.get("least", 1)
    most = said.get("most", least)
    how = str(least) if least == most else f"{least}–{most}"
    if "permission_set" in said:
        source = _set(said["permission_set"], locale, model)
    else:
        source = str(said.get("team") or said.get("department") or "…")
    return chosen(locale, f"{how} of {source}, named by the submitter", f"提交人从「{source}」中选 {how} 人")


def need_words(node: ApprovalNode | Mapping[str, Any], locale: str) -> str:
    """How many of those asked must agree."""
    body = body_of(node)
    count = body.get("count", 1)
    return {
        "any": chosen(locale, "any one of them", "任一人同意"),
        "all": chosen(locale, "all of them", "全部同意"),
        "sequence": chosen(locale, "one after the other", "依次同意"),
        "count": chosen(locale, f"{count} of them", f"{count} 人同意"),
    }.get(str(body.get("need", "any")), "…")


def join_words(node: ApprovalNode | Mapping[str, Any], locale: str) -> str:
    """How many branches of a parallel node must approve."""
    body = body_of(node)
    count = body.get("count", 1)
    return {
        "all": chosen(locale, "all branches must approve", "所有分支都要通过"),
        "any": chosen(locale, "one branch is enough", "任一分支通过即可"),
        "count": chosen(locale, f"{count} branches must approve", f"{count} 个分支通过即可"),
    }.get(str(body.get("join", "all")), "…")


def limit_words(
    limit: TimeLimit | Mapping[str, Any], locale: str, model: Model | None = None, object: str | None = None
) -> str:
    """ "8 working hours, then it goes to their managers"."""
    body = body_of(limit)
    hours = f"{float(body.get('hours') or 0):g}"
    if body.get("working", True):
        said = chosen(locale, f"{hours} working hours", f"{hours} 工作小时")
    else:
        said = chosen(locale, f"{hours} hours", f"{hours} 小时")
    then = str(body.get("then", "remind"))
    if then == "transfer":
        who = _list((rule_words(one, locale, model, object) for one in _rows(body.get("to"))), locale)
        return said + chosen(locale, f", then it goes to {who}", f"，超时转给{who}")
    return said + chosen(locale, ", ", "，") + chosen(locale, *_THEN.get(then, ("…", "…")))


def branch_words(
    branch: Branch | Mapping[str, Any],
    locale: str,
    model: Model | None = None,
    object: str | None = None,
    *,
    parallel: bool = False,
) -> str:
    """The condition of a branch in words; without one: "otherwise", of a parallel node "always"."""
    text = str(body_of(branch).get("if") or "").strip()
    if text:
        return condition_words(text, locale, model, object)
    return chosen(locale, "always", "总是执行") if parallel else chosen(locale, "otherwise", "其他情况")


def entry_words(entry: str | None, locale: str, model: Model | None = None, object: str | None = None) -> str:
    """What a record must be like to be submitted; "" where every record may."""
    return condition_words(entry or "", locale, model, object)


def recipient_words(given: Any, locale: str, model: Model | None = None, object: str | None = None) -> str:
    """Who is told: a path of fields as text, or {kind: value}."""
    body: Mapping[str, Any] = {"field": given} if isinstance(given, str) else body_of(given)
    kind = next(iter(body), "")
    value = body.get(kind)
    if kind == "field":
        return path_words(str(value), locale, model, object)
    if kind == "department_head":
        known = path_words(str(value), locale, model, object)
        return chosen(locale, f"the head of {known}", f"{known}的部门主管")
    return str(value or "…") if kind == "email" else rule_words(body, locale, model, object).strip("「」")


def step_words(step: Any, locale: str, model: Model | None = None, object: str | None = None) -> str:
    """An action in a few words: "Status = In review", "tell Owner"."""
    row = body_of(step)
    if not row:
        return "…"
    kind, said = next(iter(row.items()))
    body = said if isinstance(said, Mapping) else {}
    if kind == "set" or (kind == "update" and "relation" not in body):
        values = body.get("set", {}) if kind == "update" else body
        return _list((_assigned(name, text, locale, model, object) for name, text in values.items()), locale)
    if kind in ("notify", "email"):
        who = _list((recipient_words(one, locale, model, object) for one in _rows(body.get("to"))), locale)
        return chosen(locale, f"tell {who}", f"通知{who}")
    if kind == "update":
        there = path_words(str(body["relation"]), locale, model, object)
        return chosen(locale, f"change {there}", f"更新{there}")
    from dougong_metadata.actions import registered  # which imports what is compiled, as this is part of

    label = registered()[kind].label if kind in registered() else {"en": str(kind), "zh": str(kind)}
    return chosen(locale, label["en"].lower(), label["zh"])


def outcome_words(flow: ApprovalModel, event: str, locale: str, model: Model | None = None) -> str:
    """What is done on one of a flow's events; "" where nothing is."""
    actions = flow.on[event].actions if event in flow.on else ()
    said = (step_words(action, locale, model, flow.object) for action in actions)
    return chosen(locale, "; ", "；").join(said)


def _assigned(name: str, text: Any, locale: str, model: Model | None, object: str | None) -> str:
    found = model.objects.get(object or "") if model is not None else None
    field = found.fields.get(name) if found is not None else None
    label, value = path_words(name, locale, model, object), str(text).strip()
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        return f"{label} = {value_words(value[1:-1], locale, field)}"
    for written, en, zh in (("NOW()", "now", "当前时间"), ("TODAY()", "today", "今天"), ("NULL", "blank", "空")):
        if value.startswith(written):
            return f"{label} = {chosen(locale, en, zh)}{value.removeprefix(written)}"
    if found is not None and value.partition(".")[0] in found.fields:
        return f"{label} = {path_words(value, locale, model, object)}"
    return f"{label} = {value}" if value.replace(".", "").isdigit() else label


def _set(name: Any, locale: str, model: Model | None) -> str:
    found = model.permission_sets.get(str(name)) if model is not None else None
    return found.label.text(locale) if found is not None else str(name or "…")


def _rows(given: Any) -> Sequence[Any]:
    return given if isinstance(given, (list, tuple)) else () if given is None else (given,)


def _list(parts: Iterable[str], locale: str) -> str:
    return chosen(locale, ", ", "、").join(parts) or "…"
