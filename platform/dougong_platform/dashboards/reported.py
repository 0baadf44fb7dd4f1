"""The widgets that show numbers of a report: a single number, a chart, a table, a leaderboard. A number that names an
object instead of a report is a report of one value, made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dougong_metadata.model.dashboard_types import WidgetModel
from dougong_metadata.model.report_types import ChartModel, ReportModel, ReportPeriod, ReportValue, owner_path
from dougong_platform import reports
from dougong_platform.dashboards.errors import WidgetUnknown
from dougong_platform.dashboards.listed import model_of
from dougong_platform.dashboards.widget_data import NumberData, ReportData
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer, Cell, ListAnswer, ValueHead
from dougong_platform.reports.asked import Asked, Point
from dougong_platform.reports.finding import find

VALUE = "value"  # of a number that names an object
_GROUPED = frozenset({"summary", "matrix"})


def number(caller: Caller, widget: WidgetModel, asked: Asked) -> NumberData:
    """The number over all rows. Raises what running a report does, WidgetUnknown."""
    report, name = source_of(caller, widget)
    key = widget.settings.get("report")
    if not key:
        return number_of(caller, report, name, widget, asked)
    return replace(_number(reports.run(caller, report, asked), name, widget), report=str(key))


def source_of(caller: Caller, widget: WidgetModel) -> tuple[ReportModel, str]:
    """The report of one line in which a number stands, and the name of its value. Raises NotAllowed, NotFound,
    WidgetUnknown."""
    said = widget.settings
    if not said.get("report"):
        return inline_report(caller, widget), VALUE
    report = find(caller, str(said["report"])).report
    return _alone(report), str(said.get("value") or (report.values[0].name if report.values else ""))


def number_of(caller: Caller, report: ReportModel, name: str, widget: WidgetModel, asked: Asked) -> NumberData:
    """The number over all rows, with the records behind it."""
    found = _number(reports.run(caller, report, asked), name, widget)
    drill = reports.drill(caller, report, Point(value=name), asked)
    return replace(found, object=drill.object, filter=drill.filter or None)


def report_data(caller: Caller, widget: WidgetModel, asked: Asked) -> ReportData:
    """The report's answer, for a chart, a table or a leaderboard. Raises what running a report does."""
    said = widget.settings
    key = str(said.get("report", ""))
    report = find(caller, key).report
    if said.get("chart"):
        report = replace(report, chart=chart_of(said["chart"]))
    value, limit = said.get("value"), said.get("limit")
    if widget.type == "leaderboard":
        value = str(value or (report.values[0].name if report.values else ""))
        report = replace(report, sort=(f"-{value}",))
    answer = reports.run(caller, report, asked)
    given, listed = (None, answer) if isinstance(answer, ListAnswer) else (answer, None)
    target = None if said.get("target") is None else str(said["target"])
    return ReportData(
        key, report, given, listed, str(value) if value else None, int(limit) if limit else None, target, asked
    )


def chart_of(given: Any) -> ChartModel:
    """The widget's own drawing, as it is loaded or as a body has it."""
    if isinstance(given, ChartModel):
        return given
    said: Mapping[str, Any] = {"type": given} if isinstance(given, str) else given
    target = said.get("target")
    return ChartModel(
        str(said["type"]),
        tuple(said.get("values", ())),
        bool(said.get("stacked", False)),
        None if target is None else str(target),
        bool(said.get("smooth", False)),
    )


def inline_report(caller: Caller, widget: WidgetModel) -> ReportModel:
    """The report of one value that a number of an object is. Raises NotAllowed, WidgetUnknown."""
    said = widget.settings
    object = model_of(caller, str(said.get("object", "")))
    label = widget.label or object.plural
    value = ReportValue(
        VALUE,
        label,
        str(said.get("value") or "COUNT()"),
        str(said.get("format") or "auto"),
        said.get("decimals"),
        (),
        str(said.get("good") or "up"),
    )
    return ReportModel(
        widget.name,
        label,
        object.name,
        where=said.get("where"),
        period=_period(said.get("period")),
        owner=owner_path(object.name, said.get("owner")),
        values=(value,),
        totals=True,
    )


def _period(given: Any) -> ReportPeriod | None:
    if given is None or isinstance(given, ReportPeriod):
        return given
    if isinstance(given, str):
        return ReportPeriod(given)
    return ReportPeriod(given.get("field"), str(given.get("range", "all")))


def _alone(report: ReportModel) -> ReportModel:
    """The report without its groups: the same total, found sooner. What is decided by groups stays."""
    if report.type not in _GROUPED or report.having is not None or report.limit is not None:
        return report
    if any(group.top is not None and not group.other for group in (*report.rows, *report.columns)):
        return report
    plain = tuple(replace(value, show=()) for value in report.values)
    return replace(report, rows=(), columns=(), sort=(), values=plain, totals=True)


def _number(answer: Answer | ListAnswer, name: str, widget: WidgetModel) -> NumberData:
    if isinstance(answer, ListAnswer):
        raise WidgetUnknown(
            en="A report of type list has no number: choose another report.", zh="列表类报表没有数值：请另选报表。"
        )
    cells = over_all(answer)
    head = next((h for h in answer.values if h.name == name and h.role == "value"), None)
    head = head or next((h for h in answer.values if h.name == name), None)
    if head is None:
        raise WidgetUnknown(en=f"The report has no value “{name}”.", zh=f"报表没有数值「{name}」。")
    good, target = widget.settings.get("good"), widget.settings.get("target")
    at = {(h.role, h.of or h.name): i for i, h in enumerate(answer.values)}
    value, before, change = (
        cells[i] if (i := at.get((role, name))) is not None and i < len(cells) else None
        for role in (head.role, "before", "change")
    )
    return NumberData(
        replace(head, good=str(good)) if good else head,
        value,
        before,
        change,
        None if target is None else str(target),
        point=Point(value=name),
        answer=answer,
    )


def over_all(answer: Answer) -> Cell:
    """The numbers over all rows and columns; () where nothing was asked for them."""
    if answer.total is not None:
        return answer.total.all
    return answer.rows[0].all if answer.rows and not answer.rows_by else ()


def heads(answer: Answer, role: str = "value") -> list[tuple[int, ValueHead]]:
    """(place in each cell, head) of the numbers with that role."""
    return [(i, head) for i, head in enumerate(answer.values) if head.role == role]
