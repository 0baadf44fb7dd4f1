"""How records moved through stages, as steps of running sums: at which point of time a record came to stand at a stage,
and at which it no longer did. Each record is read once, however many points there are.

The parameter `past_points` holds the days that begin when each point is over, ascending. A group's key is twice the
number (from 0) of the first point that the step changes, plus 1 where the record leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column, select, true, union_all

from dougong_metadata.expressions.sql import once, parameter, sql
from dougong_metadata.expressions.types import MONEY, NUMBER, Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.query.past import HISTORY, STAY, changed, old_value, read_as, stays_of, word
from dougong_platform.query.rows import ReadRows, field_at
from dougong_platform.reports.grouped.fact import beside
from dougong_platform.reports.grouped.group import Group, OwnBy
from dougong_platform.reports.grouped.money import ENV_CURRENCY, MoneyRows
from dougong_platform.reports.kinds.standing import among

POINTS, AMOUNT = "past_points", "_amount"
_STAGE = "_stage"


@dataclass(frozen=True, slots=True)
class MovesBy(OwnBy):
    """The steps of records that stood at one of `stages` of the field `path`. `amount`: a number field that comes along
    as AMOUNT, as it was while the record stood there if `told` (by history), else as it is."""

    stages: tuple[str, ...] = ()
    amount: str | None = None
    told: bool = False

    @property
    def text(self) -> str:
        return "moves"

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        amount = field_at(rights, object, (self.amount,)) if self.amount else None
        return _Moves(self, (self.path,), field_at(rights, object, (self.path,)), fiscal, amount)


@dataclass(frozen=True, slots=True)
class StageBy(OwnBy):
    """The stage that a step of MovesBy, which stands before it among the groups, is about."""

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        return _Stage(self, (self.path,), field_at(rights, object, (self.path,)), fiscal)


def brought(amount: FieldModel | None) -> tuple[tuple[str, Type], ...]:
    """The names that MovesBy brings beside fields, with their types."""
    return () if amount is None else ((AMOUNT, MONEY if amount.type.expression_type == "money" else NUMBER),)


class _Stage(Group):
    __slots__ = ()

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        assert isinstance(rows, MoneyRows)
        return rows.beside[(_STAGE,)]


@dataclass(frozen=True, slots=True)
class _Moves(Group):
    amount: FieldModel | None = None

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        by = self.by
        assert isinstance(by, MovesBy)
        assert isinstance(rows, MoneyRows)
        held = _held(rows, self.field.object, by, self.amount if by.told else None)
        mine = rows.column((*above, "id"))  # before the join: it may add its own
        rows.source = rows.source.join(held, held.c.record == mine)
        steps = once(
            "(CASE WHEN {high} < {points} THEN ARRAY[{low} * 2, {high} * 2 + 1] ELSE ARRAY[{low} * 2] END)",
            low=held.c.low,
            high=held.c.high,
            points=_POINTS,
        )
        step = beside({"step": sql("unnest({})", steps)}).lateral("step")
        rows.source = rows.source.join(step, true())
        rows.beside[(_STAGE,)] = held.c.value
        if self.amount is not None and not above:
            value = held.c.amount if by.told else rows.column((self.amount.name,))
            rows.beside[(AMOUNT,)] = _converted(rows, self.amount, value)
        found: ColumnElement[Any] = step.c.step
        return found


# How many points there are, and how many are over before a moment.
_DAYS = parameter(POINTS, "date[]")
_POINTS = sql("cardinality({})", _DAYS)
_ENDS = sql(
    "(SELECT array_agg(CAST(one.day AS timestamp) AT TIME ZONE {} ORDER BY one.day) FROM unnest({}) AS one(day))",
    parameter("env_timezone", "text"),
    _DAYS,
)


def _over_at(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return sql("width_bucket({}, {})", moment, _ENDS)


def _held(rows: ReadRows, object: str, by: MovesBy, amount: FieldModel | None) -> FromClause:
    """record, value, the first point `low` at which it held, the first `high` at which it did not, and the amount."""
    high = func.coalesce(_over_at(STAY.c.left_at), _POINTS)
    found = select(STAY.c.record, STAY.c.value, _over_at(STAY.c.entered_at).label("low"), high.label("high"))
    stays = found.where(*stays_of(STAY, object, by.path), among(STAY.c.value, by.stages)).subquery("stays")
    if amount is None:
        return select(*stays.c).where(stays.c.low < stays.c.high).subquery("held")
    amounts = _amounts(rows, object, amount)
    low, least = func.greatest(stays.c.low, amounts.c.low), func.least(stays.c.high, amounts.c.high)
    return (
        select(stays.c.record, stays.c.value, low.label("low"), least.label("high"), amounts.c.amount)
        .select_from(stays.join(amounts, and_(amounts.c.record == stays.c.record, low < least)))
        .subquery("held")
    )


def _amounts(rows: ReadRows, object: str, amount: FieldModel) -> FromClause:
    """What the field held from which point on and until before which, of every record."""
    before = "max({}) OVER (PARTITION BY {} ORDER BY {} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    old = once(f"({read_as('number', '({was} #>> CAST(ARRAY[] AS text[]))')})", was=old_value(HISTORY, amount.name))
    changes = (
        select(
            HISTORY.c.record,
            HISTORY.c.at,
            sql(before, HISTORY.c.at, HISTORY.c.record, HISTORY.c.seq).label("since"),
            old.label("amount"),
        )
        .where(HISTORY.c.object == word(object), changed(HISTORY, amount.name), _over_at(HISTORY.c.at) > _number(0))
        .cte("amount_changes")
    )
    last = (
        select(changes.c.record, func.max(changes.c.at).label("at")).group_by(changes.c.record).subquery("last_change")
    )
    of, _ = rows.apart(object, "m")
    base = of.base
    first = func.coalesce(_over_at(changes.c.since), _number(0))
    past = select(changes.c.record, first.label("low"), _over_at(changes.c.at).label("high"), changes.c.amount)
    since = func.coalesce(_over_at(last.c.at), _number(0))
    now = sql("CAST({} AS numeric)", base.c[amount.name])
    present = select(base.c.id, since.label("low"), _POINTS.label("high"), now.label("amount")).select_from(
        base.outerjoin(last, last.c.record == base.c.id)
    )
    return union_all(past, present).subquery("amounts")


def _converted(rows: MoneyRows, field: FieldModel, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """In the tenant's currency, with the rate that the record has now."""
    rate, currency = field.settings.get("rate_field"), field.settings.get("currency_field")
    if not rate or not currency:
        return value
    own, factor = rows.column((currency,)), rows.column((rate,))
    same = sql("({} IS NULL OR {} = {})", own, own, parameter(ENV_CURRENCY, "text"))
    return sql("(CASE WHEN {} THEN {} ELSE {} * {} END)", same, value, value, factor)


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value))
