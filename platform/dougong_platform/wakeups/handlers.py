"""The worker's part of what goes by the clock: every quarter of a minute the tenants whose time has come, and what
writes of records mean for it. Loaded by jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.jobs import Work, handles, sweeps, watches
from dougong_platform.records.arrays import array_text
from dougong_platform.releases.release import Release, load_on
from dougong_platform.wakeups.firing import earliest_undecided
from dougong_platform.wakeups.moments import iso
from dougong_platform.wakeups.rules import noted, touched
from dougong_platform.wakeups.scan import LONGEST_REST, scan
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.wakeups import due_tenants, wake_by

_ASK = """
update _wakeup_rule r set asked = asked + 1
  from (select rule from _wakeup_rule where rule = any(%(rules)s::text[]) order by rule for update) l
 where r.rule = l.rule
"""
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
    look_after(tx, work.tenant, load_on(tx, work.tenant, tx.entry.release), work.payload)


def look_after(
    tx: TenantTransaction, tenant: Tenant, release: Release, event: dict[str, Any], now: dt.datetime | None = None
) -> None:
    """As `follow`, at `now` (the database's clock, unless a test says otherwise).

    An event that names no ids, and roll-ups, are answered by looking at everything. A rule that nobody has looked at
    yet needs nothing: its first look is at everything.
    """
    wanted = [one for one in touched(release.model, event["object"]) if _moves(event, one)]
    rules, clock = noted(tx, wanted) if wanted else ([], None)
    now = now or clock
    if not rules or now is None:
        return
    ids = event.get("ids")
    known = [rule for rule in rules if ids is not None and rule.automation.object == event["object"]]
    found = earliest_undecided(tx, tenant, release, known, ids or [], now + 2 * LONGEST_REST)
    due = {rule.name: at for rule, at in zip(known, found, strict=True)}
    late = [rule.name for rule in rules if (at := due.get(rule.name, now)) is not None and at <= now]
    soon = [at for at in due.values() if at is not None]
    if late:
        tx.execute(_ASK, {"rules": array_text(late)})
    if late or soon:
        wake_by(tx, tenant, iso(now if late else min(soon)))


def _moves(event: dict[str, Any], automation: AutomationModel) -> bool:
    """Whether the write may have brought a date: a roll-up's moves with every write of what it sums up."""
    return event.get("op") in _DATES_WERE_WRITTEN or automation.object != event["object"]


@sweeps(every=86_400)
def forget(database: Database, tenant: Tenant) -> None:
    """Due times so long past that no look reaches back to them."""
    with database.transaction(tenant, statement_timeout=600_000) as tx:
        tx.execute(_OLD)
