"""When a subscription is due: daily, weekly or monthly at an hour of its owner's clock. Pure; used by the clock.

An hour that the clocks skip is due when it would have struck; one that occurs twice, the first time alone. The 31st of
a shorter month is its last day.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY = CADENCES = ("daily", "weekly", "monthly")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hour` 0..23; `weekday` 1 (Monday)..7 of a weekly one; `day` 1..31 of a monthly one."""

    cadence: str
    hour: int
    weekday: int | None = None
    day: int | None = None


def following(schedule: Schedule, zone: ZoneInfo, after: dt.datetime) -> dt.datetime:
    """The first due moment (UTC) after `after`."""
    return next(due for due in _due(schedule, zone, after) if due > after)


def latest(schedule: Schedule, zone: ZoneInfo, since: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The last due moment from `since`, which is one itself, up to `now`: of several that were missed, the last."""
    found = since
    for due in _due(schedule, zone, max(since, now - dt.timedelta(days=70))):
        if due > now:
            return found
        found = max(found, due)
    return found


def _due(schedule: Schedule, zone: ZoneInfo, after: dt.datetime) -> Iterator[dt.datetime]:
    """Due moments from about the day of `after` on."""
    day = after.astimezone(zone).date() - dt.timedelta(days=1)
    while day.year < dt.MAXYEAR:
        if _is_due(schedule, day):
            yield _moment(day, schedule.hour, zone)
        day += dt.timedelta(days=1)


def _is_due(schedule: Schedule, day: dt.date) -> bool:
    if schedule.cadence == WEEKLY:
        return day.isoweekday() == (schedule.weekday or 1)
    if schedule.cadence == MONTHLY:
        return day.day == min(schedule.day or 1, calendar.monthrange(day.year, day.month)[1])
    return True


def _moment(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    """fold=0 is the first of two equal hours; of one that is skipped, as much later as the clocks jump."""
    return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)
