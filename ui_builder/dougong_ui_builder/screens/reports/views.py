"""One report: what may be set, its chart, its table. The page's own work is small: a hundred rows with a dozen columns
are to take milliseconds beside the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import render_template, request

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.report_order import sort_key
from dougong_platform import reports
from dougong_platform.errors import BadCursor, BadRequest, CallerOutdated
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.charts.data import chart_data
from dougong_platform.reports.errors import TooSlow
from dougong_platform.reports.finding import Found, find
from dougong_ui_builder.page import is_fragment, page
from dougong_ui_builder.screens.lists.tools import sort_of
from dougong_ui_builder.screens.reports.bar import bar_of
from dougong_ui_builder.screens.reports.broken import broken_page
from dougong_ui_builder.screens.reports.explaining import condition_words, explained, set_in_words
from dougong_ui_builder.screens.reports.grid import Grid, grid_of
from dougong_ui_builder.screens.reports.grid_heads import Links
from dougong_ui_builder.screens.reports.listed import shown_list
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.screens.reports.visit import Visit, visit_of

if TYPE_CHECKING:
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.lists.columns import Column
    from dougong_ui_builder.screens.lists.shown import Shown

SORTED = frozenset({"summary", "matrix", "win_loss"})  # types whose rows stand in the order that is asked for
ALONE = ("number", "gauge")  # charts that say themselves what they show
HEATED = frozenset({"cohort"})  # types whose fractions are shaded
ONCE = {"cohort": ("size",)}  # numbers that are the same in every column


@dataclass
class Outcome:
    """What the body of a report shows: a grid or the rows of a list, with its chart; or a `problem` in their place."""

    answer: Answer | ListAnswer | None = None
    grid: Grid | None = None
    rows: Shown | None = None
    chart: dict[str, Any] | None = None
    notices: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def drawn(self) -> str:
        """What the chart's numbers are, where they are of one value alone; several are told by its legend."""
        if self.chart is None or not isinstance(self.answer, Answer) or self.chart["type"] in ALONE:
            return ""
        heads = {head.name: head for head in self.answer.values}
        found = {heads[one["value"]].of or one["value"] for one in self.chart["series"]}
        return heads[found.pop()].label if len(found) == 1 else ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing behind the report."""
        if isinstance(self.answer, Answer):
            return not self.answer.rows and (bool(self.answer.rows_by) or self.answer.total is None)
        return self.rows is None or self.rows.found is None or not self.rows.found.records


@blueprint.get("/reports/<key>")
@page()
def show(caller: Caller, key: str) -> str | tuple[str, int]:
    """The page, or for htmx with `cursor` the further rows of a list; of one that is broken, why."""
    try:
        found, visit = find(caller, key), visit_of(key, request.args)
    except InvalidDocuments as fault:
        return broken_page(caller, key, fault.problems, fault)
    outcome = outcome_of(caller, found.report, visit)
    if visit.cursor and is_fragment() and outcome.rows is not None:
        return render_template("reports/more_rows.html", outcome=outcome, more=more_url(visit, outcome.rows))
    return rendered(caller, found, visit, outcome)


def rendered(caller: Caller, found: Found, visit: Visit, outcome: Outcome) -> str:
    """The whole page."""
    return render_template("reports/report.html", **_context(caller, found, visit, outcome))


@blueprint.get("/reports/<key>/explain")
@page()
def explain(caller: Caller, key: str) -> str:
    """How the report is worked out: a drawer, or a page of its own."""
    found, visit = find(caller, key), visit_of(key, request.args)
    answer = None
    if found.report.period is not None:
        outcome = outcome_of(caller, found.report, visit)
        answer = outcome.answer if isinstance(outcome.answer, Answer) else None
    template = "reports/explain_drawer.html" if is_fragment() else "reports/explain_page.html"
    lines = explained(caller, found.report, visit.asked, answer)
    return render_template(template, found=found, report=found.report, visit=visit, lines=lines)


def outcome_of(caller: Caller, report: ReportModel, visit: Visit, *, links: bool = True) -> Outcome:
    """The report run for a visit; what cannot be asked or takes too long becomes a problem in words."""
    try:
        return answered(caller, report, visit, reports.run(caller, report, visit.asked, visit.cursor), links=links)
    except (BadCursor, CallerOutdated):
        raise
    except (BadRequest, TooSlow) as fault:
        return Outcome(problem=fault.message(caller.locale))


def answered(
    caller: Caller, report: ReportModel, visit: Visit, answer: Answer | ListAnswer, *, links: bool = True
) -> Outcome:
    """What an answer shows. Without `links` no number opens to its records: of a report that is not kept."""
    if isinstance(answer, ListAnswer):
        return _listed(caller, report, visit, answer)
    return _counted(caller, report, visit, answer, links)


def _listed(caller: Caller, report: ReportModel, visit: Visit, answer: ListAnswer) -> Outcome:
    return Outcome(answer, rows=shown_list(caller, answer, visit, report))


def _counted(caller: Caller, report: ReportModel, visit: Visit, answer: Answer, links: bool) -> Outcome:
    base = visit.url("records") if links else None
    return Outcome(
        answer,
        grid=grid_of(answer, _links(report, visit, base), heat=report.type in HEATED, once=ONCE.get(report.type, ())),
        chart=chart_data(report, answer, caller.locale, caller.tenant.currency, base),
        notices=answer.notices,
    )


def _links(report: ReportModel, visit: Visit, base: str | None) -> Links:
    """The addresses behind numbers and heads."""
    if base is None or report.type not in SORTED:
        return Links(base)
    first = report.rows[0].sort if report.rows else None
    order = visit.asked.sort or ((first,) if first else report.sort)
    keys = tuple(key for key in map(sort_key, order) if key is not None)
    return Links(base, lambda key: visit.url(sort=key), keys, visit.asked.sort is not None)


def more_url(visit: Visit, rows: Shown) -> str | None:
    """The address of a list's next page."""
    return visit.url(cursor=rows.found.next) if rows.found is not None and rows.found.next else None


def _context(caller: Caller, found: Found, visit: Visit, outcome: Outcome) -> dict[str, Any]:
    report = found.report
    return {
        "found": found,
        "report": report,
        "visit": visit,
        "outcome": outcome,
        "bar": bar_of(caller, report, visit.asked),
        "said": set_in_words(caller, report, visit.asked) if outcome.is_empty and not outcome.problem else [],
        "more": more_url(visit, outcome.rows) if outcome.rows is not None else None,
        "may_export": not isinstance(outcome.answer, ListAnswer) or caller.rights.object(report.object).export,
        "sort_of": sort_of,
        "sort_url": lambda column: list_sort_url(visit, outcome, column),
        "printing": "print" in request.args,
        "now": datetime.now(UTC),
        "kept": {name: visit.query[name] for name in ("sort", "where") if name in visit.query},
        "clear": visit.without,
        "free": _free(caller, report, visit),
    }


def list_sort_url(visit: Visit, outcome: Outcome, column: Column) -> str:
    """A list in the order of one column; once more turns it round."""
    assert outcome.rows is not None
    order = sort_of(outcome.rows.state, column)
    down = order == "asc" if order else column.numeric or column.field.type.name in ("date", "datetime")
    return visit.url(sort=f"-{column.path}" if down else column.path, cursor=None)


def _free(caller: Caller, report: ReportModel, visit: Visit) -> dict[str, str] | None:
    """The further condition of the visit, in words."""
    where = visit.asked.where
    return None if where is None else {"text": condition_words(caller, report.object, where)[0] or where}
