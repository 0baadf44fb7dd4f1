"""From node to node: entering, branching, joining, finishing."""

from __future__ import annotations

from typing import Any

from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_platform.approvals.machine.asking import ask, ask_administrators, settle
from dougong_platform.approvals.machine.machine import Machine
from dougong_platform.approvals.state import Step

OTHERWISE = {"en": "None of the other conditions holds.", "zh": "其他条件均不成立。"}
LONGEST_SEEN = 500  # characters of a value that is kept
NO_WAY = {"en": "No branch applies.", "zh": "没有适用的分支。"}


def start(machine: Machine) -> None:
    """From the first node on."""
    approval = machine.approval
    machine.note("submitted", actor=machine.actor, comment=approval.note, record_version=approval.record_version)
    proceed(machine, machine.flow.first, None, None)


def proceed(machine: Machine, name: str | None, within: int | None, branch: str | None) -> None:
    """Go through nodes from `name` on (None: the list's end) until one waits or the list is done."""
    while machine.runs:
        if name is None:
            reach_end(machine, within, branch)
            return
        node = machine.flow.nodes[name]
        if node.kind == "branch":
            name = _choose(machine, node, within, branch)
        elif node.kind == "parallel":
            _split(machine, node, within, branch)
            return  # the join goes on
        elif node.kind == "end":
            step = machine.new_step(node, within, branch, "passed")
            if node.message is not None:
                step.why = {"en": node.message.en, "zh": node.message.zh}
            _end(machine, step, node.outcome)
            return
        elif _waits(machine, node, within, branch):
            return
        else:
            name = following(machine.flow, node)


def following(flow: ApprovalModel, node: ApprovalNode) -> str | None:
    """The node after this one in its region; None where the region (the flow, or a parallel's branch) ends."""
    while node.next is None and node.inside is not None and flow.nodes[node.inside[0]].kind == "branch":
        node = flow.nodes[node.inside[0]]
    return node.next


def reach_end(machine: Machine, within: int | None, branch: str | None) -> None:
    """The end of a region came in sight: of the flow, or of a parallel's branch."""
    if within is None:
        finish(machine, "approved")
    else:
        _join(machine, machine.approval.step(within), str(branch), "approved")


def _choose(machine: Machine, node: ApprovalNode, within: int | None, branch: str | None) -> str | None:
    step = machine.new_step(node, within, branch, "passed")
    for one in node.branches:
        if one.condition is None or machine.world.holds(one.condition):
            text = one.condition.text if one.condition is not None else None
            why = {"en": text, "zh": text} if text is not None else OTHERWISE
            step.why = {**why, "branch": one.name}
            step.branches = {one.name: "approved"}
            machine.note("branch", step, branch=one.name, saw=_saw(machine, node) or None)
            return one.first or following(machine.flow, node)
    step.why = NO_WAY
    return following(machine.flow, node)


def _saw(machine: Machine, node: ApprovalNode) -> dict[str, Any]:
    """The values that the node's conditions read now, by path: they say later why it went this way."""
    return {
        path: value[:LONGEST_SEEN] if isinstance(value, str) else value
        for branch in node.branches
        if branch.condition is not None
        for path, value in machine.world.saw(branch.condition).items()
    }


def _split(machine: Machine, node: ApprovalNode, within: int | None, branch: str | None) -> None:
    chosen = [b for b in node.branches if b.condition is None or machine.world.holds(b.condition)]
    step = machine.new_step(node, within, branch)
    step.branches = {b.name: "open" for b in chosen}
    saw = _saw(machine, node)
    if saw:
        machine.note("split", step, branches=[b.name for b in chosen], saw=saw)
    if not chosen:
        step.why = NO_WAY
        machine.close(step, "passed")
        proceed(machine, following(machine.flow, node), within, branch)
        return
    for one in chosen:
        if step.is_open and machine.runs:
            proceed(machine, one.first, step.number, one.name)


def _join(machine: Machine, parallel: Step, branch: str, outcome: str) -> None:
    """A branch of a parallel node came to its end: goes on where that was enough, or can no longer be."""
    parallel.branches = {**parallel.branches, branch: outcome}
    node = machine.flow.nodes[parallel.node]
    results = list(parallel.branches.values())
    needed = {"all": len(results), "any": 1}.get(node.join, min(node.count, len(results)))
    if results.count("approved") >= needed:
        _leave(machine, parallel, "passed")
        proceed(machine, following(machine.flow, node), parallel.within, parallel.branch)
    elif len(results) - results.count("rejected") < needed:
        _leave(machine, parallel, "rejected")
        reject_region(machine, parallel.within, parallel.branch)


def _leave(machine: Machine, parallel: Step, state: str) -> None:
    for step in list(machine.approval.open_steps()):
        if any(number == parallel.number for number, _ in machine.lineage(step)):
            machine.close(step, "cancelled")
    machine.close(parallel, state)
    machine.note("joined" if state == "passed" else "not_joined", parallel)


def reject_region(machine: Machine, within: int | None, branch: str | None) -> None:
    """A rejection: of the whole approval, or of a parallel's branch."""
    if within is None:
        finish(machine, "rejected")
        return
    parallel = machine.approval.step(within)
    for step in list(machine.inside((*machine.lineage(parallel), (within, branch)))):
        machine.close(step, "cancelled")
    _join(machine, parallel, str(branch), "rejected")


def _end(machine: Machine, step: Step, outcome: str) -> None:
    if outcome == "approved":
        reach_end(machine, step.within, step.branch)
    else:
        machine.note("rejected", step, reason=step.why)
        reject_region(machine, step.within, step.branch)


def _waits(machine: Machine, node: ApprovalNode, within: int | None, branch: str | None) -> bool:
    """Enter an approve, cc or action node; whether it has to be waited for (or everything is over)."""
    if node.kind == "cc":
        step = machine.new_step(node, within, branch, "passed")
        users = machine.world.copied(machine.approval, node)
        for user in users:
            machine.new_task(step, user, kind="cc")
        machine.note("copied", step, users=list(users))
        return False
    if node.kind == "action":
        return enter_action(machine, node, within, branch)
    step = machine.new_step(node, within, branch)
    ask(machine, step, node)
    return go_on(machine, step)


def enter_action(machine: Machine, node: ApprovalNode, within: int | None, branch: str | None) -> bool:
    """Do an action node's actions; where they fail, administrators are asked. Whether it has to be waited for."""
    wrong = machine.world.act(machine.approval, node)
    if wrong is None:
        machine.note("acted", machine.new_step(node, within, branch, "passed"))
        return False
    step = machine.new_step(node, within, branch)
    machine.note("action_failed", step, reason=wrong)
    ask_administrators(machine, step, wrong)
    return go_on(machine, step)


def go_on(machine: Machine, step: Step) -> bool:
    """What the tasks of an open step come to: whether it is still waited for. A rejection ends its region."""
    verdict = settle(machine, step)
    if verdict is None:
        return True
    machine.close(step, verdict)
    machine.done.append((step.node, "rejected" if verdict == "rejected" else "approved"))
    if verdict == "rejected":
        machine.note("node_rejected", step)
        reject_region(machine, step.within, step.branch)
        return True
    machine.note("node_approved" if verdict == "approved" else "skipped", step, reason=step.why)
    return False


def finish(machine: Machine, outcome: str, **data: Any) -> None:
    """The approval is over."""
    approval = machine.approval
    for step in list(approval.open_steps()):
        machine.close(step, "cancelled")
    approval.state, approval.ended_at, approval.resume = outcome, machine.world.now, None
    machine.outcome = outcome
    machine.note(f"ended_{outcome}", actor=machine.actor if data else None, **data)
