"""By which columns a list is sorted, several one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.query.sort import sort_keys
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.lists.columns import grouped_choices
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.state import state_of

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

MOST = 3  # keys in the form


@blueprint.get("/o/<object>/list/sort")
@page()
def show_sort(caller: Caller, object: str) -> str:
    """Present keys and empty lines up to MOST."""
    state = state_of(caller, object)
    groups = grouped_choices(caller, state.object, lambda model: model.type.sortable)
    keys = [(key.removeprefix("-"), key.startswith("-")) for key in state.sort]
    keys += [("", False)] * (MOST - len(keys))
    return answer("lists/sort.html", state, groups=groups, keys=keys)


@blueprint.post("/o/<object>/list/sort")
@page()
def change_sort(caller: Caller, object: str) -> Response:
    """`path` and `direction` of each key."""
    state = state_of(caller, object)
    pairs = zip(request.form.getlist("path"), request.form.getlist("direction"), strict=False)
    keys = list(dict.fromkeys(("-" if direction == "desc" else "") + path for path, direction in pairs if path))
    try:
        sort_keys(caller.rights, object, keys)
    except BadRequest:
        keys = list(state.view.sort)
    return redirect_to(state.url(sort=keys or state.view.sort))
