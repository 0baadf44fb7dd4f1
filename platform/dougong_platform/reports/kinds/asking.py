"""A report and a visit as a question: groups, numbers, conditions. Used by the types that are grids of groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dougong_metadata.expressions.printing import quoted
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportGroup, ReportModel, ReportValue
from dougong_metadata.report_order import sort_key
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.conditions import Spans, conditions_of, number_in, period_condition, spans_of
from dougong_platform.reports.grouped.question import By, Compared, Number, Order, Question
from dougong_platform.reports.kinds.currencies import uncounted
from dougong_platform.reports.periods import Span

USUAL_ROWS = 1_000
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Grid:
    """What is asked, and what its values are called. `sort`: what rows are shown by where their group says nothing; the
    question's says which of them come first."""

    question: Question
    values: tuple[ReportValue, ...]
    spans: Spans
    sort: tuple[str, ...] = ()


def grid_of(caller: Caller, report: ReportModel, asked: Asked) -> Grid:
    """The question of a summary, matrix or win-loss report. Raises BadRequest."""
    values = report.values or (_won_and_lost(caller, report) if report.type == "win_loss" else _counted())
    values += uncounted(caller, report, values)
    spans = spans_of(caller, report, asked)
    where = conditions_of(caller, report, asked)
    if report.type == "win_loss":
        won, lost = outcomes(caller, report)
        where.append(f"{_stage_field(caller, report)} in ({', '.join(quoted(v) for v in (*won, *lost))})")
    sort, sort_columns = _sorted(report, values, asked.sort or report.sort, spans.before is not None)
    own = [one.sort for one in report.rows[:1] if one.sort and not asked.sort]
    question = Question(
        report.object,
        tuple(where),
        period_condition(report, spans.now),
        tuple(by_of(one) for one in report.rows),
        tuple(by_of(one) for one in report.columns),
        _numbers(values, spans.now),
        report.having,
        (*_sorted(report, values, own)[0], *sort),
        sort_columns,
        min(report.limit or USUAL_ROWS, MOST_ROWS),
        sums=True,
        compared=compared(report, spans, values),
    )
    return Grid(question, values, spans, sort)


def _sorted(
    report: ReportModel, values: tuple[ReportValue, ...], given: Iterable[str], comparing: bool = False
) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """What is known of it, values and groups of rows as the question calls them, and the columns of which it speaks."""
    roles = ("before", "change") if comparing else ()
    beside = {(value.name, role) for value in values for role in (*roles, *value.show)}
    known = {by_of(one).text: by_of(one).text for one in report.rows}
    known = {one.by: by_of(one).text for one in reversed(report.rows)} | known | {v.name: v.name for v in values}
    numbers = {value.name for value in values}
    found: list[str] = []
    columns: list[tuple[Any, ...]] = []
    for key in map(sort_key, given):
        name = known.get(key.name) if key is not None else None
        if key is None or name is None:
            continue
        if key.role != "value" and (name, key.role) not in beside:
            continue
        if key.column is None:
            found.append(Order(name, key.descending, key.role).text)
        elif report.columns and len(key.column) == len(report.columns) and name in numbers:
            found.append(Order(name, key.descending, key.role, len(columns)).text)
            columns.append(key.column)
    return tuple(found), tuple(columns)


def _numbers(values: Iterable[ReportValue], span: Span | None) -> tuple[Number, ...]:
    return tuple(Number(value.name, number_in(value.text, span), value.by_gap) for value in values)


def compared(report: ReportModel, spans: Spans, values: Iterable[ReportValue] = ()) -> Compared | None:
    """How the earlier span is laid over the span that the report is about. `values`: those that may ask for it."""
    if spans.now is None or spans.before is None or report.period is None:
        return None
    months, days = _apart(spans.now, spans.before)
    where, field = period_condition(report, spans.before) or "", report.period.field or ""
    return Compared(where, field, months, days, _numbers(values, spans.before))


def _apart(now: Span, before: Span) -> tuple[int, int]:
    """Months, or days, from the earlier span to the later."""
    assert now.first is not None, "only a closed span has an earlier one"
    assert before.first is not None, "the earlier span is as long as it"
    if now.first.day == before.first.day:
        return (now.first.year - before.first.year) * 12 + now.first.month - before.first.month, 0
    return 0, (now.first - before.first).days


def outcomes(caller: Caller, report: ReportModel) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The stages that are won and those that are lost. Raises BadRequest where no pipeline says."""
    field = _stage_field(caller, report)
    stages = [
        stage for p in caller.model.object(report.object).pipelines if p.field == field for stage in p.stages.values()
    ]
    won, lost = (tuple(dict.fromkeys(s.value for s in stages if s.outcome == outcome)) for outcome in ("won", "lost"))
    if not won or not lost:
        raise BadRequest(
            en=f"A report of wins and losses needs a pipeline of “{report.object}” with stages for both.",
            zh=f"赢输分析需要「{report.object}」有同时包含赢、输阶段的流程。",
        )
    return won, lost


def _stage_field(caller: Caller, report: ReportModel) -> str:
    if report.funnel is not None and report.funnel.field:
        return report.funnel.field
    return next((p.field for p in caller.model.object(report.object).pipelines), "")


def _won_and_lost(caller: Caller, report: ReportModel) -> tuple[ReportValue, ...]:
    field = _stage_field(caller, report)
    won, lost = (f"{field} in ({', '.join(quoted(v) for v in values)})" for values in outcomes(caller, report))
    found = [
        ReportValue("won", Label("Won", "赢单数"), f"COUNT({won})", "number"),
        ReportValue("lost", Label("Lost", "输单数"), f"COUNT({lost})", "number", good="down"),
        ReportValue("win_rate", Label("Win rate", "赢率"), "won / (won + lost)", "percent"),
    ]
    amount = report.trend.amount if report.trend is not None else None
    if amount:
        found += [
            ReportValue("won_amount", Label("Amount won", "赢单金额"), f"SUM({amount}, {won})"),
            ReportValue("lost_amount", Label("Amount lost", "输单金额"), f"SUM({amount}, {lost})", good="down"),
        ]
    return tuple(found)


def _counted() -> tuple[ReportValue, ...]:
    return (ReportValue("n", Label("Records", "记录数"), "COUNT()", "number"),)


def by_of(one: ReportGroup) -> By:
    """A report's group as a question has it."""
    return By(one.by, one.every, one.step, one.edges, one.top, one.other, one.sort if one.top else None)
