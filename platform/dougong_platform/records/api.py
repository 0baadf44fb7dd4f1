"""HTTP endpoints that write records: one or a batch, upsert, delete, restore, purge.

An Idempotency-Key makes a repetition harmless, If-Match a lost update impossible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson
from flask import Blueprint, Response, request

from dougong_metadata.errors import FieldValueError
from dougong_platform import records
from dougong_platform.errors import BadRequest, NotAllowed, NotFound, StaleVersion
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.http.json import answer, body_object
from dougong_platform.jobs import ring
from dougong_platform.query import get
from dougong_platform.query.fields import asked_fields
from dougong_platform.records.idempotency import claim, digest, keep
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.schema import Written, WrittenRows
from dougong_tenants import TenantTransaction

blueprint = Blueprint("records", __name__)

_LIST = "/api/v1/records/<object>"
_ONE = f"{_LIST}/<id>"
_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_KEY = Parameter(
    "Idempotency-Key", "A text of your own; the same request with the same key has its effect once.", place="header"
)
_MATCH = Parameter("If-Match", "The version you saw, as the ETag gave it.", place="header")
_ATOMIC = Parameter("atomic", "false: rows that are wrong are reported, the others are written.", {"type": "boolean"})
_FIELDS = Parameter("fields", "Answer these fields of the record too, separated by commas.")
_CONFIRM = Parameter("confirm", "Names of warning validations to pass over, separated by commas; * = all.")
_ERRORS = (400, 403, 404, 409, 413, 415, 422)
Work = Callable[[TenantTransaction | None], tuple[int, Any]]


@blueprint.post(_LIST)
@endpoint(
    "Create records",
    body="record or records",
    answers=WrittenRows,
    status=201,
    errors=_ERRORS,
    parameters=(_KEY, _ATOMIC, _FIELDS, _CONFIRM),
)
def create(caller: Caller, object: str) -> Response:
    """One record answers {"id", "version"}; {"records": […]} answers a row for each."""
    given = Arguments(request, ("atomic", "fields", "confirm"))
    body = body_object(request)
    rows, confirmed = _rows(body), given.names("confirm") or ()

    def work(tx: TenantTransaction | None) -> tuple[int, Any]:
        if rows is not None:
            result = records.create(
                caller, object, rows, atomic=given.truth("atomic", True), tx=tx, confirmed=confirmed
            )
            return 201, _batch(result)
        outcome = records.create(caller, object, [body], tx=tx, confirmed=confirmed).records[0]
        return 201, {"id": outcome.id, "version": outcome.version}

    return _answered(caller, object, body, work, given.names("fields"))


@blueprint.patch(_LIST)
@endpoint("Change records", body="records", answers=WrittenRows, errors=_ERRORS, parameters=(_KEY, _ATOMIC, _CONFIRM))
def update_many(caller: Caller, object: str) -> Response:
    """Each row of {"records": […]} has its id, the fields to change and, to be safe, the version it saw."""
    given = Arguments(request, ("atomic", "confirm"))
    body = body_object(request)
    rows, atomic, confirmed = _required_rows(body), given.truth("atomic", True), given.names("confirm") or ()
    return _answered(
        caller,
        object,
        body,
        lambda tx: (200, _batch(records.update(caller, object, rows, atomic=atomic, tx=tx, confirmed=confirmed))),
    )


@blueprint.delete(_LIST)
@endpoint("Delete records", body="records", answers=WrittenRows, errors=_ERRORS, parameters=(_KEY, _ATOMIC))
def delete_many(caller: Caller, object: str) -> Response:
    """{"records": [{"id", "version"?}]} go to the recycle bin."""
    given = Arguments(request, ("atomic",))
    body = body_object(request)
    rows = [row if isinstance(row, Mapping) else {} for row in _required_rows(body)]
    ids = [str(row.get("id")) for row in rows]
    versions = [row.get("version") for row in rows]
    return _answered(
        caller,
        object,
        body,
        lambda tx: (
            200,
            _batch(records.delete(caller, object, ids, atomic=given.truth("atomic", True), versions=versions, tx=tx)),
        ),
    )


@blueprint.patch(_ONE)
@endpoint(
    "Change a record", body="record", answers=Written, errors=_ERRORS, parameters=(_KEY, _MATCH, _FIELDS, _CONFIRM)
)
def update_one(caller: Caller, object: str, id: str) -> Response:
    """{"id", "version"}; 409 with the record's `current` values if it was changed meanwhile."""
    given = Arguments(request, ("fields", "confirm"))
    body = body_object(request)
    row, confirmed = {**body, "id": id}, given.names("confirm") or ()
    version = _matched()
    if version is not None:
        row["version"] = version
    return _answered(
        caller,
        object,
        body,
        lambda tx: (200, _single(records.update(caller, object, [row], tx=tx, confirmed=confirmed).records[0])),
        given.names("fields"),
        id,
    )


@blueprint.delete(_ONE)
@endpoint(
    "Delete a record",
    status=204,
    errors=_ERRORS,
    parameters=(
        _KEY,
        _MATCH,
        Parameter("purge", "true: remove a record of the recycle bin for good.", {"type": "boolean"}),
    ),
)
def delete_one(caller: Caller, object: str, id: str) -> Response:
    """Nothing. The record waits in the recycle bin with its details."""
    purging = Arguments(request, ("purge",)).truth("purge")
    versions = [_matched()]

    def work(tx: TenantTransaction | None) -> tuple[int, Any]:
        if purging:
            records.purge(caller, object, [id], tx=tx)
        else:
            records.delete(caller, object, [id], versions=versions, tx=tx)
        return 204, None

    return _answered(caller, object, {}, work, id=id)


@blueprint.post(f"{_ONE}/restore")
@endpoint("Restore a deleted record", answers=Written, errors=_ERRORS, parameters=(_KEY,))
def restore(caller: Caller, object: str, id: str) -> Response:
    """{"id", "version"}; the details deleted with it come back too."""
    Arguments(request, ())
    return _answered(
        caller, object, {}, lambda tx: (200, _single(records.restore(caller, object, [id], tx=tx).records[0]))
    )


@blueprint.put(f"{_LIST}/by/<field>/<path:value>")
@endpoint(
    "Create or change by a unique field",
    body="record",
    answers=Written,
    errors=_ERRORS,
    parameters=(_KEY, _MATCH, _FIELDS, _CONFIRM),
)
def upsert(caller: Caller, object: str, field: str, value: str) -> Response:
    """201 where the record is new, else 200."""
    given = Arguments(request, ("fields", "confirm"))
    body = body_object(request)
    version, confirmed = _matched(), given.names("confirm") or ()
    row = {**body, field: _key(caller, object, field, value)} | ({} if version is None else {"version": version})

    def work(tx: TenantTransaction | None) -> tuple[int, Any]:
        outcome = records.upsert(caller, object, field, [row], tx=tx, confirmed=confirmed).records[0]
        return 201 if outcome.created else 200, _single(outcome)

    return _answered(caller, object, body, work, given.names("fields"))


def _answered(
    caller: Caller, object: str, body: Any, work: Work, fields: tuple[str, ...] | None = None, id: str | None = None
) -> Response:
    if fields is not None and caller.rights.may(object, "read"):
        asked_fields(caller.rights, object, fields)  # refused before anything is written
    try:
        status, value = _once(caller, body, work)
    except StaleVersion:
        raise StaleVersion(current=None if id is None else get(caller, object, id)) from None
    headers = {}
    if isinstance(value, dict) and "records" not in value:
        headers = {"ETag": f'"{value["version"]}"'}
        if status == 201:
            headers["Location"] = f"/api/v1/records/{object}/{value['id']}"
        if fields is not None:
            with suppress(NotFound, NotAllowed):  # what was given away with the right to see it is written all the same
                value = {**value, **get(caller, object, str(value["id"]), fields)}
    return Response(status=204) if status == 204 else answer(value, status, headers)


def _once(caller: Caller, body: Any, work: Work) -> tuple[int, Any]:
    """Do the work; with an Idempotency-Key, in one transaction with the memory of its answer."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work(None)
    given = digest(request.method, request.full_path, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        before = claim(tx, caller, key, given)
        if before is not None:
            return before
        status, value = work(tx)
        keep(tx, caller, key, status, value)
    ring(caller.tenant.name)
    return status, value


def _rows(body: Mapping[str, Any]) -> list[Any] | None:
    """The rows of {"records": […]}, None for a single record."""
    if set(body) != {"records"} or not isinstance(body["records"], list):
        return None
    return list(body["records"])


def _required_rows(body: Mapping[str, Any]) -> list[Any]:
    rows = _rows(body)
    if rows is None:
        raise BadRequest(en='Send {"records": […]}.', zh='请发送 {"records": […]}。')
    return rows


def _key(caller: Caller, object: str, name: str, text: str) -> Any:
    """The value that a part of the address stands for; what cannot be read is refused as a value later."""
    field = caller.model.object(object).fields.get(name)
    try:
        return text if field is None else field.type.read_text(text, field)
    except FieldValueError:
        return text


def _matched() -> int | None:
    """The version of If-Match; None without one or for *."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise BadRequest(en='If-Match has to be a version such as "3".', zh='If-Match 应为版本号，例如 "3"。')
    return int(found.group(1))


def _single(outcome: Outcome) -> dict[str, Any]:
    return {"id": outcome.id, "version": outcome.version}


def _batch(result: WriteResult) -> dict[str, Any]:
    rows = [
        {
            "index": o.index,
            "id": o.id,
            "version": o.version,
            "created": o.created,
            "changed": o.changed,
            "errors": [e.json() for e in o.errors],
        }
        for o in result.records
    ]
    return {"records": rows, "written": result.written}
