"""The columns of a cohort: how many spans after a record was born something happened to it.

Besides the ages there are two columns of their own: EVERYBODY, all records that were born, and ANYBODY, those to which
it happened at any of the ages. The event's condition has its literals under the prefix `event`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true

from dougong_metadata.expressions import Shape, check, compile_sql
from dougong_metadata.expressions.sql import once, parameter, sql
from dougong_platform.access.rights import Rights
from dougong_platform.query.filter import scope
from dougong_platform.query.rows import ReadRows
from dougong_platform.reports.grouped.fact import beside
from dougong_platform.reports.grouped.group import Group, OwnBy, group
from dougong_platform.reports.grouped.question import By

EVERYBODY, ANYBODY = -1, -2
EVENT = "event"
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}


@dataclass(frozen=True, slots=True)
class AgeBy(OwnBy):
    """`path` is the date of birth, `every` the span; `event` a date of `of`, whose field `link` points to the record
    (None: a date of the record itself), `where` a condition of `of`. Ages from 0, `ages` of them."""

    event: str = ""
    of: str = ""
    link: str | None = None
    where: Shape | None = None
    ages: int = 12

    @property
    def text(self) -> str:
        return "age"

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        born = group(rights, object, By(self.path, self.every), fiscal)
        happened = group(rights, self.of, By(self.event, self.every), fiscal)
        return _Aged(self, born.path, born.field, fiscal, born, happened, rights)


@dataclass(frozen=True, slots=True)
class _Aged(Group):
    born: Group | None = None
    happened: Group | None = None
    rights: Rights | None = None

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        by = self.by
        assert isinstance(by, AgeBy)
        if by.link is not None and above == (by.link,) and rows.object == by.of:  # each event by itself
            single = f"(CASE WHEN {{age}} IS NOT NULL THEN ARRAY[{ANYBODY}, {{age}}] END)"
            return _unnested(rows, once(single, age=self._age(by, rows, above)))
        if by.link is None and not above:
            own = self._age(by, rows, ())
            return _unnested(rows, once(_ALL_OF.format("{age} IS NULL", "{age}"), age=own))
        ages = self._of_others(by, rows, above)
        return _unnested(rows, once(_ALL_OF.format("{ages} IS NULL", "{ages}"), ages=ages))

    def _of_others(self, by: AgeBy, rows: ReadRows, above: tuple[str, ...]) -> ColumnElement[Any]:
        """The ages at which the record at the end of `above` has events, each once."""
        events, conditions = rows.apart(by.of, "e")
        way = () if by.link is None else (by.link,)
        age, record = self._age(by, events, way), events.column((*way, "id"))
        happened = (
            select(record.label("record"), sql("array_agg(DISTINCT {})", age).label("ages"))
            .select_from(events.source)
            .where(*conditions, age.is_not(None))
            .group_by(record)
            .subquery("happened")
        )
        mine = rows.column((*above, "id"))  # before the join: it may add its own
        rows.source = rows.source.outerjoin(happened, happened.c.record == mine)
        found: ColumnElement[Any] = happened.c.ages
        return found

    def _age(self, by: AgeBy, rows: ReadRows, way: tuple[str, ...]) -> ColumnElement[Any]:
        """The age at which the event of `rows` happened; blank where it did not, or at none of the ages. `way` leads to
        the record that was born."""
        born, happened, rights = self.born, self.happened, self.rights
        assert born is not None
        assert happened is not None
        assert rights is not None
        ends = _number(happened, rows, (), str(by.every)), _number(born, rows, way, str(by.every))
        fits = f"({{}} - {{}}) BETWEEN 0 AND {int(by.ages) - 1}"
        if by.where is None:
            return sql(f"(CASE WHEN {fits} THEN {{}} - {{}} END)", *ends, *ends)
        condition = compile_sql(check(by.where, scope(rights, by.of)), rows, prefix=EVENT)
        return sql(f"(CASE WHEN {{}} AND {fits} THEN {{}} - {{}} END)", condition, *ends, *ends)


_ALL_OF = f"(CASE WHEN {{}} THEN ARRAY[{EVERYBODY}] ELSE ARRAY[{EVERYBODY}, {ANYBODY}] || {{}} END)"


def _unnested(rows: ReadRows, ages: ColumnElement[Any]) -> ColumnElement[Any]:
    """One row for each of the ages."""
    aged = beside({"age": sql("unnest({})", ages)}).lateral("aged")
    rows.source = rows.source.join(aged, true())
    found: ColumnElement[Any] = aged.c.age
    return found


def _number(date: Group, rows: ReadRows, way: tuple[str, ...], every: str) -> ColumnElement[Any]:
    """The number of the span in which a date of the record at the end of `way` lies; spans are counted from the year 1,
    which began on a Monday."""
    column = rows.column((*way, *date.path))
    if date.field.type.expression_type == "datetime":
        column = sql("CAST(({} AT TIME ZONE {}) AS date)", column, parameter("env_timezone", "text"))
    if every in ("day", "week"):
        return sql(f"(({{}} - DATE '0001-01-01') / {7 if every == 'week' else 1})", column)
    moved = date.fiscal - 1 if every.startswith("fiscal_") else 0
    months = "(CAST(extract(year FROM {}) AS integer) * 12 + CAST(extract(month FROM {}) AS integer) - 1"
    return sql(f"({months} - {moved}) / {_MONTHS[every]})", column, column)
