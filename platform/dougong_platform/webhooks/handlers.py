"""The worker's part of webhooks: calls, the events of records, and forgetting old deliveries. Loaded by jobs."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_platform.jobs import Work, handles, sweeps
from dougong_platform.releases.release import load_on
from dougong_platform.webhooks.delivery import PAUSES, attempt
from dougong_platform.webhooks.errors import NoJob
from dougong_platform.webhooks.events import tell
from dougong_platform.webhooks.sending import TOPIC
from dougong_tenants import Database, Tenant
from dougong_tenants.connection import json_parameter

KEPT_DAYS = {"delivered": 30, "dead": 90}
_FORGET = """
delete from _webhook_delivery where id in (select id from _webhook_delivery
 where state = %(state)s and at < now() - make_interval(days => %(days)s) limit 10000) returning 1
"""
_ABANDONED = """
update _webhook_delivery d set state = 'dead', next_at = null, problem = %(problem)s::jsonb
 where state = 'waiting' and next_at < now() - interval '1 hour' and not exists (
   select from _outbox o where o.topic = %(topic)s and o.payload ->> 'delivery' = d.id::text and not o.dead)
"""


# A few attempts more than a delivery has: those that a killed worker did not finish are not counted by the delivery.
@handles(TOPIC, outside=True, lease=60, pauses=(*PAUSES, *PAUSES[-1:] * 10))
def call(work: Work) -> None:
    """Deliver, or fail and be tried again."""
    attempt(work.database, work.tenant, work.payload["delivery"])


@handles("records", many=True)
def tell_of_records(works: Sequence[Work]) -> None:
    """Note the calls that changes of records give rise to."""
    tx, tenant = works[0].transaction, works[0].tenant
    release = load_on(tx, tenant, tx.entry.release)
    if not any(webhook.active and webhook.events for webhook in release.model.webhooks.values()):
        return
    for work in works:
        if work.payload["object"] in release.model.objects:
            tell(tx, work.database, tenant, release, work.payload)


@sweeps(every=86_400)
def forget(database: Database, tenant: Tenant) -> None:
    """Deliveries that are long over."""
    for state, days in KEPT_DAYS.items():
        with database.transaction(tenant) as tx:
            while len(tx.rows(_FORGET, {"state": state, "days": days})) == 10_000:
                pass


@sweeps(every=3600)
def give_up_abandoned(database: Database, tenant: Tenant) -> None:
    """Deliveries that nobody will make: their job was deleted, or was left behind by a backup."""
    problem = json_parameter({"en": NoJob().message("en"), "zh": NoJob().message("zh")})
    with database.transaction(tenant) as tx:
        tx.execute(_ABANDONED, {"topic": TOPIC, "problem": problem})
