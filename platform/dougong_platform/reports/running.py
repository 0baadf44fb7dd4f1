"""Opens a report: each type answers in its own way, and every cell leads to its records."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from dougong_metadata.model.report_types import ReportModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import require_known
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Drill, Point
from dougong_platform.reports.kinds import drilling, grid, listing

_OWN_ROOM = ("funnel", "cohort", "trend")


def run(
    caller: Caller, report: ReportModel, asked: Asked = AS_IT_SAYS, cursor: str | None = None
) -> Answer | ListAnswer:
    """What the report says to this reader. `cursor` goes on in a list. Raises UnknownName, BadRequest and what it
    is made of: BadFilter, BadField, BadSort, BadCursor, TooSlow, CallerOutdated."""
    require_known(caller.rights, report.object)
    if report.type == "list":
        return listing.answer(caller, report, asked, cursor)
    if report.type in _OWN_ROOM:
        found: Answer = _room(report).answer(caller, report, asked)
        return found
    return grid.answer(caller, report, asked)


def drill(caller: Caller, report: ReportModel, point: Point, asked: Asked = AS_IT_SAYS) -> Drill:
    """The records behind a cell, and what they come to. Raises as `run`."""
    require_known(caller.rights, report.object)
    if report.type == "list":
        return drilling.of_list(caller, report, asked)
    if report.type in _OWN_ROOM:
        found: Drill = _room(report).drill(caller, report, asked, point)
        return found
    return drilling.of_grid(caller, report, asked, point)


def _room(report: ReportModel) -> ModuleType:
    return import_module(f"dougong_platform.reports.kinds.{report.type}")
