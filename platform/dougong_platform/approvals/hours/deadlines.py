"""When a time limit is up: so many hours of the clock, or working hours of a calendar in the tenant's time zone. Pure;
called when somebody is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_platform.wakeups.moments import moment_of

MOST_DAYS = 3_660  # ten years of a calendar are looked at
_DAY = dt.timedelta(days=1)
_LAST = dt.datetime(9999, 12, 1, tzinfo=dt.UTC)


def after(
    start: dt.datetime, limit_hours: float, calendar: CalendarModel | None, zone: ZoneInfo, *, working: bool
) -> dt.datetime | None:
    """The first moment (UTC) at which so many hours have gone by since `start`; None where they never have, as with a
    calendar that has no working days or no hours.

    Without `working` they are hours of the clock. Working hours are those of the calendar's days (None: Monday to
    Friday, the whole day), as they really last: a day on which the clocks change is longer or shorter.
    """
    start = start.astimezone(dt.UTC)
    left = dt.timedelta(hours=limit_hours)
    if left <= dt.timedelta(0):
        return start
    if not working:
        return start + left if left < _LAST - start else None
    for begins, ends in worked_spans(start, calendar, zone):
        begins = max(begins, start)
        if ends <= begins:
            continue
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    return None


def worked_spans(
    start: dt.datetime, calendar: CalendarModel | None, zone: ZoneInfo
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The working time from the day of `start` on, in order; none of it twice where the clocks go back."""
    days = calendar.days if calendar is not None else EVERY_WEEK
    hours = calendar.hours if calendar is not None else ()
    first = start.astimezone(zone).date() - _DAY  # a day that is skipped or begins late may begin on the one before
    done = None
    for number in range(min(MOST_DAYS, (dt.date.max - first).days - 1)):
        day = first + number * _DAY
        if not is_worked(days, day):
            continue
        for begins, ends in hours or ((dt.time.min, dt.time.max),):
            end = moment_of(day, ends, zone) if ends != dt.time.max else moment_of(day + _DAY, dt.time.min, zone)
            span = moment_of(day, begins, zone), end
            if done is not None and span[0] < done:
                span = done, span[1]
            if span[1] > span[0]:
                done = span[1]
                yield span


def next_working_day(now: dt.datetime, calendar: CalendarModel | None, zone: ZoneInfo) -> dt.datetime | None:
    """The same time on the next working day (UTC); None where there is none in ten years."""
    days, local = calendar.days if calendar is not None else EVERY_WEEK, now.astimezone(zone)
    for number in range(1, min(MOST_DAYS, (dt.date.max - local.date()).days)):
        day = local.date() + number * _DAY
        if is_worked(days, day):
            return moment_of(day, local.time(), zone)
    return None


def is_worked(days: WorkingDays, day: dt.date) -> bool:
    """Whether it is a working day."""
    return day in days.worked or (day.isoweekday() in days.weekdays and day not in days.free)
