"""Days of the wall calendar as moments: against a clock that is watched minute by minute."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_platform.wakeups.moments import days_between, iso, last_day, moment_of
from watched_clock import first_moment

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Antarctica/Troll",
)


@pytest.mark.parametrize(
    ("zone", "day", "time", "moment"),
    [
        ("Asia/Shanghai", "2027-03-28", "02:30", "2027-03-27T18:30:00Z"),
        ("Europe/Berlin", "2027-03-27", "02:30", "2027-03-27T01:30:00Z"),
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:00:00Z"),  # skipped: when the clocks jump to 03:00
        ("Europe/Berlin", "2027-03-29", "02:30", "2027-03-29T00:30:00Z"),
        ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T00:30:00Z"),  # twice: the first time
        ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:00:00Z"),
        ("America/New_York", "2027-11-07", "01:30", "2027-11-07T05:30:00Z"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30:00Z"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45:00Z"),
        ("Africa/Cairo", "2027-04-30", "00:00", "2027-04-29T22:00:00Z"),  # midnight is skipped
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00:00Z"),  # the whole day is
    ],
)
def test_a_time_that_is_skipped_is_the_jump_and_one_that_occurs_twice_the_first(
    zone: str, day: str, time: str, moment: str
) -> None:
    found = moment_of(dt.date.fromisoformat(day), dt.time.fromisoformat(time), ZoneInfo(zone))
    assert iso(found) == moment


@pytest.mark.parametrize(
    ("zone", "day", "skipped", "jump"),
    [
        ("Africa/Cairo", "2027-04-30", range(60), "2027-04-29T22:00:00Z"),
        ("Europe/Berlin", "2027-03-28", range(120, 180), "2027-03-28T01:00:00Z"),
        ("Australia/Lord_Howe", "2027-10-03", range(120, 150), "2027-10-02T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30", range(0, 24 * 60, 7), "2011-12-30T10:00:00Z"),
    ],
)
def test_every_minute_that_is_skipped_is_the_jump_to_the_second(zone: str, day: str, skipped: range, jump: str) -> None:
    times = [dt.time(minute // 60, minute % 60) for minute in skipped]
    assert {iso(moment_of(dt.date.fromisoformat(day), time, ZoneInfo(zone))) for time in times} == {jump}


_days = st.dates(dt.date(2011, 12, 1), dt.date(2030, 12, 31))
_times = st.times(dt.time(0), dt.time(23, 59)).map(lambda time: time.replace(second=0, microsecond=0))


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), day=_days, time=_times)
def test_it_is_the_first_moment_at_which_the_clock_shows_the_time_or_more(
    zone: str, day: dt.date, time: dt.time
) -> None:
    assert moment_of(day, time, ZoneInfo(zone)) == first_moment(dt.datetime.combine(day, time), ZoneInfo(zone))


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), day=_days, second=st.integers(0, 86_399), time=_times)
def test_the_last_day_is_due_and_the_next_is_not(zone: str, day: dt.date, second: int, time: dt.time) -> None:
    now = dt.datetime.combine(day, dt.time(0), dt.UTC) + dt.timedelta(seconds=second)
    day = last_day(now, time, ZoneInfo(zone))
    assert moment_of(day, time, ZoneInfo(zone)) <= now < moment_of(day + dt.timedelta(days=1), time, ZoneInfo(zone))


def test_days_between_leave_out_the_first_and_include_the_last() -> None:
    first = dt.date(2027, 2, 27)
    assert days_between(first, first) == []
    assert [day.day for day in days_between(first, dt.date(2027, 3, 2))] == [28, 1, 2]
