"""HTTP endpoints of shares: of one record, and of up to 1,000 at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.http.json import answer
from dougong_platform.shares import changing, giving
from dougong_platform.shares.listing import list_shares
from dougong_platform.shares.relations import relations_of
from dougong_platform.shares.schema import (
    ChangedTerms,
    ShareBody,
    SharedRows,
    ShareList,
    SharesBody,
    ShareShape,
)

blueprint = Blueprint("shares", __name__)
_MANY = "/api/v1/records/<object>/shares"
_LIST = "/api/v1/records/<object>/<id>/shares"
_ONE = f"{_LIST}/<share>"
_ERRORS = (400, 403, 404, 415, 422)


@blueprint.get(_LIST)
@endpoint("With whom a record is shared", answers=ShareList, errors=(400, 403, 404))
def list_all(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"shares": […], "relations": […]}, the team first."""
    shares = list_shares(caller, object, id)
    relations = [
        {"name": one.name, "label": {"en": one.label.en, "zh": one.label.zh}} for one in relations_of(caller, object)
    ]
    return {"shares": shares, "relations": relations}


@blueprint.post(_LIST)
@endpoint("Share a record", body=ShareBody, answers=ShareShape, status=201, errors=_ERRORS)
def add(caller: Caller, object: str, id: str) -> Response:
    """The share: new (201), or the one there was, widened (200)."""
    result = giving.share(caller, object, [id], load_body(request, ShareBody, caller.locale))
    outcome = result.records[0]
    return answer(_one(caller, object, id, result.ids[str(outcome.id)]), 201 if outcome.created else 200)


@blueprint.patch(_ONE)
@endpoint("Change a share", body=ChangedTerms, answers=ShareShape, errors=_ERRORS)
def change(caller: Caller, object: str, id: str, share: str) -> dict[str, Any]:
    """The changed share."""
    changing.change(caller, object, id, share, load_body(request, ChangedTerms, caller.locale))
    return _one(caller, object, id, share.lower())


@blueprint.delete(_ONE)
@endpoint("Withdraw a share", status=204, errors=(400, 403, 404))
def withdraw(caller: Caller, object: str, id: str, share: str) -> Response:
    """Nothing."""
    changing.withdraw(caller, object, id, share)
    return Response(status=204)


@blueprint.post(_MANY)
@endpoint(
    "Share several records",
    body=SharesBody,
    answers=SharedRows,
    errors=_ERRORS,
    parameters=(
        Parameter("atomic", "false: records that cannot be shared are reported, the others are.", {"type": "boolean"}),
    ),
)
def add_many(caller: Caller, object: str) -> dict[str, Any]:
    """One row per record, each with its share or its errors."""
    atomic = Arguments(request, ("atomic",)).truth("atomic", True)
    body = load_body(request, SharesBody, caller.locale)
    result = giving.share(caller, object, body.pop("ids"), body, atomic=atomic)
    return {
        "records": [
            {
                "index": one.index,
                "id": one.id,
                "share": result.ids.get(str(one.id)) if one.ok else None,
                "changed": one.ok and one.changed,
                "errors": [error.json() for error in one.errors],
            }
            for one in result.records
        ]
    }


def _one(caller: Caller, object: str, id: str, share: str) -> dict[str, Any]:
    for found in list_shares(caller, object, id):
        if found["id"] == share:
            return found
    raise NotFound  # withdrawn, or the record taken from the caller, at this very moment
