"""Lists of records reached in several ways (access.ways): what a count and a page search along each way's own index.

Taken together in one OR, PostgreSQL has to guess: it looks at the rows of the sort's index until enough fit, or fetches
all that fit and sorts them. The first is wrong where few fit, above all where filter and ways exclude each other; so a
page asks first whether few do. The parts of a count exclude each other, so that it ends as soon as it is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    any_,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

Conditions = Sequence[ColumnElement[bool]]
FEW = 2_000  # rows that are sorted rather than searched for in order
_TWO = 2  # the owner's way and that of shares: with these alone the guess is good


def count(ways: Conditions | None, base: FromClause, source: FromClause, where: Conditions, most: int) -> Select[Any]:
    """How many rows some way opens (None = all), at most `most` + 1."""
    found = _found(ways, base, source, where, most + 1)
    return select(func.count()).select_from(found.subquery("few"))


def few_or_many(
    ways: Conditions, base: FromClause, source: FromClause, where: Conditions
) -> tuple[Conditions, Conditions] | None:
    """Conditions under which the rows are searched for, of which just one list lets any through: for when few rows fit,
    and for when many do. None where one condition serves both."""
    if len(ways) <= _TWO:
        return None
    ids = func.array(_found(ways, base, source, where, FEW + 1).scalar_subquery())
    held = select(ids.label("ids")).cte("few").prefix_with("MATERIALIZED")
    size = select(func.cardinality(held.c.ids, type_=Integer)).scalar_subquery()
    several = select(held.c.ids).scalar_subquery()
    return (
        [base.c.id == any_(cast(several, ARRAY(UUID(as_uuid=False)))), size <= _number(FEW)],
        [*where, or_(*ways), size > _number(FEW)],
    )


def _found(ways: Conditions | None, base: FromClause, source: FromClause, where: Conditions, most: int) -> Select[Any]:
    """The ids of at most `most` rows, each once: a row that an earlier way opens is passed over by the later ones."""
    if ways is None or len(ways) == 1:
        return select(base.c.id).select_from(source).where(*where, *(ways or ())).limit(_number(most))
    each: list[Select[Any]] = []
    before: list[ColumnElement[bool]] = []
    for way in ways:
        opened = select(base.c.id).select_from(source).where(*where, way, *before).limit(_number(most))
        each.append(select(opened.subquery().c.id))
        before.append(not_(func.coalesce(way, _false())))
    return select(union_all(*each).subquery("opened").c.id).limit(_number(most))


def _number(value: int) -> ColumnElement[int]:
    """Written into the text, so that the planner sees it."""
    return literal_column(str(value), Integer)


def _false() -> ColumnElement[bool]:
    return literal_column("false", Boolean)
