"""Which chart fits an answer: what the report builder offers, and what is drawn where a document names none."""

from __future__ import annotations

from dougong_metadata.model.report_types import SPANS, ChartModel, ReportModel
from dougong_platform.reports.answer import Answer, GroupHead
from dougong_platform.reports.charts.provinces import are_provinces

FEW = 6  # groups that a ring can show


def suggestions(report: ReportModel, answer: Answer) -> list[str]:
    """Chart types that fit, the best first; [] where there is nothing to draw."""
    numbers = [head for head in answer.values if head.role == "value" and head.format not in ("date", "text")]
    if report.type == "list" or not numbers:
        return []
    if report.type == "funnel":
        return ["funnel", "bar", "column"]
    if report.type == "cohort":
        return ["heat", "line"]
    if report.type == "trend":
        return ["area", "column", "line"]
    groups = [*answer.rows_by, *answer.columns_by]
    if not groups:
        return ["number", "gauge"]
    if len(groups) > 1:
        return _of_two(groups[0], groups[1])
    fitting = ["line", "area", "column"] if groups[0].span in SPANS else ["bar", "column"]
    if groups[0].span is not None and groups[0].span not in SPANS:
        fitting.reverse()  # hours and weekdays go from left to right
    if groups[0].span not in SPANS and len(answer.rows) > 1 and _all_positive(answer):
        fitting.insert(0 if len(answer.rows) <= FEW and groups[0].span is None else 2, "pie")
    if are_provinces([row.labels[0] for row in answer.rows if row.labels]):
        fitting.insert(0, "map")
    if len(numbers) > 1:
        fitting.append("scatter")
    return fitting


def usual(report: ReportModel, answer: Answer) -> ChartModel | None:
    """The chart where the document names none; None for a list."""
    fitting = [kind for kind in suggestions(report, answer) if kind != "pie"]
    if not fitting:
        return None
    two = len(answer.rows_by) + len(answer.columns_by) > 1
    return ChartModel(fitting[0], stacked=two and fitting[0] in ("column", "bar", "area"))


def _of_two(first: GroupHead, second: GroupHead) -> list[str]:
    if first.span in SPANS:
        return ["column", "area", "line", "heat"]
    if second.span is not None:
        return ["heat", "bar", "column"]  # time runs from left to right; many months are no colours
    return ["bar", "column", "heat"] if first.span is None else ["heat", "column"]


def _all_positive(answer: Answer) -> bool:
    return not any(str(row.all[0]).startswith("-") for row in answer.rows if row.all)
