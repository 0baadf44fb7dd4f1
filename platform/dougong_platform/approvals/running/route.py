"""Where an approval will go: the machine run ahead, as if everybody approved. Called before submitting, by the page of
a running approval and by try-outs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel, Approvers
from dougong_platform.approvals.errors import NotSubmitted
from dougong_platform.approvals.facts import facts_of, roles_of
from dougong_platform.approvals.machine import Machine, approve, resubmitted, start
from dougong_platform.approvals.running.world import Known
from dougong_platform.approvals.state import RETURNED, Approval, Found, Step, Task, Text
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_tenants import TenantTransaction
from dougong_tenants.organisation import organisation_in

LONGEST = 2_000  # decisions that are looked ahead


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One node on the way. `state`: done, now, coming, skipped, rejected. `depth`: how many parallel nodes it is in;
    `branch`: what the branch is called in which it stands (of a branch node: which was taken). `choices`: rules by
    which the submitter names people here. `why`: why this branch, or why nobody is asked."""

    node: str
    kind: str
    label: Label
    depth: int
    state: str
    people: tuple[Found, ...] = ()
    why: Text | None = None
    branch: Label | None = None
    need: str = "any"
    choices: tuple[Approvers, ...] = ()
    due_at: str | None = None
    automatic: tuple[str, ...] = ()  # those of `people` who need not be asked


def flow_named(caller: Caller, flow: str) -> ApprovalModel:
    """The flow in force. Raises NotFound."""
    found = caller.model.approvals.get(flow)
    if found is None:
        raise NotFound
    return found


def preview(
    caller: Caller,
    flow: str,
    object: str,
    id: str,
    choices: Mapping[str, Sequence[str]] | None = None,
    submitter: str | None = None,
) -> list[RouteStep]:
    """The way of this record through the flow in force, were it submitted now. Whoever asks sees the record; raises
    NotFound, and NotSubmitted for a flow about other records."""
    model = flow_named(caller, flow)
    if model.object != object:
        raise NotSubmitted(en="This flow is about other records.", zh="该流程不适用于此对象。", reason="object")
    record = uuid_text(id)
    if record is None:
        raise NotFound
    user = submitter or caller.user
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        world = known_world(caller, tx, model, record, user)
        if world is None:
            raise NotFound
    approval = Approval("", model.name, 0, object, record, "", user, choices=choices or {})
    return simulate(model, approval, world)


def known_world(
    caller: Caller, tx: TenantTransaction, flow: ApprovalModel, record: str, submitter: str | None
) -> Known | None:
    """The record with everything that the flow asks of it; None where it is not there."""
    facts = facts_of(caller, flow, [record], tx, submitter).get(record)
    if facts is None:
        return None
    organisation = organisation_in(tx, caller.database, caller.tenant)
    roles = roles_of(flow, [record], tx).get(record, {})
    return Known(caller.model, caller.tenant, organisation, dt.datetime.now(dt.UTC), facts, roles)


def simulate(flow: ApprovalModel, approval: Approval, world: Known) -> list[RouteStep]:
    """From the start (an approval without steps) or from where it stands, everybody approving, to the end."""
    machine = run_ahead(flow, approval, world)
    return [route_step(flow, machine.approval, step, world) for step in machine.approval.steps]


def run_ahead(flow: ApprovalModel, approval: Approval, world: Known) -> Machine:
    """A copy of the approval, run to its end. The original is not touched."""
    machine = Machine(approval.copied(), flow, world)
    if not approval.steps:
        start(machine)
    elif approval.state == RETURNED:
        resubmitted(machine)
    for _ in range(LONGEST):
        task = next((t for t in machine.approval.tasks if t.is_open and t.kind == "decide"), None)
        if not machine.runs or task is None:
            break
        _agree(machine, task)
    return machine


def _agree(machine: Machine, task: Task) -> None:
    """Where all have to agree they do so together: what comes of it is settled once."""
    if machine.flow.nodes[machine.approval.step(task.step).node].need == "all":
        for other in machine.approval.tasks:
            if other.step == task.step and other.is_open and other.kind == "decide" and other is not task:
                other.state, other.closed_at = "approved", machine.world.now
    approve(machine, task)


def route_step(flow: ApprovalModel, approval: Approval, step: Step, world: Known) -> RouteStep:
    """A step as a part of the way."""
    node = flow.nodes[step.node]
    tasks = [task for task in approval.tasks_of(step) if task.kind != "consult" and task.state != "transferred"]
    taken = next(iter(step.branches), None) if node.kind == "branch" else step.branch
    owner = node if node.kind == "branch" else flow.nodes[approval.step(step.within).node] if step.within else None
    return RouteStep(
        node.name,
        node.kind,
        node.label,
        len(around(approval, step)),
        {"skipped": "skipped", "rejected": "rejected", "cancelled": "skipped"}.get(step.state, "coming"),
        tuple(Found(task.user, task.why or {"en": "", "zh": ""}) for task in tasks),
        step.why,
        owner.branch(taken).label if owner is not None and taken is not None else None,
        node.need,
        tuple(rule for rule in node.by if rule.kind == "choice"),
        step.due_at,
        tuple(task.user for task in tasks if task.automatic),
    )


def around(approval: Approval, step: Step) -> list[int]:
    """The numbers of the parallel steps around a step, the innermost first."""
    found = []
    while step.within is not None:
        found.append(step.within)
        step = approval.step(step.within)
    return found
