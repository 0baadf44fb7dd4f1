"""Submits records of a demo tenant for approval and has the people who are asked decide, as a pack's `demo.yaml` says.
Called by `load` when records and people are there; `backdate` then spreads what happened over the past.

Everything goes the way it goes in life (`submit`, `decide` … as the right person), only that nobody is told, and that
what an outcome sets is written in bulk, as the other demo records are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.moves import asking
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import recall, resubmit
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people import delegations
from dougong_platform.approvals.running.store import TOPIC, load
from dougong_platform.approvals.state import RETURNED, RUNNING, Approval, Task
from dougong_platform.demo.organise import People, until
from dougong_platform.demo.recipe import Draw, Row
from dougong_platform.evaluation import evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.records import update
from dougong_platform.records.arrays import array_text
from dougong_tenants import Database, Tenant

MOST_DECISIONS = 30
_QUIET = "delete from _outbox where topic = %(topic)s and payload->>'approval' = any(%(ids)s::text[])"


@dataclass
class Played:
    """One approval, and how it is to end: approved, rejected, returned, resubmitted (then approved), recalled,
    running."""

    approval: str
    submitter: str
    ends: str


@dataclass
class Stage:
    """Where it is played: the tenant, whoever acts in it, and what was drawn."""

    database: Database
    tenant: Tenant
    draw: Draw
    first: str  # in whose name demo records are written
    callers: dict[str, Caller] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # each record is in one approval only: its past is that one's

    def caller(self, user: str) -> Caller:
        if user not in self.callers:
            self.callers[user] = acting_as(self.database, self.tenant, user, cause="demo")
        return self.callers[user]

    def says(self, what: str) -> str:
        """A line of the list `approval_<what>`."""
        return str(self.draw.dice.choice(self.draw.lists[f"approval_{what}"]))

    def maybe(self, chance: float) -> bool:
        return self.draw.dice.random() < chance


def approve(stage: Stage, plans: Sequence[Mapping[str, Any]]) -> list[Played]:
    """Play the approvals of `plans`: {flow, only: {field: values}, count, outcomes: {outcome: weight}, set: {field:
    recipe}, keep}.

    Up to `count` drawn records that fit, with `set` written before; those that the flow does not take are left out.
    `keep`: these happened long ago; afterwards the records are as they were drawn, `set` included.
    """
    played: list[Played] = []
    for plan in plans:
        flow = stage.caller(stage.first).model.approvals[plan["flow"]]
        rows = _drawn(stage, flow, plan)
        _write(stage, flow, rows, [_recipes(stage, plan, row) for row in rows])
        ones = list(_submitted(stage, flow, plan, rows))
        for one in ones:
            _play(stage, flow, one)
        if plan.get("keep"):
            _write(stage, flow, rows, [{name: row.get(name) for name in plan.get("set", {})} for row in rows])
        else:
            _set(stage, flow, ones)
        played += ones
    with stage.database.transaction(stage.tenant) as tx:
        tx.execute(_QUIET, {"topic": TOPIC, "ids": array_text([one.approval for one in played])})
    return played


def delegate(database: Database, tenant: Tenant, plans: Sequence[Mapping[str, Any]], people: People) -> None:
    """Make the delegations of `plans`, each {of, to, days, flows, note}: people by e-mail."""
    for one in plans:
        caller = acting_as(database, tenant, people.users[one["of"]], cause="demo")
        ends, note = until(one), one.get("note")
        delegations.create(
            caller, delegate=people.users[one["to"]], flows=one.get("flows", ()), ends_at=ends, note=note
        )


def _submitted(stage: Stage, flow: ApprovalModel, plan: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Played]:
    by_owner: dict[str, list[str]] = {}
    for row in rows:
        by_owner.setdefault(str(row["owner"]), []).append(str(row["id"]))
    weights: Mapping[str, float] = plan["outcomes"]
    for owner, ids in by_owner.items():
        note = stage.says("note") if stage.maybe(0.4) else None
        for found in submit(stage.caller(owner), flow.name, flow.object, ids, note=note):
            if found.approval is not None:
                yield Played(found.approval, owner, stage.draw.dice.choices(list(weights), list(weights.values()))[0])


def _drawn(stage: Stage, flow: ApprovalModel, plan: Mapping[str, Any]) -> list[Row]:
    """The records that are submitted."""
    allowed: Mapping[str, Sequence[Any]] = plan.get("only", {})
    rows = [
        row
        for row in stage.draw.rows.get(flow.object, [])
        if row["id"] not in stage.used
        and "owner" in row
        and all(row.get(name) in values for name, values in allowed.items())
    ]
    rows = stage.draw.dice.sample(rows, min(plan["count"], len(rows)))
    stage.used.update(str(row["id"]) for row in rows)
    return rows


def _recipes(stage: Stage, plan: Mapping[str, Any], row: Row) -> Row:
    return {name: stage.draw.value(recipe, row, {}) for name, recipe in plan.get("set", {}).items()}


def _write(stage: Stage, flow: ApprovalModel, rows: Sequence[Row], values: Sequence[Row]) -> None:
    changes = [{"id": row["id"], **value} for row, value in zip(rows, values, strict=True) if value]
    if changes:
        update(stage.caller(stage.first), flow.object, changes)


def _play(stage: Stage, flow: ApprovalModel, one: Played) -> None:
    """Take one approval to where it is to end, or as far as it goes."""
    dice = stage.draw.dice
    if one.ends == "recalled":
        recall(stage.caller(one.submitter), one.approval, stage.says("recall"))
        return
    turns = {"running": dice.choice((0, 0, 1, 1, 2)), "approved": MOST_DECISIONS}.get(one.ends, dice.choice((0, 0, 1)))
    with stage.database.transaction(stage.tenant, read_only=True) as tx:
        approval = load(tx, one.approval).approval
    approval = _decisions(stage, flow, approval, turns)
    task = _asked(stage, approval)
    if one.ends == "running":
        if task is not None and stage.maybe(0.3):
            asking.comment(stage.caller(task.user), one.approval, stage.says("question"))
        return
    if task is not None and one.ends == "rejected" and "refuse" in _node(flow, approval, task).allow:
        decide(stage.caller(task.user), one.approval, "reject", comment=stage.says("reject"))
    if task is not None and one.ends in ("returned", "resubmitted") and "return" in _node(flow, approval, task).allow:
        approval = decide(stage.caller(task.user), one.approval, "return", comment=stage.says("return"))
    if one.ends == "resubmitted" and approval.state == RETURNED:
        approval = resubmit(stage.caller(one.submitter), one.approval, stage.says("note"))
        _decisions(stage, flow, approval, MOST_DECISIONS)


def _decisions(stage: Stage, flow: ApprovalModel, approval: Approval, most: int) -> Approval:
    """The next people who are asked approve, up to `most` of them."""
    for _ in range(most):
        task = _asked(stage, approval)
        if task is None:
            break
        required = _node(flow, approval, task).comment == "required"
        said = stage.says("approve") if required or stage.maybe(0.4) else None
        approval = decide(stage.caller(task.user), approval.id, "approve", comment=said)
    return approval


def _asked(stage: Stage, approval: Approval) -> Task | None:
    """One of those who are asked now."""
    if approval.state != RUNNING:
        return None
    asked = [task for task in approval.tasks if task.is_open and task.kind == "decide"]
    return stage.draw.dice.choice(asked) if asked else None


def _node(flow: ApprovalModel, approval: Approval, task: Task) -> Any:
    return flow.nodes[approval.step(task.step).node]


def _set(stage: Stage, flow: ApprovalModel, played: Sequence[Played]) -> None:
    """Write what the outcomes set, as the flow's own actions say it."""
    caller, by_event = stage.caller(stage.first), dict[str, list[str]]()
    with stage.database.transaction(stage.tenant, read_only=True) as tx:
        for one in played:
            found = load(tx, one.approval).approval
            by_event.setdefault("submitted" if found.state == RUNNING else found.state, []).append(found.record)
    for event, ids in by_event.items():
        automation = flow.on.get(event)
        for action in automation.actions if automation is not None else ():
            if action.kind != "update" or action.relation is not None:
                continue
            with stage.database.transaction(stage.tenant, read_only=True) as tx:
                values = evaluate(caller, flow.object, list(action.values.values()), ids, tx)
            rows = [{"id": id, **dict(zip(action.values, found, strict=True))} for id, found in values.items()]
            update(caller, flow.object, rows)
