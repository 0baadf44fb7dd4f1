"""The days that a page about the past is asked for. Used by try-outs and statistics."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import request

from dougong_platform.http.caller import Caller

LENGTHS = (7, 30, 90)  # days
USUAL = 30


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are included; `asked`: the address names them."""

    since: dt.date
    until: dt.date
    asked: bool
    zone: ZoneInfo
    today: dt.date

    @property
    def start(self) -> dt.datetime:
        """The first moment."""
        return dt.datetime.combine(self.since, dt.time(), self.zone)

    @property
    def end(self) -> dt.datetime:
        """The first moment after it."""
        return dt.datetime.combine(self.until + dt.timedelta(days=1), dt.time(), self.zone)

    @property
    def query(self) -> dict[str, str]:
        """As an address has it."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}

    @property
    def choices(self) -> list[tuple[int, str, str, bool]]:
        """(days, first, last, whether it is this one) of the usual lengths."""
        found = []
        for days in LENGTHS:
            first = self.today - dt.timedelta(days=days)
            on = (self.since, self.until) == (first, self.today)
            found.append((days, first.isoformat(), self.today.isoformat(), on))
        return found


def period_of(caller: Caller) -> Period:
    """?since= and ?until=; the last month without them."""
    zone = ZoneInfo(caller.tenant.timezone)
    today = dt.datetime.now(zone).date()
    since, until = _day(request.args.get("since")), _day(request.args.get("until"))
    first = since or today - dt.timedelta(days=USUAL)
    return Period(first, max(until or today, first), since is not None, zone, today)


def _day(text: str | None) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None
