"""Who is asked at a step, and what their answers come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dougong_metadata.model.approval_types import ApprovalNode
from dougong_platform.approvals.machine.machine import Machine
from dougong_platform.approvals.state import Search, Step, Task, Text


def ask(machine: Machine, step: Step, node: ApprovalNode, *, anew: bool = False) -> None:
    """Make the tasks of a step that was just entered. `anew`: it was sent back here, no earlier word counts."""
    if node.kind != "approve":
        ask_administrators(machine, step, step.why)
        return
    search = machine.world.search(machine.approval, node)
    for note in search.notes:
        machine.note("noted", step, reason=note)
    if search.outcome != "ask":
        step.why = search.why
        step.state = {"skip": "skipped", "refuse": "refused"}[search.outcome]
        return
    _tasks(machine, step, node, search, before=frozenset() if anew else approved_before(machine, step, node.same))
    step.remind_at, step.due_at = machine.world.deadline(node.limit) if node.limit is not None else (None, None)


def ask_again(machine: Machine, step: Step, node: ApprovalNode, before: Step) -> None:
    """Make the tasks of a step that goes on where `before` was interrupted: the same people, added signers among them.
    Who approved there need not again."""
    old = [t for t in machine.approval.tasks_of(before) if t.kind == "decide" and t.state != "transferred"]
    added = {t.parent for t in old if t.place == "before"}  # opened by `settle` where they have agreed
    fresh: dict[str | None, Task] = {}
    for one in old:
        state = "waiting" if one.id in added or (node.need == "sequence" and one.place == "base") else "open"
        fresh[one.id] = task = machine.new_task(
            step, one.user, state=state, place=one.place, position=one.position, why=one.why, given_by=one.given_by
        )
        if one.state == "approved":
            _by_itself(machine, step, task, "before")
    for one in old:
        fresh[one.id].parent = fresh[one.parent].id if one.parent in fresh else None
    step.asked_again = [task.user for task in fresh.values() if task.state == "approved"]
    step.remind_at, step.due_at = machine.world.deadline(node.limit) if node.limit is not None else (None, None)
    machine.note("asked", step, users=[task.user for task in fresh.values() if task.state != "approved"])


def ask_administrators(machine: Machine, step: Step, why: Text | None) -> None:
    """For what nobody else can go on with."""
    search = machine.world.administrators()
    step.why = why
    if search.outcome != "ask":
        step.why, step.state = search.why, "refused"
    for found in search.people:
        machine.new_task(step, found.user, why=found.why)
    machine.note("asked", step, users=[found.user for found in search.people])


def _tasks(machine: Machine, step: Step, node: ApprovalNode, search: Search, before: frozenset[str]) -> None:
    submitter = machine.approval.submitter
    asked = []
    for position, found in enumerate(search.people):
        task = machine.new_task(step, found.user, why=found.why, position=position)
        if search.own and found.user == submitter:
            _by_itself(machine, step, task, "own")
        elif found.user in before:
            _by_itself(machine, step, task, "same")
        else:
            asked.append(found.user)
            if node.need == "sequence":
                task.state = "waiting"
    machine.note("asked", step, users=asked)


def _by_itself(machine: Machine, step: Step, task: Task, reason: str) -> None:
    task.state, task.automatic, task.closed_at = "approved", reason, machine.world.now
    machine.note("approved", step, task, behalf=task.user, automatic=reason)


def approved_before(machine: Machine, step: Step, same: str) -> frozenset[str]:
    """Those whose earlier approval still counts at this step."""
    if same == "ask":
        return frozenset()
    around = dict.fromkeys(machine.lineage(step))
    users: set[str] = set()
    since = max((one.began_anew for one in machine.approval.steps), default=1)
    for one in reversed(machine.approval.steps[since - 1 : step.number - 1]):
        if one.kind != "approve" or one.state not in ("approved", "interrupted", "open"):
            continue
        if same == "consecutive" and any(pair not in around for pair in machine.lineage(one)):
            continue  # beside the way here
        users |= {t.user for t in machine.approval.tasks_of(one) if t.state == "approved" and t.kind == "decide"}
        if same == "consecutive":
            break
    return frozenset(users)


def settle(machine: Machine, step: Step) -> str | None:
    """approved, rejected or skipped; None while somebody has to be waited for. Opens what is next in turn."""
    if step.state == "skipped":
        return "skipped"
    if step.state == "refused":
        return "rejected"
    tasks = Counted([task for task in machine.approval.tasks_of(step) if task.counts])
    verdicts = [tasks.verdict(task) for task in tasks.base]
    node = machine.flow.nodes[step.node]
    need = node.need if node.kind == "approve" else "any"
    found = _outcome(need, node.count, verdicts)
    if found is None:
        _open(machine, tasks, verdicts, in_turn=need == "sequence")
    return found


class Counted:
    """The tasks that make a step's decision, with who was added for whom; `base` are those of the rules, in order."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.all = tasks
        self.base = sorted((task for task in tasks if task.place == "base"), key=lambda task: task.position)
        self._by_id = {task.id: task for task in tasks}
        self._added: dict[str | None, list[Task]] = {}
        for task in tasks:
            if task.place != "base":
                self._added.setdefault(task.parent, []).append(task)

    def verdict(self, task: Task) -> str:
        """What a task comes to, with the signers that were added to it."""
        added = [self.verdict(one) for one in self._added.get(task.id, ())]
        if task.state == "rejected" or "rejected" in added:
            return "rejected"
        if task.state == "approved" and all(verdict == "approved" for verdict in added):
            return "approved"
        return "pending"

    def agreed_before(self, task: Task) -> bool:
        """Whether those who were to agree before him have."""
        before = (one for one in self._added.get(task.id, ()) if one.place == "before")
        return all(self.verdict(one) == "approved" for one in before)

    def above(self, task: Task) -> Iterator[Task]:
        """For whom a signer was asked, and for whom that one was."""
        while task.place != "base" and task.parent in self._by_id:
            task = self._by_id[task.parent]
            yield task


def _outcome(need: str, count: int, verdicts: Sequence[str]) -> str | None:
    approved, rejected = verdicts.count("approved"), verdicts.count("rejected")
    if need == "any":
        return next((v for v in verdicts if v != "pending"), None)
    if need == "count":
        wanted = min(count, len(verdicts))
        if approved >= wanted:
            return "approved"
        return "rejected" if len(verdicts) - rejected < wanted else None
    if rejected:
        return "rejected"
    return "approved" if approved == len(verdicts) else None


def _open(machine: Machine, tasks: Counted, verdicts: Sequence[str], *, in_turn: bool) -> None:
    """Tasks that waited for others and need not any more; signers whose word decides nothing any more are let off."""
    for task in tasks.all:
        if task.is_open and any(tasks.verdict(above) == "rejected" for above in tasks.above(task)):
            task.state, task.closed_at = "cancelled", machine.world.now
    turn = next((t.id for t, verdict in zip(tasks.base, verdicts, strict=True) if verdict == "pending"), None)
    for task in tasks.all:
        comes = not in_turn or task.place != "base" or task.id == turn
        if task.state == "waiting" and comes and tasks.agreed_before(task):
            task.state, task.opened_at = "open", machine.world.now
