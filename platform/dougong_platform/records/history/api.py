"""The HTTP endpoint of a record's history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from dougong_platform.http.arguments import Arguments
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.records.history.read import MOST, timeline
from dougong_platform.records.history.schema import History

blueprint = Blueprint("history", __name__)


@blueprint.get("/api/v1/records/<object>/<id>/history")
@endpoint(
    "A record's history",
    answers=History,
    errors=(400, 403, 404),
    parameters=(
        Parameter("limit", "Entries per page.", {"type": "integer", "minimum": 1, "maximum": MOST}),
        Parameter("before", "The `next` of the page before.", {"type": "integer"}),
    ),
)
def history(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"history": […], "next": what `before` takes for the following page, or null}."""
    given = Arguments(request, ("limit", "before"))
    limit = max(1, min(given.whole("limit", 50), MOST))
    before = given.whole("before", 0) or None
    found = timeline(caller, object, id, limit=limit, before=before)
    return {"history": found, "next": found[-1]["seq"] if len(found) == limit else None}
