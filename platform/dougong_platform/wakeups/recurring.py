"""Fires a cron rule: the last due time that was missed, once. Used by scan.

The rule's `until` moves to the due time in the transaction that writes the outbox; whoever does not move it writes
nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from dougong_platform.releases.release import Release
from dougong_platform.storage.statements import place
from dougong_platform.wakeups import candidates
from dougong_platform.wakeups.cron import following, latest
from dougong_platform.wakeups.firing import CHUNK, PAYLOAD, TOPIC, Begin
from dougong_platform.wakeups.moments import iso
from dougong_platform.wakeups.rules import Rule
from dougong_tenants import Tenant

_MOVE = (
    "update _wakeup_rule set until = %(due)s::timestamptz where rule = %(rule)s and until < %(due)s::timestamptz"
    " returning rule"
)
_TELL_ONCE = f"""insert into "§"._outbox (topic, payload) values ('{TOPIC}', {
    PAYLOAD.format(ids="'[]'::jsonb", versions="'[]'::jsonb", due="%(due)s::text")
})"""
_TELL_RECORDS = f"""
with candidate as ({{candidates}}),
numbered as (select id, version, (row_number() over (order by id) - 1) / {CHUNK} as part from candidate),
told as (insert into "§"._outbox (topic, payload) select '{TOPIC}', {
    PAYLOAD.format(ids="jsonb_agg(id order by id)", versions="jsonb_agg(version order by id)", due="%(due)s::text")
} from numbered group by part order by part)
select count(*) from numbered
"""


def fire_cron(
    begin: Begin, tenant: Tenant, release: Release, rule: Rule, now: dt.datetime, asked_for: dict[str, Any]
) -> int | None:
    """Fire the last due time by `now`, if it was not yet; how many records (1 where there is no object), None if
    somebody else is at it."""
    trigger = rule.automation.trigger
    due = latest(str(trigger.cron), ZoneInfo(tenant.timezone), max(rule.since, rule.until), now)
    if due is None:
        return 0
    values = asked_for | {"rule": rule.name, "object": rule.automation.object, "op": "cron", "due": iso(due)}
    with begin() as tx:
        if tx is None:
            return None
        if not tx.rows(_MOVE, values):
            return 0
        if rule.automation.object is None:
            tx.execute(place(_TELL_ONCE, tenant.schema, release.number), values)
            return 1
        text = _TELL_RECORDS.replace("{candidates}", candidates.fitting(release, rule.automation))
        ((count,),) = tx.rows(place(text, tenant.schema, release.number), values)
        return int(count)


def next_cron(tenant: Tenant, rule: Rule, now: dt.datetime) -> dt.datetime | None:
    """The first due time after `now`."""
    return following(str(rule.automation.trigger.cron), ZoneInfo(tenant.timezone), now)
