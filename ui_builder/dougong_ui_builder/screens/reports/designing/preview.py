"""The report run as it stands, on real records under the builder's own access; what is wrong with it instead."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile_report import report_of
from dougong_ui_builder.screens.reports.designing.body import Body, for_type
from dougong_ui_builder.screens.reports.designing.known import Known
from dougong_ui_builder.screens.reports.designing.problems import by_address
from dougong_ui_builder.screens.reports.views import Outcome, outcome_of
from dougong_ui_builder.screens.reports.visit import Visit

if TYPE_CHECKING:
    from dougong_metadata.model.report_types import ReportModel
    from dougong_platform.http.caller import Caller

NAME = "preview"


@dataclass(frozen=True, slots=True)
class Preview:
    """`problems`: sentences by address; without any `report` and `outcome` are there. `took`: milliseconds."""

    problems: Mapping[str, list[str]] = field(default_factory=dict)
    report: ReportModel | None = None
    outcome: Outcome | None = None
    took: int = 0


def checked(
    caller: Caller, known: Known, body: Mapping[str, Any]
) -> tuple[ReportModel | None, Mapping[str, list[str]]]:
    """(the compiled report, its problems by address). Names the caller may not know are as if they were not there."""
    whole = named(body)
    try:
        report_of(known.model, NAME, whole)
        return report_of(caller.model, NAME, whole), {}
    except InvalidDocuments as wrong:
        return None, by_address(wrong.problems, caller.locale)


def named(body: Mapping[str, Any]) -> Body:
    """What is compiled: with a label, which a report without a name has not."""
    return {**for_type(body), "label": body.get("label") or {"en": "Report", "zh": "报表"}}


def preview(caller: Caller, known: Known, body: Mapping[str, Any], key: str = "") -> Preview:
    """Check and run it. Never raises for what somebody has built. `key`: of a report that is kept just like this, so
    that its numbers open; those of one that is not kept lead nowhere yet."""
    report, problems = checked(caller, known, body)
    if report is None:
        return Preview(problems)
    start = time.perf_counter()
    outcome = outcome_of(caller, report, Visit(key or NAME), links=bool(key))
    return Preview(report=report, outcome=outcome, took=round((time.perf_counter() - start) * 1000))
