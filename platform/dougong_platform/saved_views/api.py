"""HTTP endpoints of saved list views."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.saved_views import keeping
from dougong_platform.saved_views.schema import SavedViewBody, SavedViewChange, SavedViewList, SavedViewShape

blueprint = Blueprint("saved_views", __name__)
_ALL = "/api/v1/saved-views"
_ONE = f"{_ALL}/<id>"


@blueprint.get(_ALL)
@endpoint(
    "Saved views of an object",
    answers=SavedViewList,
    errors=(400, 403, 404),
    parameters=(Parameter("object", "The object whose views are asked for.", required=True),),
)
def list_all(caller: Caller) -> dict[str, Any]:
    """{"saved_views": […]}: one's own and those shared with everybody."""
    object = Arguments(request, ("object",)).text("object")
    if object is None:
        raise BadRequest(en="Name the “object”.", zh="请给出 object。")
    return {"saved_views": [view.json() for view in keeping.list_views(caller, object)]}


@blueprint.post(_ALL)
@endpoint("Save a view", body=SavedViewBody, answers=SavedViewShape, status=201, errors=(400, 403, 404, 422))
def create(caller: Caller) -> dict[str, Any]:
    """The new view."""
    given = load_body(request, SavedViewBody, caller.locale)
    return keeping.create(caller, given.pop("object"), given).json()


@blueprint.patch(_ONE)
@endpoint("Change a saved view", body=SavedViewChange, answers=SavedViewShape, errors=(400, 403, 404, 422))
def change(caller: Caller, id: str) -> dict[str, Any]:
    """The changed view."""
    return keeping.change(caller, id, load_body(request, SavedViewChange, caller.locale)).json()


@blueprint.delete(_ONE)
@endpoint("Remove a saved view", status=204, errors=(403, 404))
def remove(caller: Caller, id: str) -> Response:
    """Nothing."""
    keeping.remove(caller, id)
    return Response(status=204)
