"""Looks at one tenant's subscriptions: what is due is put into the outbox, once for each due time, and once for several
that were missed. Called by the worker when it is time (handlers.py).

A row's `next_at` moves in the transaction that writes the outbox. When to look again is read while the clock's row is
held, which whoever changes a subscription holds to his end.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from psycopg import Connection

from dougong_platform.jobs import put, ring
from dougong_platform.reports.subscriptions.schedule import latest
from dougong_platform.reports.subscriptions.stored import Subscription, iso, read
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.alarms import NEVER, REPORTS, hold_alarm, set_alarm

TOPIC = "report_due"
_BATCH = 200
_DUE = (
    "s.active and (s.next_at is null or s.next_at <= %(now)s::timestamptz) order by s.next_at nulls first, s.id"
    f" limit {_BATCH} for no key update of s skip locked"
)
_MOVE = """
update _report_subscription set next_at = %(next)s::timestamptz, zone = %(zone)s,
       due = coalesce(%(due)s::timestamptz, due)
 where id = %(id)s::uuid
"""
_NOW = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
_NEXT = "select min(next_at), bool_or(next_at is null) from _report_subscription where active and removed_at is null"
_MOVED = """
update _report_subscription s set next_at = null from "user" o
 where o.id = s.owner and s.active and s.next_at is not null
   and s.zone is distinct from coalesce(o.timezone, %(zone)s) returning s.id
"""
_GONE = """
delete from _report_subscription s
 where s.key ~ '^[0-9a-f]{8}-' and not exists (select from _own_document d where d.id::text = s.key)
    or s.removed_at < now() - interval '30 days'
"""


def send_due(database: Database, tenant: Tenant, *, now: dt.datetime | None = None) -> int:
    """Put what is due at `now` (the database's clock, unless a test says otherwise) into the outbox; how many."""
    sent = 0
    while True:
        with database.transaction(tenant) as tx:
            moment = now or dt.datetime.fromisoformat(tx.rows(_NOW)[0][0])
            found = read(tx, tenant, _DUE, {"now": iso(moment)})
            sent += sum(_answer(tx, one, moment) for one in found)
        if len(found) < _BATCH:
            break
    with database.transaction(tenant) as tx:
        hold_alarm(tx, tenant, REPORTS)
        ((at, unknown),) = tx.rows(_NEXT)
        set_alarm(tx, tenant, "now" if unknown else at or NEVER, REPORTS)
    if sent:
        ring(tenant.name)
    return sent


def _answer(tx: TenantTransaction, one: Subscription, now: dt.datetime) -> bool:
    """Move it to its next due time; whether the present one is sent."""
    due = None
    if one.next_at is not None:
        since = dt.datetime.fromisoformat(one.next_at)
        due = iso(latest(one.schedule, ZoneInfo(one.zone), since, now))
        put(tx, TOPIC, {"subscription": one.id, "due": due})
    tx.execute(_MOVE, {"id": one.id, "next": one.following(now), "zone": one.zone, "due": due})
    return due is not None


def follow_owners(database: Database, tenant: Tenant) -> None:
    """Work out anew when those are due whose owners, or whose company, live by another clock now."""
    with database.transaction(tenant) as tx:
        if tx.rows(_MOVED, {"zone": tenant.timezone}):
            hold_alarm(tx, tenant, REPORTS)
            set_alarm(tx, tenant, "now", REPORTS)


def forget(database: Database, tenant: Tenant) -> None:
    """Remove those of own documents that are gone for good, and those that were put away long ago."""
    with database.transaction(tenant) as tx:
        tx.execute(_GONE)


def begin_anew(connection: Connection[object]) -> None:
    """Of a restored tenant: what fell due before its restore, the original sent, or nobody will."""
    connection.execute("update _report_subscription set next_at = null")
