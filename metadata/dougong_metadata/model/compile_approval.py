"""Approvals: flows of nodes with their rules, conditions and actions, and the automations that submit by themselves.
The engine's `approvals` run what is made here; called by `compile`, and for a flow of another time by the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.kinds.approval_tree import Placed, placed
from dougong_metadata.label import Label
from dougong_metadata.model.action_step import SETTABLE, Step
from dougong_metadata.model.approval_types import ALLOWED, EVENTS, NODE_EVENTS, ApprovalModel, ApprovalNode, Branch
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_metadata.model.compile_approvers import RuleCheck
from dougong_metadata.model.compile_automation import compile_actions
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.dead_branches import check_branches
from dougong_metadata.model.flow_types import AutomationModel, Recipient, Trigger
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import ObjectModel
from dougong_metadata.problems import Path
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

Said = Mapping[str, Any]
_SETTINGS = ("same", "own", "nobody", "left")
_WORDS = {
    "submitted": ("on submission", "提交时"),
    "approved": ("on approval", "通过时"),
    "rejected": ("on rejection", "拒绝时"),
    "returned": ("on return", "退回时"),
    "recalled": ("on recall", "撤回时"),
    "do": ("actions", "动作"),
}


def compile_approvals(
    loaded: Sequence[Loaded],
    calendars: Mapping[str, CalendarModel],
    expressions: ExpressionCheck,
    beside: Iterable[Loaded] = (),
) -> dict[str, ApprovalModel]:
    """Every flow by name, inactive ones too. What is wrong with any is recorded. `beside`: documents that flows name
    and that are made elsewhere."""
    documents = {(one.kind.name, one.name): one for one in (*beside, *loaded)}
    made = {}
    for one in sorted(loaded, key=lambda found: found.name):
        if one.kind.name == "approval" and one.body.get("object") in expressions.names.fields:
            made[one.name] = _Flow(one, one.body["object"], expressions, calendars, documents).made()
    return made


def with_approvals(objects: Mapping[str, ObjectModel], approvals: Iterable[ApprovalModel]) -> dict[str, ObjectModel]:
    """The objects, each with the active flows on its records."""
    found: dict[str, list[ApprovalModel]] = {}
    for flow in sorted(approvals, key=lambda flow: flow.name):
        if flow.active:
            found.setdefault(flow.object, []).append(flow)
    return {
        name: replace(model, approvals=tuple(found[name])) if name in found else model
        for name, model in objects.items()
    }


def digest(document: Document) -> str:
    """What tells versions of a flow apart: equal bodies have one digest, in whatever order their keys stand."""
    text = json.dumps(document.json() | {"name": "", "kind": ""}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Flow:
    one: Loaded
    about: str
    checks: ExpressionCheck
    calendars: Mapping[str, CalendarModel]
    documents: Mapping[tuple[str, str], Loaded]

    def made(self) -> ApprovalModel:
        body, name = self.one.body, self.one.name
        self._check()
        label = Label.of(body.get("label"), name)
        submit = body.get("submit") or {}
        given = list(placed(body.get("nodes")))
        nodes = {node.name: self._node(node, label) for node in given}
        if len(nodes) == len(given):  # else names lead to other nodes than they should: told by the kind
            check_branches(self.one, list(nodes.values()), self.checks)
        said = body.get("description")
        return ApprovalModel(
            name,
            self.about,
            label,
            digest(self.one.document),
            MappingProxyType(nodes),
            next(iter(nodes), None),
            Label.of(said, name) if said else None,
            body.get("active", True),
            self.checks.condition(self.one, ("entry",), body.get("entry"), self.about),
            tuple(body.get("record_types", ())),
            self._recipients(("submit", "by"), submit.get("by")),
            submit.get("created", False),
            next(((field, _digits(limit)) for field, limit in submit.get("crosses", {}).items()), None),
            submit.get("gate", False),
            body.get("recall", "until_decision"),
            body.get("lock", True),
            tuple(body.get("open", ())),
            tuple(body.get("shown", ())),
            self.checks.text(self.one, ("title",), body.get("title"), self.about, saving=False),
            tuple(body.get("lapses", ())),
            body.get("deletes", False),
            self._events(("on",), body.get("on"), EVENTS, f"approval-{name}", label),
        )

    def _node(self, node: Placed, flow: Label) -> ApprovalNode:
        said, path = node.said, node.path
        label = Label.of(said.get("label"), node.name)
        settings = {**(self.one.body.get("settings") or {}), **said}
        self._writable((*path, "edit"), said.get("edit", ()))
        rules = RuleCheck(self.one, self.about, self.checks, self.calendars)
        prefix = f"approval-{self.one.name}-{node.name}"
        both = Label(f"{flow.en}: {label.en}", f"{flow.zh}：{label.zh}")
        on = dict(self._events((*path, "on"), said.get("on"), NODE_EVENTS, prefix, both))
        if said.get("do"):
            on |= self._events(path, said, ("do",), prefix, both)
        return ApprovalNode(
            node.name,
            node.kind,
            label,
            path,
            node.inside,
            node.next,
            rules.rules((*path, "by"), said.get("by")),
            comment=said.get("comment", "optional"),
            need=said.get("need", "any"),
            count=said.get("count", 1),
            edit=tuple(said.get("edit", ())),
            hide=tuple(said.get("hide", ())),
            allow=frozenset(said.get("allow", ALLOWED)),
            limit=rules.limit((*path, "limit"), said.get("limit")),
            **{key: settings[key] for key in _SETTINGS if key in settings},
            branches=tuple(self._branch(at, branch) for at, branch in node.branches),
            join=said.get("join", "all"),
            to=self._recipients((*path, "to"), said.get("to")),
            on=MappingProxyType(on),
            outcome=said.get("outcome", "approved"),
            message=Label.of(said["message"], node.name) if said.get("message") else None,
        )

    def _branch(self, path: Path, said: Said) -> Branch:
        first = next((node.name for node in placed(said.get("nodes"))), None)
        condition = self.checks.condition(self.one, (*path, "if"), said.get("if"), self.about)
        return Branch(said["name"], Label.of(said.get("label"), said["name"]), condition, first)

    def _events(
        self, path: Path, said: object, events: Sequence[str], prefix: str, label: Label
    ) -> Mapping[str, AutomationModel]:
        """The actions under each of these keys, as an automation each."""
        made = {}
        for event in events:
            steps = said.get(event) if isinstance(said, Mapping) else None
            if not steps:
                continue
            en, zh = _WORDS[event]
            actions = compile_actions(
                self.one, (*path, event), steps, self.about, "approval", self.checks, self.documents
            )
            made[event] = AutomationModel(
                f"{prefix}-{event}",
                self.about,
                Label(f"{label.en}: {en}", f"{label.zh}：{zh}"),
                Trigger("approval", approval=self.one.name, outcome=event),
                None,
                actions,
                origin=f"approval/{self.one.name}",
            )
        return MappingProxyType(made)

    def _recipients(self, path: Path, given: Sequence[Mapping[str, str]] | None) -> tuple[Recipient, ...]:
        step = Step(self.one, (), {}, self.about, False, self.checks, self.documents)
        return step.recipients(path, given or (), addresses=False)

    def _check(self) -> None:
        """What the flow itself says of its object."""
        self._writable(("open",), self.one.body.get("open", ()))
        if self.about in SYSTEM_OBJECTS:
            self._wrong(
                ("object",),
                "system_object",
                f"Records of “{self.about}” are kept by the administration of people and have no approvals.",
                f"「{self.about}」的记录由人员管理维护，不能有审批流程。",
            )

    def _writable(self, path: Path, names: Iterable[str]) -> None:
        """Fields that people fill in while it runs."""
        for index, name in enumerate(names):
            field = self.checks.names.fields[self.about].get(name)
            if field is None:
                continue
            kept = not field.is_stored or field.rollup is not None or field.type.computed or field.read_only
            if kept or field.type.name == "auto_number" or (field.system and name not in SETTABLE):
                self._wrong((*path, index), "not_settable", f"Nobody fills in “{name}”.", f"「{name}」不由人填写。")

    def _wrong(self, path: Path, code: str, en: str, zh: str) -> None:
        self.checks.problems.add(self.one.document, path, code, en, zh)


def _digits(number: float) -> str:
    """A number as expressions write it."""
    return format(Decimal(str(number)), "f")
