"""Records as their widgets draw them: rows with a date in front, days of a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_ui_builder.formats import clock, day_in_words, today
from dougong_ui_builder.screens.dashboards.days import is_late, month_in_words, weekdays, when_text
from dougong_ui_builder.screens.lists.columns import cell_value, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dougong_metadata.model.dashboard_types import WidgetModel
    from dougong_platform.dashboards.widget_data import CalendarData, RecordsData
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.dashboards.visit import DashboardVisit
    from dougong_ui_builder.screens.lists.columns import Column

NARROW = 4  # cells of the grid
_CELL = 84  # pixels that a cell of the grid is wide, on a screen of 1280
_PHONE = 358  # pixels of a card on a phone
# Pixels that a column cannot do without; any other 110.
_NEEDS = {"title": 150, "number": 84, "small": 72, "money": 108, "date": 104, "pill": 104, "person": 112}
_DAYS = frozenset({"date", "datetime"})


def listed(caller: Caller, data: RecordsData, widget: WidgetModel) -> dict[str, Any]:
    """{object, columns, records, when, late, url, done, count, capped, narrow, below, phone} and the functions that say
    cells; `below`: the columns that stand under the name where it is narrow; `phone`: those of a table on a phone."""
    object = caller.model.objects[data.object]
    query = {"view": data.view} if data.view and data.filter is None else {"filter": data.filter}
    columns = columns_of(caller, object, data.columns)
    narrow = widget.place.width <= NARROW
    if not narrow and not data.when:
        columns = _fitting(columns, widget.place.width * _CELL)
    return {
        "object": object,
        "columns": columns,
        "records": data.records,
        "when": data.when,
        "done": data.done,
        "late": data.late,
        "count": data.count,
        "capped": data.count_capped,
        "url": f"/o/{data.object}" + (f"?{urlencode(query)}" if query.get("view") or query.get("filter") else ""),
        "narrow": narrow,
        "below": {one.path for one in columns if narrow and (one.numeric or one.field.type.name in _DAYS)},
        "phone": {one.path for one in _fitting([one for one in columns if _on_phone(one)], _PHONE)},
        "cell_value": cell_value,
        "is_late": is_late,
        "when_text": when_text,
    }


def _fitting(columns: Sequence[Column], room: int) -> tuple[Column, ...]:
    """The column of the name and the first others that have room beside it."""
    left, kept = room - _NEEDS["title"], []
    for one in columns:
        left -= 0 if one.link else _NEEDS.get(one.width, 110)
        if one.link or left >= 0:
            kept.append(one)
    return tuple(kept)


def _on_phone(column: Column) -> bool:
    return column.link or column.numeric or column.place == "pill"


def calendar(caller: Caller, data: CalendarData, widget: WidgetModel, visit: DashboardVisit) -> dict[str, Any]:
    """{weeks, month, previous, next, today}: a week is a list of {day, date, inside, records}."""
    object = caller.model.objects[data.object]
    first = date.fromisoformat(data.first)
    field = object.fields[data.field]
    timed = field.type.name == "datetime"
    weeks = []
    for week in range(data.weeks):
        days = [first + timedelta(7 * week + n) for n in range(7)]
        weeks.append([_day(data, day, timed) for day in days])
    return {
        "object": object,
        "field": field,
        "weeks": weeks,
        "heading": month_in_words(date.fromisoformat(data.day)) if data.month else day_in_words(first),
        "weekdays": weekdays(),
        "today": today(),
        "previous": visit.widget_url(widget.name, day=data.previous),
        "next": visit.widget_url(widget.name, day=data.next),
        "now": visit.widget_url(widget.name),
        "more": data.more,
        "new": f"/o/{data.object}/new" if caller.rights.may(data.object, "create") else None,
        "listed": [day for week in weeks for day in week if day["records"]],
    }


def _day(data: CalendarData, day: date, timed: bool) -> dict[str, Any]:
    found = data.days.get(day.isoformat(), [])
    lines = [
        {"id": one["id"], "title": one.get(data.title), "at": clock(one[data.field]) if timed else ""} for one in found
    ]
    return {
        "date": day,
        "inside": not data.month or f"{day:%Y-%m}" == data.month,
        "records": lines,
        "url": f"/o/{data.object}?{urlencode({'filter': _of_day(data.field, day)})}",
    }


def _of_day(field: str, day: date) -> str:
    return f'{field} >= "{day}" and {field} < "{day + timedelta(1)}"'
