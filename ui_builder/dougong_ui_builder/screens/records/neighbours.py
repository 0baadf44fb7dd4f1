"""The records before and after one in the list it was opened from. Asked for after the page stands."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import render_template, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.lists.state import state_of
from dougong_ui_builder.screens.records.routes import PAGE, blueprint

MOST = 1000  # beyond these there is no number, and no neighbour


def list_query(object: str) -> str:
    """The query of the list that this page was opened from: carried along, else told by the Referer."""
    carried = request.args.get("list")
    if carried is not None:
        return carried[:2000]
    came_from = urlsplit(request.referrer or "")
    return came_from.query[:2000] if came_from.path == f"/o/{object}" else ""


@blueprint.get(f"{PAGE}/neighbours")
@page()
def neighbours(caller: Caller, object: str, id: UUID) -> str:
    """ "2 / 13" and the links; nothing if the record is not in that list. The query is the list's own."""
    ids: list[str] = []
    capped, state = False, state_of(caller, object)
    try:
        found = list_records(caller, object, fields=["id"], filter=state.filter or None, sort=state.sort, limit=MOST)
        ids, capped = [str(one["id"]) for one in found.records], found.next is not None
    except BadRequest:
        pass  # a filter that no longer fits
    at = ids.index(str(id)) if str(id) in ids else None
    return render_template(
        "records/neighbours.html",
        at=at,
        total=len(ids),
        capped=capped,
        object=object,
        query=request.query_string.decode("utf-8", "replace"),
        before=ids[at - 1] if at else None,
        after=ids[at + 1] if at is not None and at + 1 < len(ids) else None,
    )
