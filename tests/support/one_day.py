"""For tests of what depends on today: where midnight passes in the middle they ask again, so that the day and the
answer belong together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

Found = TypeVar("Found")


def on_one_day(zone: str, ask: Callable[[date], Found]) -> tuple[date, Found]:
    """Today in that zone, and what `ask` answers on it from beginning to end."""
    while True:
        today = _today(zone)
        try:
            found = ask(today)
        except Exception:
            if _today(zone) == today:
                raise
            continue
        if _today(zone) == today:
            return today, found


def _today(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()
