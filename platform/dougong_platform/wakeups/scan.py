"""Looks at one tenant's clock: fires what is due, then notes when to look again. Called by the worker when it is time.

Why nothing is missed while people write and several look at once:
- A record is decided on once: `_fired` has the key (rule, record, due). Everything else only says when to look.
- A date whose time has passed when it is written, or that is due before the next look, is brought to notice by the
  handler of its `records` event, which runs after its commit.
- `until` of a rule moves to the moment at which the scan began, before any of its snapshots: what it did not see was
  committed later, and its event is handled later still.
- The next look is noted and *then* worked out again: a handler that still saw the old one, and left it, comes before
  the second time. Were we killed between the two, the look after the next is at most LONGEST_REST away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from dougong_platform.jobs import ring
from dougong_platform.releases.release import Release, load_on
from dougong_platform.wakeups import candidates
from dougong_platform.wakeups.firing import fire, next_due
from dougong_platform.wakeups.moments import iso, parsed
from dougong_platform.wakeups.recurring import fire_cron, next_cron
from dougong_platform.wakeups.rules import Rule, known_rules
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.wakeups import NEVER, set_wakeup, wake_by

LONGEST_REST = dt.timedelta(minutes=10)  # between two looks at a tenant that has date rules
_AGAIN = dt.timedelta(minutes=5)  # until a rule that failed has its next turn
_TIMEOUT = 600_000  # milliseconds of one statement

_log = structlog.get_logger(__name__)

_ALONE = "select pg_try_advisory_xact_lock(hashtextextended('dougong wakeups ' || current_schema(), 0))"
_NOW = "select clock_timestamp()"
_LOOKED = """
update _wakeup_rule set until = greatest(until, %(now)s::timestamptz), answered = greatest(answered, %(asked)s::bigint),
       release = %(release)s::int, zone = %(zone)s
 where rule = %(rule)s
"""


def scan(database: Database, tenant: Tenant, *, now: dt.datetime | None = None) -> int:
    """Fire all that is due for the tenant at `now` (the database's clock, unless a test says otherwise).

    How many records fired. Two may run at once: one of them gives way, and nothing fires twice.
    """
    with _batch(database, tenant) as tx:
        if tx is None:
            return 0
        release = load_on(tx, tenant, tx.entry.release)
        now = now or parsed(tx.rows(_NOW)[0][0])
        rules = known_rules(tx, tenant, release)
    asked_for = candidates.environment(database, tenant, release)
    fired, looked = 0, []
    for rule in rules:
        found = _turn(database, tenant, release, rule, now, asked_for)
        if found is None:
            return fired  # whoever has the lock goes on, and notes the next look
        if found >= 0:
            fired += found
            looked.append(rule)
    _settle(database, tenant, release, rules, looked, now)
    return fired


def _turn(
    database: Database, tenant: Tenant, release: Release, rule: Rule, now: dt.datetime, asked_for: dict[str, Any]
) -> int | None:
    """How many records fired, None if somebody else is at it, -1 where it failed: the other rules have their turn."""
    run = fire_cron if rule.is_cron else fire
    try:
        found = run(lambda: _batch(database, tenant, release.number), tenant, release, rule, now, dict(asked_for))
    except Exception as problem:  # noqa: BLE001 - whatever it is, one rule does not keep the others from their turn
        _log.warning("automation_not_looked_at", tenant=tenant.name, automation=rule.name, exc_info=problem)
        return -1
    if found:
        ring(tenant.name)
    return found


@contextmanager
def _batch(database: Database, tenant: Tenant, release: int | None = None) -> Iterator[TenantTransaction | None]:
    """A transaction in which nobody else scans; None if somebody does, or the release is another by now."""
    with database.transaction(tenant, statement_timeout=_TIMEOUT) as tx:
        ((alone,),) = tx.rows(_ALONE)
        yield tx if alone and release in (None, tx.entry.release) else None


def _settle(
    database: Database, tenant: Tenant, release: Release, rules: list[Rule], looked: list[Rule], now: dt.datetime
) -> None:
    """Note how far each rule has come and when to look again."""
    if not rules:
        with database.transaction(tenant) as tx:
            set_wakeup(tx, tenant, NEVER, release.number)
        return
    common = {"now": iso(now), "release": release.number, "zone": tenant.timezone}
    failed = [now + _AGAIN] if len(looked) < len(rules) else []
    with database.transaction(tenant, statement_timeout=_TIMEOUT) as tx:
        for rule in looked:
            if not rule.is_cron:
                tx.execute(_LOOKED, common | {"rule": rule.name, "asked": rule.asked})
        at = min([*failed, *_next(tx, tenant, release, looked, now)], default=None)
        set_wakeup(tx, tenant, iso(at) if at else NEVER, release.number)
    with database.transaction(tenant, statement_timeout=_TIMEOUT) as tx:
        again = min(_next(tx, tenant, release, looked, now), default=None)
        if again is not None and (at is None or again < at):
            wake_by(tx, tenant, iso(again))


def _next(
    tx: TenantTransaction, tenant: Tenant, release: Release, rules: list[Rule], now: dt.datetime
) -> Iterator[dt.datetime]:
    for rule in rules:
        due = next_cron(tenant, rule, now) if rule.is_cron else next_due(tx, tenant, release, rule, now)
        if due is not None:
            yield due
        if not rule.is_cron:
            yield now + LONGEST_REST
