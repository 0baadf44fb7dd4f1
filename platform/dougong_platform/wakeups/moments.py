"""From days of the tenant's wall calendar to moments, across changes of the clocks. Used by all of `wakeups`.

A time that occurs twice is the first of the two; one that is skipped is the moment at which the clocks jump.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


def moment_of(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The moment (UTC) at which the clocks of `zone` show `time` on `day`, or pass it."""
    local = dt.datetime.combine(day, time)
    first = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if _wall(first, zone) == local:
        return first
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(dt.UTC), first  # around the jump
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        before, after = (before, middle) if _wall(middle, zone) > local else (middle, after)
    return after.replace(microsecond=0)  # the only whole second behind `before`


def last_day(now: dt.datetime, time: dt.time, zone: ZoneInfo) -> dt.date:
    """The last day whose `time` is not after `now`."""
    day = now.astimezone(zone).date() + _DAY
    while moment_of(day, time, zone) > now:
        day -= _DAY
    return day


def days_between(after: dt.date, until: dt.date) -> list[dt.date]:
    """The days after `after`, `until` included."""
    return [after + _DAY * n for n in range(1, (until - after).days + 1)]


def iso(moment: dt.datetime) -> str:
    """A moment as the API writes it."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def parsed(text: str) -> dt.datetime:
    """The inverse of `iso`, for what the database answers."""
    return dt.datetime.fromisoformat(text)


def _wall(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
