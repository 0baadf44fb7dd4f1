"""Funnels: records that pass conditions one after the other, or the stages of a field: where records stand, where they
stood when the period was over, or which they entered within it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_metadata.expressions.types import NUMBER
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer, Cell, GroupHead, Row, ValueHead
from dougong_platform.reports.asked import Asked, Drill, Point
from dougong_platform.reports.conditions import all_of_these
from dougong_platform.reports.grouped.group import group
from dougong_platform.reports.grouped.running import run
from dougong_platform.reports.kinds.currencies import left_out
from dougong_platform.reports.kinds.funnel_asking import DAYS_NUMBER, MOVED, Funnel, funnel_of
from dougong_platform.reports.kinds.laying import (
    Columns,
    Keys,
    Numbers,
    by_keys,
    column_conditions,
    columns_of,
    drilled,
    fraction,
    group_heads,
    no_such_cell,
    value_heads,
    with_changes,
)
from dougong_platform.reports.kinds.stages import ends_of
from dougong_platform.reports.labels import TOTAL
from dougong_platform.reports.periods import Span

_STEP = Label("Step", "步骤")
_RATE, _RATE_ALL = Label("From the step before", "上一步转化率"), Label("From the first step", "总转化率")
_WENT_ON, _WENT_ON_RATE = Label("Went on", "已推进"), Label("Conversion", "转化率")
_DAYS, _SHARE = Label("Days in stage", "停留天数"), Label("Share", "占比")


def answer(caller: Caller, report: ReportModel, asked: Asked) -> Answer:
    """Rows are steps or stages. Raises what `grouped.running.run` does."""
    return _Laid(caller, funnel_of(caller, report, asked)).answer()


def point_filter(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> str:
    """The records of a cell, as a filter of the report's object. Raises BadRequest."""
    name, _, role = (point.value or "n").partition("@")
    funnel = funnel_of(caller, report, asked)
    if len(point.row) > 1 or (role == "before" and funnel.spans.before is None):
        raise no_such_cell()
    span = funnel.spans.before if role == "before" else funnel.spans.now
    said = funnel.holds(point.row[0] if point.row else None, span, went_on=name == "went_on")
    if said is None:
        raise no_such_cell()
    fiscal = caller.model.fiscal_start
    groups = [group(caller.rights, report.object, by, fiscal) for by in funnel.question.columns]
    inside = column_conditions(groups, point.column, lambda: [c.keys for c in answer(caller, report, asked).columns])
    return all_of_these([*funnel.conditions(span), said, *inside])


def drill(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> Drill:
    """The records behind a cell; rates and days lead to those that they are of. Raises BadRequest."""
    filter = point_filter(caller, report, asked, point)
    funnel = funnel_of(caller, report, asked)
    found = answer(caller, report, asked)
    name, _, role = (point.value or "n").partition("@")
    head = next((one for one in found.values if one.name == (point.value or "n")), None)
    row = next((one for one in (*found.rows, found.total) if one is not None and one.keys == point.row), None)
    columns = [column for column in found.columns if point.column and column.keys == point.column]
    if head is None or row is None or (point.column and not columns):
        raise no_such_cell()
    labels = (*row.labels, *(label for column in columns for label in column.labels))
    made = drilled(caller, report, filter, funnel.values, "n" if name == "went_on" else name, labels, head)
    if role in ("", "before") and head.role in ("value", "before"):
        return made
    cell = row.cells[found.columns.index(columns[0])] if columns else row.all
    return Drill(made.object, made.filter, made.count, cell[found.values.index(head)], (), labels, head)


class _Laid:
    def __init__(self, caller: Caller, funnel: Funnel) -> None:
        self.caller, self.funnel, self.report = caller, funnel, funnel.report
        question = funnel.question
        self.ends = ends_of(caller, funnel.field, "won", "lost") if funnel.field is not None else frozenset[str]()
        if not funnel.rows:
            self._nothing()
            return
        compiled, lines = run(caller, question, funnel.given)
        groups = compiled.plan.groups
        self.depth = len(question.rows)
        self.numbers: Numbers = by_keys(lines, self.depth, len(groups))
        keys = [column for _, column in self.numbers if column]
        self.columns: Columns = columns_of(caller, groups[self.depth :], keys)
        self.names = [number.name for number in question.numbers]
        self.blank = tuple(
            0 if formula.said.checked.text.strip() in compiled.plan.zeros else None
            for name in self.names
            for formula in compiled.plan.formulas
            if formula.name == name
        )
        self.types = {value.name: compiled.types[funnel.number(value.name, 0)] for value in funnel.values}

    def _nothing(self) -> None:
        """A field whose stages are all lost, or none of those that the report names."""
        self.depth, self.numbers = 0, {}
        self.columns, self.types = Columns((), (), ()), dict.fromkeys((v.name for v in self.funnel.values), NUMBER)

    def answer(self) -> Answer:
        funnel, locale = self.funnel, self.caller.locale
        heads = value_heads(self.caller, funnel.values, self.types, funnel.spans)
        rows = tuple(
            Row(
                (key,), (label.text(locale),), self._cell(at, None), tuple(self._cell(at, c) for c in self.columns.keys)
            )
            for at, (key, label) in enumerate(funnel.rows)
        )
        return Answer(
            (self._row_head(),),
            group_heads(self.caller, self.report, self.columns.groups),
            (*heads, *(self._extra_heads()[at] for at in self._extra)),
            rows,
            self.columns.heads,
            self._total(),
            self.columns.capped,
            (*self.columns.notices, *self._without_rate()),
            _days(funnel.spans.now),
            _days(funnel.spans.before),
        )

    def _without_rate(self) -> tuple[str, ...]:
        names = [value.name for value in self.funnel.values] if self.funnel.rows else []
        return left_out(self.caller, ((name, self._number(name, None, None)) for name in names))

    def _row_head(self) -> GroupHead:
        field = self.funnel.field
        if field is None:
            return GroupHead("step", _STEP.text(self.caller.locale), "text")
        return GroupHead(field.name, field.label.text(self.caller.locale), field.type.name)

    def _total(self) -> Row | None:
        """Of stages of which each record has one."""
        if self.funnel.mode not in ("now", "stock") or not self.report.totals or not self.funnel.rows:
            return None
        cells = tuple(self._cell(None, column) for column in self.columns.keys)
        return Row((), (TOTAL.text(self.caller.locale),), self._cell(None, None), cells)

    # Numbers.

    def _number(self, name: str, at: int | None, column: Keys | None, *, before: bool = False) -> Any:
        place = self.names.index(self.funnel.number(name, at or 0))
        row = None if at is None or not self.depth else (self.funnel.rows[at][0],)
        found = self.numbers.get((row, column))
        if found is None:
            return self.blank[place]
        value = found[1 if before else 0][place]
        return self.blank[place] if value is None else value

    def _cell(self, at: int | None, column: Keys | None) -> Cell:
        values = [value for value in self.funnel.values if not value.hidden]
        names = [value.name for value in values]
        now = [self._number(name, at, column) for name in names]
        before = None
        if self.funnel.spans.before is not None:
            before = [self._number(name, at, column, before=True) for name in names]
        extras = self._extras(at, column)
        return (*with_changes(values, now, before), *(extras[place] for place in self._extra))

    @property
    def _extra(self) -> list[int]:
        """Places of the numbers that the funnel makes by itself, without those that the report gives."""
        given = {value.name for value in self.funnel.values}
        return [at for at, head in enumerate(self._extra_heads()) if head.name not in given]

    def _extras(self, at: int | None, column: Keys | None) -> Sequence[Any]:
        n = self._number("n", at, column)
        if self.funnel.mode == "steps":
            first = self._number("n", 0, column)
            ahead = self._number("n", at - 1, column) if at else None
            return fraction(n, ahead), fraction(n, first)
        if self.funnel.mode == "entered":
            return self._stay(at or 0, column, n)
        return (fraction(n, self._number("n", None, column)),)

    def _stay(self, at: int, column: Keys | None, n: Any) -> Sequence[Any]:
        """Of the last stage nothing goes on, and at one that is the end nothing waits: blank, no 0."""
        days = None if self.funnel.rows[at][0] in self.ends else self._number(DAYS_NUMBER, at, column)
        if at == len(self.funnel.rows) - 1:
            return None, None, days
        moved = self._number(MOVED, at, column)
        return moved, fraction(moved, n), days

    def _extra_heads(self) -> tuple[ValueHead, ...]:
        locale = self.caller.locale
        if self.funnel.mode == "steps":
            rate = ValueHead("rate", _RATE.text(locale), "percent", "rate", "n")
            return rate, ValueHead("rate_all", _RATE_ALL.text(locale), "percent", "rate", "n")
        if self.funnel.mode == "entered":
            return (
                ValueHead("went_on", _WENT_ON.text(locale), "number"),
                ValueHead("rate", _WENT_ON_RATE.text(locale), "percent", "rate", "n"),
                ValueHead("days", _DAYS.text(locale), "days", "days", "n", "down", 1),
            )
        return (ValueHead("n@share", _SHARE.text(locale), "percent", "share", "n"),)


def _days(span: Span | None) -> tuple[str, str] | None:
    if span is None or span.first is None or span.until is None:
        return None
    return str(span.first), str(span.until)
