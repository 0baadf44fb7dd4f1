"""Every 30 seconds: tenants whose bell was lost get a relay, and what nouns registered with @sweeps begins when due.

Once an hour what is over in the control schema goes: sessions, invitations, counts of failed sign-ins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from dougong_platform.jobs.topics import LANES, Sweeper, sweepers
from dougong_tenants import Database, Tenant, audit
from dougong_tenants.connection import json_parameter
from dougong_tenants.sign_in.attempts import sweep_attempts
from dougong_tenants.sign_in.sessions import sweep_sessions

_HOUR = 3600
_MOST_COUNTED = 100_000
_EARLY = 1  # seconds: a sweep is never quite on time
_log = structlog.get_logger(__name__)
_LOOK = f"""
select (select coalesce(jsonb_agg(l.lane), '[]') from unnest(%(lanes)s::text[]) l (lane) where exists
         (select from _outbox o where o.lane = l.lane and not o.dead and o.due <= now())),
       (select count(*) from (select from _outbox where not dead and due <= now() limit {_MOST_COUNTED}) w),
       (select coalesce(extract(epoch from now() - min(due)), 0)::float8 from _outbox where not dead and due <= now()),
       (select count(*) from (select from _outbox where dead limit {_MOST_COUNTED}) d),
       exists (select from unnest(%(names)s::text[], %(every)s::float8[]) e (name, every)
                 left join _swept s using (name)
               where s.at is null or s.at <= now() - make_interval(secs => e.every - {_EARLY}))
"""
_CLAIM = f"""
insert into _swept as s (name, at) select name, now() from unnest(%(names)s::text[]) e (name)
on conflict (name) do update set at = now()
 where s.at <= now() - make_interval(secs => ((%(periods)s::jsonb) ->> s.name)::float8 - {_EARLY})
returning name
"""
_last: dict[str, float] = {}  # when this process cleared the control schema


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found of one tenant: `lanes` with due rows, how many are due (counted up to 100,000), for how many
    seconds the `oldest` has been, how many are `dead`."""

    lanes: tuple[str, ...]
    waiting: int
    oldest: float
    dead: int


def sweep(
    database: Database,
    tenants: Sequence[Tenant],
    wake: Callable[[str, str], None],
    begin: Callable[[str], None] | None = None,
) -> dict[str, Swept]:
    """Call `wake(tenant, lane)` for due work and `begin(tenant)` for due regular tasks, which are run here without it.

    One tenant's failure is logged and does not keep the others waiting: all bells are repaired before anything runs.
    """
    _sweep_sign_ins(database)
    found: dict[str, Swept] = {}
    regular: list[Tenant] = []
    for tenant in tenants:
        try:
            found[tenant.name], is_due = _look(database, tenant)
            for lane in found[tenant.name].lanes:
                wake(tenant.name, lane)
            if is_due:
                regular.append(tenant)
        except Exception as problem:  # noqa: BLE001 - the other tenants still have their turn
            _log.warning("sweep_failed", tenant=tenant.name, exc_info=problem)
    for tenant in regular:
        if begin is not None:
            begin(tenant.name)
        else:
            run_regular(database, tenant)
    return found


def run_regular(database: Database, tenant: Tenant) -> None:
    """Run a tenant's regular tasks that are due. Each is claimed first, so that of two processes one runs it."""
    known = {sweeper.name: sweeper for sweeper in sweepers()}
    with database.transaction(tenant) as tx:
        periods = {name: sweeper.every for name, sweeper in known.items()}
        rows = tx.rows(_CLAIM, {"names": list(known), "periods": json_parameter(periods)})
    for (name,) in rows:
        _run(known[name], database, tenant)


def _look(database: Database, tenant: Tenant) -> tuple[Swept, bool]:
    known = sweepers()
    asked = {
        "lanes": list(LANES),
        "names": [sweeper.name for sweeper in known],
        "every": [float(sweeper.every) for sweeper in known],
    }
    _, ((lanes, waiting, oldest, dead, is_due),) = database.read(tenant, _LOOK, asked)
    return Swept(tuple(lanes), int(waiting), float(oldest), int(dead)), bool(is_due)


def _run(sweeper: Sweeper, database: Database, tenant: Tenant) -> None:
    try:
        with audit.under(via="job"):
            sweeper.run(database, tenant)
    except Exception as problem:  # noqa: BLE001 - the other tasks still have their turn
        _log.warning("sweep_failed", tenant=tenant.name, task=sweeper.name, exc_info=problem)


def _sweep_sign_ins(database: Database) -> None:
    now = time.monotonic()
    if now - _last.get("sign-ins", -1e9) < _HOUR - _EARLY:
        return
    _last["sign-ins"] = now
    try:
        sweep_sessions(database)
        sweep_attempts(database)
    except Exception as problem:  # noqa: BLE001 - the tenants still have their turn
        _log.warning("sweep_failed", tenant=None, exc_info=problem)
