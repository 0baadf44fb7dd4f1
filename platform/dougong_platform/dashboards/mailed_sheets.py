"""The workbook that a dashboard's mail carries: a sheet with all single numbers, one for each widget that has rows.
Rows of records go only to those who may export them, and are told to the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.label import Label
from dougong_platform.dashboards.answering import Answered
from dougong_platform.dashboards.widget_data import NumberData, RecordsData, ReportData
from dougong_platform.exports.columns import Cells, export_columns
from dougong_platform.exports.files import Export
from dougong_platform.exports.noting import Noted
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import ListAnswer
from dougong_platform.reports.sheets import sheet_of
from dougong_platform.reports.subscriptions import words
from dougong_platform.reports.workbooks import Workbook

MOST_BYTES = 10_000_000  # of a file that a mail carries
_NUMBERS = Label("Numbers", "关键数字")
_HEADS = (
    Label("Name", "名称"),
    Label("Value", "数值"),
    Label("Earlier period", "对比期"),
    Label("Change", "变化"),
    Label("Target", "目标"),
)


def workbook(
    caller: Caller, reader: Callable[[], Caller], found: Sequence[Answered], titles: Sequence[str]
) -> bytes | None:
    """The file for `caller`; `reader` under whose access the reports were worked out. None where there is nothing."""
    made = Workbook()
    numbers = [(title, one.data) for one, title in zip(found, titles, strict=True) if isinstance(one.data, NumberData)]
    if numbers:
        heads = [head.text(caller.locale) for head in _HEADS]
        made.numbers(_NUMBERS.text(caller.locale), heads, [(title, _line(data)) for title, data in numbers])
    for one, title in zip(found, titles, strict=True):
        data = one.data
        if isinstance(data, ReportData) and data.answer is not None:
            made.grid(title, sheet_of(data.answer, caller.locale))
        elif isinstance(data, ReportData) and data.listed is not None:
            _rows(made, caller, reader(), title, data.listed)
        elif isinstance(data, RecordsData):
            listed = ListAnswer(
                data.object, data.columns, data.records, None, data.count, data.count_capped, filter=data.filter
            )
            _rows(made, caller, caller, title, listed)
    return made.read()


def _line(data: NumberData) -> list[tuple[Any, Any]]:
    kind = {"percent": "points", "days": "days"}.get(data.head.format, "percent")
    change = replace(data.head, format=kind, decimals=1)
    return [(data.value, data.head), (data.before, data.head), (data.change, change), (data.target, data.head)]


def _rows(made: Workbook, caller: Caller, reader: Caller, title: str, listed: ListAnswer) -> None:
    """Those that were answered, if the caller may take them away."""
    if not caller.rights.object(listed.object).export:
        return
    columns, cells = export_columns(reader, listed.object, listed.fields), Cells(caller.locale, caller.timezone)
    lines = (cells.of(columns, record) for record in listed.records)
    noted = Noted(caller, Export(listed.object, listed.fields, listed.filter), "xlsx", columns, lines)
    shown, count, note = len(listed.records), listed.count, ""
    if listed.next is not None or (count or 0) > shown:
        more = count is None or listed.count_capped
        note = (words.MORE_LINES if more else words.MORE_ROWS).text(caller.locale)
        note = note.format(shown=f"{shown:,}", count=f"{count or 0:,}")
    made.rows(title, columns, noted, note)
    noted.once_made(None)
