"""Trends: at which stages records stood at the end of every day, week, month … of the period, by their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dougong_metadata.expressions import nodes, parse
from dougong_metadata.expressions.facts import split
from dougong_metadata.expressions.past import is_told
from dougong_metadata.expressions.printing import quoted
from dougong_metadata.expressions.types import NUMBER, Type
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel, ReportValue, TrendModel
from dougong_metadata.model.types import FieldModel
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import scope
from dougong_platform.query.rows import field_at
from dougong_platform.reports.answer import Answer, Cell, GroupHead, Head, Row
from dougong_platform.reports.asked import Asked, Drill, Point
from dougong_platform.reports.conditions import Spans, all_of_these, conditions_of, spans_of, today_of
from dougong_platform.reports.grouped.question import Number, Question
from dougong_platform.reports.grouped.running import run
from dougong_platform.reports.kinds.currencies import left_out, uncounted
from dougong_platform.reports.kinds.laying import by_keys, drilled, no_such_cell, value_heads
from dougong_platform.reports.kinds.moving import AMOUNT, POINTS, MovesBy, StageBy, brought
from dougong_platform.reports.kinds.stages import staged_field, stages_of
from dougong_platform.reports.labels import bucket_label, value_label
from dougong_platform.reports.periods import Span, bucket_start

MOST_POINTS = 400
_OF_THE_DAY = f"SUM({AMOUNT})"
_RECORDS = ReportValue("n", Label("Records", "记录数"), "COUNT()", "number")
_CAPPED = Label("Only the last {n} points are shown.", "仅显示最近 {n} 个时点。")
_AS_IT_IS = Label(
    "No history tells what “{name}” was, so it counts as it is now.",
    "历史记录中没有「{name}」过去的值，按当前值统计。",
)
_AT_THE_END = {
    "day": Label("End of day", "每日结束时"),
    "week": Label("End of week", "每周结束时"),
    "month": Label("End of month", "每月结束时"),
    "quarter": Label("End of quarter", "每季度结束时"),
    "year": Label("End of year", "每年结束时"),
    "fiscal_quarter": Label("End of fiscal quarter", "每财季结束时"),
    "fiscal_year": Label("End of fiscal year", "每财年结束时"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """What is asked. `points` are days, each the last of its span or today; without a first day one more than are
    shown, which tells whether there are more. `told`: whether history tells of the amount."""

    said: TrendModel
    field: FieldModel
    stages: tuple[str, ...]
    values: tuple[ReportValue, ...]
    points: tuple[date, ...]
    span: Span | None
    where: tuple[str, ...]
    capped: bool
    amount: FieldModel | None = None
    told: bool = False

    @property
    def open(self) -> bool:
        """Whether it begins with the first records."""
        return self.span is None or self.span.first is None

    @property
    def shown(self) -> tuple[ReportValue, ...]:
        """With the amount of the day."""
        if self.amount is None or any(value.name == "amount" for value in self.values):
            return self.values
        return (*self.values, ReportValue("amount", self.amount.label, _OF_THE_DAY))

    def holds(self, stage: str | None, day: date) -> str:
        """That a record stood there (None: anywhere) at the end of the day."""
        each = [f'STOOD({self.said.field}, {quoted(one)}, "{day}")' for one in self.stages if stage in (None, one)]
        return " or ".join(each) if len(each) == 1 else f"({' or '.join(each)})"


def trend_of(caller: Caller, report: ReportModel, asked: Asked) -> Trend:
    """What a report of type trend asks. Raises BadField, BadRequest."""
    said = report.trend
    if said is None:
        raise BadRequest(en="This report has no trend.", zh="此报表没有历史趋势设置。")
    field = staged_field(caller, report.object, said.field, stays=True)
    stages = stages_of(caller, field, said.stages, lost=True)
    values = report.values if any(v.name == "n" for v in report.values) else (_RECORDS, *report.values)
    for value in report.values:
        _check_adds_up(caller, report, value)
    amount = field_at(caller.rights, report.object, (said.amount,)) if said.amount else None
    summed = (ReportValue("amount", amount.label, f"SUM({amount.name})"),) if amount is not None else ()
    values += uncounted(caller, report, (*report.values, *summed))
    told = amount is not None and caller.model.object(report.object).history and is_told(amount)
    span = spans_of(caller, report, asked).now
    first = None if span is None else span.first
    points = _points(said.every, first, _last(caller, span), caller.model.fiscal_start)
    capped = first is not None and len(points) > MOST_POINTS
    where = tuple(conditions_of(caller, report, asked))
    return Trend(said, field, stages, values, points[capped:], span, where, capped, amount, told)


def answer(caller: Caller, report: ReportModel, asked: Asked) -> Answer:
    """Rows are points of time, columns stages. Raises what `grouped.running.run` does."""
    trend = trend_of(caller, report, asked)
    numbers: dict[Any, Cell] = {}
    types: Mapping[str, Type] = dict.fromkeys((value.name for value in trend.shown), NUMBER)
    earlier = trend.said.every if trend.open else None
    by = MovesBy(trend.said.field, stages=trend.stages, amount=trend.said.amount, told=trend.told, earlier=earlier)
    question = Question(
        report.object,
        trend.where,
        rows=(by,),
        columns=(StageBy(trend.said.field),),
        numbers=tuple(Number(value.name, value.text) for value in trend.shown),
        beside=brought(trend.amount),
        most=2 * (MOST_POINTS + 1) * max(1, len(trend.stages)),
    )
    if trend.points and trend.stages:
        ends = ",".join(str(day + timedelta(1)) for day in trend.points)
        compiled, lines = run(caller, question, {POINTS: f"{{{ends}}}"})
        numbers = {key: now for key, (now, _) in by_keys(lines, 1, 2).items()}
        types = compiled.types
    shown = list(zip(trend.points, _summed(trend, numbers), strict=True))
    if trend.open:  # it begins where the reader sees a record
        seen = [at for at, (_, cells) in enumerate(shown) if any(any(cell) for cell in cells.values())]
        had_left = any(row == (1,) for row, _ in numbers)  # those that stood earlier come and leave at the first point
        trend = replace(trend, capped=len(shown) > MOST_POINTS and (had_left or seen[:1] == [0]))
        begin = 0 if trend.capped else seen[0] if seen else len(shown)
        shown = shown[max(begin, len(shown) - MOST_POINTS) :]
    at_last = _together(trend, shown[-1][1]) if shown else []
    without = left_out(caller, zip((value.name for value in trend.shown), at_last, strict=False))
    rows = tuple(_row(caller, trend, day, cells) for day, cells in shown)
    return _answer(caller, trend, rows, types, without)


def point_filter(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> str:
    """The records of a cell, as a filter of the report's object. Raises BadRequest."""
    trend = trend_of(caller, report, asked)
    day = next((one for one in trend.points if point.row == (str(one),)), None)
    known = point.column == () or (len(point.column) == 1 and point.column[0] in trend.stages)
    if day is None or not known or not trend.stages:
        raise no_such_cell()
    return all_of_these([*trend.where, trend.holds(point.column[0] if point.column else None, day)])


def drill(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> Drill:
    """The records behind a cell, and what they come to. Raises BadRequest."""
    filter = point_filter(caller, report, asked, point)
    found, name = answer(caller, report, asked), point.value or "n"
    head = next((one for one in found.values if one.name == name), None)
    row = next((one for one in found.rows if one.keys == point.row), None)
    at = next((i for i, column in enumerate(found.columns) if column.keys == point.column), None)
    if head is None:
        raise no_such_cell()
    said = row.labels if row is not None else tuple(str(key) for key in point.row)
    labels = (*said, *(found.columns[at].labels if at is not None else ()))
    made = drilled(caller, report, filter, (), "_records", labels, head)
    cell = (0,) * len(found.values) if row is None else row.all if at is None else row.cells[at]
    return Drill(made.object, filter, made.count, cell[found.values.index(head)], (), labels, head)


def _check_adds_up(caller: Caller, report: ReportModel, value: ReportValue) -> None:
    """Numbers of a day are summed up from the moves before it, so they have to be sums and counts."""
    parts = split(value.text, scope(caller.rights, report.object, "aggregate"))
    calls = [parse(measure.text) for measure in parts.measures]
    plain = parts.formula.strip() == "_0" and isinstance(calls[0], nodes.Call) and calls[0].name in ("COUNT", "SUM")
    if not plain:
        raise BadRequest(
            en=f"A trend adds up sums and counts; “{value.text[:60]}” is neither.",
            zh=f"历史趋势只能使用合计与计数；「{value.text[:60]}」不是。",
        )


def _last(caller: Caller, span: Span | None) -> date:
    today = today_of(caller)
    return today if span is None or span.last is None else min(span.last, today)


def _points(every: str, first: date | None, last: date, fiscal: int) -> tuple[date, ...]:
    """The last day of each span from the one of `first` on, the last one being `last`; at most one more of the latest
    than are shown."""
    found = [last] if first is None or first <= last else []
    while 0 < len(found) <= MOST_POINTS:
        day = bucket_start(found[-1], every, fiscal) - timedelta(1)
        if first is not None and day < first:
            break
        found.append(day)
    return tuple(reversed(found))


def _summed(trend: Trend, numbers: dict[Any, Cell]) -> list[dict[str, list[Decimal]]]:
    """At each point by stage, each value: all steps up to it together."""
    standing = {stage: [Decimal(0)] * len(trend.shown) for stage in trend.stages}
    found = []
    for point in range(len(trend.points)):
        for stage, sums in standing.items():
            for key, sign in ((0, 1), (1, -1)):
                step = numbers.get(((2 * point + key,), (stage,)), ())
                for at, number in enumerate(step):
                    sums[at] += sign * Decimal(str(number or 0))
        found.append({stage: list(sums) for stage, sums in standing.items()})
    return found


def _row(caller: Caller, trend: Trend, day: date, cells: dict[str, list[Decimal]]) -> Row:
    fiscal = caller.model.fiscal_start
    start = bucket_start(day, trend.said.every, fiscal)
    label = bucket_label(str(start), trend.said.every, caller.locale, fiscal)
    return Row(
        (str(day),),
        (label,),
        _told(trend, _together(trend, cells)),
        tuple(_told(trend, cell) for cell in cells.values()),
    )


def _together(trend: Trend, cells: dict[str, list[Decimal]]) -> list[Decimal]:
    """Over all stages, each value."""
    return [sum((cell[at] for cell in cells.values()), Decimal(0)) for at in range(len(trend.shown))]


def _told(trend: Trend, numbers: list[Decimal]) -> Cell:
    """Counts as whole numbers, sums as texts; hidden values are left out."""
    shown = zip(trend.shown, numbers, strict=True)
    return tuple(
        int(number) if value.text.strip().upper().startswith("COUNT") else f"{number:f}"
        for value, number in shown
        if not value.hidden
    )


def _answer(caller: Caller, trend: Trend, rows: tuple[Row, ...], types: Any, without: tuple[str, ...]) -> Answer:
    locale, field, notices = caller.locale, trend.field, list(without)
    if trend.capped:
        notices.append(_CAPPED.text(locale).format(n=MOST_POINTS))
    if trend.amount is not None and not trend.told:
        notices.append(_AS_IT_IS.text(locale).format(name=trend.amount.label.text(locale)))
    span = trend.span
    return Answer(
        (GroupHead("day", _AT_THE_END[trend.said.every].text(locale), "date", trend.said.every),),
        (GroupHead(field.name, field.label.text(locale), field.type.name),),
        tuple(value_heads(caller, trend.shown, types, Spans(span))),
        rows,
        tuple(Head((stage,), (value_label(field, stage, locale),)) for stage in trend.stages),
        None,
        trend.capped,
        tuple(notices),
        (str(span.first), str(span.until)) if span is not None and span.first and span.until else None,
    )
