"""Lists of records reached in several ways (access.ways): what a count and a page search along each way's own index.

Taken together in one OR, PostgreSQL has to guess: it looks at the rows of the sort's index until enough fit, or fetches
all that fit and sorts them. The first is wrong where few fit, above all where filter and ways exclude each other; so a
page asks first whether few do. The parts of a count exclude each other, so that it ends as soon as it is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    any_,
    cast,
    func,
    literal_column,
    not_,
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


@dataclass(frozen=True, slots=True)
class Held:
    """The ids of rows that fit, collected once per statement, at most as many as `hold` was told."""

    cte: CTE
    base: FromClause

    @property
    def size(self) -> ScalarSelect[int]:
        """How many there are."""
        return select(func.cardinality(self.cte.c.ids, type_=Integer)).scalar_subquery()

    def few(self) -> Conditions:
        """The rows among them, if they are few: nothing else needs to be looked at."""
        ids = cast(select(self.cte.c.ids).scalar_subquery(), ARRAY(UUID(as_uuid=False)))
        return [self.base.c.id == any_(ids), self.size <= _number(FEW)]

    def many(self) -> ColumnElement[bool]:
        """That they are not few: just one of the two lets any row through."""
        return self.size > _number(FEW)


def hold(ways: Conditions, base: FromClause, source: FromClause, where: Conditions, most: int | None) -> Held | None:
    """Collect what fits, up to what a count asks for or to see whether few do; None where one condition serves both."""
    if len(ways) <= _TWO:
        return None
    ids = func.array(_found(ways, base, source, where, (most or FEW) + 1).scalar_subquery())
    return Held(select(ids.label("ids")).cte("held").prefix_with("MATERIALIZED"), base)


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
