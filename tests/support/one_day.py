"""For tests of what depends on today: where midnight passes in the middle they ask again, so that the day and the
answer belong together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

Found = TypeVar("Found")
Given = ParamSpec("Given")


def on_one_day(zone: str, ask: Callable[[date], Found]) -> tuple[date, Found]:
    """Today in that zone, and what `ask` answers on it from beginning to end."""
    while True:
        today = _today(zone)
        try:
            found = ask(today)
        except Exception:  # whatever it is: it counts if the day has stayed, and is raised below
            if _today(zone) == today:
                raise
            continue
        if _today(zone) == today:
            return today, found


def within_one_day(zone: str) -> Callable[[Callable[Given, None]], Callable[Given, None]]:
    """Of a test that asks several times and leaves nothing behind: begun once more where midnight passed in it."""

    def around(test: Callable[Given, None]) -> Callable[Given, None]:
        @wraps(test)
        def lasting(*given: Given.args, **named: Given.kwargs) -> None:
            on_one_day(zone, lambda _: test(*given, **named))

        return lasting

    return around


def _today(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()
