"""A report of type list as a table: columns, sums, the next page. It draws cells as lists of records do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dougong_platform.query.listing import Page, list_records
from dougong_platform.reports.kinds.listing import amounts
from dougong_ui_builder.components import tenant_currency
from dougong_ui_builder.formats import money, number
from dougong_ui_builder.screens.lists.columns import Column, columns_of, read_paths
from dougong_ui_builder.screens.lists.shown import Shown
from dougong_ui_builder.screens.lists.state import ListState, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dougong_metadata.label import Label
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.reports.answer import ListAnswer
    from dougong_ui_builder.screens.reports.visit import Visit

ROWS = 50


def list_of(
    caller: Caller,
    object: str,
    fields: Sequence[str],
    filter: str,
    *,
    sort: Sequence[str] = (),
    cursor: str | None = None,
    rows: int = ROWS,
) -> Shown:
    """A page of records with these columns, ready to be drawn, the first with sums. Raises what `list_records`
    raises."""
    columns = _columns(caller, object, fields, {})
    state = _state(caller, object, fields, filter, sort)
    page = list_records(
        caller,
        object,
        fields=read_paths(caller, columns),
        filter=filter or None,
        sort=tuple(sort),
        limit=rows,
        cursor=cursor,
    )
    sums = {} if cursor else amounts(caller, object, [column.path for column in columns], filter)
    return Shown(state, columns, found=page, totals=_totals(columns, sums))


def shown_list(caller: Caller, answer: ListAnswer, visit: Visit, report: ReportModel) -> Shown:
    """The records of a list report. They are read again where the answer lacks what drawing them needs: the currency
    that another field gives."""
    columns = _columns(caller, answer.object, answer.fields, report.labels)
    sort = visit.asked.sort or report.sort
    state = _state(caller, answer.object, answer.fields, answer.filter or "", sort)
    records = answer.records
    wanted = read_paths(caller, columns)
    if records and not records[0].keys() >= set(wanted):
        records = list_records(
            caller, answer.object, fields=wanted, filter=answer.filter or None, sort=sort,
            limit=len(records), cursor=visit.cursor,
        ).records  # fmt: skip
    found = Page(records, answer.next, answer.count, answer.count_capped)
    return Shown(state, columns, found=found, totals=_totals(columns, answer.totals))


def _columns(caller: Caller, object: str, fields: Sequence[str], labels: Mapping[str, Label]) -> tuple[Column, ...]:
    return tuple(_called(caller, column, labels) for column in columns_of(caller, caller.model.objects[object], fields))


def _state(caller: Caller, object: str, fields: Sequence[str], filter: str, sort: Sequence[str]) -> ListState:
    view = View("report", "", tuple(fields), filter, tuple(sort))
    return ListState(caller.model.objects[object], (view,), view, view.columns, filter, view.sort)


def _totals(columns: Sequence[Column], sums: Mapping[str, object]) -> dict[str, str]:
    return {column.path: _sum(column, sums[column.path]) for column in columns if column.path in sums}


def _sum(column: Column, value: object) -> str:
    """A sum, converted into the company's currency where its parts were in others."""
    return money(value, tenant_currency()) if column.field.type.expression_type == "money" else number(value)


def _called(caller: Caller, column: Column, labels: Mapping[str, Label]) -> Column:
    own = labels.get(column.path)
    return column if own is None else replace(column, label=own.text(caller.locale))
