"""Who looks at which report or dashboard of the gallery, and what he reads there. Called by the gallery's command."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong_metadata.model.report_types import ReportModel
from dougong_platform import reports
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.asked import AS_IT_SAYS
from dougong_platform.reports.charts.data import chart_data
from dougong_platform.reports.exporting import export
from dougong_platform.reports.finding import all_of
from dougong_platform.reports.number_texts import said
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user

LOCALE = "en"
ROWS, COLUMNS = 6, 7


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as somebody sees it: chart data, or a table's head and first rows."""

    report: ReportModel
    chart: dict[str, Any] | None
    table: Sequence[Sequence[str]]


class Readers:
    """The demo's people who may sign in, in the file's order; each reads in English."""

    def __init__(self, database: Database, tenant: Tenant, people: Sequence[dict[str, Any]]) -> None:
        self.tenant = tenant
        known = [get_user(database, tenant, one["email"]) for one in people if one.get("login")]
        self.callers = [replace(acting_as(database, tenant, id, cause="demo"), locale=LOCALE) for id in known]

    def of(self, sets: frozenset[str]) -> Caller:
        """Of those who hold one of these sets the one who sees most reports."""
        return max(self.holders(sets), key=lambda one: len(all_of(one)))

    def holders(self, sets: frozenset[str]) -> list[Caller]:
        """Whoever holds one of these sets; the administrator where nobody does."""
        held = [one for one in self.callers if not one.rights.is_admin and not sets.isdisjoint(one.rights.names)]
        return held or self.callers[:1]

    def shown(self) -> Iterator[Shown]:
        """Every report, in its order."""
        for report in self.callers[0].model.reports.values():
            holders = self.holders(report.for_sets)
            if report.type == "list":  # its rows are exported
                holders = [one for one in holders if one.rights.may(report.object, "export")] or self.callers[:1]
            found = [(one, reports.run(one, report)) for one in holders]
            caller, answer = max(found, key=lambda one: _rows(one[1]))
            chart = None
            if isinstance(answer, Answer) and report.chart is not None:
                chart = chart_data(report, answer, LOCALE, self.tenant.currency)
            table = _grid(answer) if isinstance(answer, Answer) else _table(caller, report)
            yield Shown(report, chart, () if chart else table)


def _rows(answer: Answer | ListAnswer) -> int:
    return len(answer.rows) if isinstance(answer, Answer) else answer.count or 0


def _grid(answer: Answer) -> list[list[str]]:
    """The first rows of a summary, as people read them."""
    heads = answer.values
    names = (head.label if head.role == "value" else f"{head.label} ({head.role})" for head in heads)
    lines = [[*(group.label for group in answer.rows_by), *names]]
    for row in answer.rows[:ROWS]:
        cells = zip(row.all, heads, strict=True)
        texts = (said(value, head.format, LOCALE, head.currency, head.decimals) for value, head in cells)
        lines.append([*row.labels, *texts])
    return lines


def _table(caller: Caller, report: ReportModel) -> list[list[str]]:
    text = export(caller, report, AS_IT_SAYS, "csv").read().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    return [line[:COLUMNS] for line in lines[: ROWS + 1]]
