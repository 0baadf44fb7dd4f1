"""HTTP endpoints over grants."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.people.grants.giving import give, shown, take
from dougong_platform.people.grants.schema import GrantSchema, GrantsSchema
from dougong_platform.people.schema import CreatedSchema
from dougong_platform.query.single import uuid_text
from dougong_tenants import people

blueprint = Blueprint("people_grants", __name__)
_UUID = {"type": "string", "format": "uuid"}


@blueprint.get("/api/v1/grants")
@endpoint(
    "Permission sets granted",
    answers=GrantsSchema,
    parameters=(
        Parameter("user", "Those granted to this user himself.", _UUID),
        Parameter("department", "Those granted to this department.", _UUID),
        Parameter("title", "Those granted to this position."),
        Parameter("permission_set", "Those of this permission set."),
    ),
    errors=(403,),
    system="people",
)
def list_grants(caller: Caller) -> dict[str, Any]:
    """Those that have ended too, until they are revoked: `state` tells."""
    asked: dict[str, str | None] = {
        name: request.args[name].replace("\0", "") for name in ("title", "permission_set") if name in request.args
    }
    for name in ("user", "department"):
        if name in request.args:
            asked[name] = uuid_text(request.args[name])
            if asked[name] is None:
                return {"grants": []}
    return {"grants": shown(people.list_grants(caller.database, caller.tenant, **asked))}


@blueprint.post("/api/v1/grants")
@endpoint(
    "Grant a permission set",
    body=GrantSchema,
    answers=CreatedSchema,
    status=201,
    errors=(400, 403, 404, 409, 422),
    system="people",
)
def grant(caller: Caller) -> dict[str, Any]:
    """{"id"}. Granting the same set to the same one again changes its dates and departments."""
    return {"id": give(caller, load_body(request, GrantSchema, caller.locale))}


@blueprint.delete("/api/v1/grants/<id>")
@endpoint("Revoke a grant", status=204, errors=(403, 404, 409), system="people")
def revoke(caller: Caller, id: str) -> Response:
    """It grants nothing from now on."""
    known = uuid_text(id)
    if known is None:
        raise NotFound
    take(caller, known)
    return Response(status=204)
