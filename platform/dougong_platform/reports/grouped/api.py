"""The HTTP endpoint of grouped numbers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from dougong_platform.http.arguments import Arguments
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import endpoint
from dougong_platform.http.json import body_object
from dougong_platform.reports.grouped.plain import aggregate

blueprint = Blueprint("grouped", __name__)


@blueprint.post("/api/v1/query")
@endpoint("Group and aggregate", body="query", answers="rows", errors=(400, 403, 404, 422), reads=True)
def query(caller: Caller) -> dict[str, Any]:
    """{"rows": [{group path or alias: value}]}."""
    Arguments(request, ())
    return {"rows": aggregate(caller, body_object(request, 256 * 1024))}
