"""Words mean spans of days; a span's condition finds exactly the dates and moments of its days."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_metadata.model.report_types import SPANS
from dougong_platform.errors import BadRequest
from dougong_platform.query import list_records
from dougong_platform.reports.periods import (
    LABELS,
    WORDS,
    Span,
    bucket_after,
    bucket_span,
    bucket_start,
    condition,
    earlier,
    is_period,
    label,
    span_of,
)
from reading import Reading

TODAY = date(2026, 11, 23)  # a Monday
_days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
_months = st.integers(1, 12)


def span(first: str | None, last: str | None) -> Span:
    return Span(date.fromisoformat(first) if first else None, date.fromisoformat(last) + timedelta(1) if last else None)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-11-23", "2026-11-23"),
        ("yesterday", "2026-11-22", "2026-11-22"),
        ("this_week", "2026-11-23", "2026-11-29"),
        ("last_week", "2026-11-16", "2026-11-22"),
        ("next_week", "2026-11-30", "2026-12-06"),
        ("this_month", "2026-11-01", "2026-11-30"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("next_month", "2026-12-01", "2026-12-31"),
        ("this_quarter", "2026-10-01", "2026-12-31"),
        ("last_quarter", "2026-07-01", "2026-09-30"),
        ("next_quarter", "2027-01-01", "2027-03-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("next_year", "2027-01-01", "2027-12-31"),
        ("this_fiscal_year", "2026-04-01", "2027-03-31"),
        ("last_fiscal_year", "2025-04-01", "2026-03-31"),
        ("this_fiscal_quarter", "2026-10-01", "2026-12-31"),
        ("last_fiscal_quarter", "2026-07-01", "2026-09-30"),
        ("last_7_days", "2026-11-17", "2026-11-23"),
        ("last_30_days", "2026-10-25", "2026-11-23"),
        ("last_365_days", "2025-11-24", "2026-11-23"),
        ("last_12_months", "2025-12-01", "2026-11-30"),
        ("next_7_days", "2026-11-23", "2026-11-29"),
        ("next_90_days", "2026-11-23", "2027-02-20"),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31"),
        ("2026-01-01..2026-01-01", "2026-01-01", "2026-01-01"),
        ("2026-01-01..", "2026-01-01", None),
        ("..2026-03-31", None, "2026-03-31"),
    ],
)
def test_a_word_means_its_days(word: str, first: str | None, last: str | None) -> None:
    assert span_of(word, TODAY, 4) == span(first, last)


def test_all_has_no_ends() -> None:
    assert span_of("all", TODAY) is None
    assert condition("due", None) == ""


def test_a_fiscal_year_that_begins_in_february_has_its_quarters_there() -> None:
    assert span_of("this_fiscal_year", date(2026, 1, 31), 2) == span("2025-02-01", "2026-01-31")
    assert span_of("this_fiscal_quarter", date(2026, 1, 31), 2) == span("2025-11-01", "2026-01-31")
    assert span_of("last_fiscal_quarter", date(2026, 2, 1), 2) == span("2025-11-01", "2026-01-31")


@pytest.mark.parametrize(
    "word",
    [
        "",
        "..",
        "soon",
        "2026-02-30..",
        "2026-03-01..2026-02-01",
        "..9999-12-31",
        "last_8_days",
        "2026-01-01",
        "0000-01-01..",
    ],
)
def test_what_is_no_period_is_refused(word: str) -> None:
    assert not is_period(word)
    with pytest.raises(BadRequest):
        span_of(word, TODAY)


@pytest.mark.parametrize(
    ("word", "previous", "year_ago"),
    [
        ("today", "2026-11-22..2026-11-22", "2025-11-23..2025-11-23"),
        ("this_week", "2026-11-16..2026-11-22", "2025-11-24..2025-11-30"),
        ("this_month", "2026-10-01..2026-10-31", "2025-11-01..2025-11-30"),
        ("this_quarter", "2026-07-01..2026-09-30", "2025-10-01..2025-12-31"),
        ("this_year", "2025-01-01..2025-12-31", "2025-01-01..2025-12-31"),
        ("last_12_months", "2024-12-01..2025-11-30", "2024-12-01..2025-11-30"),
        ("last_30_days", "2026-09-25..2026-10-24", "2025-10-25..2025-11-23"),
        ("2024-02-01..2024-02-29", "2024-01-01..2024-01-31", "2023-02-01..2023-02-28"),
        ("2025-02-01..2025-02-28", "2025-01-01..2025-01-31", "2024-02-01..2024-02-29"),
        ("2024-02-10..2024-02-29", "2024-01-21..2024-02-09", "2023-02-10..2023-02-28"),
        ("2025-02-10..2025-02-28", "2025-01-22..2025-02-09", "2024-02-10..2024-02-29"),
    ],
)
def test_a_span_is_compared_with_the_one_before_or_a_year_ago(word: str, previous: str, year_ago: str) -> None:
    found = span_of(word, TODAY)
    assert found is not None
    for how, text in (("previous", previous), ("year_ago", year_ago)):
        before = earlier(found, how, word)
        assert before is not None
        assert before.text == text


def test_thirty_days_stay_thirty_days_also_where_they_are_a_month() -> None:
    found = span_of("last_30_days", date(2026, 6, 30))
    assert found == span("2026-06-01", "2026-06-30")
    assert earlier(found, "previous", "last_30_days") == span("2026-05-02", "2026-05-31")


def test_an_open_span_has_none_before_it() -> None:
    assert earlier(span("2026-01-01", None), "previous") is None
    assert earlier(span("0001-01-01", "0001-06-30"), "year_ago") is None


@given(st.sampled_from([word for word in WORDS if word != "all"]), _days, _months)
def test_a_span_written_out_is_the_same_span(word: str, today: date, fiscal_start: int) -> None:
    found = span_of(word, today, fiscal_start)
    assert found is not None
    assert span_of(found.text, today, fiscal_start) == found
    if word.startswith("this") or word in ("today", "last_7_days", "next_7_days", "last_12_months"):
        assert found.has(today)
    for how in ("previous", "year_ago"):
        before = earlier(found, how, word)
        assert before is not None
        assert before.until is not None
        assert before.until <= (found.first if how == "previous" else found.until)
    assert earlier(found, "previous", word).until == found.first  # type: ignore[union-attr]  # said above


@given(st.sampled_from(SPANS), _days, _months)
def test_a_day_lies_in_just_one_bucket(every: str, day: date, fiscal_start: int) -> None:
    start = bucket_start(day, every, fiscal_start)
    found = bucket_span(start.isoformat(), every, fiscal_start)
    assert found.first == start
    assert found.until == bucket_after(start, every)
    assert found.has(day)
    assert bucket_start(found.last, every, fiscal_start) == start  # type: ignore[arg-type]  # no open end here
    assert bucket_start(found.until, every, fiscal_start) == found.until
    if every == "week":
        assert start.weekday() == 0
    elif every != "day":
        assert start.day == 1
    if every == "fiscal_year":
        assert start.month == fiscal_start


def test_every_word_is_said_in_both_languages_and_spans_too() -> None:
    assert all(one.en and one.zh for one in LABELS.values())
    assert label("this_month").zh == "本月"
    assert label("2026-01-01..2026-03-31").en == "2026-01-01 – 2026-03-31"
    assert label("2026-01-01..").zh == "2026-01-01 起"
    assert label("..2026-03-31").en == "Until 2026-03-31"


def test_the_condition_finds_the_dates_and_the_moments_of_the_readers_days(reading: Reading) -> None:
    days = [date(2031, 1, 28) + timedelta(n) for n in range(40)]
    for n, day in enumerate(days):
        for hour in ("15:59:59.9", "16:00:00"):  # 16:00 UTC is midnight in Shanghai
            reading.run(
                "insert into book (id, owner, title, bought, read_at, cost) values (%s, %s, %s, %s, %s, 1) returning 1",
                [str(uuid.uuid4()), reading.ann, f"{n}", day.isoformat(), f"{day}T{hour}Z"],
            )
    for word in ("this_month", "this_week", "today", "last_7_days", "2031-02-03..", "..2031-02-03"):
        found = span_of(word, date(2031, 2, 10))
        assert found is not None
        wanted = [day for day in days if found.has(day)]
        asked = f'bought >= "2031-01-01" and {condition("bought", found)}'
        assert list_records(reading.admin, "book", filter=asked, count=True).count == 2 * len(wanted)
        asked = f'bought >= "2031-01-01" and {condition("read_at", found)}'
        moments = [day + timedelta(late) for day in days for late in (0, 1)]
        wanted = [day for day in moments if found.has(day)]
        assert list_records(reading.admin, "book", filter=asked, count=True).count == len(wanted)
