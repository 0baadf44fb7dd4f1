"""When a user wants to be told: quiet hours and the daily digest, in his own time zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DIGEST_AT = dt.time(8, 30)


@dataclass(frozen=True, slots=True)
class Times:
    """`quiet_from` and `quiet_to` are both None or both set; quiet hours may reach over midnight."""

    timezone: str
    quiet_from: dt.time | None = None
    quiet_to: dt.time | None = None
    digest_at: dt.time = DIGEST_AT

    def quiet_until(self, now: dt.datetime) -> dt.datetime | None:
        """The end (UTC) of the quiet hours that `now` lies in; None outside of them."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return None
        clock = now.astimezone(ZoneInfo(self.timezone)).time()
        over_midnight = self.quiet_from > self.quiet_to
        after, before = clock >= self.quiet_from, clock < self.quiet_to
        return self.next(self.quiet_to, now) if ((after or before) if over_midnight else (after and before)) else None

    def next_digest(self, now: dt.datetime) -> dt.datetime:
        """The coming moment (UTC) of the digest, never `now` itself."""
        return self.next(self.digest_at, now)

    def next(self, at: dt.time, now: dt.datetime) -> dt.datetime:
        """The first moment after `now` at which this time is on the user's clock. A time that daylight saving leaves
        out is an hour later on that day; one that it has twice is the first of both."""
        zone = ZoneInfo(self.timezone)
        day = now.astimezone(zone).date()
        while True:
            moment = dt.datetime.combine(day, at, zone).astimezone(dt.UTC)
            if moment > now:
                return moment
            day += dt.timedelta(days=1)

    def day(self, moment: dt.datetime) -> dt.date:
        """The user's day at a moment."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()


def clock(text: str | None) -> dt.time | None:
    """A time as the database gives it ("22:00:00")."""
    return None if text is None else dt.time.fromisoformat(text)
