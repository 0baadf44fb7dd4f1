"""The widget that puts records on the days of a month, or of a week: those whose date lies there, in their order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dougong_metadata.model.dashboard_types import WidgetModel
from dougong_platform.dashboards.errors import WidgetUnknown
from dougong_platform.dashboards.listed import model_of, read_paths
from dougong_platform.dashboards.narrowing import narrowed
from dougong_platform.dashboards.widget_data import CalendarData
from dougong_platform.http.caller import Caller
from dougong_platform.query.listing import list_records
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.periods import Span, condition

MOST = 400  # records that are read for one span
_DAY, _WEEK = timedelta(1), timedelta(7)


def calendar(caller: Caller, widget: WidgetModel, asked: Asked, day: str | None = None) -> CalendarData:
    """The span in which `day` lies, today's without. Raises NotAllowed, BadFilter, WidgetUnknown."""
    said = widget.settings
    object = model_of(caller, str(said.get("object", "")))
    field = object.fields.get(str(said.get("field", "")))
    if field is None or field.type.expression_type not in ("date", "datetime"):
        raise WidgetUnknown(
            en="The calendar's date is no field that you may see.", zh="日历的日期字段不存在或您无权查看。"
        )
    at = _asked_day(caller, day)
    weekly = said.get("span") == "week"
    first, weeks = _span(at, weekly)
    days = condition(field.name, Span(first, first + weeks * _WEEK))
    where = narrowed(caller, object.name, said.get("where"), asked)
    title = object.name_field
    found = list_records(
        caller,
        object.name,
        fields=read_paths(caller, object.name, [name for name in (title, field.name) if name in object.fields]),
        filter=f"({where}) and {days}" if where else days,
        sort=(field.name,),
        limit=MOST,
    )
    start = at.replace(day=1)
    return CalendarData(
        object.name,
        field.name,
        title,
        first.isoformat(),
        weeks,
        "" if weekly else f"{at:%Y-%m}",
        at.isoformat(),
        (at - _WEEK if weekly else (start - _DAY).replace(day=1)).isoformat(),
        (at + _WEEK if weekly else (start + 31 * _DAY).replace(day=1)).isoformat(),
        _by_day(caller, found.records, field.name),
        found.next is not None,
    )


def today_of(caller: Caller) -> date:
    """Today where the caller is."""
    return datetime.now(UTC).astimezone(ZoneInfo(caller.timezone)).date()


def day_of(caller: Caller, value: str) -> str:
    """The caller's day of a date or moment in ISO text."""
    if len(value) == 10:
        return value
    moment = datetime.fromisoformat(value)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(caller.timezone)).date().isoformat()


def _asked_day(caller: Caller, day: str | None) -> date:
    try:
        found = date.fromisoformat(day) if day else today_of(caller)
    except ValueError:
        return today_of(caller)
    return found if 1900 <= found.year <= 2200 else today_of(caller)


def _span(at: date, weekly: bool) -> tuple[date, int]:
    """(its first Monday, how many weeks): all of the days that belong to it."""
    if weekly:
        return at - _DAY * at.weekday(), 1
    start = at.replace(day=1)
    first = start - _DAY * start.weekday()
    last = (start + 31 * _DAY).replace(day=1) - _DAY
    return first, ((last - first).days // 7) + 1


def _by_day(caller: Caller, records: list[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record[field]:
            found.setdefault(day_of(caller, record[field]), []).append(record)
    return found
