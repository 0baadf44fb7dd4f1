"""The kinds of nodes as the designer draws them, and what a new one starts with."""

from __future__ import annotations

from typing import Any

from dougong_ui_builder.builder.approvals.tree import Node, fresh
from dougong_ui_builder.words import lazy_gettext

# kind: (icon, colour of the icon's ground, what the menu says, what it adds)
KINDS: dict[str, tuple[str, str, Any, Any]] = {
    "approve": ("user-check", "approve", lazy_gettext("Approval"), lazy_gettext("People agree or refuse")),
    "branch": ("git-branch", "branch-if", lazy_gettext("Conditions"), lazy_gettext("One way, by what the record says")),
    "parallel": ("arrows-left-right", "parallel", lazy_gettext("Parallel"), lazy_gettext("Several ways at once")),
    "cc": ("mail", "copy", lazy_gettext("Carbon copy"), lazy_gettext("People are told and see it")),
    "action": ("bolt", "action", lazy_gettext("Do something"), lazy_gettext("Fields are set, records made …")),
    "end": ("flag", "end", lazy_gettext("End"), lazy_gettext("It is over here")),
}
_LABELS = {
    "approve": {"en": "Approval", "zh": "审批"},
    "branch": {"en": "Conditions", "zh": "条件分支"},
    "parallel": {"en": "In parallel", "zh": "并行审批"},
    "cc": {"en": "Copy", "zh": "抄送"},
    "action": {"en": "Actions", "zh": "执行动作"},
    "end": {"en": "End", "zh": "结束"},
}


def icon_of(node: Node) -> str:
    """Its kind's; several people's where several are asked."""
    if node.get("kind") == "approve" and node.get("need") in ("all", "sequence", "count"):
        return "users"
    return KINDS.get(str(node.get("kind")), ("question-mark",))[0]


def tone_of(node: Node) -> str:
    """The class that colours its icon."""
    found = KINDS.get(str(node.get("kind")))
    return found[1] if found else "start"


def new_node(kind: str, taken: set[str]) -> Node:
    """A node that is whole as far as it can be: an approval asks the direct manager."""
    name = fresh({"cc": "copy", "action": "actions", "approve": "approval"}.get(kind, kind), taken)
    node: Node = {"name": name, "kind": kind, "label": dict(_LABELS[kind])}
    if kind == "approve":
        return {**node, "by": [{"manager": 1}]}
    if kind == "branch":
        first = {"name": "case", "nodes": []}
        return {**node, "branches": [first, {"name": "otherwise", "nodes": []}]}
    if kind == "parallel":
        names = {name}
        ways = []
        for number in (1, 2):
            asked = new_node("approve", taken | names)
            names.add(asked["name"])
            label = {"en": f"Way {number}", "zh": f"分支 {number}"}
            ways.append({"name": f"way_{number}", "label": label, "nodes": [asked]})
        return {**node, "branches": ways}
    if kind == "cc":
        return {**node, "to": [{"field": "owner"}]}
    return {**node, "do": []} if kind == "action" else {**node, "outcome": "approved"}


def new_branch(kind: str, taken: set[str]) -> dict[str, Any]:
    """A further branch of a fork of this kind."""
    if kind == "parallel":
        number = len(taken) + 1
        label = {"en": f"Way {number}", "zh": f"分支 {number}"}
        return {"name": fresh(f"way_{number}", taken), "label": label, "nodes": []}
    return {"name": fresh("case", taken), "nodes": []}
