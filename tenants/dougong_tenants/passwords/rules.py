"""What a password must be like; given by the policies of all companies that a person belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST, LONGEST = 8, 256


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """`length`: characters at least. `kinds`: how many of small letters, capital letters, digits and others (letters of
    other scripts are others). `history`: how many of the last are refused. `days` until it must change, None: never.
    """

    length: int = SHORTEST
    kinds: int = 1
    history: int = 0
    days: int | None = None


def strictest(rules: Iterable[PasswordRules]) -> PasswordRules:
    """One that satisfies them all; the usual one of none."""
    many = list(rules)
    if not many:
        return PasswordRules()
    return PasswordRules(
        max(r.length for r in many),
        max(r.kinds for r in many),
        max(r.history for r in many),
        min((r.days for r in many if r.days is not None), default=None),
    )
