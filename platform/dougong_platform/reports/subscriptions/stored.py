"""A subscription as it is stored: read, written, and when it is due next. Used by keeping, the clock and what sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dougong_metadata.report_order import sort_texts
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.subscriptions.schedule import Schedule, following
from dougong_tenants import Tenant, TenantTransaction, json_parameter
from dougong_tenants.alarms import REPORTS, alarm_by, hold_alarm

REPORT, DASHBOARD = KINDS = ("report", "dashboard")
USER, SET = RECIPIENTS = ("user", "permission_set")
TIMED = ("cadence", "hour", "weekday", "day")
FILTERS = ("period", "compare", "owner", "department", "where", "sort")
_COLUMNS = (
    "s.id, s.kind, s.key, s.owner, s.recipients, s.cadence, s.hour, s.weekday, s.day, s.filters, s.only_if, s.active,"
    " s.gone, s.told, s.next_at, s.due, s.last_at, s.last_error, s.before, o.name, o.timezone,"
    " coalesce(o.active, false)"
)
_FROM = '_report_subscription s left join "user" o on o.id = s.owner'
_INSERT = """
insert into _report_subscription (id, kind, key, owner, recipients, cadence, hour, weekday, day, filters, only_if,
       active, next_at, zone)
values (%(id)s::uuid, %(kind)s, %(key)s, %(owner)s::uuid, %(recipients)s::jsonb, %(cadence)s, %(hour)s, %(weekday)s,
       %(day)s, %(filters)s::jsonb, %(only_if)s::jsonb, %(active)s, %(next_at)s::timestamptz, %(zone)s)
"""
_UPDATE = """
update _report_subscription set recipients = %(recipients)s::jsonb, cadence = %(cadence)s, hour = %(hour)s,
       weekday = %(weekday)s, day = %(day)s, filters = %(filters)s::jsonb, only_if = %(only_if)s::jsonb,
       active = %(active)s, gone = %(gone)s::jsonb, told = %(told)s::jsonb, next_at = %(next_at)s::timestamptz,
       zone = %(zone)s, last_error = %(last_error)s::jsonb, before = %(before)s::jsonb, removed_at = null,
       updated_at = now()
 where id = %(id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A user (id), or everybody who holds a permission set (its name) at that moment."""

    kind: str
    id: str

    def json(self) -> dict[str, str]:
        """As it is stored and shown."""
        return {"kind": self.kind, "id": self.id}


@dataclass(frozen=True, slots=True)
class Subscription:
    """`key` of a report or dashboard. `only_if`: {"rows": true}, or {"value", "is": above | below, "than"}; None =
    always. `gone`: users who have unsubscribed. `told`: by user, why he gets nothing, which the owner knows. `next_at`:
    the next due time, None while paused. `before`: what the last change replaced, and `by` whom it was made.
    `zone`: of the owner."""

    id: str
    kind: str
    key: str
    owner: str
    recipients: tuple[Recipient, ...]
    schedule: Schedule
    filters: Mapping[str, str]
    only_if: Mapping[str, Any] | None
    active: bool = True
    gone: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    next_at: str | None = None
    due: str | None = None
    last_at: str | None = None
    last_error: Mapping[str, str] | None = None
    before: Mapping[str, Any] | None = None
    owner_name: str | None = None
    zone: str = "UTC"
    owner_is_here: bool = True

    @property
    def asked(self) -> Asked:
        """What its report is asked for."""
        said, sort = self.filters.get, self.filters.get("sort")
        order = sort_texts(sort) if sort else None
        return Asked(said("period"), said("compare"), said("owner"), said("department"), said("where"), order)

    @property
    def path(self) -> str:
        """Where what it sends is looked at."""
        return f"/{self.kind}s/{self.key}"

    @property
    def address(self) -> str:
        """The same, asked for what the subscription asks."""
        said = [(name, self.filters[name]) for name in FILTERS if name in self.filters]
        return f"{self.path}?{urlencode(said)}" if said else self.path

    @property
    def choices(self) -> dict[str, Any]:
        """What its owner has decided, for `chosen`."""
        timed = {name: getattr(self.schedule, name) for name in TIMED}
        recipients = [one.json() for one in self.recipients]
        chosen = {"recipients": recipients, "filters": dict(self.filters), "only_if": self.only_if}
        return {**timed, **chosen, "active": self.active}

    def chosen(self, choices: Mapping[str, Any]) -> Subscription:
        """This one with the choices that `choices` gave."""
        return replace(
            self,
            recipients=tuple(Recipient(one["kind"], one["id"]) for one in choices["recipients"]),
            schedule=Schedule(*(choices[name] for name in TIMED)),
            filters=choices["filters"],
            only_if=choices["only_if"],
            active=choices["active"],
        )

    def following(self, now: dt.datetime) -> str:
        """The first due time after `now`."""
        return iso(following(self.schedule, ZoneInfo(self.zone), now))

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        schedule = self.schedule
        return {
            "id": self.id,
            "kind": self.kind,
            "key": self.key,
            "owner": self.owner,
            "owner.name": self.owner_name,
            "owner.active": self.owner_is_here,
            "recipients": [one.json() for one in self.recipients],
            "cadence": schedule.cadence,
            "hour": schedule.hour,
            "weekday": schedule.weekday,
            "day": schedule.day,
            "filters": dict(self.filters),
            "only_if": self.only_if,
            "active": self.active,
            "next_at": self.next_at if self.active else None,
            "last_at": self.last_at,
            "last_error": self.last_error,
            "timezone": self.zone,
        }


def iso(moment: dt.datetime) -> str:
    """A moment as the database gives it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(
    tx: TenantTransaction, tenant: Tenant, where: str, values: Mapping[str, Any], *, removed: bool = False
) -> list[Subscription]:
    """Those that fit a condition over `s` and its owner `o`; `removed`: those that were put away instead."""
    state = "s.removed_at is not null" if removed else "s.removed_at is null"
    sql = f"select {_COLUMNS} from {_FROM} where {state} and {where}"
    return [_made(tenant, row) for row in tx.rows(sql, values)]


def read_one(
    tx: TenantTransaction, tenant: Tenant, id: str, *, lock: bool = False, removed: bool = False
) -> Subscription | None:
    """The one with this id (a uuid)."""
    where = "s.id = %(id)s::uuid" + (" for no key update of s" if lock else "")
    found = read(tx, tenant, where, {"id": id}, removed=removed)
    return found[0] if found else None


def insert(tx: TenantTransaction, tenant: Tenant, one: Subscription) -> None:
    """Write a new one; the clock is looked at in time."""
    tx.execute(_INSERT, _values(one))
    wake(tx, tenant, one)


def update(tx: TenantTransaction, tenant: Tenant, one: Subscription) -> None:
    """Write what may be changed of one."""
    tx.execute(_UPDATE, _values(one))
    wake(tx, tenant, one)


def wake(tx: TenantTransaction, tenant: Tenant, one: Subscription) -> None:
    """The last thing of a transaction: whoever works out the next look waits for its end."""
    if one.active and one.next_at is not None:
        hold_alarm(tx, tenant, REPORTS)
        alarm_by(tx, tenant, one.next_at, REPORTS)


def _values(one: Subscription) -> dict[str, Any]:
    schedule = one.schedule
    lists: Sequence[tuple[str, Any]] = (
        ("recipients", [recipient.json() for recipient in one.recipients]),
        ("filters", dict(one.filters)),
        ("only_if", one.only_if),
        ("gone", list(one.gone)),
        ("told", dict(one.told)),
        ("last_error", one.last_error),
        ("before", one.before),
    )
    plain = {name: getattr(one, name) for name in ("id", "kind", "key", "owner", "active", "next_at", "zone")}
    timed = {name: getattr(schedule, name) for name in TIMED}
    return plain | timed | {name: None if value is None else json_parameter(value) for name, value in lists}


def _made(tenant: Tenant, row: tuple[Any, ...]) -> Subscription:
    id, kind, key, owner, recipients, cadence, hour, weekday, day, filters, only_if, active, gone, told, *rest = row
    next_at, due, last_at, last_error, before, owner_name, zone, here = rest
    return Subscription(
        id,
        kind,
        key,
        owner,
        tuple(Recipient(one["kind"], one["id"]) for one in recipients),
        Schedule(cadence, hour, weekday, day),
        filters,
        only_if,
        active,
        tuple(gone),
        told,
        next_at,
        due,
        last_at,
        last_error,
        before,
        owner_name,
        zone or tenant.timezone,
        here,
    )
