"""HTTP endpoints of comments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.comments import conversation
from dougong_platform.comments.schema import CommentBody, CommentList, CommentShape
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint

blueprint = Blueprint("comments", __name__)
_LIST = "/api/v1/records/<object>/<id>/comments"
_ONE = f"{_LIST}/<comment>"


@blueprint.get(_LIST)
@endpoint(
    "Comments on a record",
    answers=CommentList,
    errors=(400, 403, 404),
    parameters=(
        Parameter("limit", "Comments per page.", {"type": "integer", "minimum": 1, "maximum": conversation.MOST}),
        Parameter("before", "The id of the last comment of the page before."),
    ),
)
def list_all(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"comments": […]}, newest first."""
    given = Arguments(request, ("limit", "before"))
    return {
        "comments": conversation.list_comments(
            caller, object, id, limit=given.whole("limit", 50), before=given.text("before")
        )
    }


@blueprint.post(_LIST)
@endpoint("Comment on a record", body=CommentBody, answers=CommentShape, status=201, errors=(400, 403, 404, 422))
def add(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """The new comment."""
    return conversation.add(caller, object, id, load_body(request, CommentBody, caller.locale)["text"])


@blueprint.patch(_ONE)
@endpoint("Change one's own comment", body=CommentBody, answers=CommentShape, errors=(400, 403, 404, 422))
def edit(caller: Caller, object: str, id: str, comment: str) -> dict[str, Any]:
    """The changed comment."""
    text = load_body(request, CommentBody, caller.locale)["text"]
    return conversation.edit(caller, object, id, comment, text)


@blueprint.delete(_ONE)
@endpoint("Take back one's own comment", status=204, errors=(403, 404))
def remove(caller: Caller, object: str, id: str, comment: str) -> Response:
    """Nothing."""
    conversation.remove(caller, object, id, comment)
    return Response(status=204)
