"""What holds of every approval at any time, read from the tables. Used by the test that drives random flows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from approval_oracle import Person, Visit
from approving import Approving
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.running.store import load
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.state import Approval, Step, Task
from dougong_platform.releases.release import current

DECISIONS = ("approved", "rejected", "returned")
OUTCOMES = ("approved", "rejected", "recalled", "ended")
EVENTS = "select action, actor, behalf, task, data from _approval_event where approval = %s::uuid order by id"
Event = tuple[str, str | None, str | None, str | None, Mapping[str, Any]]  # action, actor, behalf, task, data


class Looked:
    """An approval as the tables have it, with its flow, its history, and the turns that the outbox tells."""

    def __init__(self, company: Approving, id: str) -> None:
        with company.database.transaction(company.tenant) as tx:
            self.approval: Approval = load(tx, id).approval
            release = current(company.database, company.tenant)
            self.flow: ApprovalModel = flow_of(tx, release, self.approval.flow, self.approval.version)
            self.events: list[Event] = [tuple(row) for row in tx.rows(EVENTS, [id])]
            told = "select (payload->>'turn')::int from _outbox where topic = 'approval' and payload->>'approval' = %s"
            self.turns = sorted(row[0] for row in tx.rows(told, [id]))

    def check(self) -> None:
        """All that holds at any time."""
        self.one_outcome()
        self.steps_and_tasks()
        self.decisions_are_told()
        self.nobody_decides_his_own()
        self.joins()
        assert self.turns == list(range(1, self.approval.turn + 1)), "one row of the outbox for each turn"

    def one_outcome(self) -> None:
        ends = [action.removeprefix("ended_") for action, *_ in self.events if action.startswith("ended_")]
        assert ends == ([self.approval.state] if self.approval.state in OUTCOMES else [])
        assert (self.approval.ended_at is not None) == (self.approval.state in OUTCOMES)

    def steps_and_tasks(self) -> None:
        approval = self.approval
        for step in approval.steps:
            mine = [task for task in approval.tasks_of(step) if task.kind != "cc"]
            assert step.is_open or not [t for t in mine if t.state in ("open", "waiting")], (step, mine)
            assert approval.is_live or not step.is_open
            assert step.within is None or not step.is_open or approval.step(step.within).is_open
            assert step.is_open == (step.left_at is None)
        waits = [task for task in approval.tasks if task.kind == "decide" and task.is_open]
        assert bool(waits) == (approval.state == "running"), "it runs as long as somebody is waited for"
        for step in approval.open_steps():
            if step.kind != "parallel":
                assert approval.state != "running" or any(task.step == step.number for task in waits), step

    def decisions_are_told(self) -> None:
        """Replaying the history gives who decided what, each once."""
        told = [
            (task, action, actor or data.get("automatic"), behalf)
            for action, actor, behalf, task, data in self.events
            if action in DECISIONS and task is not None
        ]
        assert max(Counter(task for task, *_ in told).values(), default=1) == 1
        by_task = {task: rest for task, *rest in told}
        left_out = {task for action, *_, task, _ in self.events if action == "left_out"}
        for task in self.approval.tasks:
            if task.kind != "decide":
                continue
            if task.state not in DECISIONS:
                assert task.id not in by_task
            elif task.id in left_out:
                assert task.automatic is not None
            else:
                action, who, behalf = by_task[task.id]
                assert action == task.state, (task, action)
                assert who == (task.automatic or task.decided_by or task.user) or task.automatic == "left"
                assert behalf == (task.user if task.automatic or task.decided_by else None) or task.automatic == "left"

    def nobody_decides_his_own(self) -> None:
        submitter = self.approval.submitter
        for task in self.approval.tasks:
            node = self.flow.nodes[self.approval.step(task.step).node]
            if task.kind != "decide" or task.automatic or task.state not in ("approved", "rejected"):
                continue
            assert task.decided_by != submitter
            assert task.user != submitter or node.own == "ask" or node.kind != "approve"

    def joins(self) -> None:
        """Each step that came to a decision came to the one that its tasks, or its branches, count up to."""
        for step in self.approval.steps:
            node = self.flow.nodes[step.node]
            if step.kind == "parallel" and step.branches:
                results = Counter(step.branches.values())
                need = {"all": len(step.branches), "any": 1}.get(node.join, min(node.count, len(step.branches)))
                met, lost = results["approved"] >= need, len(step.branches) - results["rejected"] < need
                assert step.state != "passed" or met
                assert step.state != "rejected" or lost
                assert not step.is_open or not (met or lost)
            elif step.state in ("approved", "rejected", "open") and self.people(step):
                asks = {"need": node.need if node.kind == "approve" else "any", "count": node.count}
                counted = Visit(asks, (), "ask", self.people(step)).result
                assert counted == {"open": "pending"}.get(step.state, step.state), (step, self.people(step))

    def people(self, step: Step) -> list[Person]:
        """Who was asked there, with the signers whom they added."""
        away = {task for action, *_, task, _ in self.events if action == "left_out"}
        tasks = [
            task
            for task in self.approval.tasks_of(step)
            if task.kind == "decide"
            and task.state != "transferred"
            and not (task.id in away and task.state == "cancelled")
        ]
        return [_person(tasks, task) for task in sorted(tasks, key=lambda t: t.position) if task.place == "base"]


def _person(tasks: list[Task], task: Task) -> Person:
    before, after = (
        [_person(tasks, one) for one in tasks if one.parent == task.id and one.place == place]
        for place in ("before", "after")
    )
    verdict = task.state if task.state in ("approved", "rejected") else None
    return Person(task.user, verdict, before, after)


def frozen(approval: Approval) -> tuple[Any, ...]:
    """What never changes once an approval is over."""
    steps = [(s.number, s.node, s.state, s.left_at) for s in approval.steps]
    tasks = sorted(
        (t.id, t.user, t.state, t.decided_by or "", t.comment or "") for t in approval.tasks if t.kind != "cc"
    )
    return approval.state, approval.ended_at, steps, tasks


def same(one: Approval, other: Approval) -> bool:
    """Whether two say the same, however moments are written."""
    return bool(_plain(one) == _plain(other))


def _plain(approval: Approval) -> Any:
    said = asdict(approval)
    said["tasks"] = sorted((_moments(task) for task in said["tasks"]), key=lambda task: task["id"])
    said["steps"] = [_moments(step) | {"asked_again": list(step["asked_again"])} for step in said["steps"]]
    return _moments(said)


def _moments(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: dt.datetime.fromisoformat(value) if key.endswith("_at") and value is not None else value
        for key, value in values.items()
    }
