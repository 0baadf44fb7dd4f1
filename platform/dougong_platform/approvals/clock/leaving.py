"""People who leave while they are asked: others take over, as the node's `left` and `nobody` say. Called by `limits`.

Whoever has a delegate who can decide in his place is left alone; so are approvals that wait for nobody who left.
"""

from __future__ import annotations

from collections.abc import Sequence

from dougong_platform.approvals.clock.overdue import open_tasks, taken
from dougong_platform.approvals.machine import approve, hand_on, refuse
from dougong_platform.approvals.machine.returning import decided
from dougong_platform.approvals.people.delegations import delegates_of
from dougong_platform.approvals.people.directory import Directory, directory_of
from dougong_platform.approvals.people.reasons import reason
from dougong_platform.approvals.running.changing import Case
from dougong_platform.approvals.state import RUNNING, Step, Task, Text

AUTOMATIC = "left"  # Task.automatic where the engine answered because somebody left and nobody could take over
FIND = """
select distinct t.approval from _approval_task t
  join _approval a on a.id = t.approval and a.state = 'running'
  left join "user" u on u.id = t."user"
 where t.state = 'open' and t.kind = 'decide' and t.approval > %(after)s::uuid
   and not coalesce(u.active and u.deleted_at is null, false)
   and not exists (
     select from _approval_delegation d join "user" w on w.id = d.delegate and w.active and w.deleted_at is null
      where d."user" = t."user" and d.delegate is distinct from a.submitter and d.delegate <> d."user"
        and d.starts_at <= now() and (d.ends_at is null or d.ends_at > now())
        and (d.flows = '{}' or a.flow = any(d.flows)))
 order by t.approval limit %(limit)s
"""


def replace_left(case: Case) -> bool:
    """Have others asked in place of those who left; whether there was anybody."""
    directory, found = directory_of(case.live.organisation, case.live.moment), False
    while (left := _first_left(case, directory)) is not None:  # who is asked next may have left, too
        _replace(case, directory, *left)
        found = True
    return found


def _first_left(case: Case, directory: Directory) -> tuple[Step, Task] | None:
    if case.approval.state != RUNNING:
        return None
    waited = ((step, task) for step in case.approval.open_steps() for task in open_tasks(case, step))
    return next((one for one in waited if _is_left(case, directory, one[1])), None)


def _is_left(case: Case, directory: Directory, task: Task) -> bool:
    if directory.is_active(task.user):
        return False
    delegates = delegates_of(case.tx, [task.user], case.approval.flow).get(task.user, ())
    return all(one == case.approval.submitter for one in delegates)


def _replace(case: Case, directory: Directory, step: Step, task: Task) -> None:
    node, who = case.node(step), directory.name(task.user)
    left = node.left if node.kind == "approve" else "administrator"
    if left == "manager":
        manager = directory.next_manager(task.user, but=taken(case, step, node))
        takers, why = [manager] if manager else [], reason("in_place", who)
    else:
        takers = _administrators(case, directory, step) if left == "administrator" else []
        why = reason("left_administrator", who)
    if takers:
        _ask_instead(case, step, task, takers, why)
    elif any(one.counts and one.id != task.id for one in case.approval.tasks_of(step)):
        _leave_out(case, step, task, reason("left_out", who))
    else:
        _nobody(case, directory, step, task, reason("left_nobody", who))


def _administrators(case: Case, directory: Directory, step: Step) -> list[str]:
    kept = taken(case, step, case.node(step))
    return [user for user in directory.administrators if user not in kept]


def _ask_instead(case: Case, step: Step, task: Task, takers: Sequence[str], why: Text) -> None:
    """Where one decision is enough all of them are asked, else the first."""
    users = list(takers) if case.node(step).need == "any" and task.place == "base" else list(takers[:1])
    case.machine.note("replaced", step, task, behalf=task.user, users=users, reason=why)
    hand_on(case.machine, task, users[0], None).why = why
    for user in users[1:]:
        case.machine.new_task(step, user, why=why, position=task.position)


def _leave_out(case: Case, step: Step, task: Task, why: Text) -> None:
    """Others are asked there: what they say is enough, and those who had to wait for him wait no longer."""
    case.machine.note("left_out", step, task, behalf=task.user, reason=why)
    if task.place == "base" and not _has_signers(case, step, task):
        task.state, task.closed_at = "cancelled", case.live.now
        decided(case.machine, step)
    else:  # he stands between others: his word counts as given, so that theirs decides
        task.automatic = AUTOMATIC
        approve(case.machine, task)


def _has_signers(case: Case, step: Step, task: Task) -> bool:
    return any(one.parent == task.id for one in case.approval.tasks_of(step))


def _nobody(case: Case, directory: Directory, step: Step, task: Task, why: Text) -> None:
    """He was the only one: it is as if nobody had been found."""
    node = case.node(step)
    takers = _administrators(case, directory, step) if node.nobody == "administrator" else []
    task.automatic = None if takers else AUTOMATIC
    if takers:
        _ask_instead(case, step, task, takers, reason("nobody_administrator"))
    elif node.nobody == "skip":
        case.machine.note("approved", step, task, behalf=task.user, automatic=AUTOMATIC, reason=why)
        approve(case.machine, task)
    else:
        said = reason("no_administrator") if node.nobody == "administrator" else why
        case.machine.note("rejected", step, task, reason=said)
        refuse(case.machine, task)
