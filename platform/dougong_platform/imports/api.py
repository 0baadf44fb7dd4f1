"""Imports over HTTP: upload, map, try, start, watch, undo."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint, engine
from dougong_platform.http.json import answer, body_object
from dougong_platform.imports import steps, store
from dougong_platform.imports.errors_file import error_rows
from dougong_platform.imports.values import column_values

blueprint = Blueprint("imports", __name__)

IMPORT = {
    "type": "object",
    "required": ["id", "object", "state"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "object": {"type": "string"},
        "state": {"type": "string", "enum": list(store.STATES)},
        "total": {"type": ["integer", "null"]},
        "done": {"type": "integer"},
        "created": {"type": "integer"},
        "updated": {"type": "integer"},
        "unchanged": {"type": "integer"},
        "failed": {"type": "integer"},
        "progress": {"type": ["number", "null"]},
        "mapping": {"type": "object"},
        "options": {"type": "object"},
        "header": {"type": "array", "items": {"type": "string"}},
    },
}
MAPPING = {
    "type": "object",
    "properties": {"columns": {"type": "object"}, "key": {"type": ["string", "null"]}, "defaults": {"type": "object"}},
}
UPLOAD = {
    "type": "object",
    "required": ["file", "object"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "object": {"type": "string"},
        "mapping": {"type": "string", "description": "JSON"},
        "options": {"type": "string", "description": "JSON"},
        "start": {"type": "string", "enum": ["true", "false"]},
    },
}


@blueprint.get("/api/v1/imports")
@endpoint(
    "Your imports, newest first",
    answers={"type": "object", "properties": {"imports": {"type": "array", "items": IMPORT}}},
)
def index(caller: Caller) -> dict[str, Any]:
    """{"imports": […]}; all users' for who holds the system right jobs."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return {"imports": [job.json() for job in store.read_all(caller, tx)]}


@blueprint.post("/api/v1/imports")
@endpoint(
    "Upload a file (multipart: file, object, and as JSON mapping, options; start=true)",
    answers=IMPORT,
    status=201,
    errors=(413, 422),
    body=UPLOAD,
    content_type="application/json",
)
def upload(caller: Caller) -> Response:
    """The import in state draft with a suggested mapping; with mapping and start=true it begins at once."""
    file = request.files.get("file")
    if file is None:
        raise BadRequest(en="Send the file as the multipart part “file”.", zh="请以 multipart 部分 file 发送文件。")
    settings = engine().dougong
    job = steps.upload(
        caller,
        request.form.get("object", ""),
        file.filename or "file",
        file.stream,
        settings.home,
        settings.request_limit,
        _json_part("options"),
        _json_part("mapping"),
    )
    if request.form.get("start") == "true":
        job = steps.start(caller, job.id)
    return answer(job.json(), 201, {"Location": f"/api/v1/imports/{job.id}"})


@blueprint.get("/api/v1/imports/<uuid:identifier>")
@endpoint("One import and how far it is", answers=IMPORT)
def show(caller: Caller, identifier: Any) -> dict[str, Any]:
    """The import, and a summary of its errors."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        job = store.read_own(caller, tx, str(identifier))
        return {**job.json(), "errors": store.error_summary(tx, job.id, trial=job.state in ("checking", "checked"))}


@blueprint.patch("/api/v1/imports/<uuid:identifier>")
@endpoint(
    "Change how the file is read or mapped",
    answers=IMPORT,
    errors=(409, 422),
    body={"type": "object", "properties": {"mapping": MAPPING, "options": {"type": "object"}}},
)
def change(caller: Caller, identifier: Any) -> dict[str, Any]:
    """{"mapping"?, "options"?}"""
    given = body_object(request)
    return steps.configure(
        caller, str(identifier), options=_object(given, "options"), mapping=_object(given, "mapping")
    ).json()


@blueprint.get("/api/v1/imports/<uuid:identifier>/values")
@endpoint(
    "The texts of columns that go into choices and lookups, and which of them fit",
    errors=(422,),
    answers={"type": "object", "properties": {"columns": {"type": "array", "items": {"type": "object"}}}},
)
def values(caller: Caller, identifier: Any) -> dict[str, Any]:
    """{"columns": [{header, field, unmatched, values: [{text, count, fits, value, nearest}], choices}]}"""
    return {"columns": [one.json() for one in column_values(caller, _own(caller, identifier))]}


@blueprint.post("/api/v1/imports/<uuid:identifier>/check")
@endpoint("Try all rows without keeping anything", answers=IMPORT, status=202, errors=(409, 422))
def check(caller: Caller, identifier: Any) -> dict[str, Any]:
    """The import in state checking."""
    return steps.check(caller, str(identifier)).json()


@blueprint.post("/api/v1/imports/<uuid:identifier>/start")
@endpoint("Begin (or go on with) the import", answers=IMPORT, status=202, errors=(409, 422))
def start(caller: Caller, identifier: Any) -> dict[str, Any]:
    """The import in state running."""
    return steps.start(caller, str(identifier)).json()


@blueprint.post("/api/v1/imports/<uuid:identifier>/undo")
@endpoint("Take back what the import wrote, within 30 days", answers=IMPORT, status=202, errors=(409,))
def undo(caller: Caller, identifier: Any) -> dict[str, Any]:
    """The import in state undoing; records changed since are left alone."""
    return steps.undo(caller, str(identifier)).json()


@blueprint.get("/api/v1/imports/<uuid:identifier>/errors")
@endpoint(
    "The lines that failed",
    parameters=[Parameter("after", "Line behind which to go on", {"type": "integer", "minimum": 0})],
    answers={"type": "object", "properties": {"errors": {"type": "array", "items": {"type": "object"}}}},
)
def errors(caller: Caller, identifier: Any) -> dict[str, Any]:
    """{"errors": [{line, field, code, message, cells}]}, 200 at a time."""
    after = request.args.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        raise BadRequest(en="“after” has to be a line number.", zh="after 须为行号。")
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        job = store.read_own(caller, tx, str(identifier))
        return {"errors": store.errors_of(tx, job.id, trial=job.state in ("checking", "checked"), after=int(after))}


@blueprint.get("/api/v1/imports/<uuid:identifier>/errors.csv")
@endpoint(
    "The lines that failed, as a file to mend and import again", answers={"type": "string"}, content_type="text/csv"
)
def errors_file(caller: Caller, identifier: Any) -> Response:
    """The cells as they were, and what is wrong with them."""
    job = _own(caller, identifier)
    rows = (piece.encode() for piece in error_rows(caller, job, trial=job.state in ("checking", "checked")))
    return Response(
        rows, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": "attachment; filename=errors.csv"}
    )


def _own(caller: Caller, identifier: Any) -> store.Import:
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        return store.read_own(caller, tx, str(identifier))


def _object(given: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(en=f"“{name}” has to be an object.", zh=f"{name} 须为对象。")
    return value


def _json_part(name: str) -> dict[str, Any] | None:
    text = request.form.get(name)
    if not text:
        return None
    try:
        return _object({name: orjson.loads(text)}, name)
    except orjson.JSONDecodeError:
        raise BadRequest(en=f"The part “{name}” is not valid JSON.", zh=f"{name} 部分不是有效的 JSON。") from None
