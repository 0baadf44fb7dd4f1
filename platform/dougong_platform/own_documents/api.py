"""HTTP endpoints of own documents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest, PreconditionRequired
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.own_documents import keeping
from dougong_platform.own_documents.bodies import KINDS, problems_of
from dougong_platform.own_documents.keeping import OwnDocument
from dougong_platform.own_documents.schema import OwnDocumentBody, OwnDocumentChange, OwnDocumentList, OwnDocumentShape
from dougong_platform.own_documents.sharing import share, shared_with

blueprint = Blueprint("own_documents", __name__)
_ALL = "/api/v1/own-documents"
_ONE = f"{_ALL}/<id>"


@blueprint.get(_ALL)
@endpoint(
    "Reports and dashboards of one's own, and those shared",
    answers=OwnDocumentList,
    errors=(400,),
    parameters=(Parameter("kind", "report or dashboard; both where it is left out."),),
)
def list_all(caller: Caller) -> dict[str, Any]:
    """{"own_documents": […]}, one's own first."""
    kind = Arguments(request, ("kind",)).text("kind")
    if kind is not None and kind not in KINDS:
        raise BadRequest(en="“kind” is report or dashboard.", zh="kind 只能是 report 或 dashboard。")
    return {"own_documents": [one.json() for one in keeping.list_for(caller, kind)]}


@blueprint.post(_ALL)
@endpoint("Keep a report or a dashboard", body=OwnDocumentBody, answers=OwnDocumentShape, status=201, errors=(400, 422))
def create(caller: Caller) -> dict[str, Any]:
    """The new one."""
    given = load_body(request, OwnDocumentBody, caller.locale)
    return _shown(caller, keeping.create(caller, given["kind"], given["label"], given["body"]))


@blueprint.get(_ONE)
@endpoint("One report or dashboard of one's own, or shared", answers=OwnDocumentShape, errors=(404,))
def show(caller: Caller, id: str) -> dict[str, Any]:
    """The document, with its problems under today's metadata."""
    return _shown(caller, keeping.find(caller, id))


@blueprint.patch(_ONE)
@endpoint(
    "Change, share, or bring back",
    body=OwnDocumentChange,
    answers=OwnDocumentShape,
    errors=(400, 403, 404, 409, 422, 428),
)
def change(caller: Caller, id: str) -> dict[str, Any]:
    """The document as it is now; where the version is another, the problem carries it as `current`."""
    given = load_body(request, OwnDocumentChange, caller.locale)
    if "shared" in given and given.keys() & {"label", "body"}:
        raise BadRequest(
            en="Send “shared” and what else is changed in two requests.", zh="shared 与其他修改请分两次请求。"
        )
    if given.get("removed") is False:
        keeping.restore(caller, id)
    found = keeping.find(caller, id)
    if "label" in given or "body" in given:
        if "version" not in given:
            raise PreconditionRequired
        found = keeping.change(caller, id, given["version"], label=given.get("label"), body=given.get("body"))
    if "shared" in given:
        found = share(caller, id, given["shared"])
    return _shown(caller, found)


@blueprint.delete(_ONE)
@endpoint("Put one's own away; it can be brought back for 30 days", status=204, errors=(403, 404))
def remove(caller: Caller, id: str) -> Response:
    """Nothing."""
    keeping.remove(caller, id)
    return Response(status=204)


def _shown(caller: Caller, one: OwnDocument) -> dict[str, Any]:
    _, problems = problems_of(caller, one.kind, one.id, one.label, one.body)
    told = [{"path": p.path, "code": p.code, "message": p.message(caller.locale), "hint": p.hint} for p in problems]
    shown = one.json() | {"problems": told}
    return shown | {"shared": [s.json() for s in shared_with(caller, one)]} if one.is_own else shown
