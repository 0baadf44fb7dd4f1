"""Functions over times of day, moments and lengths of time; a length of time is a number of days."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, function
from dougong_metadata.expressions.sql import Element, once, parameter, sql
from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label

_NO_SUCH_TIME = Label("Blank if the value is blank or no such time exists.", "值为空或时间不存在时为空。")
_LENGTH = Label("Blank if the number is.", "数字为空时为空。")


def _zone() -> Element:
    return parameter("env_timezone", "text")


def _of_clock(kind: Type, value: Element) -> Element:
    """The time of day: of a moment, in the user's time zone."""
    return value if kind.name == "time" else sql("({} AT TIME ZONE {})", value, _zone())


@function(
    "TIMEVALUE(value: when) -> time",
    'The time of day of a text such as "18:30" or "18:30:00", or of a date and time (in the user\'s time zone).',
    '把 "18:30"、"18:30:00" 这样的文本，或日期时间（按用户所在时区）转换为时间。',
    {'TEXT(TIMEVALUE("18:30"))': "18:30:00", 'TIMEVALUE("25:00")': None},
    blank=_NO_SUCH_TIME,
    group="dates",
    by_type=True,
    differs=Label(
        "A moment's time is that of the user's time zone; in Salesforce that of GMT.",
        "日期时间按用户所在时区取时间；Salesforce 按 GMT。",
    ),
)
def timevalue(kind: Type, value: Element) -> Element:
    if kind.name == "text":
        shape = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?$"
        return once(f"(CASE WHEN {{t}} ~ '{shape}' THEN CAST(left({{t}}, 15) AS time) END)", t=value)
    if kind.name == "date":
        return sql("CAST(CAST({} AS timestamp) AS time)", value)
    return sql("CAST(({} AT TIME ZONE {}) AS time)", value, _zone())


@function(
    "TIMENOW() -> time",
    "The current time of day of the user.",
    "用户所在时区的当前时间。",
    {"TIMENOW() = TIMEVALUE(NOW())": "true"},
    blank=NEVER_BLANK,
    group="dates",
    differs=Label("It is the user's time; in Salesforce that of GMT.", "为用户所在时区的时间；Salesforce 为 GMT。"),
)
def timenow() -> Element:
    return sql("CAST((now() AT TIME ZONE {}) AS time)", _zone())


@function(
    "HOUR(time: clock) -> number",
    "The hour, 0 to 23, of a time, or of a date and time in the user's time zone.",
    "时间的小时（0 至 23）；日期时间按用户所在时区。",
    {'HOUR(DATETIMEVALUE("2026-01-31 18:30"))': "18", 'HOUR(TIMEVALUE("07:45"))': "7"},
    group="dates",
    by_type=True,
)
def hour(kind: Type, value: Element) -> Element:
    return sql("extract(hour FROM {})", _of_clock(kind, value))


@function(
    "MINUTE(time: clock) -> number",
    "The minute, 0 to 59, of a time, or of a date and time in the user's time zone.",
    "时间的分钟（0 至 59）；日期时间按用户所在时区。",
    {'MINUTE(DATETIMEVALUE("2026-01-31 18:30"))': "30"},
    group="dates",
    by_type=True,
)
def minute(kind: Type, value: Element) -> Element:
    return sql("extract(minute FROM {})", _of_clock(kind, value))


@function(
    "SECOND(time: clock) -> number",
    "The whole seconds, 0 to 59, of a time, or of a date and time.",
    "时间的秒（0 至 59）。",
    {'SECOND(TIMEVALUE("18:30:15"))': "15"},
    group="dates",
    by_type=True,
)
def second(kind: Type, value: Element) -> Element:
    return sql("trunc(extract(second FROM {}))", _of_clock(kind, value))


@function(
    "MILLISECOND(time: clock) -> number",
    "The thousandths of a second, 0 to 999, of a time, or of a date and time.",
    "时间的毫秒（0 至 999）。",
    {'MILLISECOND(TIMEVALUE("18:30:15.250"))': "250"},
    group="dates",
    by_type=True,
)
def millisecond(kind: Type, value: Element) -> Element:
    return sql("mod(trunc(extract(milliseconds FROM {})), 1000)", _of_clock(kind, value))


@function(
    "UNIXTIMESTAMP(moment: datetime) -> number",
    "The seconds since the beginning of 1970 (UTC).",
    "自 1970 年初（UTC）以来的秒数。",
    {'UNIXTIMESTAMP(DATETIMEVALUE("1970-01-01 08:00"))': "0"},
    group="dates",
)
def unixtimestamp(moment: Element) -> Element:
    return sql("floor(extract(epoch FROM {}))", moment)


@function(
    "FROMUNIXTIME(seconds: number) -> datetime",
    "The moment that lies so many seconds after the beginning of 1970 (UTC).",
    "自 1970 年初（UTC）起若干秒后的时刻。",
    {"TEXT(FROMUNIXTIME(0))": "1970-01-01 08:00:00", "FROMUNIXTIME(1000000000000)": None},
    blank=Label("Blank if the number is, or the year is not in 1 to 9999.", "数字为空或年份不在 1 至 9999 时为空。"),
    group="dates",
)
def fromunixtime(seconds: Element) -> Element:
    return once(
        "(CASE WHEN {n} BETWEEN -62135500000 AND 253402200000 THEN to_timestamp(CAST({n} AS double precision)) END)",
        n=seconds,
    )


@function(
    "DAYS(number: number) -> number",
    "A length of time of so many days: `due + DAYS(3)` is the same as `due + 3`.",
    "若干天的时长：due + DAYS(3) 与 due + 3 相同。",
    {"DATE(2026, 1, 30) + DAYS(3)": "2026-02-02"},
    blank=_LENGTH,
    group="dates",
    differs=Label(
        "It makes a length of time; a spreadsheet's DAYS(end, start) is `end - start`.",
        "返回时长；电子表格的 DAYS(结束, 开始) 请写作 结束 - 开始。",
    ),
)
def days(number: Element) -> Element:
    return sql("({})", number)


@function(
    "HOURS(number: number) -> number",
    "A length of time of so many hours, in days.",
    "若干小时的时长（以天计）。",
    {'TEXT(DATETIMEVALUE("2026-01-31 23:30") + HOURS(2))': "2026-02-01 01:30:00", "HOURS(36)": "1.5"},
    blank=_LENGTH,
    group="dates",
)
def hours(number: Element) -> Element:
    return sql("trim_scale({} / 24)", number)


@function(
    "MINUTES(number: number) -> number",
    "A length of time of so many minutes, in days.",
    "若干分钟的时长（以天计）。",
    {'TEXT(DATETIMEVALUE("2026-01-31 23:30") + MINUTES(45))': "2026-02-01 00:15:00", "MINUTES(720)": "0.5"},
    blank=_LENGTH,
    group="dates",
)
def minutes(number: Element) -> Element:
    return sql("trim_scale({} / 1440)", number)
