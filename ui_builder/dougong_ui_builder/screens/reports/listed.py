"""A report of type list as a table: columns, sums, the next page. It draws cells as lists of records do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dougong_platform.query.listing import Page, list_records
from dougong_platform.reports.answer import ListAnswer
from dougong_ui_builder.screens.lists.columns import Column, columns_of, read_paths
from dougong_ui_builder.screens.lists.shown import Shown
from dougong_ui_builder.screens.lists.state import ListState, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dougong_metadata.label import Label
    from dougong_platform.http.caller import Caller

ROWS = 50


def list_of(
    caller: Caller,
    object: str,
    fields: Sequence[str],
    filter: str,
    *,
    sort: Sequence[str] = (),
    cursor: str | None = None,
    labels: Mapping[str, Label] | None = None,
    rows: int = ROWS,
) -> Shown:
    """A page of records with these columns, ready to be drawn. Raises what `list_records` raises."""
    model = caller.model.objects[object]
    columns = tuple(_called(caller, column, labels or {}) for column in columns_of(caller, model, fields))
    view = View("report", "", tuple(fields), filter, tuple(sort))
    state = ListState(model, (view,), view, view.columns, filter, view.sort)
    page = list_records(
        caller,
        object,
        fields=read_paths(caller, columns),
        filter=filter or None,
        sort=tuple(sort),
        limit=rows,
        cursor=cursor,
    )
    return Shown(state, columns, found=page)


def shown_list(
    caller: Caller, answer: ListAnswer, sort: Sequence[str], cursor: str | None, labels: Mapping[str, Label]
) -> Shown:
    """The records of a list report: counted once, its rows with the names behind their links."""
    shown = list_of(caller, answer.object, answer.fields, answer.filter or "", sort=sort, cursor=cursor, labels=labels)
    assert shown.found is not None
    shown.found = Page(shown.found.records, shown.found.next, answer.count, answer.count_capped)
    return shown


def _called(caller: Caller, column: Column, labels: Mapping[str, Label]) -> Column:
    own = labels.get(column.path)
    return column if own is None else replace(column, label=own.text(caller.locale))
