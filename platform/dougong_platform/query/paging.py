"""Pages without OFFSET: the condition "after this row" and the order, so that an index serves both. Used by lists.

Blank values come last in both directions. PostgreSQL would put them first when descending and could not use an
index for "after v or blank", so a page is cut in two where its first key can be blank: rows with a value, and
behind them rows without. `arms` says which of the two a page needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, cast, false, or_
from sqlalchemy.types import NullType

from dougong_platform.query.sort import SortKey

Form = tuple[bool, ...] | None  # None = the first page; else which cursor values are blank


@dataclass(frozen=True, slots=True)
class Arm:
    """One part of a page: `blank` tells whether its rows have a value in the first key (None = either)."""

    blank: bool | None
    after: bool  # whether the cursor's condition applies


def arms(keys: Sequence[SortKey], form: Form) -> tuple[Arm, ...]:
    """One arm, or two: with a value, then without."""
    first = keys[0]
    if not first.nullable:
        return (Arm(None, form is not None),)
    if form is None:
        return (Arm(False, False), Arm(True, False)) if first.descending else (Arm(None, False),)
    if form[0]:
        return (Arm(True, True),)
    return (Arm(False, True), Arm(True, False))


def conditions(
    arm: Arm, keys: Sequence[SortKey], values: Sequence[ColumnElement[Any]], form: Form
) -> list[ColumnElement[bool]]:
    """What a row of the arm fulfils. Cursor values are the parameters c0, c1, …"""
    found: list[ColumnElement[bool]] = []
    if arm.blank is not None:
        found.append(values[0].is_(None) if arm.blank else values[0].is_not(None))
    if arm.after and form is not None:
        if not form[0]:  # redundant, but a range that an index can start from
            bound, at = _bound(keys[0], 0), keys[0].ordered(values[0])
            found.append(at <= bound if keys[0].descending else at >= bound)
        found.append(_after(keys, values, form, 0))
    return found


def order(arm: Arm, keys: Sequence[SortKey], values: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """ORDER BY of one arm."""
    found: list[ColumnElement[Any]] = []
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        if position == 0 and arm.blank:
            continue
        at = key.ordered(value)
        if not key.descending:
            found.append(at.asc())  # blank last by itself
        elif key.nullable and position > 0:
            found.append(at.desc().nulls_last())
        else:
            found.append(at.desc())
    return found


def _after(
    keys: Sequence[SortKey], values: Sequence[ColumnElement[Any]], form: tuple[bool, ...], position: int
) -> ColumnElement[bool]:
    """Strictly behind the cursor's row, comparing from key `position` on."""
    key, value = keys[position], values[position]
    at = key.ordered(value)
    if form[position]:
        behind: ColumnElement[bool] = false()
        equal: ColumnElement[bool] = value.is_(None)
    else:
        bound = _bound(key, position)
        behind = at < bound if key.descending else at > bound
        if key.nullable and position > 0:
            behind = or_(behind, value.is_(None))
        equal = at == bound
    if position == len(keys) - 1:
        return behind
    return or_(behind, and_(equal, _after(keys, values, form, position + 1)))


def _bound(key: SortKey, position: int) -> ColumnElement[Any]:
    return key.ordered(cast(bindparam(f"c{position}", type_=NullType()), key.type))
