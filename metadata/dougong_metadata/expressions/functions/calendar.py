"""Functions over the working days of the tenant's calendar (kind `calendar`; Monday to Friday where there is none).

The calendar's days stand in the statement as sorted arrays: how many lie before a day is a binary search.
"""

from __future__ import annotations

from dougong_metadata.expressions.calendars import WorkingDays
from dougong_metadata.expressions.functions.registry import function
from dougong_metadata.expressions.sql import Element, constant, once, truth
from dougong_metadata.label import Label

_MONDAY = "DATE '0001-01-01'"
_LAST = 9_999 * 366
_NO_ANSWER = Label(
    "Blank if a value is, or the date is not in the years 1 to 9999.", "任一值为空或日期不在 1 至 9999 年时为空。"
)


def _array(values: tuple[object, ...], pg_type: str) -> Element:
    listed = ", ".join(f"'{value}'" for value in values)
    return constant(f"CAST(ARRAY[{listed}] AS {pg_type}[])")


def _days(calendar: WorkingDays) -> dict[str, Element]:
    """Parameters of the templates: exceptions, their shifts, the week."""
    return {
        "e": _array(calendar.exceptions, "date"),
        "s": _array(calendar.shifts, "integer"),
        "w": _array(calendar.of_week, "integer"),
    }


def _count(calendar: WorkingDays, day: str) -> str:
    """How many days are worked on from the first day there is up to and with `day`."""
    since = f"({day} - {_MONDAY})"
    usual = f"{since} / 7 * {len(calendar.weekdays)} + ({{w}})[mod({since}, 7) + 1]"
    return f"({usual}{f' + coalesce(({{s}})[width_bucket({day}, {{e}})], 0)' if calendar.exceptions else ''})"


@function(
    "WORKDAYS(start: day, end: day) -> number",
    "How many working days there are from the first date to the second, both included; negative if the second is "
    "earlier.",
    "两个日期之间的工作日天数（含首尾两天）；结束早于开始时为负数。",
    {
        "WORKDAYS(DATE(2026, 1, 2), DATE(2026, 1, 6))": "3",
        "WORKDAYS(DATE(2026, 1, 6), DATE(2026, 1, 2))": "-3",
        "WORKDAYS(DATE(2026, 1, 3), DATE(2026, 1, 4))": "0",
    },
    aliases=("NETWORKDAYS",),
    by_calendar=True,
    differs=Label(
        "Holidays come from the tenant's calendar; a spreadsheet's NETWORKDAYS takes them as its third value.",
        "节假日取自企业日历；电子表格的 NETWORKDAYS 以第三个参数给出。",
    ),
)
def workdays(calendar: WorkingDays, start: Element, end: Element) -> Element:
    forth = f"{_count(calendar, '{b}')} - {_count(calendar, '{a}')} + {_is_worked(calendar, '{a}')}"
    back = f"{_count(calendar, '{b}')} - {_count(calendar, '{a}')} - {_is_worked(calendar, '{b}')}"
    return once(
        f"CAST(CASE WHEN {{a}} <= {{b}} THEN {forth} ELSE {back} END AS numeric)",
        a=start,
        b=end,
        **_days(calendar),
        flat=not calendar.exceptions,
    )


def _is_worked(calendar: WorkingDays, day: str) -> str:
    """1 on a working day, else 0."""
    return f"(CASE WHEN {_works(calendar, day)} THEN 1 ELSE 0 END)"


def _works(calendar: WorkingDays, day: str) -> str:
    week = ", ".join(str(weekday) for weekday in calendar.weekdays)
    usual = f"extract(isodow FROM {day}) IN ({week})"
    return f"(({usual}) <> ({day} = ANY ({{e}})))" if calendar.exceptions else f"({usual})"


@function(
    "ISWORKDAY(date: day) -> boolean",
    "Whether the date is a working day.",
    "该日期是否为工作日。",
    {"ISWORKDAY(DATE(2026, 1, 2))": "true", "ISWORKDAY(DATE(2026, 1, 3))": "false"},
    by_calendar=True,
)
def isworkday(calendar: WorkingDays, day: Element) -> Element:
    return truth("({})", once(_works(calendar, "{d}"), d=day, e=_days(calendar)["e"]))


@function(
    "ADDWORKDAYS(date: day, days: number) -> date",
    "The date that many working days later, or earlier if negative; the date itself does not count, 0 gives it back.",
    "若干个工作日之后（负数为之前）的日期；起始日不计，0 返回原日期。",
    {
        "ADDWORKDAYS(DATE(2026, 1, 2), 1)": "2026-01-05",
        "ADDWORKDAYS(DATE(2026, 1, 3), 1)": "2026-01-05",
        "ADDWORKDAYS(DATE(2026, 1, 5), -1)": "2026-01-02",
        "ADDWORKDAYS(DATE(2026, 1, 3), 0)": "2026-01-03",
    },
    blank=_NO_ANSWER,
    aliases=("WORKDAY",),
    by_calendar=True,
    differs=Label(
        "Holidays come from the tenant's calendar; a spreadsheet's WORKDAY takes them as its third value.",
        "节假日取自企业日历；电子表格的 WORKDAY 以第三个参数给出。",
    ),
)
def addworkdays(calendar: WorkingDays, start: Element, days: Element) -> Element:
    many = len(calendar.weekdays)
    # the day that is worked on as the t-th: the pattern's, unless an exception comes before it
    before = "width_bucket({t} - 1, {c})" if calendar.exceptions else "0"
    place = f"({{t}} - coalesce(({{s}})[{before}], 0) - 1)" if calendar.exceptions else "({t} - 1)"
    usual = f"{_MONDAY} + {place} / {many} * 7 + ({{o}})[mod({place}, {many}) + 1]"
    nearer = f"least({usual}, ({{e}})[{before} + 1])" if calendar.exceptions else usual
    answer = f"(CASE WHEN {{t}} BETWEEN 1 AND {_LAST // 7 * many} THEN {nearer} END)"
    offsets = tuple(weekday - 1 for weekday in calendar.weekdays)
    target = once(
        f"(CASE WHEN abs({{n}}) > {_LAST} THEN NULL WHEN {{n}} >= 0 THEN {_count(calendar, '{d}')} "
        f"ELSE {_count(calendar, '{d}')} - {_is_worked(calendar, '{d}')} + 1 END "
        f"+ CAST(trunc({{n}}) AS integer))",
        d=start,
        n=days,
        **_days(calendar),
        flat=not calendar.exceptions,
    )
    found = once(
        answer,
        t=target,
        c=_array(calendar.counts, "integer"),
        o=_array(offsets, "integer"),
        flat=True,
        **_days(calendar),
    )
    return once("(CASE WHEN trunc({n}) = 0 THEN {d} ELSE {x} END)", n=days, d=start, x=found)
