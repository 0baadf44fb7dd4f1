"""Time limits: those asked are reminded, and when the time is up others take over, or the engine decides. Woken by the
worker's watch (handlers.py), also after it was away: each reminder and each due time is answered once.

A step's `remind_at` and `due_at` say what is still to come. Whoever answers them holds the approval's lock, so that of
two workers, or a worker and somebody who decides, one finds that there is nothing left to do.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog

from dougong_metadata.errors import Fault
from dougong_platform.approvals.changing import Case, change_in
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.overdue import answer
from dougong_platform.approvals.state import RUNNING, Step
from dougong_platform.automations.running import engine
from dougong_platform.errors import NotFound
from dougong_platform.jobs import ring
from dougong_platform.releases.release import load_on
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.alarms import alarm_by, hold_alarm, set_alarm

VIA = "clock"
LONGEST_REST = dt.timedelta(hours=1)
_AGAIN = dt.timedelta(minutes=1)  # after something went wrong that may pass
_BATCH = 200
_log = structlog.get_logger(__name__)

# A reminder behind the due time is one of those that follow it: the due time itself was answered.
_IS_DUE = """(s.remind_at <= now() or (s.due_at <= now() and (s.remind_at is null or s.remind_at <= s.due_at)))"""
_FIND = f"""
select distinct s.approval from _approval_step s
 where s.state = 'open' and s.approval > %(after)s::uuid and {_IS_DUE} order by s.approval limit {_BATCH}
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
    moved, failed, after = 0, False, _NOBODY
    while True:
        _, rows = database.read(tenant, _FIND, {"after": after})
        for (approval,) in rows:
            after = approval
            try:
                moved += _answer_one(database, tenant, approval)
            except FlowBroken:
                pass  # `dougong check` lists it; looked at again within the hour
            except Exception as problem:  # noqa: BLE001 - the others still have their turn
                failed = failed or not isinstance(problem, Fault)
                _log.warning("time_limit_failed", tenant=tenant.name, approval=approval, exc_info=problem)
        if len(rows) < _BATCH:
            break
    with database.transaction(tenant) as tx:
        hold_alarm(tx, tenant)
        ((at,),) = tx.rows(_NEXT, {"rest": _AGAIN if failed else LONGEST_REST})
        set_alarm(tx, tenant, at)
    if moved:
        ring(tenant.name)
    return moved


def wake_for(tx: TenantTransaction, tenant: Tenant, approval: str) -> None:
    """Look again when the first time limit of an approval is up, or before. Called after each change of one."""
    ((at,),) = tx.rows(_FIRST, {"approval": approval})
    if at is not None:
        alarm_by(tx, tenant, at)


def _answer_one(database: Database, tenant: Tenant, approval: str) -> int:
    try:
        with database.transaction(tenant) as tx:
            release = load_on(tx, tenant, tx.entry.release)
            caller = engine(database, tenant, release, actor=None, batch=approval, chain=())
            change_in(caller, tx, approval, _work, actor=None, via=VIA)
    except (_Nothing, NotFound):
        return 0
    return 1


def _work(case: Case) -> None:
    """Answer the due times of an approval that is locked. Raises _Nothing."""
    done = False
    for step in list(case.approval.open_steps()):
        if case.approval.state == RUNNING and step.is_open and _is_due(step, case.live.moment):
            answer(case, step)
            done = True
    if not done:
        raise _Nothing


def _is_due(step: Step, now: dt.datetime) -> bool:
    remind, due = _moment(step.remind_at), _moment(step.due_at)
    if remind is not None and remind <= now:
        return True
    return due is not None and due <= now and (remind is None or remind <= due)


def _moment(text: Any) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
