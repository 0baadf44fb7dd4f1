"""HTTP endpoints of subscriptions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.schema import (
    SubscriptionBody,
    SubscriptionChange,
    SubscriptionList,
    SubscriptionShape,
)
from dougong_platform.reports.subscriptions.stored import KINDS, REPORT

blueprint = Blueprint("report_subscriptions", __name__)
_ALL = "/api/v1/report-subscriptions"
_ONE = f"{_ALL}/<id>"


@blueprint.get(_ALL)
@endpoint(
    "What one has sent, and what one gets",
    answers=SubscriptionList,
    errors=(400, 403),
    parameters=(
        Parameter("kind", "report or dashboard; both where it is left out."),
        Parameter("key", "Of one report or dashboard alone."),
        Parameter("whose", "all: everybody's, those of people who have left first; for whoever manages people."),
    ),
)
def list_all(caller: Caller) -> dict[str, Any]:
    """{"report_subscriptions": […]}, one's own first."""
    given = Arguments(request, ("kind", "key", "whose"))
    kind, key, whose = given.text("kind"), given.text("key"), given.text("whose")
    if kind is not None and kind not in KINDS:
        raise BadRequest(en="“kind” is report or dashboard.", zh="kind 只能是 report 或 dashboard。")
    if whose not in (None, "all"):
        raise BadRequest(en="“whose” is all, or left out.", zh="whose 只能是 all，或不填。")
    found = keeping.list_for(caller, kind, key) if whose is None else keeping.list_all(caller, kind, key)
    return {"report_subscriptions": [one.json() for one in found]}


@blueprint.post(_ALL)
@endpoint(
    "Have a report or dashboard sent regularly",
    body=SubscriptionBody,
    answers=SubscriptionShape,
    status=201,
    errors=(400, 404, 422),
)
def create(caller: Caller) -> dict[str, Any]:
    """The new one, with its first due time."""
    given = load_body(request, SubscriptionBody, caller.locale)
    kind, key = given.pop("kind", REPORT), given.pop("key")
    return keeping.create(caller, kind, key, given).json()


@blueprint.patch(_ONE)
@endpoint(
    "Change, pause or resume a subscription",
    body=SubscriptionChange,
    answers=SubscriptionShape,
    errors=(400, 403, 404, 422),
)
def change(caller: Caller, id: str) -> dict[str, Any]:
    """The subscription as it is now."""
    return keeping.change(caller, id, load_body(request, SubscriptionChange, caller.locale)).json()


@blueprint.delete(_ONE)
@endpoint("End a subscription", status=204, errors=(404,))
def remove(caller: Caller, id: str) -> Response:
    """Nothing."""
    keeping.remove(caller, id)
    return Response(status=204)


@blueprint.post(f"{_ONE}/undo")
@endpoint("Take the last change or the removal back", answers=SubscriptionShape, errors=(400, 404, 422))
def undo(caller: Caller, id: str) -> dict[str, Any]:
    """The subscription as it is again."""
    return keeping.undo(caller, id).json()


@blueprint.post(f"{_ONE}/send")
@endpoint("Send now", status=202, errors=(403, 404))
def send(caller: Caller, id: str) -> Response:
    """Nothing: the worker sends it."""
    keeping.send_now(caller, id)
    return Response(status=202)
