"""Steps, people and history of an approval as one reader may know them: names in place of ids, reasons in words, and
nothing of a field that is kept from him. Used by the progress and by routes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.label import LOCALES, Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.condition_words import condition_words
from dougong_platform.approvals.reading.events_said import Said, said, via_said
from dougong_platform.approvals.running.route import RouteStep
from dougong_platform.approvals.sight.labels import FlowLabels
from dougong_platform.approvals.sight.seeing import Knowing, Sight
from dougong_platform.approvals.state import Approval, Found, Step, Task, Text

KEPT_BACK: Text = {"en": "By a rule about fields that you may not see", "zh": "依据您无权查看的字段"}
_FAILURES = frozenset({"action_failed", "not_moved"})  # what the write path said of the record


@dataclass(frozen=True, slots=True)
class PersonShown:
    """`name` is None for somebody whose record is gone for good."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class TaskShown:
    """Somebody who was asked. Words as in tables.py; `why` in the reader's language; `seconds` from being asked to the
    answer, or till now; `answerable`: it waits for the reader, his own or that of somebody he acts for."""

    id: str
    user: PersonShown
    kind: str
    state: str
    place: str
    parent: str | None
    why: str | None
    automatic: str | None
    comment: str | None
    decided_by: PersonShown | None
    given_by: PersonShown | None
    opened_at: str | None
    closed_at: str | None
    seen_at: str | None
    seconds: int | None
    answerable: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """One visit of a node. `within`: the number of the parallel step around it, `branch_label` that branch's; of a
    branch node, the way that was taken. `depth`: how many parallel steps are around it."""

    number: int
    node: str
    kind: str
    label: str
    state: str
    within: int | None
    depth: int
    branch: str | None
    branch_label: str | None
    need: str
    why: str | None
    entered_at: str | None
    left_at: str | None
    due_at: str | None
    seconds: int | None
    tasks: tuple[TaskShown, ...]


@dataclass(frozen=True, slots=True)
class EventShown:
    """One line of the history. `text`: who did what, for whom; `where`: from where; `changed`: fields that an approver
    changed, with their new values, as far as the reader may know them."""

    id: str
    at: str
    action: str
    text: str
    where: str | None
    actor: PersonShown | None
    behalf: PersonShown | None
    step: int | None
    node: str | None
    node_label: str | None
    task: str | None
    comment: str | None
    reason: str | None
    users: tuple[PersonShown, ...]
    files: tuple[str, ...]
    changed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one reader. `flow` and `known` are None where the flow's version is broken: then no reason is told."""

    sight: Sight
    approval: Approval
    labels: FlowLabels
    names: Mapping[str, str]
    now: dt.datetime
    flow: ApprovalModel | None
    known: Knowing | None

    def step(self, step: Step) -> StepShown:
        """A step with its people."""
        label = self._branch(step)
        return StepShown(
            step.number,
            step.node,
            step.kind,
            self._text(self.labels.node(step.node)),
            step.state,
            step.within,
            sum(1 for _ in self._around(step)),
            next(iter(step.branches), None) if step.kind == "branch" else step.branch,
            self._text(label) if label is not None else None,
            self.flow.nodes[step.node].need if self.flow is not None and step.node in self.flow.nodes else "any",
            self._said(self.reason(step.node, step.why)),
            step.entered_at,
            step.left_at,
            step.due_at if step.is_open else None,
            self._seconds(step.entered_at, step.left_at, is_open=step.is_open),
            tuple(self._task(step, task) for task in self.approval.tasks_of(step)),
        )

    def event(self, row: Sequence[Any]) -> EventShown:
        """A row of the history: id, at, actor, behalf, action, step, node, task, via, data."""
        id, at, actor, behalf, action, step, node, task, via, data = row
        people = self._people([*data.get("users", ()), *data.get("mentions", ()), *data.get("added", ())])
        to = data.get("to")
        given = Said(
            self._name(actor),
            self._name(behalf) if behalf != actor else None,
            self._text(self.labels.node(node)) if node else "",
            tuple(one.name or "—" for one in people),
            self._branch_name(node, data.get("branch")),
            None if to in (None, "submitter") else self._text(self.labels.node(to)),
            data,
        )
        where = via_said(via)
        return EventShown(
            str(id),
            at,
            action,
            self._said(said(action, given)) or "",
            self._said(where),
            self.person(actor),
            self.person(behalf),
            step,
            node,
            given.node or None,
            task,
            data.get("comment"),
            self._said(self._event_reason(action, node, data.get("reason"))),
            people,
            tuple(data.get("files", ())),
            {name: value for name, value in data.get("changed", {}).items() if self._knows(name)},
        )

    def reason(self, node: str | None, why: Text | None) -> Text | None:
        """Why it goes this way, or why somebody is asked, as far as the reader may know what that speaks of."""
        if why is None or self.flow is None or self.known is None:
            return None
        found = self.flow.nodes.get(node or "")
        if found is None:
            return None
        if found.kind == "branch":
            taken = next((one for one in found.branches if one.name == why.get("branch")), None)
            if taken is None or taken.condition is None:
                return {at: why[at] for at in LOCALES} if self._may_know(found.asked) else KEPT_BACK
            return self._condition(taken.condition) if self.known.rule(taken.condition) else KEPT_BACK
        return why if self._may_know(asked for rule in found.by for asked in rule.asked) else KEPT_BACK

    def route(self, step: RouteStep) -> RouteStep:
        """A step to come, with reasons that the reader may know."""
        people = tuple(Found(one.user, self.reason(step.node, one.why) or {"en": "", "zh": ""}) for one in step.people)
        return replace(step, people=people, why=self.reason(step.node, step.why))

    def person(self, user: str | None) -> PersonShown | None:
        """Somebody by his id."""
        return PersonShown(user, self._name(user)) if user is not None else None

    def _task(self, step: Step, task: Task) -> TaskShown:
        return TaskShown(
            task.id,
            PersonShown(task.user, self._name(task.user)),
            task.kind,
            task.state,
            task.place,
            task.parent,
            self._said(self.reason(step.node, task.why)) or None,
            task.automatic,
            task.comment,
            self.person(task.decided_by),
            self.person(task.given_by),
            task.opened_at,
            task.closed_at,
            task.seen_at,
            self._seconds(task.opened_at, task.closed_at, is_open=task.is_open) if task.kind != "cc" else None,
            task.kind != "cc" and task.is_open and self.approval.state == "running" and task in self.sight.tasks,
        )

    def _condition(self, condition: Checked) -> Text:
        model, object = self.sight.caller.model, self.approval.object
        return {at: condition_words(condition.text, at, model, object) for at in LOCALES}

    def _may_know(self, asked: Iterable[Checked | tuple[str, ...]]) -> bool:
        assert self.known is not None, "there is no reason without"
        return all(self.known.path(one) if isinstance(one, tuple) else self.known.rule(one) for one in asked)

    def _event_reason(self, action: str, node: str | None, why: Text | None) -> Text | None:
        if action in _FAILURES:
            return why if self.sight.reads or self.sight.administers else None
        return self.reason(node, why)

    def _knows(self, field: str) -> bool:
        return self.known is not None and self.known.path((field,))

    def _branch(self, step: Step) -> Label | None:
        """The way that a branch node took; the branch of a parallel in which any other step stands."""
        if step.kind == "branch":
            node, name = step.node, next(iter(step.branches), None)
        else:
            node, name = (self.approval.step(step.within).node if step.within else ""), step.branch
        return self._labelled(node, name)

    def _branch_name(self, node: str | None, name: str | None) -> str:
        found = self._labelled(node or "", name)
        return self._text(found) if found is not None else name or ""

    def _labelled(self, node: str, name: str | None) -> Label | None:
        found = self.flow.nodes.get(node) if self.flow is not None else None
        return next((one.label for one in found.branches if one.name == name), None) if found is not None else None

    def _around(self, step: Step) -> Iterable[Step]:
        while step.within is not None:
            step = self.approval.step(step.within)
            yield step

    def _seconds(self, since: str | None, until: str | None, *, is_open: bool) -> int | None:
        if since is None or (until is None and not is_open):
            return None
        end = dt.datetime.fromisoformat(until) if until is not None else self.now
        return max(0, int((end - dt.datetime.fromisoformat(since)).total_seconds()))

    def _people(self, users: Iterable[str]) -> tuple[PersonShown, ...]:
        return tuple(PersonShown(one, self._name(one)) for one in dict.fromkeys(users))

    def _name(self, user: str | None) -> str | None:
        return None if user is None else self.names.get(user, "—")

    def _text(self, label: Label) -> str:
        return label.text(self.sight.caller.locale)

    def _said(self, text: Text | None) -> str | None:
        return None if text is None else text["zh" if self.sight.caller.locale.startswith("zh") else "en"]
