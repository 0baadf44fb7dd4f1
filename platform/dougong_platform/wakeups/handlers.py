"""The worker's part of what goes by the clock: every quarter of a minute the tenants whose time has come, and what
writes of records mean for it. Loaded by jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dougong_platform.jobs import Work, handles, sweeps, watches
from dougong_platform.releases.release import Release, load_on
from dougong_platform.wakeups.firing import earliest_undecided
from dougong_platform.wakeups.moments import iso, parsed
from dougong_platform.wakeups.rules import Rule, states, touched
from dougong_platform.wakeups.scan import LONGEST_REST, scan
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.wakeups import due_tenants, wake_by

_ASK = "update _wakeup_rule set asked = asked + 1 where rule = any(%(rules)s::text[])"
_DATES_WERE_WRITTEN = frozenset({"create", "update", "restore"})
_OLD = "delete from _fired where due < now() - interval '400 days'"  # longer than LONGEST_BACK looks back


@watches(every=15, find=due_tenants)
def wake(database: Database, tenant: Tenant) -> None:
    """A tenant whose time has come. Sent twice, it finds nothing the second time."""
    if due_tenants(database, name=tenant.name):
        scan(database, tenant)


@handles("records")
def follow(work: Work) -> None:
    """A write may bring a date that is due before the next look, or was already."""
    tx = work.transaction
    release = load_on(tx, work.tenant, tx.entry.release)
    if touched(release.model, str(work.payload.get("object"))):
        look_after(tx, work.tenant, release, work.payload, parsed(tx.rows("select clock_timestamp()")[0][0]))


def look_after(
    tx: TenantTransaction, tenant: Tenant, release: Release, event: dict[str, Any], now: dt.datetime
) -> None:
    """As `follow`, at `now`. An event that names no ids, and roll-ups, are answered by looking at everything."""
    known, late, soonest = states(tx), [], None
    for automation in touched(release.model, event["object"]):
        if automation.name not in known:
            continue  # the release has not been looked at yet; that look is at everything
        is_own = automation.object == event["object"]
        if is_own and event.get("op") not in _DATES_WERE_WRITTEN:
            continue
        if not is_own or event.get("ids") is None:
            late.append(automation.name)
            continue
        rule = Rule(automation, *known[automation.name])
        due = earliest_undecided(tx, tenant, release, rule, event["ids"], now + LONGEST_REST + LONGEST_REST)
        if due is not None and due <= now:
            late.append(automation.name)
        elif due is not None:
            soonest = min(soonest or due, due)
    if late:
        tx.execute(_ASK, {"rules": late})
    if late or soonest:
        wake_by(tx, tenant, iso(now if late or soonest is None else soonest))


@sweeps(every=86_400)
def forget(database: Database, tenant: Tenant) -> None:
    """Due times so long past that no look reaches back to them."""
    with database.transaction(tenant, statement_timeout=600_000) as tx:
        tx.execute(_OLD)
