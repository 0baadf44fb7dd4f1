"""HTTP endpoints over queues."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import endpoint
from dougong_platform.people.queues.listing import queues
from dougong_platform.people.queues.schema import QueueChangeSchema, QueueSchema, QueuesSchema
from dougong_platform.people.schema import CreatedSchema, VersionSchema
from dougong_platform.query.single import addressed
from dougong_tenants import people

blueprint = Blueprint("people_queues", __name__)
_WRONG = (400, 403, 404, 409, 422)


@blueprint.get("/api/v1/queues")
@endpoint("The queues", answers=QueuesSchema, errors=(403,), system="people")
def list_queues(caller: Caller) -> dict[str, Any]:
    """Those in use first."""
    return {"queues": [asdict(one) for one in queues(caller)]}


@blueprint.post("/api/v1/queues")
@endpoint("Create a queue", body=QueueSchema, answers=CreatedSchema, status=201, errors=_WRONG, system="people")
def create_queue(caller: Caller) -> dict[str, Any]:
    """{"id"}: it can own records like a user."""
    given = load_body(request, QueueSchema, caller.locale)
    return {"id": people.create_queue(caller.database, caller.tenant, **given, by=caller.user)}


@blueprint.patch("/api/v1/queues/<id>")
@endpoint("Change a queue", body=QueueChangeSchema, answers=VersionSchema, errors=_WRONG, system="people")
def change_queue(caller: Caller, id: str) -> dict[str, Any]:
    """Its new version."""
    given = load_body(request, QueueChangeSchema, caller.locale)
    queue, version = addressed(id), given.pop("version", None)
    new = people.update_queue(caller.database, caller.tenant, queue, given, by=caller.user, version=version)
    return {"id": queue, "version": new}


@blueprint.delete("/api/v1/queues/<id>")
@endpoint("Take a queue out of use", status=204, errors=(403, 404), system="people")
def deactivate_queue(caller: Caller, id: str) -> Response:
    """It is no longer offered; what it owns stays its own, and its team works it on."""
    people.update_queue(caller.database, caller.tenant, addressed(id), {"active": False}, by=caller.user)
    return Response(status=204)
