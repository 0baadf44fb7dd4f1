"""Spans of dates without gaps: months without a record stand in a series, too."""

from __future__ import annotations

from datetime import date
from typing import Any

from dougong_platform.reports.answer import OTHER
from dougong_platform.reports.periods import bucket_after

MOST_FILLED = 400


def filled(keys: list[Any], every: str, fiscal: int) -> list[Any]:
    """The keys in order with those between them, blank and all others last; as they are where it would be too many."""
    days = sorted(key for key in set(keys) if isinstance(key, str) and key != OTHER)
    rest = [key for key in (None, OTHER) if key in keys]
    if not days:
        return rest
    try:
        found, at, last = [days[0]], date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    except ValueError:
        return [*days, *rest]  # a fiscal year that begins before the year 1
    while at < last and len(found) <= MOST_FILLED:
        at = bucket_after(at, every)
        found.append(str(at))
    return [*(found if len(found) <= MOST_FILLED and set(days) <= set(found) else days), *rest]
