"""Who may see an approval, and which of the record's fields he may know there.

It is seen by whoever submitted it, by everybody who was ever asked or got a copy (and by those who act for them now),
by whoever may read the record, and by administrators. Called by the progress, by comments and by files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dougong_metadata.expressions import Checked
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.approvals.people.delegations import Principal, may_act_for, principals
from dougong_platform.approvals.running.store import load
from dougong_platform.approvals.sight.labels import Read, closed, worked_out_from
from dougong_platform.approvals.state import Approval, Task
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.query.single import addressed


@dataclass(frozen=True, slots=True)
class Sight:
    """Why somebody sees an approval. `tasks`: his own and those of people for whom he acts, in order."""

    caller: Caller
    tasks: tuple[Task, ...]
    submitted: bool
    reads: bool
    administers: bool

    def open_tasks(self, kind: str) -> list[Task]:
        """What he may answer now, his own first."""
        found = [task for task in self.tasks if task.is_open and task.kind == kind]
        return sorted(found, key=lambda task: task.user != self.caller.user)

    @property
    def asked(self) -> bool:
        """Whether the flow shows him the record, whatever his rights."""
        return bool(self.tasks)


@dataclass(frozen=True, slots=True)
class Knowing:
    """Which fields somebody may know here. Whoever is `asked`: all but those `hidden` by the node and those that his
    permission sets close; others: what they may read. Nothing may tell the rest: no value, no formula, no sentence."""

    caller: Caller
    object: str
    hidden: frozenset[Read]
    asked: bool

    def may_know(self, reads: Iterable[Read]) -> bool:
        """Whether none of these fields is kept from him."""
        rights = self.caller.rights
        if not self.asked:
            return all(rights.field(*one) != "none" for one in reads)
        return not any(one in self.hidden or closed(rights, *one) for one in reads)

    def field(self, object: str, name: str) -> bool:
        """Whether he may know a field, and what it is worked out from."""
        found = self.caller.model.objects.get(object)
        field = found.fields.get(name) if found is not None else None
        return field is not None and self.may_know(reads_of(self.caller.model, field))

    def rule(self, rule: Checked | None) -> bool:
        """Whether he may know all that an expression speaks of."""
        return rule is None or all(self.field(*one) for one in rule.fields)

    def path(self, path: tuple[str, ...]) -> bool:
        """Whether he may know the field at the end of a path, and all on the way."""
        at: str | None = self.object
        for name in path:
            if at is None or not self.field(at, name):
                return False
            at = self.caller.model.objects[at].fields[name].to
        return True


def reads_of(model: Model, field: FieldModel) -> frozenset[Read]:
    """The field, and all that its value is worked out from."""
    return worked_out_from(model, [(field.object, field.name)])


def is_administrator(caller: Caller) -> bool:
    """Whether he may see every approval, and intervene: he shapes the company's metadata or keeps its people."""
    return caller.holds("metadata") or caller.holds("people")


def sight_of(caller: Caller, approval: Approval, acting: list[Principal]) -> Sight:
    """Why the caller sees it. `acting`: those who delegate to him now. Raises NotFound where he does not."""

    def his(task: Task) -> bool:
        return caller.user in (task.user, task.decided_by) or may_act_for(
            acting, task.user, approval.flow, submitter=approval.submitter, delegate=caller.user
        )

    tasks = tuple(task for task in approval.tasks if his(task))
    submitted = approval.submitter == caller.user
    administers = is_administrator(caller)
    known = approval.object in caller.model.objects
    reads = known and "read" in allowed_actions(caller, approval.object, approval.record)
    if not (tasks or submitted or administers or reads):
        raise NotFound
    return Sight(caller, tasks, submitted, reads, administers)


def require_sight(caller: Caller, id: str) -> Approval:
    """The approval, if the caller sees it. Raises NotFound otherwise."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        approval = load(tx, addressed(id)).approval
        acting = principals(tx, caller.user)
    sight_of(caller, approval, acting)
    return approval


def knowing(sight: Sight, flow: ApprovalModel, approval: Approval) -> Knowing:
    """What he may know. Where he is asked now, that node says what is kept from him; before and after, the nodes where
    he was asked. What one of several such nodes shows him, he knows."""
    open_ones = [task for task in sight.tasks if task.is_open and task.kind != "cc"]
    steps = {task.step for task in open_ones or sight.tasks}
    nodes = [flow.nodes.get(approval.step(number).node) for number in steps]
    kept = [frozenset(node.hide) if node is not None else frozenset() for node in nodes]
    hidden = frozenset.intersection(*kept) if kept else frozenset()
    kept_back = frozenset((approval.object, name) for name in hidden)
    return Knowing(sight.caller, approval.object, kept_back, sight.asked)
