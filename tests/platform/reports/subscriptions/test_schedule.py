"""When subscriptions are due: by the wall clock of a zone, across changes of the clocks and short months."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_platform.reports.subscriptions.schedule import Schedule, following, latest

SHANGHAI, BERLIN, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def walls(schedule: Schedule, zone: ZoneInfo, after: str, count: int) -> list[str]:
    """The next due times on the wall."""
    moment, found = at(after), []
    for _ in range(count):
        moment = following(schedule, zone, moment)
        found.append(f"{moment.astimezone(zone):%a %m-%d %H:%M}")
    return found


def test_every_monday_at_eight_is_eight_on_the_owners_wall() -> None:
    weekly = Schedule("weekly", 8, weekday=1)
    assert walls(weekly, SHANGHAI, "2026-11-22T23:59:00", 2) == ["Mon 11-23 08:00", "Mon 11-30 08:00"]
    assert following(weekly, SHANGHAI, at("2026-11-22T23:59:00")) == at("2026-11-23T00:00:00")
    assert following(weekly, SHANGHAI, at("2026-11-23T00:00:00")) == at("2026-11-30T00:00:00")


def test_the_hour_stays_the_same_when_clocks_change() -> None:
    daily = Schedule("daily", 8)
    found = walls(daily, BERLIN, "2026-03-28T08:00:00", 3)
    assert found == ["Sun 03-29 08:00", "Mon 03-30 08:00", "Tue 03-31 08:00"]
    spring = following(daily, BERLIN, at("2026-03-28T08:00:00"))
    assert spring - following(daily, BERLIN, at("2026-03-27T08:00:00")) == dt.timedelta(hours=23)


def test_a_skipped_hour_is_due_once_and_one_that_occurs_twice_once() -> None:
    """Berlin skips 02:00 to 03:00 on 29 March, and has 02:00 to 03:00 twice on 25 October 2026."""
    night = Schedule("daily", 2)
    assert walls(night, BERLIN, "2026-03-28T12:00:00", 2) == ["Sun 03-29 03:00", "Mon 03-30 02:00"]
    first = following(night, BERLIN, at("2026-10-24T12:00:00"))
    assert first == at("2026-10-25T00:00:00")
    assert following(night, BERLIN, first) == at("2026-10-26T01:00:00")


def test_the_thirty_first_is_the_last_day_of_shorter_months() -> None:
    monthly = Schedule("monthly", 9, day=31)
    found = walls(monthly, NEW_YORK, "2027-01-01T00:00:00", 4)
    assert found == ["Sun 01-31 09:00", "Sun 02-28 09:00", "Wed 03-31 09:00", "Fri 04-30 09:00"]


def test_of_several_missed_times_the_last_one_counts() -> None:
    daily = Schedule("daily", 8)
    since = at("2026-11-01T00:00:00")
    assert latest(daily, SHANGHAI, since, at("2026-11-20T12:00:00")) == at("2026-11-20T00:00:00")
    assert latest(daily, SHANGHAI, since, since) == since
    yearly_away = at("2028-11-20T12:00:00")
    assert latest(daily, SHANGHAI, since, yearly_away) == at("2028-11-20T00:00:00")
    assert latest(Schedule("monthly", 8, day=31), SHANGHAI, since, yearly_away) == at("2028-10-31T00:00:00")


schedules = st.one_of(
    st.builds(Schedule, st.just("daily"), st.integers(0, 23)),
    st.builds(Schedule, st.just("weekly"), st.integers(0, 23), weekday=st.integers(1, 7)),
    st.builds(Schedule, st.just("monthly"), st.integers(0, 23), day=st.integers(1, 31)),
)
zones = st.sampled_from(
    ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]
)
moments = st.integers(1_700_000_000, 1_900_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))


@given(schedules, zones, moments)
def test_the_next_due_time_is_later_and_the_one_after_comes_within_its_span(
    schedule: Schedule, zone: str, now: dt.datetime
) -> None:
    longest = {"daily": 25, "weekly": 7 * 24 + 1, "monthly": 31 * 24 + 1}[schedule.cadence]
    first = following(schedule, ZoneInfo(zone), now)
    second = following(schedule, ZoneInfo(zone), first)
    assert now < first <= now + dt.timedelta(hours=longest)
    assert first < second <= first + dt.timedelta(hours=longest)
    assert latest(schedule, ZoneInfo(zone), first, second) == second
    assert latest(schedule, ZoneInfo(zone), first, second - dt.timedelta(seconds=1)) == first


@pytest.mark.parametrize("zone", ["Pacific/Apia"])
def test_a_day_that_a_zone_skips_altogether_is_no_trouble(zone: str) -> None:
    """Samoa had no 30 December 2011."""
    due = at("2011-12-28T00:00:00")
    for _ in range(5):
        later = following(Schedule("daily", 8), ZoneInfo(zone), due)
        assert due < later <= due + dt.timedelta(hours=49)
        due = later
