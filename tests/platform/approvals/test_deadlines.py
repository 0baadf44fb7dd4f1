"""Time limits in working hours: by example, and against a clock that is watched minute by minute."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.expressions.calendars import WorkingDays
from dougong_metadata.label import Label
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_platform.approvals.hours.deadlines import after, next_working_day
from watched_clock import first_moment

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
OFFICE = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(18)))


def calendar(
    hours: tuple[tuple[dt.time, dt.time], ...] = OFFICE,
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5),
    free: tuple[str, ...] = (),
    worked: tuple[str, ...] = (),
) -> CalendarModel:
    days = WorkingDays.of(weekdays, map(dt.date.fromisoformat, free), map(dt.date.fromisoformat, worked))
    return CalendarModel("office", Label("Office", "办公"), days, hours)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T10:00", 1, "2026-11-20T11:00"),  # a Friday
        ("2026-11-20T11:30", 1, "2026-11-20T14:00"),  # over lunch
        ("2026-11-20T11:00", 1, "2026-11-20T12:00"),  # to its very beginning, not to its end
        ("2026-11-20T17:00", 2, "2026-11-23T10:00"),  # over the weekend
        ("2026-11-21T12:00", 0.5, "2026-11-23T09:30"),  # asked on a Saturday
        ("2026-11-20T20:00", 7.5, "2026-11-23T18:00"),
        ("2026-11-20T09:00", 0, "2026-11-20T09:00"),
        ("2026-09-30T17:00", 2, "2026-10-08T10:00"),  # over a week of holidays
        ("2026-10-09T17:00", 2, "2026-10-10T10:00"),  # a Saturday that is worked instead
    ],
)
def test_working_hours_go_by_on_working_days_only(start: str, hours: float, end: str) -> None:
    office = calendar(free=tuple(f"2026-10-0{n}" for n in range(1, 8)), worked=("2026-10-10",))
    assert after(at(start), hours, office, SHANGHAI, working=True) == at(end)


def test_hours_of_the_clock_go_by_at_night_too() -> None:
    assert after(at("2026-11-20T20:00"), 48, calendar(), SHANGHAI, working=False) == at("2026-11-22T20:00")
    assert after(at("2027-03-27T12:00", BERLIN), 24, None, BERLIN, working=False) == at("2027-03-28T13:00", BERLIN)


def test_without_a_calendar_whole_weekdays_are_worked() -> None:
    assert after(at("2026-11-20T20:00"), 8, None, SHANGHAI, working=True) == at("2026-11-23T04:00")


def test_a_day_on_which_the_clocks_change_is_longer_or_shorter() -> None:
    whole = calendar(hours=(), weekdays=(1, 2, 3, 4, 5, 6, 7))
    for day, hours in (("2027-03-28", 23), ("2027-10-31", 25), ("2027-10-30", 24)):
        end = dt.date.fromisoformat(day) + DAY
        assert after(at(f"{day}T00:00", BERLIN), hours, whole, BERLIN, working=True) == at(f"{end}T00:00", BERLIN)


def test_the_last_minute_of_a_day_that_is_worked_to_midnight_counts() -> None:
    nights = calendar(hours=((dt.time(22), dt.time.max),))
    assert after(at("2026-11-19T23:30"), 0.5, nights, SHANGHAI, working=True) == at("2026-11-20T00:00")
    assert after(at("2026-11-19T23:30"), 1, nights, SHANGHAI, working=True) == at("2026-11-20T22:30")


@pytest.mark.parametrize(
    "never",
    [
        CalendarModel("idle", Label("Idle", "停"), WorkingDays(())),
        calendar(free=tuple(str(dt.date(2026, 11, 1) + n * DAY) for n in range(5_000))),
        calendar(hours=((dt.time(9), dt.time(9)),)),
    ],
    ids=["no day of the week", "every day is a holiday", "no hours"],
)
def test_a_calendar_in_which_nobody_works_never_ends_and_says_so_soon(never: CalendarModel) -> None:
    started = time.process_time()
    assert after(at("2026-11-20T09:00"), 1, never, SHANGHAI, working=True) is None
    assert time.process_time() - started < 5  # what it takes to the end of time is minutes


def test_a_limit_of_more_than_ten_years_is_never_up() -> None:
    assert after(at("2026-11-20T09:00"), 10**7, calendar(), SHANGHAI, working=True) is None
    assert after(at("2026-11-20T09:00"), 10**9, None, SHANGHAI, working=False) is None
    assert after(at("9999-11-20T09:00"), 10**4, calendar(), SHANGHAI, working=True) is None


def test_days_worked_besides_are_enough() -> None:
    rare = CalendarModel("rare", Label("Rare", "偶尔"), WorkingDays.of((), (), [dt.date(2027, 5, 1)]), OFFICE)
    assert after(at("2026-11-20T09:00"), 1, rare, SHANGHAI, working=True) == at("2027-05-01T10:00")


@pytest.mark.parametrize(
    ("now", "again"),
    [
        ("2026-11-19T10:30", "2026-11-20T10:30"),
        ("2026-11-20T10:30", "2026-11-23T10:30"),  # over the weekend
        ("2026-09-30T20:00", "2026-10-08T20:00"),  # over holidays, at the same time of the day
    ],
)
def test_the_same_time_on_the_next_working_day(now: str, again: str) -> None:
    office = calendar(free=tuple(f"2026-10-0{n}" for n in range(1, 8)))
    assert next_working_day(at(now), office, SHANGHAI) == at(again)


def test_the_next_working_day_keeps_its_time_when_the_clocks_change_and_may_never_come() -> None:
    assert next_working_day(at("2027-03-26T10:00", BERLIN), calendar(), BERLIN) == at("2027-03-29T10:00", BERLIN)
    idle = CalendarModel("idle", Label("Idle", "停"), WorkingDays(()))
    assert next_working_day(at("2026-11-20T10:00"), idle, SHANGHAI) is None


ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia")
CHANGES = (
    "2027-03-28",
    "2027-10-31",
    "2027-03-14",
    "2027-11-07",
    "2027-04-04",
    "2027-10-03",
    "2027-04-30",
    "2011-12-30",
)
_minutes = st.integers(0, 24 * 60)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[dt.time, dt.time], ...]:
    bounds = sorted(draw(st.lists(_minutes, min_size=0, max_size=4)))
    bounds = bounds[: len(bounds) // 2 * 2]
    clock = [dt.time.max if n == 24 * 60 else dt.time(n // 60, n % 60) for n in bounds]
    return tuple((a, b) for a, b in zip(clock[::2], clock[1::2], strict=True) if a < b)


def watched(
    start: dt.datetime, minutes: int, office: CalendarModel, zone: ZoneInfo, until: dt.datetime
) -> dt.datetime | None:
    """Minute by minute: one counts if the clock has shown the beginning of a span and not yet its end."""
    first = start.astimezone(zone).date() - DAY
    inside: list[tuple[dt.datetime, dt.datetime]] = []
    for day in (first + n * DAY for n in range(14)):
        worked = day in office.days.worked or (day.isoweekday() in office.days.weekdays and day not in office.days.free)
        for begins, ends in office.hours or ((dt.time.min, dt.time.max),) if worked else ():
            end = dt.datetime.combine(day, ends) if ends != dt.time.max else dt.datetime.combine(day + DAY, dt.time.min)
            inside.append((first_moment(dt.datetime.combine(day, begins), zone), first_moment(end, zone)))
    now, left = start, minutes
    while now < until:
        if left == 0:
            return now
        left -= any(begins <= now < ends for begins, ends in inside)
        now += MINUTE
    return None


@settings(max_examples=120, deadline=None)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    around=st.sampled_from(CHANGES).map(dt.date.fromisoformat),
    offset=st.integers(-3 * 24 * 60, 2 * 24 * 60),
    minutes=st.integers(1, 60 * 40),
    hours=spans(),
    weekdays=st.sets(st.integers(1, 7)),
    odd=st.lists(st.integers(-3, 6), max_size=3),
)
def test_it_is_the_minute_at_which_a_watched_clock_has_seen_enough(
    zone: ZoneInfo,
    around: dt.date,
    offset: int,
    minutes: int,
    hours: tuple[tuple[dt.time, dt.time], ...],
    weekdays: set[int],
    odd: list[int],
) -> None:
    start = dt.datetime.combine(around, dt.time(2), dt.UTC) + offset * MINUTE
    strange = [around + n * DAY for n in odd]
    days = WorkingDays.of(weekdays, strange[:1], strange[1:])
    office = CalendarModel("office", Label("Office", "办公"), days, hours)
    until = start + 10 * DAY
    expected, found = (
        watched(start, minutes, office, zone, until),
        after(start, minutes / 60, office, zone, working=True),
    )
    if expected is None:
        assert found is None or found >= until - MINUTE
    else:
        assert found is not None
        # The hours are a fraction: to the second.
        assert abs(found - expected) < dt.timedelta(seconds=1)
