"""What is regular: every noun's sweep is known to the worker, and what is over in the control schema goes."""

from __future__ import annotations

import pytest

from dougong_platform.jobs import sweep as sweeping
from dougong_platform.jobs.topics import load_handlers, sweepers
from dougong_tenants import Database, Tenant


def test_the_worker_knows_every_regular_task() -> None:
    load_handlers()
    known = {sweeper.name.removeprefix("dougong_platform.") for sweeper in sweepers()}
    assert known >= {
        "files.handlers.remove_orphans",
        "imports.handlers.wake_abandoned",
        "records.idempotency.forget",
        "releases.handlers.resume_publishes",
    }


def test_ended_sessions_and_old_failures_are_forgotten_hourly(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_last", {})
    _fail(database)
    sweeping.sweep(database, [tenant], lambda name, lane: None)
    assert _failures(database) == 0
    _fail(database)
    sweeping.sweep(database, [tenant], lambda name, lane: None)
    assert _failures(database) == 1  # not before an hour has passed


def _fail(database: Database) -> None:
    with database.control() as tx:
        tx.execute(
            "insert into dougong.sign_in_attempt values"
            " ('email', 'x', 3, now() - interval '2 days', now() - interval '2 days')"
        )


def _failures(database: Database) -> int:
    return int(database.read_control("select count(*) from dougong.sign_in_attempt")[0][0])
