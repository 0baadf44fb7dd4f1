"""The list itself: a page, the further rows that scrolling asks for, and the numbers that come after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import render_template, request

from dougong_platform.errors import BadCursor, BadFilter, BadRequest
from dougong_platform.pipelines.serving import pipelines_of
from dougong_platform.query.listing import list_records
from dougong_ui_builder.page import is_fragment, page
from dougong_ui_builder.screens.lists.chips import Chip, chips_of
from dougong_ui_builder.screens.lists.columns import columns_of, path_label, read_paths
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.shown import Shown
from dougong_ui_builder.screens.lists.state import ListState, state_of
from dougong_ui_builder.screens.lists.tools import chip_words, export_url, row_tools, sort_of, sort_url
from dougong_ui_builder.screens.lists.totals import summed, tab_counts, totals_of

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

ROWS = 50  # of one page


@blueprint.get("/o/<object>")
@page()
def show(caller: Caller, object: str) -> str:
    """The page, or with `cursor` the rows behind it (for htmx; a page of its own without JavaScript)."""
    state = state_of(caller, object)
    cursor = request.args.get("cursor")
    if cursor and is_fragment():
        return render_template(
            "lists/more_rows.html",
            shown=_load(caller, state, cursor, count=False),
            **row_tools(caller, state),
        )
    shown = _load(caller, state, cursor, count=True)
    return render_template(
        "lists/list.html",
        shown=shown,
        state=state,
        chips=_chips(caller, state),
        sorting=_sorting(caller, state),
        rights=caller.rights.object(object),
        sort_of=sort_of,
        sort_url=sort_url,
        export_url=export_url,
        chip_words=chip_words,
        board=replace(state, board="") if pipelines_of(caller, object) else None,
        **row_tools(caller, state),
    )


@blueprint.get("/o/<object>/list/figures")
@page()
def figures(caller: Caller, object: str) -> str:
    """The numbers on the tabs, and sums that were too long to wait for."""
    state = state_of(caller, object)
    counts = tab_counts(caller, object, state.views)
    columns = columns_of(caller, state.object, state.columns)
    totals = totals_of(caller, state, columns) if request.args.get("totals") else {}
    return render_template("lists/figures.html", counts=counts, totals=totals, columns=columns)


def _load(caller: Caller, state: ListState, cursor: str | None, *, count: bool) -> Shown:
    columns = columns_of(caller, state.object, state.columns)
    shown = Shown(state, columns, sums=frozenset(c.path for c in summed(state, columns)))
    try:
        shown.found = list_records(
            caller,
            state.object.name,
            fields=read_paths(caller, columns),
            filter=state.filter or None,
            sort=state.sort,
            limit=ROWS,
            cursor=cursor,
            count=count,
        )
        if count and not shown.found.count_capped:
            shown.totals = totals_of(caller, state, columns)
    except BadCursor:
        raise
    except BadRequest as fault:  # a filter or order that this reader may not ask, or that a release outdated
        shown.problem = fault.message(caller.locale)
    return shown


def _chips(caller: Caller, state: ListState) -> list[Chip]:
    try:
        return chips_of(caller, state)
    except BadFilter:
        return []


def _sorting(caller: Caller, state: ListState) -> list[tuple[str, bool]]:
    """(label, descending) of the sort keys."""
    found = []
    for key in state.sort:
        try:
            found.append((path_label(caller, state.object, key.removeprefix("-")), key.startswith("-")))
        except BadRequest:
            continue
    return found
