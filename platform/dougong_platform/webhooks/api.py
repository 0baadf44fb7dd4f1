"""Webhooks over HTTP: how they stand, their deliveries, sending again, secrets. The documents are metadata.

All need the system right metadata, or the right to shape webhooks.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.query.single import addressed, uuid_text
from dougong_platform.webhooks import acting, log
from dougong_platform.webhooks.schema import (
    DeliveriesSchema,
    DeliverySchema,
    RenewalSchema,
    SecretSchema,
    WebhooksSchema,
)

blueprint = Blueprint("webhooks", __name__)
KIND = "webhook"
_MOST = 200


@blueprint.get("/api/v1/webhooks")
@endpoint("Webhooks and how they stand", answers=WebhooksSchema, errors=(403,), system="metadata", kind=KIND)
def index(caller: Caller) -> dict[str, Any]:
    """Those that are published."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        found = log.standings(tx)
    shown = [
        {"name": one.name, "label": one.label.text(caller.locale), "url": one.url, "active": one.active}
        | asdict(found.get(one.name, log.Standing()))
        for one in caller.model.webhooks.values()
    ]
    return {"webhooks": shown}


@blueprint.get("/api/v1/webhooks/deliveries")
@endpoint(
    "Deliveries, newest first",
    answers=DeliveriesSchema,
    errors=(400, 403),
    system="metadata",
    kind=KIND,
    parameters=[
        Parameter("webhook", "Of this webhook only"),
        Parameter("state", "In this state only", {"type": "string", "enum": list(log.STATES)}),
        Parameter("before", "`next` of the page before", {"type": "string", "format": "uuid"}),
        Parameter("limit", f"1 to {_MOST}, 50 unless given", {"type": "integer"}),
    ],
)
def deliveries(caller: Caller) -> dict[str, Any]:
    """Delivered ones are kept for 30 days, dead ones for 90."""
    given = Arguments(request, ("webhook", "state", "before", "limit"))
    state, limit, before = given.text("state"), given.whole("limit", 50), given.text("before")
    if state is not None and state not in log.STATES:
        states = ", ".join(log.STATES)
        raise BadRequest(en=f"`state` is one of {states}.", zh=f"state 须为 {states} 之一。")
    if not 1 <= limit <= _MOST:
        raise BadRequest(en=f"`limit` lies between 1 and {_MOST}.", zh=f"limit 须在 1 到 {_MOST} 之间。")
    if before and uuid_text(before) is None:
        raise BadRequest(en="`before` is no id.", zh="before 不是有效的 ID。")
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        found = log.deliveries(
            tx,
            webhook=given.text("webhook"),
            state=state,
            before=addressed(before) if before else None,
            limit=limit + 1,
        )
    return {
        "deliveries": [one.json(caller.locale) for one in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


@blueprint.get("/api/v1/webhooks/deliveries/<id>")
@endpoint("One delivery", answers=DeliverySchema, errors=(403, 404), system="metadata", kind=KIND)
def show(caller: Caller, id: str) -> dict[str, Any]:
    """With what is sent, and what was answered last."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        found = log.delivery(tx, addressed(id))
    if found is None:
        raise NotFound
    return found.json(caller.locale)


@blueprint.post("/api/v1/webhooks/deliveries/<id>/again")
@endpoint("Send a call again", answers=DeliverySchema, errors=(403, 404), system="metadata", kind=KIND)
def send_again(caller: Caller, id: str) -> dict[str, Any]:
    """Under the same id, with all its attempts."""
    return acting.send_again(caller, addressed(id)).json(caller.locale)


@blueprint.post("/api/v1/webhooks/<name>/secret")
@endpoint(
    "Renew a webhook's secret",
    body=RenewalSchema,
    answers=SecretSchema,
    errors=(400, 403, 404, 422),
    system="metadata",
    kind=KIND,
)
def renew_secret(caller: Caller, name: str) -> dict[str, Any]:
    """It is shown in this answer and never again. Until the overlap is over, calls carry a signature by each."""
    given = load_body(request, RenewalSchema, caller.locale)
    return {"secret": acting.renew_secret(caller, name, given["overlap_hours"])}


@blueprint.post("/api/v1/webhooks/<name>/start")
@endpoint("Start a webhook again that was stopped", status=204, errors=(403, 404), system="metadata", kind=KIND)
def start_again(caller: Caller, name: str) -> Response:
    """After its receiver had answered 410 Gone."""
    acting.start_again(caller, name)
    return Response(status=204)
