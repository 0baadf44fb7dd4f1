"""HTTP endpoint of search."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from dougong_platform.http.arguments import Arguments
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.search.query import MOST, find

blueprint = Blueprint("search", __name__)


@blueprint.get("/api/v1/search")
@endpoint(
    "Search all records",
    answers="found",
    errors=(400, 403, 404),
    parameters=(
        Parameter("q", "What to look for; every word must occur.", required=True, example="acme"),
        Parameter("objects", "Only in these objects, separated by commas."),
        Parameter("limit", "How many to answer.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20}),
    ),
)
def search(caller: Caller) -> dict[str, Any]:
    """{"found": [{object, id, title, snippet}]}, best first."""
    given = Arguments(request, ("q", "objects", "limit"))
    return {"found": find(caller, given.text("q") or "", given.names("objects"), given.whole("limit", 20))}
