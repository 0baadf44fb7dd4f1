"""Which columns a list shows and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.lists.columns import choices_of, columns_of
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.state import state_of

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller


@blueprint.get("/o/<object>/list/columns")
@page()
def show_columns(caller: Caller, object: str) -> str:
    """The shown ones in their order, then all others by object."""
    state = state_of(caller, object)
    shown = columns_of(caller, state.object, state.columns)
    taken = {column.path for column in shown}
    groups = [
        (group, [(path, label_text(model)) for path, model in fields if path not in taken])
        for group, fields in choices_of(caller, state.object)
    ]
    return answer("lists/columns.html", state, shown=shown, groups=groups)


@blueprint.post("/o/<object>/list/columns")
@page()
def change_columns(caller: Caller, object: str) -> Response:
    """`columns`: the paths in the order of the form."""
    state = state_of(caller, object)
    wanted = [column.path for column in columns_of(caller, state.object, request.form.getlist("columns"))]
    return redirect_to(state.url(columns=wanted or state.view.columns))
