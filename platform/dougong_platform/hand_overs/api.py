"""Hand-overs over HTTP: preview, start, watch, undo. All need the system right people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import RecordsInvalid
from dougong_platform.hand_overs import store
from dougong_platform.hand_overs.plan import Plan, read_plan
from dougong_platform.hand_overs.preview import preview
from dougong_platform.hand_overs.reasons import told
from dougong_platform.hand_overs.schema import HAND_OVER, HAND_OVER_AND_LEFT, HAND_OVERS, PREVIEW, HandOverSchema
from dougong_platform.hand_overs.steps import read_all, start, undo
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.http.json import answer
from dougong_platform.query.single import addressed, uuid_text

blueprint = Blueprint("hand_overs", __name__)
_WRONG = (400, 403, 404, 409, 422)


@blueprint.post("/api/v1/hand-overs/preview")
@endpoint("What a hand-over would do", body=HandOverSchema, answers=PREVIEW, errors=_WRONG, system="people", reads=True)
def show_preview(caller: Caller) -> dict[str, Any]:
    """Counts per object and receiver, and what else hangs on the user. Receivers may still be missing."""
    return preview(caller, _plan(caller)).json(caller)


@blueprint.post("/api/v1/hand-overs")
@endpoint("Hand over", body=HandOverSchema, answers=HAND_OVER, status=201, errors=_WRONG, system="people")
def create(caller: Caller) -> Response:
    """The hand-over: done for up to 500 records, else planned, and the worker goes on."""
    made = start(caller, _plan(caller))
    return answer(made.json(), 201, {"Location": f"/api/v1/hand-overs/{made.id}"})


@blueprint.get("/api/v1/hand-overs")
@endpoint(
    "Hand-overs, newest first",
    answers=HAND_OVERS,
    errors=(403,),
    system="people",
    parameters=[Parameter("user", "Of this user only", {"type": "string", "format": "uuid"})],
)
def index(caller: Caller) -> dict[str, Any]:
    """{"hand_overs": […]}, at most 100."""
    given = request.args.get("user")
    user = uuid_text(given) if given else None
    if given and user is None:
        return {"hand_overs": []}
    return {"hand_overs": [one.json() for one in read_all(caller, user)]}


@blueprint.get("/api/v1/hand-overs/<id>")
@endpoint(
    "One hand-over and how far it is",
    answers=HAND_OVER_AND_LEFT,
    errors=(403, 404),
    system="people",
)
def show(caller: Caller, id: str) -> dict[str, Any]:
    """With "left": the records that stayed; after an undo, those that it could not give back."""
    identifier = addressed(id)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        job = store.read(tx, identifier)
        left = store.left_of(tx, identifier, "undo" if job.state == "undone" else "run")
    return {**job.json(), "left": [told(one, caller.locale) for one in left]}


@blueprint.post("/api/v1/hand-overs/<id>/undo")
@endpoint("Take a hand-over back, within 30 days", answers=HAND_OVER, errors=(403, 404, 409), system="people")
def take_back(caller: Caller, id: str) -> dict[str, Any]:
    """Records whose owner somebody changed since stay, and are counted."""
    return undo(caller, addressed(id)).json()


def _plan(caller: Caller) -> Plan:
    try:
        return read_plan(load_body(request, HandOverSchema, caller.locale))
    except RecordsInvalid as fault:  # marshmallow says objects.book.value.ids for what was given as objects.book.ids
        raise RecordsInvalid(
            [replace(one, field=one.field and one.field.replace(".value", "", 1)) for one in fault.errors]
        ) from None
