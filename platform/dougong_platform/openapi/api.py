"""HTTP endpoint of the description itself."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import endpoint, engine
from dougong_platform.openapi.description import openapi
from dougong_platform.query.compiled import Remembered

blueprint = Blueprint("openapi", __name__)

_written: Remembered[bytes] = Remembered(50)


@blueprint.get("/api/v1/openapi.json")
@endpoint("This description", answers={"type": "object"})
def describe(caller: Caller) -> Response:
    """OpenAPI 3.1 of this tenant, for this user."""
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    caller.verify(entry)
    key = (caller.model.hash, caller.rights.shape, caller.locale, caller.tenant.label, caller.release.number)
    written = _written.get(key, lambda: orjson.dumps(openapi(engine(), caller)))
    return Response(written, content_type="application/json")
