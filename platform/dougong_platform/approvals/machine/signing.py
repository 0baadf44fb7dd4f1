"""What people do at a step: approve, refuse, hand on, add signers."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_platform.approvals.machine.machine import Machine
from dougong_platform.approvals.machine.returning import decided
from dougong_platform.approvals.state import Step, Task


def approve(machine: Machine, task: Task, *, after: Sequence[str] = ()) -> None:
    """The task is approved, with further signers behind it; the step is settled."""
    step = machine.approval.step(task.step)
    task.state, task.closed_at = "approved", machine.world.now
    add_after(machine, step, task, after)
    decided(machine, step)


def refuse(machine: Machine, task: Task) -> None:
    """The task is rejected; the step is settled."""
    task.state, task.closed_at = "rejected", machine.world.now
    decided(machine, machine.approval.step(task.step))


def hand_on(machine: Machine, task: Task, to: str, by: str | None) -> Task:
    """Somebody else is asked in his place."""
    step = machine.approval.step(task.step)
    state = task.state
    task.state, task.closed_at = "transferred", machine.world.now
    fresh = machine.new_task(
        step,
        to,
        kind=task.kind,
        state=state,
        place=task.place,
        parent=task.parent,
        position=task.position,
        why=task.why,
        given_by=by,
    )
    for one in machine.approval.tasks_of(step):
        if one.parent == task.id:
            one.parent = fresh.id
    return fresh


def add_before(machine: Machine, task: Task, users: Sequence[str], by: str | None) -> list[Task]:
    """Others have to agree before he is asked again."""
    step = machine.approval.step(task.step)
    task.state = "waiting"
    return [machine.new_task(step, user, place="before", parent=task.id, given_by=by) for user in users]


def add_after(machine: Machine, step: Step, task: Task, users: Sequence[str]) -> list[Task]:
    """Others have to agree once he has."""
    by = task.decided_by or task.user
    return [machine.new_task(step, user, place="after", parent=task.id, given_by=by) for user in users]
