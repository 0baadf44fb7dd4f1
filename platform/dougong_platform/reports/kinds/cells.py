"""What stands beside a number in a cell, and what rows are sorted by. Used by `grid`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Descending:
    """A key that sorts the other way round."""

    key: tuple[Any, ...]

    def __lt__(self, other: Descending) -> bool:
        return other.key < self.key


def ranked(value: Any, descending: bool) -> tuple[int, Any]:
    """What a number sorts by, blank last."""
    if value is None:
        return (1, 0)
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return (0, str(value))
    return (0, -number if descending else number)


def change_of(now: Any, before: Any) -> str | None:
    """By which fraction a number has grown; None where it came from nothing."""
    if now is None or before is None or Decimal(str(before)) == 0:
        return None
    earlier = Decimal(str(before))
    return f"{((Decimal(str(now)) - earlier) / abs(earlier)).quantize(Decimal('0.000001')):f}"


def share_of(now: Any, whole: Any) -> str | None:
    """Which fraction of the whole a number is."""
    if now is None or whole is None or Decimal(str(whole)) == 0:
        return None
    return f"{(Decimal(str(now)) / Decimal(str(whole))).quantize(Decimal('0.000001')):f}"
