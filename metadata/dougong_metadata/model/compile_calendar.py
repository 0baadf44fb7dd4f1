"""Calendars by name; at most one is the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from types import MappingProxyType
from typing import Any

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.label import Label
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_metadata.model.reading import Loaded
from dougong_metadata.problems import Problems


def compile_calendars(loaded: Sequence[Loaded], problems: Problems) -> dict[str, CalendarModel]:
    """All calendars; one that is wrong (recorded by its kind) is left out."""
    made: dict[str, CalendarModel] = {}
    default: str | None = None
    for one in sorted((one for one in loaded if one.kind.name == "calendar"), key=lambda found: found.name):
        if one.body.get("default"):
            if default is not None:
                problems.add(
                    one.document,
                    ("default",),
                    "second_default",
                    f"“{default}” is the default calendar already.",
                    f"「{default}」已是默认工作日历。",
                )
            default = default or one.name
        try:
            made[one.name] = _calendar(one.name, one.body)
        except ValueError:
            continue  # a day or time that there is not: told by the kind
    return made


def default_calendar(calendars: Mapping[str, CalendarModel]) -> CalendarModel | None:
    """The one that says so, or the only one; None where working days are Monday to Friday."""
    said = next((calendar for calendar in calendars.values() if calendar.default), None)
    return said or (next(iter(calendars.values())) if len(calendars) == 1 else None)


def working_days(calendars: Mapping[str, CalendarModel]) -> WorkingDays:
    """What WORKDAYS() and its like count by."""
    calendar = default_calendar(calendars)
    return EVERY_WEEK if calendar is None else calendar.days


def fiscal_start(calendars: Mapping[str, CalendarModel]) -> int:
    """The month in which fiscal years begin."""
    calendar = default_calendar(calendars)
    return 1 if calendar is None else calendar.fiscal_start


def _calendar(name: str, body: Mapping[str, Any]) -> CalendarModel:
    holidays = {
        date.fromisoformat(day): Label.of(label, name) if label else None
        for day, label in body.get("holidays", {}).items()
    }
    worked = [date.fromisoformat(day) for day in body.get("workdays", ())]
    return CalendarModel(
        name,
        Label.of(body.get("label"), name),
        WorkingDays.of(body.get("weekdays") or EVERY_WEEK.weekdays, holidays, worked),
        tuple(_span(span) for span in body.get("hours", ())),
        MappingProxyType(holidays),
        bool(body.get("default")),
        body.get("fiscal_start", 1),
    )


def _span(text: str) -> tuple[time, time]:
    start, _, end = text.partition("-")
    return time.fromisoformat(start), time.max if end == "24:00" else time.fromisoformat(end)
