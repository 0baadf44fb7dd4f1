"""The parts of a flow as a document would have them: what `approval_words` reads, whether they are compiled or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.kinds.approval_rules import MAX_LEVELS
from dougong_metadata.model.approval_types import ApprovalNode, Approvers, Branch, TimeLimit
from dougong_metadata.model.flow_types import ActionModel, Recipient

Part = ApprovalNode | Approvers | Branch | TimeLimit | Recipient | ActionModel


def body_of(given: Part | Mapping[str, Any] | Any) -> Mapping[str, Any]:
    """`given` as a document's mapping; a mapping is returned as it is, anything else unknown as an empty one."""
    match given:
        case ApprovalNode():
            return _node(given)
        case Approvers():
            return _rule(given)
        case TimeLimit():
            return _limit(given)
        case Branch():
            condition = given.condition.text if given.condition is not None else None
            return {"name": given.name, "label": _label(given.label), "if": condition}
        case Recipient():
            return {given.kind: given.value}
        case ActionModel():
            return _step(given)
        case Mapping():
            return given
    return {}


def _label(label: Any) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}


def _node(node: ApprovalNode) -> Mapping[str, Any]:
    done = node.on.get("do")
    return {
        "name": node.name,
        "kind": node.kind,
        "label": _label(node.label),
        "by": node.by,
        "need": node.need,
        "count": node.count,
        "edit": node.edit,
        "comment": node.comment,
        "limit": node.limit,
        "join": node.join,
        "to": node.to,
        "do": done.actions if done is not None else (),
        "outcome": node.outcome,
        "message": _label(node.message) if node.message is not None else None,
    }


def _rule(rule: Approvers) -> Mapping[str, Any]:
    of = {"of": ".".join(rule.of)} if rule.of is not None else {}
    if rule.kind in ("manager", "department_head"):
        return {rule.kind: rule.levels, **of}
    if rule.kind == "managers":
        endless = rule.until is not None and rule.levels >= MAX_LEVELS
        levels = rule.levels_by.text if rule.levels_by is not None else None if endless else rule.levels
        return {"managers": {"levels": levels, "until": rule.until}, **of}
    if rule.kind == "choice":
        return {"choice": {rule.source: rule.value, "least": rule.least, "most": rule.most}}
    if rule.kind == "expression":
        return {"expression": rule.expression.text if rule.expression is not None else ""}
    return {rule.kind: rule.value}


def _limit(limit: TimeLimit) -> Mapping[str, Any]:
    return {"hours": limit.hours, "working": limit.working, "then": limit.then, "to": limit.to}


def _step(action: ActionModel) -> Mapping[str, Any]:
    values = {name: checked.text for name, checked in action.values.items()}
    if action.kind == "set":
        return {"set": values}
    if action.kind == "update":
        return {"update": {"set": values} | ({"relation": action.relation} if action.relation else {})}
    return {action.kind: {"to": action.recipients}}
