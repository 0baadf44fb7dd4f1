"""Every 30 seconds: tenants whose bell was lost get a relay, and what nouns registered with @sweeps runs when due."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from dougong_platform.jobs.topics import Sweeper, sweepers
from dougong_tenants import Database, Tenant

_log = structlog.get_logger(__name__)
_DUE = "select exists (select from _outbox where not dead and due <= now())"
_last: dict[tuple[str, str], float] = {}  # (sweeper, tenant) → when this process ran it


def sweep(database: Database, tenants: list[Tenant], wake: Callable[[str], None]) -> list[str]:
    """Wake a relay for each tenant with due work, run due sweepers; the names of the tenants woken.

    One tenant's failure is logged and does not keep the others waiting.
    """
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


def _run_if_due(sweeper: Sweeper, database: Database, tenant: Tenant) -> None:
    key, now = (sweeper.name, tenant.id), time.monotonic()
    if now - _last.get(key, -1e9) >= sweeper.every - 1:
        _last[key] = now
        sweeper.run(database, tenant)
