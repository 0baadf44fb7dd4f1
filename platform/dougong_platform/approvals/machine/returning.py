"""Sending back, to the submitter or to an earlier node, and taking up again what was interrupted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_platform.approvals.machine.asking import ask, ask_again
from dougong_platform.approvals.machine.machine import Machine
from dougong_platform.approvals.machine.moving import enter_action, following, go_on, proceed
from dougong_platform.approvals.state import RETURNED, RUNNING, Step, Task


def send_back(machine: Machine, step: Step, task: Task, to: str, *, back: bool) -> None:
    """To the submitter ("submitter") or to an earlier node; with `back` what is interrupted is taken up again."""
    approval = machine.approval
    task.state, task.closed_at = "returned", machine.world.now
    target = None if to == "submitter" else last_visit(machine, to, step)
    region = machine.lineage(target) if target is not None else ()
    inside = list(machine.inside(region))
    waiting = [one for one in inside if one.kind != "parallel"]
    resume = [_position(one) for one in waiting] if back else None
    for one in waiting if back else inside:
        machine.close(one, "interrupted" if back else "returned" if one is step else "cancelled")
    if not back:
        step.resume = [{"anew": len(approval.steps) + 1}]
    machine.done.append((step.node, "returned"))
    if target is None:
        approval.state, approval.resume, machine.outcome = RETURNED, resume, "returned"
        return
    again = machine.flow.nodes[to]
    fresh = machine.new_step(again, target.within, target.branch)
    fresh.resume = resume
    ask(machine, fresh, again, anew=True)
    if not go_on(machine, fresh):
        pass_on(machine, fresh)


def _position(step: Step) -> dict[str, Any]:
    """Where a step stands, to come back to it; and where it would have gone back to itself."""
    return {
        "step": step.number,
        "node": step.node,
        "within": step.within,
        "branch": step.branch,
        "resume": list(step.resume) if step.resume is not None else None,
    }


def last_visit(machine: Machine, node: str, before: Step) -> Step | None:
    """The latest step at `node`, if that lies on the way to `before`: it stands earlier in the flow, not in a parallel
    branch that is over or beside this one, nor in a condition's branch that was not taken at last. None otherwise."""
    order = list(machine.flow.nodes)
    if order.index(node) >= order.index(before.node):
        return None
    lineage = machine.lineage(before)
    earlier = machine.approval.steps[: before.number - 1]
    found = next((s for s in reversed(earlier) if s.node == node), None)
    if found is None or lineage[: len(machine.lineage(found))] != machine.lineage(found):
        return None
    for name, branch in machine.flow.around(node):
        if machine.flow.nodes[name].kind == "branch":
            taken = next((s.branches for s in reversed(earlier) if s.node == name), {})
            if branch not in taken:
                return None
    return found


def pass_on(machine: Machine, step: Step) -> None:
    """A step is done: back to what was interrupted for it, or on to the next node."""
    if step.resume is not None:
        take_up(machine, step.resume)
    else:
        proceed(machine, following(machine.flow, machine.flow.nodes[step.node]), step.within, step.branch)


def decided(machine: Machine, step: Step) -> None:
    """After somebody did something at a step: settle it and go on from there."""
    if step.is_open and not go_on(machine, step) and machine.runs:
        pass_on(machine, step)


def resubmitted(machine: Machine) -> None:
    """The submitter sends it in again: to whoever returned it, or from the start."""
    approval = machine.approval
    resume, approval.resume, approval.state = approval.resume, None, RUNNING
    if resume is not None:
        take_up(machine, resume)
    else:
        proceed(machine, machine.flow.first, None, None)


def take_up(machine: Machine, resume: Sequence[Mapping[str, Any]]) -> None:
    """Enter interrupted steps again, as long as what is around them is still open. Where none of their nodes is there
    any more (it was moved to another version), it begins anew."""
    for one in resume:
        within = one["within"]
        if not machine.runs or (within is not None and not machine.approval.step(within).is_open):
            continue
        node = machine.flow.nodes.get(one["node"])
        if node is None:
            continue
        if node.kind == "action":
            if not enter_action(machine, node, within, one["branch"]):
                proceed(machine, following(machine.flow, node), within, one["branch"])
            continue
        step = machine.new_step(node, within, one["branch"])
        step.resume = one.get("resume")
        ask_again(machine, step, node, machine.approval.step(one["step"]))
        if not go_on(machine, step):
            pass_on(machine, step)
    if machine.runs and all(step.kind == "parallel" for step in machine.approval.open_steps()):
        enter_at(machine, machine.flow.first)


def enter_at(machine: Machine, node: str | None) -> None:
    """Everything open is left, and it goes on at this node of the outermost list: an administrator's jump."""
    for step in list(machine.approval.open_steps()):
        machine.close(step, "cancelled")
    machine.approval.state, machine.approval.resume = RUNNING, None
    proceed(machine, node, None, None)
