"""What the clock does with approvals: those asked are reminded, and when the time is up others take over, or the engine
decides; others take over from people who have left. Woken by the worker's watch (handlers.py), also after it was away:
each reminder and each due time is answered once.

A step's `remind_at` and `due_at` say what is still to come. Whoever answers them holds the approval's lock, so that of
two workers, or a worker and somebody who decides, one finds that there is nothing left to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog

from dougong_platform.approvals.clock import leaving
from dougong_platform.approvals.clock.overdue import answer
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.running.changing import Case, change_in
from dougong_platform.approvals.state import RUNNING, Step
from dougong_platform.automations.running import engine
from dougong_platform.errors import NotFound
from dougong_platform.jobs import ring
from dougong_platform.releases.release import load_on
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.alarms import alarm_by, hold_alarm, set_alarm

VIA = "clock"
LONGEST_REST = dt.timedelta(minutes=10)
_AGAIN = dt.timedelta(minutes=1)  # after something went wrong that may pass
_BATCH = 200
_log = structlog.get_logger(__name__)

# A reminder behind the due time is one of those that follow it: the due time itself was answered.
_IS_DUE = """(s.remind_at <= now() or (s.due_at <= now() and (s.remind_at is null or s.remind_at <= s.due_at)))"""
_FIND = f"""
select distinct s.approval from _approval_step s
 where s.state = 'open' and s.approval > %(after)s::uuid and {_IS_DUE} order by s.approval limit %(limit)s
"""
_NEXT = """
select least((select min(due_at) from _approval_step where state = 'open' and due_at > now()),
             (select min(remind_at) from _approval_step where state = 'open' and remind_at > now()),
             now() + %(rest)s::interval)
"""
_FIRST = """
select least(min(s.due_at), min(s.remind_at)) from _approval_step s
 where s.approval = %(approval)s::uuid and s.state = 'open'
"""
_NOBODY = "00000000-0000-0000-0000-000000000000"


class _Nothing(Exception):
    """There is nothing to do: the transaction is rolled back."""


def answer_due(database: Database, tenant: Tenant) -> int:
    """Answer what has become due in a tenant; how many approvals were moved. One that fails keeps no other waiting."""
    failures: list[str] = []
    moved = _each(database, tenant, _FIND, _answer_due, failures)
    moved += _each(database, tenant, leaving.FIND, leaving.replace_left, failures)
    with database.transaction(tenant) as tx:
        hold_alarm(tx, tenant)
        ((at,),) = tx.rows(_NEXT, {"rest": _AGAIN if failures else LONGEST_REST})
        set_alarm(tx, tenant, at)
    if moved:
        ring(tenant.name)
    return moved


def _each(database: Database, tenant: Tenant, statement: str, work: Callable[[Case], bool], failures: list[str]) -> int:
    """Do `work` for each approval that the statement finds; how many it moved."""
    moved, after = 0, _NOBODY
    while True:
        _, rows = database.read(tenant, statement, {"after": after, "limit": _BATCH})
        for (approval,) in rows:
            after = approval
            try:
                moved += _move(database, tenant, approval, work)
            except FlowBroken:
                pass  # `dougong check` lists it
            except Exception as problem:  # noqa: BLE001 - the others still have their turn
                failures.append(approval)
                _log.warning("time_limit_failed", tenant=tenant.name, approval=approval, exc_info=problem)
        if len(rows) < _BATCH:
            return moved


def wake_for(tx: TenantTransaction, tenant: Tenant, approval: str) -> None:
    """Look again when the first time limit of an approval is up, or before. Called after each change of one."""
    ((at,),) = tx.rows(_FIRST, {"approval": approval})
    if at is not None:
        alarm_by(tx, tenant, at)


def _move(database: Database, tenant: Tenant, approval: str, work: Callable[[Case], bool]) -> int:
    def tried(case: Case) -> None:
        if not work(case):
            raise _Nothing

    try:
        with database.transaction(tenant) as tx:
            release = load_on(tx, tenant, tx.entry.release)
            caller = engine(database, tenant, release, actor=None, batch=approval, chain=())
            change_in(caller, tx, approval, tried, actor=None, via=VIA)
    except (_Nothing, NotFound):
        return 0
    return 1


def _answer_due(case: Case) -> bool:
    """Answer the due times of an approval that is locked; whether there were any."""
    done = False
    for step in list(case.approval.open_steps()):
        if case.approval.state == RUNNING and step.is_open and _is_due(step, case.live.moment):
            answer(case, step)
            done = True
    return done


def _is_due(step: Step, now: dt.datetime) -> bool:
    remind, due = _moment(step.remind_at), _moment(step.due_at)
    if remind is not None and remind <= now:
        return True
    return due is not None and due <= now and (remind is None or remind <= due)


def _moment(text: Any) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
