"""How records moved through stages, as steps of running sums: at which point of time a record came to stand at a stage,
and at which it no longer did. Stays and history are each read once, however many points there are.

The parameter `past_points` holds the days that begin when each point is over, ascending. A stay is the points from its
`low` to the one before its `high`, cut where the amount (or its currency, or rate) changed meanwhile. Records are first
grouped by both ends together, of which there are few; then each of these is taken apart into steps. A step's key is
twice the number (from 0) of the first point that it changes, plus 1 where records leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, func, or_, select, true, union_all

from dougong_metadata.expressions.past import is_told
from dougong_metadata.expressions.sql import constant, instant, once, parameter, sql
from dougong_metadata.expressions.types import MONEY, NUMBER, Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.query.past import HISTORY, STAY, changed, read_as, stays_of, word
from dougong_platform.query.rows import ReadRows, field_at
from dougong_platform.reports.grouped.fact import beside
from dougong_platform.reports.grouped.group import Group, OwnBy
from dougong_platform.reports.grouped.money import MoneyRows, exchanged, unit_of
from dougong_platform.reports.kinds.standing import among

POINTS, AMOUNT = "past_points", "_amount"
_STAGE = "_stage"
_BOTH = 1000  # a pair of points is low * 1000 + high; there are fewer points than that


@dataclass(frozen=True, slots=True)
class MovesBy(OwnBy):
    """The steps of records that stood at one of `stages` of the field `path`. `amount`: a number field that comes along
    as AMOUNT, as it was while the record stood there if `told` (by history), else as it is. `earlier`: of stays that
    were over at the first point also those that had stood at the end of such a span; they come and leave at it."""

    stages: tuple[str, ...] = ()
    amount: str | None = None
    told: bool = False
    earlier: str | None = None

    @property
    def text(self) -> str:
        return "moves"

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        amount = field_at(rights, object, (self.amount,)) if self.amount else None
        held = held_of(rights, amount) if amount is not None else ()
        told = tuple(field for field in held if is_told(field)) if self.told else ()
        return Moves(self, (self.path,), field_at(rights, object, (self.path,)), fiscal, held, told)


@dataclass(frozen=True, slots=True)
class StageBy(OwnBy):
    """The stage that a step of MovesBy, which stands before it among the groups, is about."""

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        return _Stage(self, (self.path,), field_at(rights, object, (self.path,)), fiscal)


def brought(amount: FieldModel | None) -> tuple[tuple[str, Type], ...]:
    """The names that MovesBy brings beside fields, with their types."""
    return () if amount is None else ((AMOUNT, MONEY if amount.type.expression_type == "money" else NUMBER),)


def held_of(rights: Rights, amount: FieldModel) -> tuple[FieldModel, ...]:
    """The amount, and what says in which currency it is."""
    unit, fields = unit_of(amount), rights.model.object(amount.object).fields
    return (amount,) if unit is None else (amount, fields[unit.currency], fields[unit.rate])


class _Stage(Group):
    __slots__ = ()

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        assert isinstance(rows, MoneyRows)
        return rows.beside[(_STAGE,)]


@dataclass(frozen=True, slots=True)
class Moves(Group):
    """`held` are the amount and what it is in, `told` those of them whose past is asked for."""

    held: tuple[FieldModel, ...] = ()
    told: tuple[FieldModel, ...] = ()

    @property
    def unfolds(self) -> bool:
        return True

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        by = self.by
        assert isinstance(by, MovesBy)
        assert isinstance(rows, MoneyRows)
        stays = self._stays(by)
        if self.told and not above:
            stays = _in_pieces(stays.cte("stays").prefix_with("MATERIALIZED"), self.field.object, self.told)
        found = stays.subquery("held")
        mine = rows.column((*above, "id"))  # before the join: it may add its own
        rows.source = rows.source.join(found, found.c.record == mine)
        rows.beside[(_STAGE,)] = found.c.value
        if self.held and not above:
            rows.beside[(AMOUNT,)] = self._amount(rows, found)
        return sql(f"({{}} * {_BOTH} + {{}})", found.c.low, found.c.high)

    def _stays(self, by: MovesBy) -> Select[Any]:
        """record, value, low and high."""
        low, high = _over_at(STAY.c.entered_at), func.coalesce(_over_at(STAY.c.left_at), _POINTS)
        found = select(STAY.c.record, STAY.c.value, low.label("low"), high.label("high"))
        seen = low < high
        if by.earlier:
            came, left = (self._cut(by.earlier, _local(at)) for at in (STAY.c.entered_at, STAY.c.left_at))
            seen = or_(seen, and_(high == constant("0"), came < left))
        return found.where(*stays_of(STAY, self.field.object, by.path), among(STAY.c.value, by.stages), seen)

    def _amount(self, rows: MoneyRows, stays: FromClause) -> ColumnElement[Any]:
        amount, *unit = (self._held(rows, stays, field) for field in self.held)
        return exchanged(amount, *unit) if unit else amount

    def _held(self, rows: MoneyRows, stays: FromClause, field: FieldModel) -> ColumnElement[Any]:
        now = rows.column((field.name,)) if field is self.held[0] else rows.base.c[field.name]
        if field not in self.told:
            return now
        was = [stays.c[f"{name}{self.told.index(field)}"] for name in ("past", "was")]
        return sql("(CASE WHEN {} THEN {} ELSE {} END)", *was, now)

    def unfolded(self, source: FromClause, key: ColumnElement[Any]) -> tuple[FromClause, ColumnElement[Any]]:
        steps = sql(
            f"unnest(CASE WHEN mod({{}}, {_BOTH}) < {{}} THEN ARRAY[{{}} / {_BOTH} * 2, mod({{}}, {_BOTH}) * 2 + 1]"
            f" ELSE ARRAY[{{}} / {_BOTH} * 2] END)",
            *(key, _POINTS, key, key, key),
        )
        step = beside({"step": steps}).lateral("step")
        found: ColumnElement[Any] = step.c.step
        return source.join(step, true()), found


# How many points there are, and how many are over at a moment.
_DAYS = parameter(POINTS, "date[]")
_POINTS = sql("cardinality({})", _DAYS)
_ZONE = parameter("env_timezone", "text")
_ENDS = sql(
    "(SELECT array_agg({} ORDER BY one.day) FROM unnest({}) AS one(day))",
    instant(sql("CAST(one.day AS timestamp)"), _ZONE),
    _DAYS,
)
_FIRST_END = instant(sql("CAST(({})[1] AS timestamp)", _DAYS), _ZONE)


def _over_at(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return sql("width_bucket({}, {})", moment, _ENDS)


def _local(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return sql("({} AT TIME ZONE {})", moment, _ZONE)


def _in_pieces(stays: CTE, object: str, told: Sequence[FieldModel]) -> Select[Any]:
    """The same, in pieces; of each field also `was`, what it held then, if `past` (else it held what it holds now)."""
    source: FromClause = stays
    changes = _changes(object, told)
    parts = [_pieces(changes, at, field).subquery(f"pieces{at}") for at, field in enumerate(told)]
    for part in parts:
        meet = and_(part.c.record == stays.c.record, part.c.low < stays.c.high, part.c.high > stays.c.low)
        source = source.outerjoin(part, meet)
    low = func.greatest(stays.c.low, *(part.c.low for part in parts))  # of those that are there
    high = func.least(stays.c.high, *(part.c.high for part in parts))
    were = [part.c[name].label(f"{name}{at}") for at, part in enumerate(parts) for name in ("past", "was")]
    found = select(stays.c.record, stays.c.value, low.label("low"), high.label("high"), *were)
    return found.select_from(source).where(or_(low < high, stays.c.high == constant("0")))  # 0: over before (earlier)


def _changes(object: str, told: Sequence[FieldModel]) -> CTE:
    """The changes of these fields since the first point was over, with what they found as texts."""
    old = [
        sql(f"({{}} #>> CAST(ARRAY['{field.name}', '0'] AS text[]))", HISTORY.c.changes).label(f"w{at}")
        for at, field in enumerate(told)
    ]
    known = [changed(HISTORY, field.name) for field in told]
    return (
        select(HISTORY.c.record, HISTORY.c.at, HISTORY.c.seq, *old)
        .add_columns(*(one.label(f"c{at}") for at, one in enumerate(known)))
        .where(HISTORY.c.object == word(object), HISTORY.c.at >= _FIRST_END, or_(*known))
        .cte("changes")
        .prefix_with("MATERIALIZED")
    )


def _pieces(changes: CTE, at: int, field: FieldModel) -> Any:
    """record, low, high, past, was: the points at which the field held one value, of records in which it changed."""
    record, moment, seq = changes.c.record, changes.c.at, changes.c.seq
    in_order = "OVER (PARTITION BY {} ORDER BY {}"
    before = sql(f"max({{}}) {in_order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)", moment, record, seq)
    until = sql(f"max({{}}) {in_order} ROWS UNBOUNDED PRECEDING)", moment, record, seq)
    after = f"max({{}}) {in_order} ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"
    cuts = (
        select(record, func.coalesce(_over_at(before), constant("0")).label("low"), _over_at(until).label("high"))
        .add_columns(once(read_as(Type.of(field).name, "{was}"), was=changes.c[f"w{at}"]).label("was"))
        .add_columns(sql(f"({after} IS NULL)", seq, record, seq).label("last"))
        .where(changes.c[f"c{at}"])
        .cte(f"cuts{at}")
    )
    found = select(cuts.c.record, cuts.c.low, cuts.c.high, constant("true").label("past"), cuts.c.was)
    since = select(cuts.c.record, cuts.c.high, _POINTS, constant("false"), constant("NULL"))
    return union_all(found.where(cuts.c.low < cuts.c.high), since.where(cuts.c["last"], cuts.c.high < _POINTS))
