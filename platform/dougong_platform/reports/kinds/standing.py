"""Groups by stages of the past: where records stood at a moment, and which stages they entered within a span.

Both are read set-wise from the stays. Parameters: two days, what is asked begins with the first and ends before the
second; and the same two of the span that it is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, select
from sqlalchemy.dialects.postgresql import array

from dougong_metadata.expressions.sql import instant, parameter, sql
from dougong_metadata.expressions.types import BOOLEAN, NUMBER, Type
from dougong_platform.access.rights import Rights
from dougong_platform.query.past import STAY, held_before, stays_of, word
from dougong_platform.query.rows import ReadRows, field_at
from dougong_platform.reports.grouped.group import Group, OwnBy
from dougong_platform.reports.grouped.money import MoneyRows

Days = tuple[str, str]  # names of two parameters
NOW: Days = ("past_from", "past_until")
BEFORE: Days = ("before_from", "before_until")
STAYS, DAYS, WENT_ON = "_stays", "_days", "_went_on"
# What EnteredBy brings besides: how many stays of a record at the stage began in the span, the days they took, and
# whether the record came to a later stage after one of them.
ENTERED_BRINGS: tuple[tuple[str, Type], ...] = ((STAYS, NUMBER), (DAYS, NUMBER), (WENT_ON, BOOLEAN))


@dataclass(frozen=True, slots=True)
class StoodBy(OwnBy):
    """The stage of `stages` at which a record stood before the second day began. `path` is the field."""

    stages: tuple[str, ...] = ()

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        return _Stood(self, (self.path,), field_at(rights, object, (self.path,)), fiscal)


@dataclass(frozen=True, slots=True)
class EnteredBy(OwnBy):
    """Each stage of `stages` that a record entered from the first day on and before the second, once."""

    stages: tuple[str, ...] = ()

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        return _Entered(self, (self.path,), field_at(rights, object, (self.path,)), fiscal)


class _Stood(Group):
    __slots__ = ()

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        by, stay = self.by, STAY.alias("stood")
        assert isinstance(by, StoodBy)
        conditions = [
            *stays_of(stay, self.field.object, by.path),
            stay.c.record == rows.column((*above, "id")),
            among(stay.c.value, by.stages),
            *held_before(stay, moment((BEFORE if later else NOW)[1])),
        ]
        rows.source = rows.source.join(stay, and_(*conditions))
        found: ColumnElement[Any] = stay.c.value
        return found


class _Entered(Group):
    __slots__ = ()

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        by = self.by
        assert isinstance(by, EnteredBy)
        entered = _entered(self.field.object, by, BEFORE if later else NOW).subquery("entered")
        record = rows.column((*above, "id"))  # before the join: it may add its own
        rows.source = rows.source.join(entered, entered.c.record == record)
        if isinstance(rows, MoneyRows):
            rows.beside |= {(name,): entered.c[name] for name in (STAYS, DAYS, WENT_ON)}
        found: ColumnElement[Any] = entered.c.value
        return found


def _entered(object: str, by: EnteredBy, days: Days) -> Any:
    """One row per record and stage that it entered."""
    first, until = (moment(name) for name in days)
    place = position(STAY.c.value, by.stages)
    behind = sql(
        "max({}) OVER (PARTITION BY {} ORDER BY {} DESC, {} DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
        place,
        STAY.c.record,
        STAY.c.entered_at,
        STAY.c.id,
    )
    seconds = sql("extract(epoch FROM coalesce({}, now()) - {})", STAY.c.left_at, STAY.c.entered_at)
    stays = (
        select(
            STAY.c.record,
            STAY.c.value,
            STAY.c.entered_at,
            place.label("place"),
            behind.label("behind"),
            seconds.label("seconds"),
        )
        .where(*stays_of(STAY, object, by.path), among(STAY.c.value, by.stages), STAY.c.entered_at >= first)
        .subquery("stays")
    )
    return (
        select(
            stays.c.record,
            stays.c.value,
            func.count().label(STAYS),
            sql("(sum({}) / 86400)", stays.c.seconds).label(DAYS),
            func.coalesce(func.bool_or(stays.c.behind > stays.c.place), literal_column("false")).label(WENT_ON),
        )
        .where(stays.c.entered_at < until)
        .group_by(stays.c.record, stays.c.value)
    )


def moment(name: str) -> ColumnElement[Any]:
    """When the day begins, in the reader's time zone, that is given as this parameter."""
    return instant(sql("CAST({} AS timestamp)", parameter(name, "date")), parameter("env_timezone", "text"))


def among(value: ColumnElement[Any], stages: Sequence[str]) -> ColumnElement[bool]:
    """That it is one of these."""
    return value.in_([word(stage) for stage in stages])


def position(value: ColumnElement[Any], stages: Sequence[str]) -> ColumnElement[Any]:
    """Its place among the stages, from 1; blank for others."""
    found: ColumnElement[Any] = func.array_position(array([word(stage) for stage in stages]), value)
    return found
