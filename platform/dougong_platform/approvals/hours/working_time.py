"""How much working time lies between moments: a calendar's spans of a period, added up once. Used by statistics."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from zoneinfo import ZoneInfo

from dougong_metadata.model.calendar_types import CalendarModel
from dougong_platform.approvals.hours.deadlines import worked_spans


class WorkingTime:
    """The working time of a calendar (None: Monday to Friday, the whole day) between two moments."""

    def __init__(self, calendar: CalendarModel | None, zone: ZoneInfo, first: dt.datetime, last: dt.datetime) -> None:
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._before: list[float] = []  # seconds worked before each span
        total = 0.0
        for begins, ends in worked_spans(first, calendar, zone):
            if begins >= last:
                break
            self._begins.append(begins.timestamp())
            self._ends.append(ends.timestamp())
            self._before.append(total)
            total += ends.timestamp() - begins.timestamp()

    def between(self, since: float, until: float) -> float:
        """Seconds of work between two moments (seconds since 1970)."""
        return max(0.0, self._until(until) - self._until(since))

    def _until(self, moment: float) -> float:
        at = bisect_right(self._begins, moment) - 1
        if at < 0:
            return 0.0
        return self._before[at] + min(moment, self._ends[at]) - self._begins[at]
