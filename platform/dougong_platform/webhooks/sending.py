"""Notes a call of a webhook within the transaction that it follows from. Called by automations and by record events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.errors import Fault
from dougong_platform.jobs import put
from dougong_tenants import Tenant, TenantTransaction
from dougong_tenants.connection import json_parameter
from dougong_tenants.identifiers import new_id

TOPIC = "webhook"


def send(tx: TenantTransaction, tenant: Tenant, webhook: str, event: str, payload: Mapping[str, Any]) -> str:
    """Call `webhook` once `tx` has committed: POST {"id", "event", "at", "tenant", "data": payload}, until it is taken
    or a day has passed. The id of the delivery, which is the call's stable id. Ring afterwards.

    A webhook that does not exist or is not active leaves a dead delivery behind, for people to see.
    """
    identifier = new_id()
    tx.execute(
        "insert into _webhook_delivery (id, webhook, event, payload, next_at) values"
        " (%(id)s::uuid, %(webhook)s, %(event)s, %(payload)s::jsonb, now())",
        {"id": identifier, "webhook": webhook, "event": event, "payload": json_parameter(dict(payload))},
    )
    put(tx, TOPIC, {"delivery": identifier})
    return identifier


def refuse(tx: TenantTransaction, webhook: str, event: str, payload: Mapping[str, Any], fault: Fault) -> None:
    """A delivery that could not even be prepared: for people to see, and to send again once the cause is gone."""
    tx.execute(
        "insert into _webhook_delivery (id, webhook, event, payload, state, problem) values"
        " (%(id)s::uuid, %(webhook)s, %(event)s, %(payload)s::jsonb, 'dead', %(problem)s::jsonb)",
        {
            "id": new_id(),
            "webhook": webhook,
            "event": event,
            "payload": json_parameter(dict(payload)),
            "problem": json_parameter({"en": fault.message("en"), "zh": fault.message("zh")}),
        },
    )
