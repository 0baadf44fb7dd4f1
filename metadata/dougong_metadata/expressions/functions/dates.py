"""Functions over dates and times. Today, and the day of a moment, are those of the asking user's time zone."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import NEVER_BLANK, function
from dougong_metadata.expressions.sql import Element, once, parameter, sql
from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label

_NO_SUCH_DAY = Label("Blank if the text is blank or no such day exists.", "文本为空或日期不存在时为空。")


def _zone() -> Element:
    return parameter("env_timezone", "text")


@function(
    "TODAY() -> date",
    "The current date of the user; `$today` is the same.",
    "用户所在时区的今天；$today 含义相同。",
    {"TODAY() - TODAY()": "0", "$today = TODAY()": "true"},
    blank=NEVER_BLANK,
)
def today() -> Element:
    return sql("CAST((now() AT TIME ZONE {}) AS date)", _zone())


@function(
    "NOW() -> datetime",
    "The current moment; `$now` is the same.",
    "当前时刻；$now 含义相同。",
    {"NOW() = NOW()": "true", "$now = NOW()": "true"},
    blank=NEVER_BLANK,
)
def now() -> Element:
    return sql("now()")


@function(
    "DATE(year: number, month: number, day: number) -> date",
    "A date from its parts. Months and days beyond their range run on, as in a spreadsheet: day 0 is the last day of "
    "the month before.",
    "由年、月、日组成日期。超出范围的月、日会顺延：第 0 天是上个月的最后一天。",
    {"DATE(2026, 1, 31)": "2026-01-31", "DATE(2026, 3, 0)": "2026-02-28", "DATE(2026, 13, 1)": "2027-01-01"},
    blank=Label("Blank if a value is, or the year is not in 1 to 9999.", "任一值为空或年份不在 1 至 9999 时为空。"),
    differs=Label(
        "Months and days run on, as in a spreadsheet; in Salesforce they are errors.",
        "超出范围的月、日会顺延（同电子表格）；在 Salesforce 中会报错。",
    ),
)
def date(year: Element, month: Element, day: Element) -> Element:
    return once(
        "(CASE WHEN {y} BETWEEN 1 AND 9999 AND abs({m}) <= 10000 AND abs({d}) <= 100000 THEN "
        "CAST(make_date(CAST(trunc({y}) AS integer), 1, 1) + make_interval(months => CAST(trunc({m}) AS integer) - 1, "
        "days => CAST(trunc({d}) AS integer) - 1) AS date) END)",
        y=year,
        m=month,
        d=day,
    )


@function(
    "DATEVALUE(value: when) -> date",
    'The date of a text such as "2026-01-31", or of a date and time (in the user\'s time zone).',
    '把 "2026-01-31" 这样的文本，或日期时间（按用户所在时区）转换为日期。',
    {'DATEVALUE("2026-01-31") + 1': "2026-02-01", 'DATEVALUE("2026-02-30")': None},
    blank=_NO_SUCH_DAY,
    by_type=True,
    differs=Label(
        "The day is that of the user's time zone; in Salesforce GMT's. What is no date gives blank, not an error.",
        "按用户所在时区取日期；Salesforce 按 GMT。不是日期时结果为空，而不报错。",
    ),
)
def datevalue(kind: Type, value: Element) -> Element:
    if kind.name == "datetime":
        return sql("CAST(({} AT TIME ZONE {}) AS date)", value, _zone())
    return value if kind.name == "date" else _parse_date(value)


def _parse_date(value: Element) -> Element:
    # make_date() would refuse 30 February; running on and comparing the day does not.
    shape = "^(?!0000)[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    first = "make_date(CAST(left({t}, 4) AS integer), CAST(substring({t} FROM 6 FOR 2) AS integer), 1)"
    day = "CAST(right({t}, 2) AS integer)"
    return once(
        f"(CASE WHEN {{t}} ~ '{shape}' THEN CASE WHEN extract(day FROM {first} + {day} - 1) = {day} "
        f"THEN {first} + {day} - 1 END END)",
        t=value,
    )


@function(
    "DATETIMEVALUE(text: text) -> datetime",
    'The moment of a text such as "2026-01-31 18:30" or "2026-01-31 18:30:00", in the user\'s time zone.',
    '把 "2026-01-31 18:30" 这样的文本按用户所在时区转换为日期时间。',
    {'TEXT(DATETIMEVALUE("2026-01-31 18:30"))': "2026-01-31 18:30:00", 'DATETIMEVALUE("soon")': None},
    blank=_NO_SUCH_DAY,
    differs=Label(
        "A text is meant in the user's time zone; in Salesforce in GMT. What is no date gives blank, not an error.",
        "按用户所在时区理解文本；Salesforce 按 GMT。不是日期时结果为空，而不报错。",
    ),
)
def datetimevalue(value: Element) -> Element:
    shape = "^[0-9-]+[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
    parsed = _parse_date(sql("left({}, 10)", value))
    return once(
        f"(CASE WHEN {{t}} ~ '{shape}' THEN ({{d}} + CAST(substring({{t}} FROM 12) AS time)) AT TIME ZONE {{z}} END)",
        t=value,
        d=parsed,
        z=_zone(),
    )


@function(
    "ADDMONTHS(date: moment, months: number) -> first",
    "The date some months later (or earlier); the last day of a month stays the last day. Of a date and time, the same "
    "time of that day.",
    "若干个月之后（或之前）的日期；月末仍为月末。日期时间保持当天的同一时刻。",
    {
        "ADDMONTHS(DATE(2017, 9, 20), 5)": "2018-02-20",
        "ADDMONTHS(DATE(2017, 9, 30), 5)": "2018-02-28",
        "ADDMONTHS(DATE(2026, 2, 28), 1)": "2026-03-31",
        'TEXT(ADDMONTHS(DATETIMEVALUE("2026-01-31 18:30"), 1))': "2026-02-28 18:30:00",
    },
    blank=Label("Blank if a value is, or the answer lies too far away.", "任一值为空或结果过于遥远时为空。"),
    by_type=True,
    aliases=("EDATE",),
)
def addmonths(kind: Type, start: Element, months: Element) -> Element:
    if kind.name == "date":
        return _add_months(start, months)
    local = sql("({} AT TIME ZONE {})", start, _zone())
    day = _add_months(sql("CAST({} AS date)", local), months)
    return once("(({d} + CAST({l} AS time)) AT TIME ZONE {z})", d=day, l=local, z=_zone())


def _add_months(start: Element, months: Element) -> Element:
    moved = "make_interval(months => CAST(trunc({m}) AS integer))"
    fits = "extract(year FROM {d}) * 12 + {m} BETWEEN 13 AND 119987"  # the years 1 to 9998
    return once(
        f"(CASE WHEN abs({{m}}) > 120000 OR NOT {fits} THEN NULL WHEN extract(day FROM {{d}} + 1) = 1 "
        f"THEN CAST({{d}} + 1 + {moved} AS date) - 1 ELSE CAST({{d}} + {moved} AS date) END)",
        d=start,
        m=months,
    )


@function(
    "EOMONTH(date: day, months: number) -> date",
    "The last day of the month that lies some months later (or earlier).",
    "若干个月之后（或之前）那个月的最后一天。",
    {"EOMONTH(DATE(2026, 1, 15), 1)": "2026-02-28", "EOMONTH(DATE(2026, 1, 15), 0)": "2026-01-31"},
    blank=Label("Blank if a value is, or the answer lies too far away.", "任一值为空或结果过于遥远时为空。"),
)
def eomonth(start: Element, months: Element) -> Element:
    first = sql("CAST(date_trunc('month', CAST({} AS timestamp)) AS date)", start)
    return sql("(CAST({} + INTERVAL '1 month' AS date) - 1)", _add_months(first, months))


@function("YEAR(date: day) -> number", "The year of a date.", "日期的年份。", {"YEAR(DATE(2026, 1, 31))": "2026"})
def year(day: Element) -> Element:
    return sql("extract(year FROM {})", day)


@function(
    "MONTH(date: day) -> number",
    "The month of a date, 1 to 12.",
    "日期的月份（1 至 12）。",
    {"MONTH(DATE(2026, 1, 31))": "1"},
)
def month(day: Element) -> Element:
    return sql("extract(month FROM {})", day)


@function(
    "DAY(date: day) -> number",
    "The day of the month, 1 to 31.",
    "日期是当月第几天（1 至 31）。",
    {"DAY(DATE(2026, 1, 31))": "31"},
)
def day_(day: Element) -> Element:
    return sql("extract(day FROM {})", day)


@function(
    "WEEKDAY(date: day) -> number",
    "The day of the week: 1 is Sunday, 7 is Saturday.",
    "星期几：1 为星期日，7 为星期六。",
    {"WEEKDAY(DATE(2026, 1, 31))": "7"},
)
def weekday(day: Element) -> Element:
    return sql("(extract(dow FROM {}) + 1)", day)


@function(
    "ISOWEEK(date: day) -> number",
    "The number of the week by ISO 8601: weeks begin on Monday, and week 1 holds 4 January.",
    "ISO 8601 周数：每周从星期一开始，第 1 周含 1 月 4 日。",
    {"ISOWEEK(DATE(2027, 1, 1))": "53"},
    aliases=("ISOWEEKNUM",),
)
def isoweek(day: Element) -> Element:
    return sql("extract(week FROM {})", day)


@function(
    "ISOYEAR(date: day) -> number",
    "The year to which the week belongs by ISO 8601.",
    "ISO 8601 周所属的年份。",
    {"ISOYEAR(DATE(2027, 1, 1))": "2026"},
)
def isoyear(day: Element) -> Element:
    return sql("extract(isoyear FROM {})", day)


@function(
    "DAYOFYEAR(date: day) -> number",
    "The day of the year, 1 to 366.",
    "日期是当年第几天（1 至 366）。",
    {"DAYOFYEAR(DATE(2026, 2, 1))": "32"},
)
def dayofyear(day: Element) -> Element:
    return sql("extract(doy FROM {})", day)


@function(
    "QUARTER(date: day) -> number",
    "The quarter of the year, 1 to 4.",
    "日期所在的季度（1 至 4）。",
    {"QUARTER(DATE(2026, 5, 1))": "2"},
)
def quarter(day: Element) -> Element:
    return sql("extract(quarter FROM {})", day)
