"""Fires a date rule: what fell due is decided and put into the outbox in one statement per batch. Used by scan.

A batch is one transaction. Whoever is killed leaves whole batches; the next one goes over the same records and the key
of `_fired` keeps it from firing them again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dougong_platform.records.arrays import array_text
from dougong_platform.releases.release import Release
from dougong_platform.storage.statements import place
from dougong_platform.wakeups import candidates
from dougong_platform.wakeups.moments import days_between, iso, last_day, moment_of
from dougong_platform.wakeups.rules import Rule, date_field
from dougong_tenants import Tenant, TenantTransaction

BATCH = 20_000  # records a statement
CHUNK = 200  # records an outbox row
TOPIC = "automation"
_MIDNIGHT, _SLACK = dt.time(0), dt.timedelta(hours=2)  # days are cut in SQL; where the index is read, with some margin

PAYLOAD = (
    "jsonb_build_object('automation', %(rule)s::text, 'object', %(object)s::text, 'ids', {ids}, 'versions', {versions},"
    " 'op', %(op)s::text, 'actor', null, 'cause', null, 'cause_ref', null, 'chain', '[]'::jsonb,"
    " 'xid', pg_current_xact_id()::text, 'due', {due})"
)
# Nothing is joined to what was just inserted: planned without statistics, that becomes each row with each. What stands
# in brackets before "is true" is looked up in a hash of them.
_FIRE = f"""
with candidate as materialized ({{candidates}}),
noted as (insert into "§"._fired (rule, record, due, met)
          select %(rule)s, c.id, c.day + %(days)s::int + %(time)s::time, c.met from candidate c
          on conflict do nothing returning record, met),
numbered as (select c.id, c.version, c.day, (row_number() over (partition by c.day order by c.id) - 1) / {CHUNK} as part
               from candidate c where (c.id in (select n.record from noted n where n.met)) is true),
packed as materialized (
          select day, part, jsonb_agg(id order by id) as ids, jsonb_agg(version order by id) as versions, count(*) as n
            from numbered group by day, part),
told as (insert into "§"._outbox (topic, payload)
         select '{TOPIC}', {PAYLOAD.format(ids="p.ids", versions="p.versions", due="m.due")} from packed p
           join unnest(%(all_days)s::date[], %(moments)s::text[]) as m(day, due) on m.day = p.day
          order by p.day, p.part)
select (select count(*) from candidate), (select coalesce(sum(n), 0)::int from packed), l.at::text, l.id
  from (values (1)) one left join (select at, id from candidate order by at desc, id desc limit 1) l on true
"""

Begin = Callable[[], AbstractContextManager[TenantTransaction | None]]


@dataclass(frozen=True, slots=True)
class Clock:
    """How a date rule's due times lie in the tenant's calendar: due = the field's day + `days`, at `time`."""

    days: int
    time: dt.time
    zone: ZoneInfo
    is_date: bool

    def last(self, now: dt.datetime) -> dt.date:
        """The last day of the field whose due time is not after `now`."""
        return last_day(now, self.time, self.zone) - dt.timedelta(days=self.days)

    def due(self, day: dt.date) -> dt.datetime:
        """When a record with this day is due."""
        return moment_of(day + dt.timedelta(days=self.days), self.time, self.zone)

    def start(self, day: dt.date, margin: dt.timedelta = _SLACK) -> str:
        """Where the field's index is entered for values from `day` on."""
        return day.isoformat() if self.is_date else iso(moment_of(day, _MIDNIGHT, self.zone) - margin)

    def end(self, day: dt.date) -> str:
        """Where it is left for values up to the end of `day`."""
        if self.is_date:
            return day.isoformat()
        return iso(moment_of(day + dt.timedelta(days=1), _MIDNIGHT, self.zone) + _SLACK)


def clock_of(release: Release, rule: Rule, tenant: Tenant) -> Clock:
    """The rule's clock; it is a date rule."""
    trigger, field = rule.automation.trigger, date_field(release.model, rule.automation)
    assert field is not None
    zone = ZoneInfo(tenant.timezone)
    return Clock(trigger.days, dt.time.fromisoformat(trigger.time), zone, field.type.pg_type == "date")


def fire(
    begin: Begin, tenant: Tenant, release: Release, rule: Rule, now: dt.datetime, asked_for: dict[str, Any]
) -> int | None:
    """Fire what fell due by `now`; how many records fired, None if somebody else is at it.

    `begin` opens a transaction for a batch (None: the lock is taken). `asked_for` is `candidates.environment`.
    """
    clock = clock_of(release, rule, tenant)
    first, last = clock.last(rule.after(now)) + dt.timedelta(days=1), clock.last(now)
    if first > last:
        return 0
    text = place(
        _FIRE.replace("{candidates}", candidates.dated(release, rule.automation)), tenant.schema, release.number
    )
    values = asked_for | _values(rule, clock, first, last)
    fired = 0
    while True:
        with begin() as tx:
            if tx is None:
                return None
            ((seen, told, at, id),) = tx.rows(text, values)
        fired += int(told)
        if seen < BATCH:
            return fired
        values |= {"env_at": at, "env_id": id}


def next_due(
    tx: TenantTransaction, tenant: Tenant, release: Release, rule: Rule, now: dt.datetime
) -> dt.datetime | None:
    """When the first of the records that are not due at `now` will be."""
    clock = clock_of(release, rule, tenant)
    day = clock.last(now) + dt.timedelta(days=1)
    text = place(candidates.nearest(release, rule.automation), tenant.schema, release.number)
    values = {"env_at": clock.start(day, dt.timedelta(0)), "env_zone": tenant.timezone}
    ((found,),) = tx.rows(text, values)
    try:
        return None if found is None else clock.due(dt.date.fromisoformat(found))
    except OverflowError:  # "for ever", as a date: beyond the calendar's end
        return None


def earliest_undecided(
    tx: TenantTransaction, tenant: Tenant, release: Release, rules: Sequence[Rule], ids: list[str], until: dt.datetime
) -> list[dt.datetime | None]:
    """For each rule the earliest due time up to `until` of these records on which nothing was decided yet."""
    clocks = [clock_of(release, rule, tenant) for rule in rules]
    asked = []
    for rule, clock in zip(rules, clocks, strict=True):
        values = {"env_zone": tenant.timezone, "env_ids": array_text(ids), "rule": rule.name, **_offset(clock)}
        first, last = clock.last(rule.after(until)) + dt.timedelta(days=1), clock.last(until)
        values |= {"env_first": first.isoformat(), "env_last": last.isoformat()}
        asked.append((place(candidates.among(release, rule.automation), tenant.schema, release.number), values))
    found = [answer.rows[0][0] for answer in tx.together(*asked)] if asked else []
    return [day and clock.due(dt.date.fromisoformat(day)) for day, clock in zip(found, clocks, strict=True)]


def _values(rule: Rule, clock: Clock, first: dt.date, last: dt.date) -> dict[str, Any]:
    days = days_between(first - dt.timedelta(days=1), last)
    return {
        "rule": rule.name,
        "object": rule.automation.object,
        "op": "date",
        "env_first": first.isoformat(),
        "env_last": last.isoformat(),
        "env_at": clock.start(first),
        "env_end": clock.end(last),
        "env_id": candidates.NOBODY,
        "env_limit": BATCH,
        "all_days": array_text([day.isoformat() for day in days]),
        "moments": array_text([iso(clock.due(day)) for day in days]),
        **_offset(clock),
    }


def _offset(clock: Clock) -> dict[str, Any]:
    return {"days": clock.days, "time": clock.time.isoformat()}
