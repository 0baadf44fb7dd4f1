"""Quiet hours and digests in the user's own time zone, against a clock that is read minute by minute."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from dougong_platform.notifications.times import Times

MINUTE = dt.timedelta(minutes=1)
ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
# Around the changes of the clocks, where it is hard, and anywhere.
CHANGES = [dt.datetime(2026, 3, 29), dt.datetime(2026, 10, 25), dt.datetime(2026, 3, 8), dt.datetime(2026, 11, 1)]  # noqa: DTZ001 - UTC below
MOMENTS = st.one_of(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)),  # noqa: DTZ001 - UTC below
    st.tuples(st.sampled_from(CHANGES), st.integers(-2000, 3000)).map(lambda one: one[0] + one[1] * MINUTE),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=dt.UTC))


def shows(zone: str, moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone))


@given(ZONES, MOMENTS, CLOCKS)
@example("Europe/Berlin", dt.datetime(2026, 3, 28, 22, 0, tzinfo=dt.UTC), dt.time(2, 30))  # left out
@example("Europe/Berlin", dt.datetime(2026, 10, 24, 23, 0, tzinfo=dt.UTC), dt.time(2, 30))  # there twice
def test_the_next_time_is_the_first_minute_at_which_the_clock_shows_it(
    zone: str, now: dt.datetime, at: dt.time
) -> None:
    found = Times(zone).next(at, now)
    assert found > now
    passed = [now + n * MINUTE for n in range(1, int((found - now) / MINUTE))]
    here = shows(zone, found)
    if here.time() == at:
        assert here.fold == 0
    else:  # the clock jumped over it: as much later as it jumped, on that very day
        assert shows(zone, found - dt.timedelta(hours=3)).utcoffset() != here.utcoffset()
    assert not [moment for moment in passed if (local := shows(zone, moment)).time() == at and local.fold == 0]
    assert found - now <= dt.timedelta(hours=26)


@given(ZONES, MOMENTS, CLOCKS, CLOCKS)
def test_quiet_hours_end_when_the_clock_leaves_them(zone: str, now: dt.datetime, start: dt.time, end: dt.time) -> None:
    times = Times(zone, start, end)
    clock = shows(zone, now).time()
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    until = times.quiet_until(now)
    assert (until is not None) == (inside and start != end)
    if until is not None:
        assert until == times.next(end, now)


@given(ZONES, MOMENTS, CLOCKS)
def test_there_is_one_digest_a_day(zone: str, now: dt.datetime, at: dt.time) -> None:
    times = Times(zone, digest_at=at)
    days = []
    moment = now
    for _ in range(5):
        moment = times.next_digest(moment)
        days.append(times.day(moment))
    assert [later - earlier for earlier, later in itertools.pairwise(days)] == [dt.timedelta(days=1)] * 4


def test_without_both_ends_there_are_no_quiet_hours() -> None:
    now = dt.datetime(2026, 10, 1, 23, 0, tzinfo=dt.UTC)
    assert Times("UTC").quiet_until(now) is None
    assert Times("UTC", dt.time(22), dt.time(22)).quiet_until(now) is None
    assert Times("UTC", dt.time(22), dt.time(7)).quiet_until(now) == dt.datetime(2026, 10, 2, 7, 0, tzinfo=dt.UTC)
