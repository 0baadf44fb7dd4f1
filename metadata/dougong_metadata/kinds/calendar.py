"""Calendars: which days, and which hours of a day, the tenant works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.expressions.calendars import MAX_EXCEPTIONS
from dougong_metadata.keys import Body, Flag, LabelText, ListOf, MapOf, Number, Text, about
from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import Path, Problems

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
_SPAN = r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z"


class CalendarKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    weekdays = ListOf(
        Number(1, 7),
        7,
        1,
        load_default=lambda: [1, 2, 3, 4, 5],
        metadata=about(
            "Weekdays",
            "工作日",
            "Days of the week that are worked, 1 (Monday) to 7.",
            "每周工作的日子，1（星期一）至 7。",
        ),
    )
    holidays = MapOf(
        Text(10, _DATE, "2026-10-01"),
        LabelText(allow_none=True),
        MAX_EXCEPTIONS,
        load_default=dict,
        metadata=about("Holidays", "节假日", "Date: what the day off is called.", "日期：节假日名称。"),
    )
    workdays = ListOf(
        Text(10, _DATE, "2026-10-10"),
        MAX_EXCEPTIONS,
        load_default=list,
        metadata=about(
            "Working days",
            "调休工作日",
            "Dates that are worked although their weekday is free.",
            "周末等非工作日中需要上班的日期。",
        ),
    )
    hours = ListOf(
        Text(11, _SPAN, "09:00-12:00"),
        10,
        load_default=list,
        metadata=about("Hours", "工作时段", "Spans of a working day, in order.", "工作日内的时段，按先后排列。"),
    )
    fiscal_start = Number(
        1,
        12,
        load_default=1,
        metadata=about(
            "Fiscal year begins",
            "财年起始月",
            "The month in which it does, 1 to 12.",
            "财年开始的月份，1 至 12。",
        ),
    )
    default = Flag(
        load_default=False,
        metadata=about(
            "Default",
            "默认",
            "Working days are counted by it; needless where it is the only one.",
            "按此日历计算工作日；仅有一个时可不设。",
        ),
    )


class CalendarKind(Kind):
    name = "calendar"
    folder = "calendars"
    label = {"en": "Calendar", "zh": "工作日历"}
    plural = {"en": "Calendars", "zh": "工作日历"}
    help = {
        "en": "Working days and hours: weekdays, holidays and days worked instead; what WORKDAYS() counts by.",
        "zh": "工作日与工作时段：每周工作日、节假日与调休日；WORKDAYS() 等函数据此计算。",
    }
    icon = "calendar"
    schema = CalendarKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """Dates that there are, spans in order, no more exceptions than a statement holds."""
        holidays, workdays = body.get("holidays", {}), body.get("workdays", ())
        _check_days(document, ((("holidays", day), day) for day in holidays), problems)
        _check_days(document, ((("workdays", i), day) for i, day in enumerate(workdays)), problems)
        if len(holidays) + len(workdays) > MAX_EXCEPTIONS:
            problems.add(
                document,
                ("holidays",),
                "too_many",
                f"At most {MAX_EXCEPTIONS:,} holidays and working days together; leave past years out.",
                f"节假日与调休日合计最多 {MAX_EXCEPTIONS:,} 天；请删去过去的年份。",
            )
        last = ""
        for index, span in enumerate(body.get("hours", ())):
            start, _, end = span.partition("-")
            if start >= end or start < last:
                problems.add(
                    document,
                    ("hours", index),
                    "not_in_order",
                    f"“{span}” ends before it begins, or begins before the span before it has ended.",
                    f"「{span}」的结束早于开始，或与前一时段重叠。",
                )
            last = end


def _check_days(document: Document, days: Iterable[tuple[Path, str]], problems: Problems) -> None:
    for path, day in days:
        try:
            date.fromisoformat(day)
        except ValueError:
            problems.add(document, path, "no_such_day", f"There is no day {day}.", f"没有 {day} 这一天。")
