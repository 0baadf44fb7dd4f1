"""Cohorts: records by when they were born, and how many spans later something happened to them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import check, lift_literals
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import CohortModel, ReportModel, ReportValue
from dougong_platform.errors import BadField, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import bad_filter, scope
from dougong_platform.query.rows import field_at
from dougong_platform.reports.answer import Answer, Cell, GroupHead, Head, Row, ValueHead
from dougong_platform.reports.asked import Asked, Drill, Point
from dougong_platform.reports.conditions import (
    Spans,
    all_of_these,
    conditions_of,
    period_condition,
    spans_of,
    today_of,
)
from dougong_platform.reports.grouped.group import Group
from dougong_platform.reports.grouped.question import By, Number, Question
from dougong_platform.reports.grouped.running import run
from dougong_platform.reports.kinds.ageing import ANYBODY, EVENT, EVERYBODY, AgeBy
from dougong_platform.reports.kinds.currencies import left_out, uncounted
from dougong_platform.reports.kinds.filling import filled
from dougong_platform.reports.kinds.laying import by_keys, drilled, fraction, no_such_cell, value_heads
from dougong_platform.reports.kinds.spans_apart import age_of
from dougong_platform.reports.labels import TOTAL, bucket_label
from dougong_platform.reports.periods import Span, bucket_after, bucket_span, condition

MOST_ROWS = 400
_RECORDS = ReportValue("n", Label("Records", "记录数"), "COUNT()", "number")
_SIZE, _SHARE = Label("Born", "起始记录数"), Label("Share", "占比")
_LATER = {
    "day": Label("Days later", "天后"),
    "week": Label("Weeks later", "周后"),
    "month": Label("Months later", "个月后"),
    "quarter": Label("Quarters later", "个季度后"),
    "year": Label("Years later", "年后"),
    "fiscal_quarter": Label("Fiscal quarters later", "个财季后"),
    "fiscal_year": Label("Fiscal years later", "个财年后"),
}
_CAPPED = Label("Only the last {n} rows are shown.", "仅显示最近 {n} 行。")


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is asked. `event` is a path of `of`, whose records point by `link` to those that were born (None: the same
    records); `relation` is what the report calls them."""

    said: CohortModel
    values: tuple[ReportValue, ...]
    spans: Spans
    where: tuple[str, ...]
    event: str
    of: str
    relation: str | None
    link: str | None


def cohort_of(caller: Caller, report: ReportModel, asked: Asked) -> Cohort:
    """What a report of type cohort asks. Raises BadField, BadRequest."""
    said = report.cohort
    if said is None:
        raise BadRequest(en="This report has no cohorts.", zh="此报表没有同期群设置。")
    values = report.values if any(v.name == "n" for v in report.values) else (_RECORDS, *report.values)
    values += uncounted(caller, report, values)
    spans = Spans(spans_of(caller, report, asked).now)
    where = tuple(conditions_of(caller, report, asked))
    first, _, rest = said.event.partition(".")
    try:
        field_at(caller.rights, report.object, (first,))
    except BadField:
        link = scope(caller.rights, report.object).relations(report.object).get(first)
        if link is None or not rest:
            raise BadField(name=said.event[:100], object=report.object) from None
        return Cohort(said, values, spans, where, rest, link.object, first, link.name)
    return Cohort(said, values, spans, where, said.event, report.object, None, None)


def answer(caller: Caller, report: ReportModel, asked: Asked) -> Answer:
    """Rows are cohorts, columns ages. Raises what `grouped.running.run` does."""
    cohort = cohort_of(caller, report, asked)
    said, given, shape = cohort.said, {}, None
    if said.where and said.where.strip():
        try:
            shape, literals = lift_literals(said.where)
            checked = check(shape, scope(caller.rights, cohort.of), source=said.where)
            given = checked.bind(literals, prefix=EVENT, source=said.where)
        except ExpressionError as error:
            raise bad_filter(error) from error
    question = Question(
        report.object,
        (*cohort.where, f"not ISBLANK({said.born})"),
        period_condition(report, cohort.spans.now),
        (By(said.born, said.every),),
        (
            AgeBy(
                said.born, said.every, event=cohort.event, of=cohort.of, link=cohort.link, where=shape, ages=said.ages
            ),
        ),
        tuple(Number(value.name, value.text) for value in cohort.values),
        sort=(f"-{By(said.born, said.every).text}",),
        most=MOST_ROWS,
        sums=True,
    )
    compiled, lines = run(caller, question, given)
    zeros = compiled.plan.zeros
    blank = tuple(
        0 if f.said.checked.text.strip() in zeros else None
        for v in cohort.values
        for f in compiled.plan.formulas
        if f.name == v.name
    )
    heads = value_heads(caller, cohort.values, compiled.types, cohort.spans)
    numbers = {key: now for key, (now, _) in by_keys(lines, 1, 2).items()}
    return _Laid(caller, report, cohort, numbers, blank, heads, compiled.plan.groups[0]).answer()


def point_filter(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> str:
    """The records of a cell, as a filter of the report's object. Raises BadRequest."""
    cohort = cohort_of(caller, report, asked)
    if len(point.row) > 1 or len(point.column) > 1:
        raise no_such_cell()
    period = period_condition(report, cohort.spans.now)
    found = [*cohort.where, *([period] if period else [])]
    try:
        age = int(point.column[0]) if point.column else None
        if age is not None and not 0 <= age < cohort.said.ages:
            raise no_such_cell()
        found += _born(caller, cohort, point.row, None if point.value == "size" else age, point.value == "size")
    except (ValueError, TypeError, OverflowError):
        raise no_such_cell() from None
    return all_of_these(found)


def drill(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> Drill:
    """The records behind a cell, and what they come to. Raises BadRequest."""
    filter = point_filter(caller, report, asked, point)
    found, name = answer(caller, report, asked), point.value or "n"
    head = next((one for one in found.values if one.name == name), None)
    row = next((one for one in (*found.rows, found.total) if one is not None and one.keys == point.row), None)
    at = next((i for i, column in enumerate(found.columns) if column.keys == point.column), None)
    if head is None or report.cohort is None:
        raise no_such_cell()
    said = (bucket_label(str(key), report.cohort.every, caller.locale, caller.model.fiscal_start) for key in point.row)
    labels = (
        *(said if point.row else (TOTAL.text(caller.locale),)),
        *(found.columns[at].labels if at is not None else ()),
    )
    cell = (None,) * len(found.values) if row is None else row.all if at is None else row.cells[at]
    made = drilled(caller, report, filter, (), "_records", labels, head)
    return Drill(made.object, filter, made.count, cell[found.values.index(head)], (), labels, head)


def _born(caller: Caller, cohort: Cohort, row: tuple[Any, ...], age: int | None, everybody: bool) -> list[str]:
    said, fiscal = cohort.said, caller.model.fiscal_start
    if not row:
        found = [f"not ISBLANK({said.born})"]
        born = f"{cohort.link}.{said.born}" if cohort.link else said.born
        spans = age_of(said.every, cohort.event, born, fiscal)
        happened = f"{spans} = {age}" if age is not None else f"{spans} >= 0 and {spans} < {said.ages}"
    else:
        span = bucket_span(str(row[0]), said.every, fiscal)
        found = [condition(said.born, span)]
        aged = _aged(span, said, age)
        happened = "false" if aged is None else condition(cohort.event, aged)
    if everybody:
        return found
    if cohort.relation is None:
        return [*found, happened, *([said.where] if said.where else [])]
    inside = f"({happened}) and ({said.where})" if said.where else happened
    return [*found, f"COUNT({cohort.relation}, {inside}) > 0"]


def _aged(span: Span, said: CohortModel, age: int | None) -> Span | None:
    """The days at which records born in `span` have the age (None: any of the ages); None where the calendar ends
    before them."""
    assert span.first is not None, "a bucket has its first day"
    days = [span.first]
    with suppress(ValueError, OverflowError):  # behind the year 9999
        for _ in range(said.ages if age is None else age + 1):
            days.append(bucket_after(days[-1], said.every))
    if age is None:
        return Span(days[0], days[said.ages] if len(days) > said.ages else None)
    if len(days) <= age:
        return None
    return Span(days[age], days[age + 1] if len(days) > age + 1 else None)


class _Laid:
    def __init__(
        self,
        caller: Caller,
        report: ReportModel,
        cohort: Cohort,
        numbers: dict[Any, Cell],
        blank: Cell,
        heads: list[ValueHead],
        born: Group,
    ) -> None:
        self.caller, self.report, self.cohort, self.born = caller, report, cohort, born
        self.numbers, self.blank, self.heads = numbers, blank, heads
        self.today = today_of(caller)
        self.names = [value.name for value in cohort.values]
        self.sized = "size" not in self.names  # unless the report has its own

    def answer(self) -> Answer:
        said, locale, fiscal = self.cohort.said, self.caller.locale, self.born.fiscal
        found = [row[0] for row, _ in self.numbers if row and row[0] is not None]
        keys = filled(found, said.every, fiscal)
        notices: tuple[str, ...] = ()
        capped = len(keys) > MOST_ROWS
        if capped:
            keys, notices = keys[-MOST_ROWS:], (_CAPPED.text(locale).format(n=MOST_ROWS),)
        ages = range(said.ages)
        rows = tuple(
            Row(
                (key,),
                (bucket_label(key, said.every, locale, fiscal),),
                self._cell(key, None),
                tuple(self._cell(key, age) for age in ages),
            )
            for key in keys
        )
        notices += left_out(self.caller, zip(self.names, self._numbers(None, ANYBODY), strict=True))
        share = ValueHead("n@share", _SHARE.text(locale), "percent", "share", "n")
        size = ValueHead("size", _SIZE.text(locale), "number")
        label = self.born.field.label.text(locale)
        span = self.cohort.spans.now
        return Answer(
            (GroupHead(self.born.text, label, self.born.field.type.name, said.every),),
            (GroupHead("age", _LATER[said.every].text(locale), "integer"),),
            (*self.heads, share, *([size] if self.sized else [])),
            rows,
            tuple(Head((age,), (str(age),)) for age in ages),
            self._total(keys) if self.report.totals and keys else None,
            capped,
            notices,
            (str(span.first), str(span.until)) if span is not None and span.first and span.until else None,
        )

    def _numbers(self, row: str | None, age: int) -> Cell:
        return self.numbers.get(((row,) if row else None, (age,)), self.blank)

    def _size(self, row: str | None) -> int:
        return int(self._numbers(row, EVERYBODY)[self.names.index("n")] or 0)

    def _cell(self, row: str, age: int | None) -> Cell:
        """Blank where the cohort is not yet so old."""
        if age is not None and not self._reached(row, age):
            return (*(None for _ in self.heads), None, *([self._size(row)] if self.sized else []))
        return self._filled(self._numbers(row, ANYBODY if age is None else age), self._size(row), self._size(row))

    def _filled(self, numbers: Cell, whole: int, size: int) -> Cell:
        shown = [n for n, value in zip(numbers, self.cohort.values, strict=True) if not value.hidden]
        return (*shown, fraction(numbers[self.names.index("n")], whole), *([size] if self.sized else []))

    def _total(self, keys: list[str]) -> Row:
        """Shares are of the cohorts that have reached the age."""
        size = self._size(None)
        cells = []
        for age in range(self.cohort.said.ages):
            old = sum(self._size(key) for key in keys if self._reached(key, age))
            cells.append(self._filled(self._numbers(None, age), old, size))
        everything = self._filled(self._numbers(None, ANYBODY), size, size)
        return Row((), (TOTAL.text(self.caller.locale),), everything, tuple(cells))

    def _reached(self, row: str, age: int) -> bool:
        """Whether the age has begun, or is known of already."""
        aged = _aged(bucket_span(row, self.cohort.said.every, self.born.fiscal), self.cohort.said, age)
        ahead = aged is None or aged.first is None or aged.first > self.today
        return not ahead or bool(self._numbers(row, age)[self.names.index("n")])
