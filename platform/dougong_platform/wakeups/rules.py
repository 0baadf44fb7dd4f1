"""Which automations of a release go by the clock, and what is remembered of each. Used by scan and by the handlers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from dougong_metadata.errors import Fault
from dougong_metadata.model.flow_types import AutomationModel
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.records.arrays import array_text
from dougong_platform.releases.release import Release, load_on
from dougong_platform.wakeups.moments import iso, parsed
from dougong_tenants import Tenant, TenantTransaction

LONGEST_BACK = dt.timedelta(days=366)  # a date written later than this after its due time does not fire any more
_RELEASES_BACK = 50

_KNOWN = "select rule, trigger, since, until, asked, answered, release, zone from _wakeup_rule"
_NOTED = "select rule, since, clock_timestamp() from _wakeup_rule where rule = any(%(rules)s::text[])"
_KEEP = """
insert into _wakeup_rule (rule, trigger, since, until) values (%(rule)s, %(trigger)s, %(since)s, %(since)s)
on conflict (rule) do update set trigger = excluded.trigger, since = excluded.since, until = excluded.until,
       release = null, zone = null
"""
_FORGET = "delete from _wakeup_rule where not rule = any(%(rules)s::text[])"
_PUBLISHED = "select at from _release where number = %(number)s"


@dataclass(frozen=True, slots=True)
class Rule:
    """An automation with a date or cron trigger, as far as it has come. `everything`: dates were written whose time had
    passed, or the release or zone is another: look at all due times of the last LONGEST_BACK, not only at new ones."""

    automation: AutomationModel
    since: dt.datetime
    until: dt.datetime
    asked: int = 0
    everything: bool = True

    @property
    def name(self) -> str:
        return self.automation.name

    @property
    def is_cron(self) -> bool:
        return self.automation.trigger.kind == "cron"

    def after(self, now: dt.datetime) -> dt.datetime:
        """What fell due later than this is to be looked at."""
        return max(self.since, now - LONGEST_BACK) if self.everything else max(self.since, self.until)


def clocked(model: Model) -> list[AutomationModel]:
    """The active automations that go by the clock, by name: whoever locks their rows does so in this order."""
    found = (one for one in model.automations.values() if one.trigger.kind == "cron" or date_field(model, one))
    return sorted(found, key=lambda one: one.name)


def date_field(model: Model, automation: AutomationModel) -> FieldModel | None:
    """The stored field that a date trigger looks at; None for any other automation."""
    trigger, object = automation.trigger, model.objects.get(automation.object or "")
    if trigger.kind != "date" or object is None:
        return None
    field = object.fields.get(trigger.field or "")
    return field if field is not None and field.is_stored else None


def touched(model: Model, object: str) -> list[AutomationModel]:
    """Date automations whose dates a write of `object` may move: its own, and those over roll-ups of its records."""
    found = []
    for automation in model.automations.values():
        field = date_field(model, automation)
        if field is None:
            continue
        if automation.object == object or (field.rollup is not None and field.rollup.object == object):
            found.append(automation)
    return found


def known_rules(tx: TenantTransaction, tenant: Tenant, release: Release) -> list[Rule]:
    """The release's rules, new ones noted with the moment since which they are in force, removed ones forgotten."""
    wanted = {one.name: one for one in clocked(release.model)}
    rows = {row[0]: row[1:] for row in tx.rows(_KNOWN)}
    if rows.keys() - wanted.keys():
        tx.execute(_FORGET, {"rules": list(wanted)})
    rules = []
    for name, automation in wanted.items():
        if name in rows and rows[name][0] == _signature(automation):
            rules.append(_rule(automation, rows[name], tenant, release))
            continue
        since = _in_force_since(tx, tenant, release, automation)
        tx.execute(_KEEP, {"rule": name, "trigger": _signature(automation), "since": iso(since)})
        rules.append(Rule(automation, since, since))
    return rules


def noted(tx: TenantTransaction, automations: Sequence[AutomationModel]) -> tuple[list[Rule], dt.datetime | None]:
    """Those that were looked at already, as rules that look at everything; and the database's clock (None for none)."""
    rows = tx.rows(_NOTED, {"rules": array_text([one.name for one in automations])})
    since = {row[0]: parsed(row[1]) for row in rows}
    found = [Rule(one, since[one.name], since[one.name]) for one in automations if one.name in since]
    return found, parsed(rows[0][2]) if rows else None


def begin_anew(connection: Connection[Any]) -> None:
    """Of a restored tenant: what fell due before its restore, the original did, or nobody will."""
    connection.execute("update _wakeup_rule set since = now(), until = now()")


def _rule(automation: AutomationModel, row: tuple[Any, ...], tenant: Tenant, release: Release) -> Rule:
    _, since, until, asked, answered, number, zone = row
    everything = asked > answered or number != release.number or zone != tenant.timezone
    return Rule(automation, parsed(since), parsed(until), asked, everything)


def _signature(automation: AutomationModel) -> str:
    """With another of these it is another rule, in force since it was published."""
    trigger = automation.trigger
    if trigger.kind == "cron":
        return f"cron {trigger.cron} {automation.object or ''}".rstrip()
    return f"date {automation.object}.{trigger.field} {trigger.days:+} {trigger.time}"


def _in_force_since(
    tx: TenantTransaction, tenant: Tenant, release: Release, automation: AutomationModel
) -> dt.datetime:
    """When the first of the releases was published in which it has been like this without a break: nobody may have
    looked since."""
    number = release.number
    while number > 1 and release.number - number < _RELEASES_BACK:
        try:
            before = load_on(tx, tenant, number - 1).model.automations.get(automation.name)
        except Fault:  # an old release that this version of the product does not understand any more
            break
        if before is None or _signature(before) != _signature(automation):
            break
        number -= 1
    return parsed(tx.rows(_PUBLISHED, {"number": number})[0][0])
