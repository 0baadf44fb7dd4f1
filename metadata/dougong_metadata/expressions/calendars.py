"""Working days as SQL can count them: a week's pattern and the days that break it. Made from the kind `calendar`; used
by WORKDAYS(), ADDWORKDAYS() and ISWORKDAY()."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

MONDAY = date(1, 1, 1)  # a Monday, and the first day there is: weeks are counted from it
MAX_EXCEPTIONS = 1_000  # holidays and working days of one calendar: they stand in the statement


@dataclass(frozen=True)
class WorkingDays:
    """`weekdays` are worked on, 1 (Monday) to 7, at least one; `free` are days off that fall on them, `worked` the days
    that are worked on besides."""

    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    @classmethod
    def of(cls, weekdays: Iterable[int], holidays: Iterable[date], workdays: Iterable[date]) -> WorkingDays:
        """From a calendar as people write it: a day that is both a holiday and a working day is worked on."""
        week, worked = tuple(sorted(set(weekdays))), frozenset(workdays)
        return cls(
            week,
            frozenset(day for day in holidays if day.isoweekday() in week) - worked,
            frozenset(day for day in worked if day.isoweekday() not in week),
        )

    @cached_property
    def exceptions(self) -> tuple[date, ...]:
        """The days that break the pattern, in order."""
        return tuple(sorted(self.free | self.worked))

    @cached_property
    def shifts(self) -> tuple[int, ...]:
        """Up to and with each exception: how many more days (or fewer) were worked than the pattern says."""
        total, found = 0, []
        for day in self.exceptions:
            total += 1 if day in self.worked else -1
            found.append(total)
        return tuple(found)

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Up to and with each exception: how many days were worked since the first."""
        return tuple(self._pattern(day) + shift for day, shift in zip(self.exceptions, self.shifts, strict=True))

    @cached_property
    def of_week(self) -> tuple[int, ...]:
        """From Monday up to and with each day of the week: how many are worked on."""
        return tuple(sum(1 for weekday in self.weekdays if weekday <= until) for until in range(1, 8))

    def _pattern(self, day: date) -> int:
        weeks, into = divmod((day - MONDAY) // timedelta(1), 7)
        return weeks * len(self.weekdays) + self.of_week[into]


EVERY_WEEK = WorkingDays()
