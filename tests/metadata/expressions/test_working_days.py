"""Working days counted by SQL are those that counting day by day finds, for any calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dougong_metadata.expressions import check
from dougong_metadata.expressions.calendars import WorkingDays

DAYS = st.dates(date(2025, 12, 1), date(2026, 3, 31))
CALENDARS = st.builds(
    WorkingDays.of,
    st.sets(st.integers(1, 7), min_size=1),
    st.sets(DAYS, max_size=25),
    st.sets(DAYS, max_size=15),
)
NEW_YEAR = WorkingDays.of(
    range(1, 6), [date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 16), date(2026, 2, 17)], [date(2026, 1, 4)]
)
ONE_DAY = timedelta(1)


def works(calendar: WorkingDays, day: date) -> bool:
    return day in calendar.worked or (day.isoweekday() in calendar.weekdays and day not in calendar.free)


def between(calendar: WorkingDays, start: date, end: date) -> int:
    if end < start:
        return -between(calendar, end, start)
    return sum(works(calendar, start + timedelta(n)) for n in range((end - start).days + 1))


def later(calendar: WorkingDays, day: date, many: int) -> date:
    step = ONE_DAY if many > 0 else -ONE_DAY
    for _ in range(abs(many)):
        day += step
        while not works(calendar, day):
            day += step
    return day


@pytest.fixture
def ask(answer: Any, scope: Any) -> Any:
    def asked(calendar: WorkingDays, text: str) -> Any:
        return answer.rows(check(text, replace(scope("value"), calendar=calendar)))[0]

    return asked


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(calendar=CALENDARS, start=DAYS, end=DAYS, many=st.integers(-60, 60))
@example(NEW_YEAR, date(2026, 1, 1), date(2026, 1, 5), 1)
@example(NEW_YEAR, date(2026, 2, 14), date(2026, 2, 14), 1)
@example(WorkingDays.of([7], [], []), date(2026, 1, 4), date(2026, 1, 4), -1)
def test_working_days_are_those_that_one_counts_on_the_fingers(
    answer: Any, ask: Any, calendar: WorkingDays, start: date, end: date, many: int
) -> None:
    answer.put({"due": start, "bought": end, "pages": many})
    assert ask(calendar, "WORKDAYS(due, bought)") == between(calendar, start, end)
    assert ask(calendar, "ISWORKDAY(due)") is works(calendar, start)
    assert ask(calendar, "ADDWORKDAYS(due, pages)") == later(calendar, start, many)
    assert ask(calendar, "WORKDAYS(ADDWORKDAYS(due, 0), bought + 0)") == between(calendar, start, end)


def test_far_away_and_blank_days_are_blank_instead_of_errors(answer: Any, ask: Any) -> None:
    answer.put({"due": date(9999, 12, 31), "bought": date(1, 1, 1), "pages": 10**9, "stock": -(10**9)})
    for calendar in (WorkingDays(), NEW_YEAR):
        for text in ("ADDWORKDAYS(due, pages)", "ADDWORKDAYS(bought, stock)", "ADDWORKDAYS(due, 500000)"):
            assert ask(calendar, text) is None
        for text in ("WORKDAYS(due, NULL)", "ADDWORKDAYS(NULL, 1)", "ISWORKDAY(NULL)", "ADDWORKDAYS(due, NULL)"):
            assert ask(calendar, text) is None
        assert ask(calendar, "ADDWORKDAYS(bought, -1)") is None
        assert ask(calendar, "WORKDAYS(bought, due) > 2600000") is True
        assert ask(calendar, "ADDWORKDAYS(DATE(2026, 1, 9), 1.9)") == date(2026, 1, 12)


def test_a_calendar_of_a_thousand_exceptions_still_answers(answer: Any, ask: Any) -> None:
    first = date(2000, 1, 3)
    holidays = [first + timedelta(14 * n) for n in range(1_000)]
    calendar = WorkingDays.of(range(1, 6), holidays, [])
    answer.put({"due": first, "bought": first + timedelta(14 * 1_000)})
    assert ask(calendar, "WORKDAYS(due, bought)") == between(calendar, first, first + timedelta(14 * 1_000))
    assert ask(calendar, "ADDWORKDAYS(due, 8000)") == later(calendar, first, 8_000)


def test_a_moment_counts_as_the_users_day(answer: Any, ask: Any) -> None:
    answer.put({"created_at": "2026-01-02T20:00:00Z"})  # Saturday in Shanghai
    assert ask(WorkingDays(), "ISWORKDAY(created_at)") is False
    assert ask(WorkingDays(), "NETWORKDAYS(created_at, created_at + 2)") == 1
    assert ask(WorkingDays(), "WORKDAY(created_at, 1)") == date(2026, 1, 5)
