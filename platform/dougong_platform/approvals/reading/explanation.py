"""Why an approval went as it did: for each step the rule in words, why these people, why this branch with the values
that the record had, what was skipped and why. Nothing of a field is told that is kept from the reader. Called by the
API and the approval's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_metadata.model.approval_words import (
    branch_words,
    entry_words,
    join_words,
    limit_words,
    need_words,
    rule_words,
)
from dougong_metadata.model.condition_words import path_words
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.people.delegations import principals
from dougong_platform.approvals.reading.shown_steps import KEPT_BACK, StepShown, Teller
from dougong_platform.approvals.running.store import load
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.sight.labels import labels_of, labels_of_flow
from dougong_platform.approvals.sight.seeing import knowing, sight_of
from dougong_platform.approvals.state import Approval, Step, Text
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import addressed
from dougong_platform.records.arrays import array_text

_EVENTS = """
select action, step, data from _approval_event
 where approval = %(approval)s::uuid and step is not null and action in ('noted', 'branch', 'split') order by id
"""
_NAMES = 'select id, name from "user" where id = any(%(users)s::uuid[])'
_AUTOMATIC: Mapping[str, Text] = {
    "same": {
        "en": "Approved before in this approval, and so is not asked again",
        "zh": "此前已在本审批中同意，不再询问",
    },
    "own": {"en": "Submitted it, which counts as approval here", "zh": "是提交人，在此视为同意"},
    "before": {"en": "Approved before it was sent back, which still counts", "zh": "退回之前已同意，仍然有效"},
}
_BY_TIME: Text = {"en": "The time was up, and the flow decides in their place", "zh": "已超时，由流程代为决定"}


@dataclass(frozen=True, slots=True)
class Way:
    """A branch, in its order: the condition in words, and whether it was taken."""

    name: str
    label: str
    condition: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood in a field when a branch was chosen; `value` as records have it."""

    path: str
    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class StepExplained:
    """`shown`: the step with its people, each with why it is him. `rules`: whom the node asks, in words; `need`: how
    many of them must agree (of a parallel: how many branches); `limit`: how long they have, `due_at` until when; `ways`
    and `saw`: of a branch or parallel node; `notes`: who was left out or replaced; `automatic`: why a task counts as
    approved though nobody said so, by its id."""

    shown: StepShown
    rules: Sequence[str]
    need: str | None
    limit: str | None
    due_at: str | None
    ways: Sequence[Way]
    saw: Sequence[Seen]
    notes: Sequence[str]
    automatic: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """In the reader's language. `entry`: what a record must be like to be submitted; `broken`: why the flow's version
    cannot be read any more: then no reason is told."""

    approval: str
    flow: str
    flow_label: str
    version: int
    entry: str | None
    steps: Sequence[StepExplained]
    broken: str | None


def explanation(caller: Caller, id: str) -> Explanation:
    """Raises NotFound, also where the caller does not see the approval."""
    broken: str | None = None
    flow: ApprovalModel | None = None
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        approval = load(tx, addressed(id)).approval
        acting = principals(tx, caller.user)
        try:
            flow = flow_of(tx, caller.release, approval.flow, approval.version)
        except FlowBroken as fault:
            broken = fault.message(caller.locale)
        events = tx.rows(_EVENTS, {"approval": approval.id})
        names: dict[str, str] = dict(tx.rows(_NAMES, {"users": array_text(sorted(_people(approval)))}))
    sight = sight_of(caller, approval, acting)
    version = (approval.flow, approval.version)
    labels = labels_of_flow(caller.model, flow) if flow is not None else labels_of(caller, [(*version, None)])[version]
    known = knowing(sight, flow, approval) if flow is not None else None
    teller = Teller(sight, approval, labels, names, dt.datetime.now(dt.UTC), flow, known)
    steps = tuple(_Explainer(caller, teller, step, events).told() for step in approval.steps)
    entry: str | None = None
    if flow is not None and known is not None and flow.entry is not None:
        entry = KEPT_BACK[_language(caller)]
        if known.rule(flow.entry):
            entry = entry_words(flow.entry.text, caller.locale, caller.model, flow.object)
    label = labels.label.text(caller.locale)
    return Explanation(approval.id, approval.flow, label, approval.version, entry, steps, broken)


def _people(approval: Approval) -> set[str]:
    found = {user for task in approval.tasks for user in (task.user, task.decided_by, task.given_by)}
    return {user for user in found if user is not None}


def _language(caller: Caller) -> str:
    return "zh" if caller.locale.startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class _Explainer:
    """One step for one reader."""

    caller: Caller
    teller: Teller
    step: Step
    events: Sequence[tuple[Any, ...]]

    def told(self) -> StepExplained:
        node = self.teller.flow.nodes.get(self.step.node) if self.teller.flow is not None else None
        if node is not None and node.kind != self.step.kind:
            node = None
        return StepExplained(
            self.teller.step(self.step),
            tuple(self._rules(node)) if node is not None else (),
            self._need(node) if node is not None else None,
            self._limit(node) if node is not None else None,
            self.step.due_at,
            tuple(self._ways(node)) if node is not None else (),
            tuple(self._saw()),
            tuple(self._notes()),
            dict(self._automatic()),
        )

    @property
    def _here(self) -> tuple[str, Any, str]:
        return self.caller.locale, self.caller.model, self.teller.approval.object

    def _rules(self, node: ApprovalNode) -> Iterator[str]:
        for rule in node.by:
            yield rule_words(rule, *self._here) if self._may_know(rule.asked) else self._kept_back()

    def _need(self, node: ApprovalNode) -> str | None:
        if node.kind == "parallel":
            return join_words(node, self.caller.locale)
        return need_words(node, self.caller.locale) if node.kind == "approve" else None

    def _limit(self, node: ApprovalNode) -> str | None:
        if node.limit is None:
            return None
        if not all(self._may_know(rule.asked) for rule in node.limit.to):
            return self._kept_back()
        return limit_words(node.limit, *self._here)

    def _ways(self, node: ApprovalNode) -> Iterator[Way]:
        parallel = node.kind == "parallel"
        for one in node.branches:
            condition = branch_words(one, *self._here, parallel=parallel)
            if one.condition is not None and not self._may_know((one.condition,)):
                condition = self._kept_back()
            yield Way(one.name, one.label.text(self.caller.locale), condition, one.name in self.step.branches)

    def _saw(self) -> Iterator[Seen]:
        for action, step, data in self.events:
            if step == self.step.number and action in ("branch", "split"):
                for path, value in data.get("saw", {}).items():
                    known = self.teller.known
                    if known is not None and known.path(tuple(path.split("."))):
                        yield Seen(path, path_words(path, *self._here), value)

    def _notes(self) -> Iterator[str]:
        for action, step, data in self.events:
            if step == self.step.number and action == "noted":
                said = self.teller.reason(self.step.node, data.get("reason"))
                if said is not None:
                    yield said[_language(self.caller)]

    def _automatic(self) -> Iterator[tuple[str, str]]:
        for task in self.teller.approval.tasks_of(self.step):
            if task.automatic is not None:
                yield task.id, _AUTOMATIC.get(task.automatic, _BY_TIME)[_language(self.caller)]

    def _may_know(self, asked: Any) -> bool:
        known = self.teller.known
        if known is None:
            return False
        return all(known.path(one) if isinstance(one, tuple) else known.rule(one) for one in asked)

    def _kept_back(self) -> str:
        return KEPT_BACK[_language(self.caller)]
