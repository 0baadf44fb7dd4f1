"""Whether an approval that runs under one version of its flow can go on under another. Pure; asked by the plan of a
release and before anything is moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.state import Approval, Step, Text

_SAID = {
    "object": ("The new version is about other records.", "新版本适用于其他对象。"),
    "gone": ("It waits at “{node}”, which the new version does not have.", "停留在「{node}」，新版本中没有该节点。"),
    "kind": ("It waits at “{node}”, which is something else now.", "停留在「{node}」，该节点在新版本中类型不同。"),
    "moved": (
        "It waits at “{node}”, which stands in another branch now.",
        "停留在「{node}」，该节点在新版本中位于其他分支。",
    ),
    "branch": (
        "It runs through branches of “{node}” that the new version does not have.",
        "正在「{node}」的分支中，新版本没有这些分支。",
    ),
    "back": (
        "It is to come back to “{node}”, which the new version does not have there.",
        "将返回「{node}」，新版本的相应位置没有该节点。",
    ),
    "hidden": (
        "“{node}” kept fields from those who were asked there, and the new version does not have it.",
        "「{node}」对审批人隐藏了字段，新版本没有该节点。",
    ),
}


def misfit(approval: Approval, old: ApprovalModel | None, new: ApprovalModel) -> Text | None:
    """Why a running approval cannot go on under `new`; None if it can. `old` is its version, None where that is
    broken: then the branch nodes around are not compared."""
    if new.object != approval.object:
        return _text("object")
    for step in approval.open_steps():
        reason = _of_step(approval, step, old, new)
        if reason is not None:
            return _text(reason, _label(step.node, old, new))
    for place in _returning(approval):
        node = new.nodes.get(place["node"])
        if node is None or _parallels(new, place["node"]) != _lineage(approval, place["within"], place["branch"]):
            return _text("back", _label(place["node"], old, new))
    for step in approval.steps:
        before = old.nodes.get(step.node) if old is not None else None
        if before is not None and before.hide and step.node not in new.nodes:
            return _text("hidden", before.label)
    return None


def _of_step(approval: Approval, step: Step, old: ApprovalModel | None, new: ApprovalModel) -> str | None:
    node = new.nodes.get(step.node)
    if node is None:
        return "gone"
    if node.kind != step.kind:
        return "kind"
    if _parallels(new, step.node) != _lineage(approval, step.within, step.branch):
        return "moved"
    if old is not None and step.node in old.nodes and old.around(step.node) != new.around(step.node):
        return "moved"
    if step.kind == "parallel" and not set(step.branches) <= {branch.name for branch in node.branches}:
        return "branch"
    return None


def _returning(approval: Approval) -> Iterator[Mapping[str, Any]]:
    """The places to which it comes back: those that were interrupted by sending it back, and from them further on."""
    waiting = [*(approval.resume or ()), *(one for step in approval.open_steps() for one in step.resume or ())]
    while waiting:
        one = waiting.pop()
        waiting += one.get("resume") or ()
        yield one


def _lineage(approval: Approval, within: int | None, branch: str | None) -> list[tuple[str, str | None]]:
    """The parallel nodes and branches around a place, the outermost first."""
    found: list[tuple[str, str | None]] = []
    while within is not None:
        step = approval.step(within)
        found.insert(0, (step.node, branch))
        within, branch = step.within, step.branch
    return found


def _parallels(flow: ApprovalModel, node: str) -> list[tuple[str, str | None]]:
    return [(of, branch) for of, branch in flow.around(node) if flow.nodes[of].kind == "parallel"]


def _label(name: str, old: ApprovalModel | None, new: ApprovalModel) -> Label:
    known = (flow.nodes[name].label for flow in (old, new) if flow is not None and name in flow.nodes)
    return next(known, Label.of(None, name))


def _text(reason: str, node: Label | None = None) -> Text:
    en, zh = _SAID[reason]
    return {"en": en.format(node=node.en if node else ""), "zh": zh.format(node=node.zh if node else "")}
