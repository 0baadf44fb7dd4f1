"""Spans of days by the words that people say: this_quarter, last_30_days, "2026-01-01..2026-03-31". Asked by reports,
dashboards and their screens; it knows no clock and no database: `today` is the reader's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dougong_metadata.label import Label
from dougong_platform.errors import BadRequest

ALL = "all"
HOWS = ("previous", "year_ago")
_DAY = timedelta(1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
_CALENDAR = re.compile(r"(this|last|next)_(week|month|quarter|year|fiscal_quarter|fiscal_year)")
_ROLLING = re.compile(r"(last|next)_(\d{1,3})_(days|months)")
_WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")

# What chips show, in the order in which pickers offer them.
LABELS = {
    "today": Label("Today", "今天"),
    "yesterday": Label("Yesterday", "昨天"),
    "this_week": Label("This week", "本周"),
    "last_week": Label("Last week", "上周"),
    "next_week": Label("Next week", "下周"),
    "this_month": Label("This month", "本月"),
    "last_month": Label("Last month", "上月"),
    "next_month": Label("Next month", "下月"),
    "this_quarter": Label("This quarter", "本季度"),
    "last_quarter": Label("Last quarter", "上季度"),
    "next_quarter": Label("Next quarter", "下季度"),
    "this_year": Label("This year", "今年"),
    "last_year": Label("Last year", "去年"),
    "next_year": Label("Next year", "明年"),
    "this_fiscal_quarter": Label("This fiscal quarter", "本财季"),
    "last_fiscal_quarter": Label("Last fiscal quarter", "上财季"),
    "this_fiscal_year": Label("This fiscal year", "本财年"),
    "last_fiscal_year": Label("Last fiscal year", "上财年"),
    "last_7_days": Label("Last 7 days", "近 7 天"),
    "last_30_days": Label("Last 30 days", "近 30 天"),
    "last_90_days": Label("Last 90 days", "近 90 天"),
    "last_180_days": Label("Last 180 days", "近 180 天"),
    "last_365_days": Label("Last 365 days", "近 365 天"),
    "last_12_months": Label("Last 12 months", "近 12 个月"),
    "next_7_days": Label("Next 7 days", "未来 7 天"),
    "next_30_days": Label("Next 30 days", "未来 30 天"),
    "next_90_days": Label("Next 90 days", "未来 90 天"),
    ALL: Label("All time", "全部时间"),
}
WORDS = tuple(LABELS)


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to the one before `until`; None = without end on that side."""

    first: date | None
    until: date | None

    @property
    def last(self) -> date | None:
        """The last day that belongs to it, as people write a span's end."""
        return None if self.until is None else self.until - _DAY

    @property
    def days(self) -> int | None:
        """How many days there are; None = without end."""
        return None if self.first is None or self.until is None else (self.until - self.first).days

    @property
    def text(self) -> str:
        """As `span_of` reads it: "2026-01-01..2026-03-31"."""
        return f"{self.first or ''}..{self.last or ''}"

    def has(self, day: date) -> bool:
        """Whether the day belongs to it."""
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


def is_period(word: str) -> bool:
    """Whether `span_of` understands it."""
    try:
        span_of(word, date(2026, 1, 1))
    except BadRequest:
        return False
    return True


def span_of(word: str, today: date, fiscal_start: int = 1) -> Span | None:
    """The days that a word means; None = all. `fiscal_start` is the month (1 to 12) in which fiscal years begin.

    Weeks begin on Monday. last_7_days ends with today, next_7_days begins with it; last_12_months are this month and
    the eleven before. Raises BadRequest.
    """
    if word == ALL:
        return None
    if word in LABELS:
        return _of_word(word, today, fiscal_start)
    written = _WRITTEN.fullmatch(word)
    try:
        if written and (written[1] or written[2]):
            return _written(written[1], written[2])
    except (ValueError, OverflowError):
        pass
    raise BadRequest(
        en=f'“{word[:40]}” is no period; write a word such as this_month, or "2026-01-01..2026-03-31".',
        zh=f"「{word[:40]}」不是期间；请写 this_month 之类的词，或“2026-01-01..2026-03-31”。",
    )


def earlier(span: Span, how: str, word: str = "") -> Span | None:
    """The span that `span` is compared with; None where it is open, so that there is none of its length before.

    previous: the one right before it; year_ago: the same days of the year before (of weeks: 52 weeks before). Whole
    months, quarters and years are compared with whole ones, also while they are not over: this_month on the 10th is
    compared with all of the month before, not with its first ten days. `word` is what `span` came from: last_30_days
    stays thirty days though they may happen to be a month.
    """
    if span.first is None or span.until is None:
        return None
    try:
        return _before(span.first, span.until, how, word)
    except (ValueError, OverflowError):
        return None  # before the year 1


def condition(field: str, span: Span | None) -> str:
    """That the date or moment at the path `field` lies in the span, as a text of the expression language; "" for all.

    Moments are compared with the days of the reader's time zone, as every date beside a moment.
    """
    ends = []
    if span is not None and span.first is not None:
        ends.append(f'{field} >= "{span.first}"')
    if span is not None and span.until is not None:
        ends.append(f'{field} < "{span.until}"')
    return " and ".join(ends)


def label(word: str) -> Label:
    """What chips show for a word, or for days that were written out."""
    if word in LABELS:
        return LABELS[word]
    first, _, last = word.partition("..")
    if first and last:
        return Label(first, first) if first == last else Label(f"{first} – {last}", f"{first} 至 {last}")
    return Label(f"From {first}", f"{first} 起") if first else Label(f"Until {last}", f"截至 {last}")


def bucket_start(day: date, every: str, fiscal_start: int = 1) -> date:
    """The first day of the bucket (one of SPANS) in which the day lies."""
    if every == "day":
        return day
    if every == "week":
        return day - day.weekday() * _DAY
    months = _month(day)
    return _first_of(months - (months - _offset(every, fiscal_start)) % _MONTHS[every])


def bucket_after(start: date, every: str) -> date:
    """The first day of the next bucket."""
    if every in ("day", "week"):
        return start + (_DAY if every == "day" else 7 * _DAY)
    return _first_of(_month(start) + _MONTHS[every])


def bucket_span(key: str, every: str, fiscal_start: int = 1) -> Span:
    """The days of the bucket whose key (a day in it, commonly its first) is "2026-01-01"."""
    start = bucket_start(date.fromisoformat(key), every, fiscal_start)
    try:
        return Span(start, bucket_after(start, every))
    except (ValueError, OverflowError):
        return Span(start, None)


def come_from(span: Span, months: int, days: int) -> Span:
    """The days in `span` once they are moved so many months (to the last day of shorter ones) and days later."""
    return Span(*(None if end is None else _first_reaching(end, months, days) for end in (span.first, span.until)))


def _first_reaching(day: date, months: int, days: int) -> date:
    found = _moved(day - days * _DAY, -months)
    return found if _moved(found, months) + days * _DAY >= day else found + _DAY


def _of_word(word: str, today: date, fiscal_start: int) -> Span:
    if word in ("today", "yesterday"):
        first = today if word == "today" else today - _DAY
        return Span(first, first + _DAY)
    calendar = _CALENDAR.fullmatch(word)
    if calendar:
        start = bucket_start(today, calendar[2], fiscal_start)
        if calendar[1] == "last":
            start = bucket_start(start - _DAY, calendar[2], fiscal_start)
        elif calendar[1] == "next":
            start = bucket_after(start, calendar[2])
        return Span(start, bucket_after(start, calendar[2]))
    rolling = _ROLLING.fullmatch(word)
    assert rolling is not None, "every word is of one of the three forms"
    number = int(rolling[2])
    if rolling[3] == "months":
        return Span(_first_of(_month(today) - number + 1), _first_of(_month(today) + 1))
    return (
        Span(today, today + number * _DAY) if rolling[1] == "next" else Span(today - (number - 1) * _DAY, today + _DAY)
    )


def _written(first: str | None, last: str | None) -> Span:
    span = Span(
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) + _DAY if last else None,
    )
    if span.days is not None and span.days < 1:
        raise ValueError("it ends before it begins")
    return span


def _before(first: date, until: date, how: str, word: str) -> Span:
    if how == "year_ago":
        if word.endswith("_week"):
            return Span(first - 364 * _DAY, until - 364 * _DAY)
        # of the last day, not of the one behind it: what ends on 28 February ends there a year before
        ends = _moved(until, -12) if until.day == 1 else _moved(until - _DAY, -12) + _DAY
        return Span(_moved(first, -12), ends)
    if first.day == until.day == 1 and not word.endswith("_days"):
        months = _month(until) - _month(first)
        return Span(_first_of(_month(first) - months), first)
    return Span(first - (until - first), first)


def _offset(every: str, fiscal_start: int) -> int:
    return fiscal_start - 1 if every.startswith("fiscal_") else 0


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _moved(day: date, months: int) -> date:
    """Some months later; what that month is too short for becomes its last day."""
    first = _first_of(_month(day) + months)
    end = _first_of(_month(first) + 1) - _DAY
    return min(first + (day.day - 1) * _DAY, end)
