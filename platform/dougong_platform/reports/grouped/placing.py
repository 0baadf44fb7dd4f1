"""By what rows are placed besides the numbers of their own lines: what stands beside a number, and the cells of one
column. Used by `statement`, whose lines these are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal_column, or_, select

from dougong_metadata.expressions.sql import constant, parameter, sql
from dougong_metadata.model.report_types import SPANS
from dougong_platform.reports.grouped.fact import level_of
from dougong_platform.reports.grouped.plan import Plan
from dougong_platform.reports.grouped.question import Order, Question


class Placing:
    """`others`: positions of groups of which a line may be about all others."""

    def __init__(self, question: Question, plan: Plan, others: tuple[int, ...]) -> None:
        self._question, self._plan, self._others = question, plan, others
        self._columns = tuple(range(len(question.rows), len(plan.groups)))
        self._types = {formula.name: formula.type for formula in plan.formulas}

    def beside(self, lines: FromClause, said: Order) -> ColumnElement[Any]:
        """A number of each line, that of the earlier span, by how much it has changed, or its part of the whole
        (of the column's, where one is named). Of days to come nothing is known, as `grid` has it."""
        position = [number.name for number in self._question.numbers].index(said.name)
        found = self._number(lines, said, position)
        if self._question.compared is None or said.role == "before":
            return found
        return sql("(CASE WHEN {} THEN NULL ELSE {} END)", self._is_to_come(lines), found)

    def column(self, lines: FromClause, said: Order, whole: ColumnElement[Any]) -> FromClause:
        """The same of the cells of one column, as `number` by `whole`, the key of their row."""
        here = [lines.c.level == self._level(len(self._question.rows)), *self._in_column(lines, said.column)]
        found = select(whole.label("whole"), self.beside(lines, said).label("number")).where(*here)
        return found.subquery(f"column{said.column}_{said.role}_{said.name}")

    def _number(self, lines: FromClause, said: Order, position: int) -> ColumnElement[Any]:
        now = lines.c[f"n{position}"]
        if said.role == "value":
            return now
        if said.role == "before":
            return lines.c[f"b{position}"]
        if not self._types[said.name].is_number:
            return constant("NULL")
        if said.role == "change":
            before = lines.c[f"b{position}"]
            if self._question.numbers[position].by_gap:
                return sql("(CAST({} AS numeric) - {})", now, before)
            return sql("((CAST({} AS numeric) - {}) / nullif(abs({}), 0))", now, before, before)
        over_all = lines.alias(f"whole{position}_{said.column}")
        level = self._level(0) if said.column is not None else literal_column(str(level_of((), len(self._plan.groups))))
        whole = select(over_all.c[f"n{position}"]).where(
            over_all.c.level == level, *self._in_column(over_all, said.column)
        )
        return sql("(CAST({} AS numeric) / nullif({}, 0))", now, whole.scalar_subquery())

    def _level(self, rows: int) -> ColumnElement[int]:
        """Of cells: lines about so many groups of rows and all of the columns."""
        return literal_column(str(level_of((*range(rows), *self._columns), len(self._plan.groups))))

    def _in_column(self, lines: FromClause, at: int | None) -> list[ColumnElement[bool]]:
        """That a line is about the column."""
        here = []
        for place, i in enumerate(self._columns if at is not None else ()):
            key = parameter(sorted_key(at or 0, place), "text")
            here.append(sql("CAST({} AS text) IS NOT DISTINCT FROM {}", lines.c[f"k{i}"], key))
            if i in self._others:
                here.append(sql("{} = {}", lines.c[f"o{i}"], parameter(sorted_other(at or 0, place), "boolean")))
        return here

    def _is_to_come(self, lines: FromClause) -> ColumnElement[bool]:
        today = sql("CAST((now() AT TIME ZONE {}) AS date)", parameter("env_timezone", "text"))
        spans = [lines.c[f"k{i}"] > today for i, group in enumerate(self._plan.groups) if group.by.every in SPANS]
        nothing = [
            func.coalesce(lines.c[f"n{i}"], literal_column("0")) == literal_column("0")
            if self._types[number.name].is_number
            else lines.c[f"n{i}"].is_(None)
            for i, number in enumerate(self._question.numbers)
        ]
        return and_(or_(constant("false"), *spans), *nothing)


def sorted_key(at: int, place: int) -> str:
    """The parameter of one key of a column by which rows are sorted."""
    return f"sort{at}_{place}"


def sorted_other(at: int, place: int) -> str:
    """The parameter that says whether that key is all others."""
    return f"sort{at}_{place}_other"
