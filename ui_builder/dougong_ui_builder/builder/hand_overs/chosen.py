"""Where a list's selection becomes a hand-over: the chosen records by owner, then step 1 with these alone ticked."""

from __future__ import annotations

from flask import Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import one_user, user_names
from dougong_platform.query import list_records
from dougong_platform.query.single import uuid_text
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.hand_overs.choosing import step_one
from dougong_ui_builder.builder.hand_overs.form import form_of_ids
from dougong_ui_builder.builder.hand_overs.routes import blueprint
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

MOST = 1000  # records of one selection
_AT_ONCE = 200  # ids of one filter


@blueprint.post("/hand-over-chosen/<object>")
@page("people")
def hand_over_chosen(caller: Caller, object: str) -> Response | str:
    """`id`: the records. Of one owner: step 1; of several: whose to hand over first."""
    model = caller.model.object(object)
    ids = list(dict.fromkeys(id for id in map(uuid_text, request.form.getlist("id")) if id is not None))
    if len(ids) > MOST:
        raise BadRequest(en=f"At most {MOST} records at once.", zh=f"一次最多处理 {MOST} 条记录。")
    owners = _by_owner(caller, object, ids)
    if not owners:
        toasts.say(gettext("No record is selected."), tone="bad")
        return redirect_to(f"/o/{model.name}")
    if len(owners) == 1:
        ((owner, chosen),) = owners.items()
        return step_one(caller, one_user(caller, owner), form_of_ids(caller, object, tuple(chosen)))
    return draw(caller, "hand_overs/chosen.html", "hand-overs", object=model, owners=owners, names=user_names(caller))


def _by_owner(caller: Caller, object: str, ids: list[str]) -> dict[str, list[str]]:
    """{owner: ids} of the records that the caller may read, who has most first."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ", ".join(f'"{id}"' for id in ids[start : start + _AT_ONCE])
        for row in list_records(caller, object, fields=["owner"], filter=f"id in ({some})", limit=_AT_ONCE).records:
            found.setdefault(row["owner"], []).append(row["id"])
    return dict(sorted(found.items(), key=lambda one: -len(one[1])))
