"""What is done where a step's time is nearly up, or up: a reminder, others who take over, or the engine's decision.
Called by `limits` with the approval locked."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from dougong_metadata.model.approval_types import ApprovalNode, TimeLimit
from dougong_metadata.model.compile_calendar import default_calendar
from dougong_platform.approvals.hours.deadlines import next_working_day
from dougong_platform.approvals.machine import approve, hand_on, refuse
from dougong_platform.approvals.people.directory import directory_of
from dougong_platform.approvals.running.changing import Case
from dougong_platform.approvals.state import Step, Task, Text, now_text

AUTOMATIC = "time"  # Task.automatic where the engine decided because the time was up
_NEVER = "9999-12-31T00:00:00Z"


def answer(case: Case, step: Step) -> None:
    """Answer the step's reminder or due time, whichever has come; what is due next stands in the step afterwards."""
    limit = case.node(step).limit
    due = step.due_at
    if limit is None or due is None:
        _remind(case, step, "reminded")
        step.remind_at = None
        return
    if dt.datetime.fromisoformat(due) > case.live.moment:
        _remind(case, step, "reminded")
        step.remind_at = None
        return
    if step.remind_at is not None and _after(step.remind_at, due):  # it was answered already: one more reminder
        _remind_late(case, step, limit)
    elif limit.then in ("approve", "reject"):
        _decide(case, step, limit.then)
    elif limit.then in ("escalate", "transfer") and _hand_on(case, step, limit):
        step.remind_at, step.due_at = case.live.deadline(limit)
    else:
        _remind_late(case, step, limit)


def _after(one: str, other: str) -> bool:
    return dt.datetime.fromisoformat(one) > dt.datetime.fromisoformat(other)


def open_tasks(case: Case, step: Step) -> list[Task]:
    """Whoever is asked to decide at a step now."""
    return [task for task in case.approval.tasks_of(step) if task.is_open and task.kind == "decide"]


def _remind(case: Case, step: Step, action: str, why: Text | None = None) -> None:
    users = [task.user for task in open_tasks(case, step)]
    case.machine.note(action, step, users=users, due=step.due_at, reason=why)


def _remind_late(case: Case, step: Step, limit: TimeLimit) -> None:
    """Remind now, and again once each working day for as long as nobody decides."""
    _remind(case, step, "overdue")
    calendars, now = case.caller.model.calendars, case.live.moment
    calendar = calendars.get(limit.calendar) if limit.calendar else default_calendar(calendars)
    zone = ZoneInfo(case.caller.tenant.timezone)
    again = next_working_day(now, calendar, zone) if limit.working else now + dt.timedelta(days=1)
    step.remind_at = now_text(again) if again is not None else _NEVER


def _decide(case: Case, step: Step, verdict: str) -> None:
    """The engine decides for everybody who is asked at the step, until it is settled."""
    step.remind_at = step.due_at = None
    while step.is_open and case.machine.runs and (tasks := open_tasks(case, step)):
        task = tasks[0]
        task.automatic = AUTOMATIC
        case.machine.note(
            "approved" if verdict == "approve" else "rejected", step, task, behalf=task.user, automatic=AUTOMATIC
        )
        (approve if verdict == "approve" else refuse)(case.machine, task)


def _hand_on(case: Case, step: Step, limit: TimeLimit) -> bool:
    """Somebody else takes over; whether anybody was found who could."""
    node = case.node(step)
    return _escalate(case, step, node) if limit.then == "escalate" else _transfer(case, step, node)


def _escalate(case: Case, step: Step, node: ApprovalNode) -> bool:
    """Each one's next active manager who is not asked at the step already takes over from him."""
    directory = directory_of(case.live.organisation, case.live.moment)
    found = False
    for task in open_tasks(case, step):
        manager = directory.next_manager(task.user, but=taken(case, step, node))
        if manager is not None:
            case.machine.note("escalated", step, task, behalf=task.user, users=[manager])
            hand_on(case.machine, task, manager, None).why = {
                "en": f"In place of {directory.name(task.user)}, whose time was up: next manager above",
                "zh": f"{directory.name(task.user)}已超时，由其上级代替",
            }
            found = True
    return found


def _transfer(case: Case, step: Step, node: ApprovalNode) -> bool:
    """The people of the limit take over. Where one decision is enough they are all asked; else as many as were."""
    kept = taken(case, step, node)
    takers = [one for one in case.live.takers(case.approval, node).people if one.user not in kept]
    tasks = open_tasks(case, step)
    if not takers or not tasks:
        return False
    for task, taker in zip(tasks, takers, strict=False):
        case.machine.note("transferred", step, task, behalf=task.user, users=[taker.user])
        hand_on(case.machine, task, taker.user, None).why = taker.why
    for task in tasks[len(takers) :]:  # whoever took over from somebody else decides for him too
        case.machine.note("transferred", step, task, behalf=task.user, users=[takers[-1].user])
        task.state, task.closed_at = "transferred", case.live.now
    for taker in takers[len(tasks) :] if node.need == "any" else ():
        case.machine.new_task(step, taker.user, why=taker.why, position=tasks[0].position)
    return True


def taken(case: Case, step: Step, node: ApprovalNode) -> set[str]:
    """Who cannot take over at the step: whoever has a part in it already, and the submitter."""
    users = {task.user for task in case.approval.tasks_of(step) if task.kind == "decide"}
    if case.approval.submitter is not None and node.own not in ("ask", "approve"):
        users.add(case.approval.submitter)
    return users
