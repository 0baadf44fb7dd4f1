"""Numbers of reports as their widgets draw them: a figure with its change and target, a chart, a table, a ranking."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_metadata.model.dashboard_types import COLUMNS
from dougong_platform.reports.charts.data import change, chart_data
from dougong_platform.reports.number_texts import as_decimal, headline, percent, said
from dougong_ui_builder.screens.dashboards.besides import beside
from dougong_ui_builder.screens.reports.bar import compare_words
from dougong_ui_builder.screens.reports.grid import Links, grid_of
from dougong_ui_builder.screens.reports.listed import shown_list
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.dashboards import Found
    from dougong_platform.dashboards.widget_data import NumberData, ReportData
    from dougong_platform.http.caller import Caller
    from dougong_platform.reports.answer import Answer, Row, ValueHead
    from dougong_ui_builder.screens.dashboards.visit import DashboardVisit

MOST_ROWS = 10
_EARLIER = frozenset({"before", "change"})
_BESIDES = _EARLIER | {"share", "running"}
LEADERS = 5


@dataclass(frozen=True, slots=True)
class Leader:
    """One place of a ranking. `share`: of the first, in percent; `person`: whether an avatar stands for it."""

    rank: int
    label: str
    text: str
    exact: str
    share: float
    url: str
    person: bool
    blank: bool


def number(caller: Caller, found: Found, visit: DashboardVisit, data: NumberData) -> dict[str, Any]:
    """{text, exact, url, drawer, change, compared, target, beside}; `target` is {text, done, total, share}."""
    head, locale = data.head, caller.locale
    kind = (head.format, locale, head.currency or caller.tenant.currency, head.decimals)
    value, before = as_decimal(data.value), as_decimal(data.before)
    asked = visit.report(found, data.report or "").asked
    return {
        "text": headline(data.value, *kind) or "–",
        "exact": said(data.value, *kind),
        "url": _number_url(found, visit, data),
        "drawer": data.report is not None,
        "change": change(value, before, head, locale),
        "before": said(data.before, *kind) if before is not None else "",
        "compared": _compared(asked.compare),
        "target": _target(data, value, head, kind),
        "beside": beside(data.beside, value, kind) if data.beside is not None else None,
    }


def _number_url(found: Found, visit: DashboardVisit, data: NumberData) -> str:
    if data.report is not None:
        return visit.report(found, data.report).records_url(data.point.row, data.point.column, data.point.value)
    return f"/o/{data.object}" + (f"?{urlencode({'filter': data.filter})}" if data.filter else "")


def _compared(how: str | None) -> str:
    """What a change is beside."""
    if how == "year_ago":
        return gettext("than a year ago")
    return gettext("than the period before") if how != "none" else compare_words()["none"]


def _target(data: NumberData, value: Decimal | None, head: ValueHead, kind: Any) -> dict[str, Any] | None:
    total = as_decimal(data.target)
    if total is None or total <= 0:
        return None
    done = value or Decimal(0)
    share = percent(done / total, 0)
    return {"text": headline(total, *kind), "done": float(done), "total": float(total), "share": share}


def chart(caller: Caller, found: Found, visit: DashboardVisit, data: ReportData) -> dict[str, Any]:
    """{chart, notices}; without a number to draw, {grid} of the same answer."""
    if data.answer is None:
        return table(caller, found, visit, data)
    base = visit.report(found, data.key).url("records")
    several = data.report.chart is not None and len(data.report.chart.values) > 1
    answer = _without(data.answer, _EARLIER) if several else data.answer  # a card has no room for twice as many series
    drawn = chart_data(data.report, answer, caller.locale, caller.tenant.currency, base)
    if drawn is None:
        return table(caller, found, visit, data)
    return {"chart": drawn, "notices": data.answer.notices, "empty": _is_empty(data.answer)}


def table(caller: Caller, found: Found, visit: DashboardVisit, data: ReportData, wide: int = COLUMNS) -> dict[str, Any]:
    """{grid} of a report's numbers, {shown} of a list's records. `wide`: cells of the dashboard's grid."""
    if data.listed is not None:
        first = replace(data.listed, records=data.listed.records[: data.limit or MOST_ROWS], totals={})
        shown = shown_list(caller, first, visit.report(found, data.key), data.report)
        return {"shown": shown, "whole": len(first.records) < len(data.listed.records)}
    assert data.answer is not None
    base = visit.report(found, data.key).url("records")
    grid = grid_of(
        _fitting(data.answer, wide), Links(base), heat=data.report.type == "cohort", most=data.limit or MOST_ROWS
    )
    return {"grid": grid, "notices": data.answer.notices, "empty": _is_empty(data.answer)}


def _is_empty(answer: Answer) -> bool:
    """Whether there is nothing behind it: no group, or no number of all."""
    return not answer.rows and (bool(answer.rows_by) or answer.total is None)


def _fitting(answer: Answer, wide: int) -> Answer:
    """A card has no room for both periods: the change stands for the earlier one, which the report itself shows; in a
    narrow one the numbers stand alone."""
    changed = _without(answer, {"before"})
    fits = len(changed.values) * max(len(changed.columns), 1) < wide
    return changed if fits else _without(answer, _BESIDES)


def _without(answer: Answer, roles: Container[str]) -> Answer:
    """The answer without its numbers of these roles."""
    kept = [at for at, head in enumerate(answer.values) if head.role not in roles]
    if len(kept) == len(answer.values):
        return answer

    def narrowed(row: Row) -> Row:
        cells = tuple(tuple(cell[at] for at in kept) if cell else cell for cell in row.cells)
        return replace(row, all=tuple(row.all[at] for at in kept) if row.all else (), cells=cells)

    total = narrowed(answer.total) if answer.total is not None else None
    values = tuple(answer.values[at] for at in kept)
    return replace(answer, values=values, rows=tuple(map(narrowed, answer.rows)), total=total)


def leaders(caller: Caller, found: Found, visit: DashboardVisit, data: ReportData) -> dict[str, Any]:
    """{leaders, label}: the first rows by the value, each with its part of the first one's."""
    answer = data.answer
    if answer is None:
        return table(caller, found, visit, data)
    at = _place(answer, data.value)
    head = answer.values[at]
    ranked = _ranked(answer, at)[: data.limit or LEADERS]
    most = max((abs(number) for _, number in ranked), default=Decimal(0))
    kind = (head.format, caller.locale, head.currency or caller.tenant.currency, head.decimals)
    report = visit.report(found, data.key)
    made = [
        Leader(
            place,
            " · ".join(label for label in row.labels if label),
            headline(number, *kind),
            said(number, *kind),
            float(100 * abs(number) / most) if most else 0.0,
            report.records_url(row.keys, (), head.name),
            answer.rows_by[0].object == "user" if answer.rows_by else False,
            not any(row.labels),
        )
        for place, (row, number) in enumerate(ranked, 1)
    ]
    return {"leaders": made, "label": head.label, "notices": answer.notices, "empty": not made}


def _place(answer: Answer, name: str | None) -> int:
    """Where the named value stands in each cell, else the first."""
    for at, head in enumerate(answer.values):
        if head.name == name and head.role == "value":
            return at
    return 0


def _ranked(answer: Answer, at: int) -> list[tuple[Row, Decimal]]:
    groups = len(answer.rows_by)
    rows = [row for row in answer.rows if len(row.keys) == groups and not row.is_other]
    numbered = [(row, found) for row in rows if at < len(row.all) and (found := as_decimal(row.all[at])) is not None]
    return sorted(numbered, key=lambda one: one[1], reverse=True)
