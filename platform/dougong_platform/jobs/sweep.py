"""Every 30 seconds: tenants whose bell was lost get a relay, and what nouns registered with @sweeps runs when due.

Once an hour what is over in the control schema goes: sessions, invitations, counts of failed sign-ins.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from dougong_platform.jobs.topics import Sweeper, sweepers
from dougong_tenants import Database, Tenant
from dougong_tenants.sign_in.attempts import sweep_attempts
from dougong_tenants.sign_in.sessions import sweep_sessions

_HOUR = 3600
_log = structlog.get_logger(__name__)
_DUE = "select exists (select from _outbox where not dead and due <= now())"
_last: dict[tuple[str, str], float] = {}  # (sweeper, tenant) → when this process ran it


def sweep(database: Database, tenants: list[Tenant], wake: Callable[[str], None]) -> list[str]:
    """Wake a relay for each tenant with due work, run due sweepers; the names of the tenants woken.

    One tenant's failure is logged and does not keep the others waiting.
    """
    _sweep_sign_ins(database)
    woken = []
    for tenant in tenants:
        try:
            _, rows = database.read(tenant, _DUE, {})
            if rows[0][0]:
                wake(tenant.name)
                woken.append(tenant.name)
            for sweeper in sweepers():
                _run_if_due(sweeper, database, tenant)
        except Exception as problem:  # noqa: BLE001 - the other tenants still have their turn
            _log.warning("sweep_failed", tenant=tenant.name, exc_info=problem)
    return woken


def _sweep_sign_ins(database: Database) -> None:
    if not _is_due("sign-ins", "", _HOUR):
        return
    try:
        sweep_sessions(database)
        sweep_attempts(database)
    except Exception as problem:  # noqa: BLE001 - the tenants still have their turn
        _log.warning("sweep_failed", tenant=None, exc_info=problem)


def _is_due(name: str, tenant: str, every: int) -> bool:
    key, now = (name, tenant), time.monotonic()
    due = now - _last.get(key, -1e9) >= every - 1
    if due:
        _last[key] = now
    return due


def _run_if_due(sweeper: Sweeper, database: Database, tenant: Tenant) -> None:
    if _is_due(sweeper.name, tenant.id, sweeper.every):
        sweeper.run(database, tenant)
