"""Due times of cron expressions, across changes of the clocks."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_platform.wakeups.cron import following, latest
from dougong_platform.wakeups.moments import iso
from watched_clock import first_moment


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def due(expression: str, zone: str, start: str, end: str) -> list[str]:
    """All due times after `start`, up to `end`, one asked for after the other."""
    found, at = [], moment(start)
    while (at := following(expression, ZoneInfo(zone), at) or moment("9999-01-01")) <= moment(end):
        found.append(iso(at))
    return found


@pytest.mark.parametrize(
    ("zone", "expression", "start", "end", "expected"),
    [
        ("Europe/Berlin", "30 2 * * *", "2027-03-27T12:00", "2027-03-28T12:00", ["2027-03-28T01:00:00Z"]),
        ("Europe/Berlin", "30 2 * * *", "2027-10-30T12:00", "2027-10-31T12:00", ["2027-10-31T00:30:00Z"]),
        ("America/New_York", "30 2 * * *", "2027-03-13T12:00", "2027-03-14T12:00", ["2027-03-14T07:00:00Z"]),
        ("America/New_York", "30 1 * * *", "2027-11-06T12:00", "2027-11-07T12:00", ["2027-11-07T05:30:00Z"]),
        ("Australia/Lord_Howe", "15 2 * * *", "2027-10-02T12:00", "2027-10-03T12:00", ["2027-10-02T15:30:00Z"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2027-04-03T12:00", "2027-04-04T12:00", ["2027-04-03T14:45:00Z"]),
        ("Asia/Shanghai", "30 2 * * *", "2027-03-27T12:00", "2027-03-28T12:00", ["2027-03-27T18:30:00Z"]),
        ("Europe/Berlin", "0 9 * * 1", "2027-03-20T00:00", "2027-03-30T00:00",
         ["2027-03-22T08:00:00Z", "2027-03-29T07:00:00Z"]),
        # What goes by the hour goes by real time: twice in the hour that occurs twice.
        ("Europe/Berlin", "30 * * * *", "2027-10-31T00:00", "2027-10-31T02:00",
         ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"]),
        ("Europe/Berlin", "30 * * * *", "2027-03-28T00:00", "2027-03-28T02:00",
         ["2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"]),
    ],
)  # fmt: skip
def test_each_day_has_its_due_time_once(zone: str, expression: str, start: str, end: str, expected: list[str]) -> None:
    assert due(expression, zone, start, end) == expected


def test_asked_in_the_middle_of_the_hour_that_occurs_twice_it_is_not_due_again() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for minutes in range(31, 91, 10):
        after = moment("2027-10-31T00:00") + dt.timedelta(minutes=minutes)
        assert following("30 2 * * *", berlin, after) == moment("2027-11-01T01:30")
        assert latest("30 2 * * *", berlin, moment("2027-10-30T12:00"), after) == moment("2027-10-31T00:30")


def test_of_what_was_missed_it_is_the_last() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert latest("0 9 * * *", shanghai, moment("2027-01-01T01:00"), moment("2027-01-01T02:00")) is None
    assert latest("0 9 * * *", shanghai, moment("2027-01-01T01:00"), moment("2027-01-05T02:00")) == moment(
        "2027-01-05T01:00"
    )
    assert latest("0 9 1 1 *", shanghai, moment("2020-01-02T00:00"), moment("2027-06-05T02:00")) == moment(
        "2027-01-01T01:00"
    )


def test_a_year_of_missed_minutes_is_not_walked_through() -> None:
    began = time.process_time()
    found = latest("* * * * *", ZoneInfo("Europe/Berlin"), moment("2026-01-01T00:00"), moment("2027-01-01T00:00:30"))
    assert found == moment("2027-01-01T00:00")
    assert time.process_time() - began < 2  # to walk through half a million minutes takes ten times as long


def test_what_never_comes_is_not_waited_for() -> None:
    assert following("0 0 29 2 *", ZoneInfo("Asia/Shanghai"), moment("2027-01-01T00:00")) == moment("2028-02-28T16:00")
    assert (
        latest("0 0 29 2 *", ZoneInfo("Asia/Shanghai"), moment("2025-01-01T00:00"), moment("2027-01-01T00:00")) is None
    )


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Cairo")),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    start=st.integers(0, 730 * 86_400).map(lambda seconds: moment("2026-01-01") + dt.timedelta(seconds=seconds)),
    days=st.integers(1, 5),
)
def test_a_daily_time_is_due_where_the_watched_clock_first_shows_it(
    zone: str, hour: int, minute: int, start: dt.datetime, days: int
) -> None:
    here, end = ZoneInfo(zone), start + dt.timedelta(days=days)
    calendar = (start.date() + dt.timedelta(days=n) for n in range(-2, days + 3))
    shown = [first_moment(dt.datetime.combine(day, dt.time(hour, minute)), here) for day in calendar]
    assert due(f"{minute} {hour} * * *", zone, iso(start)[:-1], iso(end)[:-1]) == [
        iso(one) for one in shown if start < one <= end
    ]
