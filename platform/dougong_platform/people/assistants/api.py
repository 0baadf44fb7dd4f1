"""HTTP endpoints over assistants."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.people.assistants import acting
from dougong_platform.people.assistants.schema import AssistantChangeSchema, AssistantSchema, AssistantsSchema
from dougong_platform.people.grants.giving import state
from dougong_platform.people.schema import CreatedSchema
from dougong_platform.query.single import addressed, uuid_text
from dougong_tenants import people

blueprint = Blueprint("people_assistants", __name__)
_WRONG = (400, 403, 404, 422)


@blueprint.get("/api/v1/assistants")
@endpoint(
    "Who acts for whom",
    answers=AssistantsSchema,
    parameters=(Parameter("user", "Where this user acts or is acted for.", {"type": "string", "format": "uuid"}),),
    errors=(403,),
    system="people",
)
def list_assistants(caller: Caller) -> dict[str, Any]:
    """What has ended too, until it is removed: `state` tells."""
    given = request.args.get("user")
    user = None if given is None else uuid_text(given)
    if given is not None and user is None:
        return {"assistants": []}
    found = people.list_assistants(caller.database, caller.tenant, user=user)
    return {"assistants": [{**asdict(one), "state": state(one.from_at, one.until_at)} for one in found]}


@blueprint.post("/api/v1/assistants")
@endpoint(
    "Let somebody act for another",
    body=AssistantSchema,
    answers=CreatedSchema,
    status=201,
    errors=_WRONG,
    system="people",
)
def add_assistant(caller: Caller) -> dict[str, Any]:
    """{"id"}."""
    given = load_body(request, AssistantSchema, caller.locale)
    return {"id": acting.add(caller, {**given, "user": addressed(given["user"])})}


@blueprint.patch("/api/v1/assistants/<id>")
@endpoint(
    "Change from when until when somebody acts", body=AssistantChangeSchema, status=204, errors=_WRONG, system="people"
)
def change_assistant(caller: Caller, id: str) -> Response:
    """Both dates are replaced."""
    given = load_body(request, AssistantChangeSchema, caller.locale)
    acting.change(caller, addressed(id), given["from_at"], given["until_at"])
    return Response(status=204)


@blueprint.delete("/api/v1/assistants/<id>")
@endpoint("End acting for another", status=204, errors=(403, 404), system="people")
def remove_assistant(caller: Caller, id: str) -> Response:
    """At once."""
    acting.remove(caller, addressed(id))
    return Response(status=204)
