"""How records moved through stages, as steps of running sums: at which point of time a record came to stand at a stage,
and at which it no longer did. Each record is read once, however many points there are.

The parameter `past_points` holds the days that begin when each point is over, ascending. A group's key is four times
the number (from 0) of the first point that the step changes, plus 1 where the record leaves, plus 2 where only its
amount is corrected: a record counts with its present amount, and each change since a point takes its part back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column, select, true, union_all

from dougong_metadata.expressions.sql import constant, once, parameter, sql
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
        steps = sql(
            "(CASE WHEN {} THEN ARRAY[{} * 4 + {}, {} * 4 + {} + 1] ELSE ARRAY[{} * 4 + {}] END)",
            held.c.ends,
            held.c.low,
            held.c.kind,
            held.c.high,
            held.c.kind,
            held.c.low,
            held.c.kind,
        )
        step = beside({"step": sql("unnest({})", steps)}).lateral("step")
        rows.source = rows.source.join(step, true())
        rows.beside[(_STAGE,)] = held.c.value
        if self.amount is not None and not above:
            now = rows.column((self.amount.name,))
            rows.beside[(AMOUNT,)] = _converted(rows, self.amount, _part(held, now) if by.told else now)
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
    """record, value, the first point `low` at which a stay held and the first `high` at which it did not, whether that
    `ends` among the points; of kind 2 also what a change found (`old`) and left (`new`, unless it was the `last`)."""
    high = func.coalesce(_over_at(STAY.c.left_at), _POINTS)
    found = select(STAY.c.record, STAY.c.value, _over_at(STAY.c.entered_at).label("low"), high.label("high"))
    stays = found.where(*stays_of(STAY, object, by.path), among(STAY.c.value, by.stages)).subquery("stays")
    ends = (stays.c.high < _POINTS).label("ends")
    plain = select(*stays.c, ends, _number(0).label("kind")).where(stays.c.low < stays.c.high)
    if amount is None:
        return plain.subquery("held")
    changes = _changes(object, amount)
    until = func.least(stays.c.high, changes.c.until)
    corrected = (
        select(stays.c.record, stays.c.value, stays.c.low, until.label("high"), (until < _POINTS).label("ends"))
        .add_columns(_number(2).label("kind"), changes.c.old, changes.c.new, changes.c.last)
        .select_from(changes.join(stays, and_(stays.c.record == changes.c.record, stays.c.low < until)))
    )
    nothing = [constant(f"CAST(NULL AS {kind})").label(name) for name, kind in _OF_CHANGES]
    return union_all(plain.add_columns(*nothing), corrected).subquery("held")


_OF_CHANGES = (("old", "numeric"), ("new", "numeric"), ("last", "boolean"))


def _changes(object: str, amount: FieldModel) -> FromClause:
    """The changes of the amount since the first point is over: up to which point each is to be taken back."""
    first = sql("(CAST(({})[1] AS timestamp) AT TIME ZONE {})", _DAYS, parameter("env_timezone", "text"))
    text = read_as("number", "({was} #>> CAST(ARRAY[] AS text[]))")
    told = (
        select(HISTORY.c.record, HISTORY.c.at, HISTORY.c.seq, once(f"({text})", was=old_value(HISTORY, amount.name)))
        .where(HISTORY.c.object == word(object), HISTORY.c.at >= first, changed(HISTORY, amount.name))
        .subquery("told")
    )
    record, at, seq, old = told.c
    in_order = "OVER (PARTITION BY {} ORDER BY {})"
    next_one = "OVER (PARTITION BY {} ORDER BY {} ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"
    until = _over_at(sql(f"max({{}}) {in_order}", at, record, seq))
    new = sql(f"first_value({{}}) {next_one}", old, record, seq)
    last = sql(f"(first_value({{}}) {next_one} IS NULL)", seq, record, seq)
    return select(record, until.label("until"), old.label("old"), new.label("new"), last.label("last")).subquery(
        "changes"
    )


def _part(held: FromClause, now: ColumnElement[Any]) -> ColumnElement[Any]:
    """The present amount, or what a change takes back of it."""
    return sql(
        "(CASE WHEN {} = 0 THEN {} ELSE coalesce({}, 0) - coalesce(CASE WHEN {} THEN {} ELSE {} END, 0) END)",
        held.c.kind,
        now,
        held.c.old,
        held.c["last"],
        now,
        held.c.new,
    )


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
