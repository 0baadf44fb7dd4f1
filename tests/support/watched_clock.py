"""A clock on the wall that is watched minute by minute: the oracle of everything that falls due. Slow and plain."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

_MINUTE = dt.timedelta(minutes=1)


@lru_cache(maxsize=100_000)
def first_moment(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first minute (UTC) at which the clock of `zone` shows `local`, or has passed it."""
    at = local.replace(tzinfo=dt.UTC) - dt.timedelta(hours=15)
    while at.astimezone(zone).replace(tzinfo=None) < local:
        at += _MINUTE
    return at


def next_change(after: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The first hour within a year after which the clocks of `zone` have been changed."""
    at = after.replace(minute=0, second=0, microsecond=0)
    for _ in range(366 * 24):
        later = at + dt.timedelta(hours=1)
        if later.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            return later
        at = later
    return None
