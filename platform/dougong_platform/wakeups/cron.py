"""Due times of a cron expression in the tenant's time zone, across changes of the clocks. Used by `recurring`.

As in Debian's cron: a time that is skipped is due at the jump, one that occurs twice only the first time; "every hour"
and "every n minutes" go by real time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from cronsim import CronSim

# How far back the last due time is looked for, in growing steps: a job of every minute that nobody ran for a year is
# found without walking through the year.
_STEPS = tuple(dt.timedelta(hours=hours) for hours in (1, 26, 24 * 9, 24 * 63, 24 * 750))
_OVERLAP = dt.timedelta(hours=3)  # the clocks go back by less


def following(expression: str, zone: ZoneInfo, after: dt.datetime) -> dt.datetime | None:
    """The first due time (UTC) after `after`; None if there is none in fifty years."""
    return next(_due(expression, zone, after), None)


def latest(expression: str, zone: ZoneInfo, after: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The last due time (UTC) after `after` and not after `now`."""
    starts = [max(after, now - step) for step in _STEPS] + [after]
    for start in dict.fromkeys(starts):
        found = None
        for due in _due(expression, zone, start):
            if due > now:
                break
            found = due
        if found is not None:
            return found
    return None


def _due(expression: str, zone: ZoneInfo, after: dt.datetime) -> Iterator[dt.datetime]:
    """Fixed times are asked for from a little earlier on: begun in an hour that occurs twice, the library would answer
    the past."""
    by_real_time = any(part.startswith("*") for part in expression.split()[:2])
    start, seen = after if by_real_time else after - _OVERLAP, after
    for due in CronSim(expression, start.astimezone(zone)):
        moment = due.astimezone(dt.UTC)
        if moment > seen:
            seen = moment
            yield moment
