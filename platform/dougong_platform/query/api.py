"""HTTP endpoints of reading: lists, one record and the change feed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.http.arguments import Arguments
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.http.json import answer
from dougong_platform.query.changes import changes_since
from dougong_platform.query.listing import MOST_ROWS, list_records
from dougong_platform.query.single import get

blueprint = Blueprint("query", __name__)

FIELDS = Parameter(
    "fields",
    "Fields to answer, by name or path, separated by commas; all readable ones if absent.",
    example="name,owner.name",
)
FILTER = Parameter("filter", "A condition in the expression language.")
SORT = Parameter(
    "sort",
    "Sort keys separated by commas; `-` before a key sorts descending. Blank values come last.",
    example="-created_at",
)
CURSOR = Parameter("cursor", "The `next` of the page before.")
_BOOLEAN = {"type": "boolean"}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 50}
_LIST = (
    FIELDS,
    FILTER,
    SORT,
    CURSOR,
    Parameter("limit", "Records per page.", _LIMIT),
    Parameter("count", "Also count all records of the list, up to 10,000.", _BOOLEAN),
    Parameter("deleted", "List the recycle bin instead.", _BOOLEAN),
)
_LIST_NAMES = frozenset(p.name for p in _LIST)
_GET_NAMES = frozenset({"fields", "deleted"})


@blueprint.get("/api/v1/records/<object>")
@endpoint("List records", answers="page", parameters=_LIST, errors=(400, 403, 404))
def list_page(caller: Caller, object: str) -> dict[str, Any]:
    """{"records": […], "next": cursor or null, "count", "count_capped" if asked for}."""
    given = Arguments(request, _LIST_NAMES)
    return list_records(
        caller,
        object,
        fields=given.names("fields"),
        filter=given.text("filter"),
        sort=given.names("sort") or (),
        limit=given.whole("limit", 50),
        cursor=given.text("cursor"),
        count=given.truth("count"),
        deleted=given.truth("deleted"),
    ).json()


@blueprint.get("/api/v1/records/<object>/<id>")
@endpoint(
    "Read one record",
    answers="record",
    errors=(400, 403, 404),
    parameters=(FIELDS, Parameter("deleted", "Look in the recycle bin instead.", _BOOLEAN)),
)
def get_one(caller: Caller, object: str, id: str) -> Response:
    """One record; its ETag is its version, for If-Match."""
    given = Arguments(request, _GET_NAMES)
    record = get(caller, object, id, given.names("fields"), deleted=given.truth("deleted"))
    return answer(record, headers={"ETag": f'"{record["version"]}"'})


@blueprint.get("/api/v1/changes")
@endpoint(
    "The change feed",
    answers="changes",
    errors=(400, 403, 404),
    parameters=(
        Parameter("object", "Only changes of this object's records."),
        CURSOR,
        Parameter("limit", "Changes per page.", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 500}),
    ),
)
def changes(caller: Caller) -> dict[str, Any]:
    """{"changes": […], "cursor": where to go on, "more": whether to go on at once}."""
    given = Arguments(request, ("object", "cursor", "limit"))
    return changes_since(caller, given.text("object"), given.text("cursor"), given.whole("limit", 500))
