"""One's own number beside what all people have: their average and the best, under the access that the dashboard names.
Nothing of it leads to a person or a record: two numbers are told, and only where enough people have one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dougong_metadata.model.dashboard_types import DashboardModel, WidgetModel
from dougong_metadata.model.report_types import ReportGroup, ReportModel
from dougong_platform import reports
from dougong_platform.dashboards.errors import SeenAsGone
from dougong_platform.dashboards.reported import number_of, source_of
from dougong_platform.dashboards.seeing import besides
from dougong_platform.dashboards.widget_data import Beside, NumberData
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import Asked

FEWEST = 3  # people with a number: of two, each would read the other's off the average
MOST = 10_000  # people


def number_beside(caller: Caller, dashboard: DashboardModel, widget: WidgetModel, asked: Asked) -> NumberData:
    """The viewer's own number, and what it stands beside; the filters by person and department leave both as they are.
    Raises what running a report does, WidgetUnknown."""
    wanted = replace(asked, owner=None, department=None)
    report, name = source_of(caller, widget)
    by = str(widget.settings["beside"]["by"])
    own = f'{by} = "{caller.user}"'
    mine = replace(report, where=f"({report.where}) and {own}" if report.where else own)
    found = number_of(caller, mine, name, widget, wanted)
    return replace(found, beside=_beside(caller, dashboard, report, name, by, wanted, found.head.good))


def _beside(
    caller: Caller, dashboard: DashboardModel, report: ReportModel, name: str, by: str, asked: Asked, good: str
) -> Beside:
    whose = "seen" if dashboard.beside_as is None else "company"
    if ".." in (asked.period or ""):
        return Beside(whose, hidden="range")
    try:
        looking = besides(caller, dashboard)
    except SeenAsGone:
        return Beside(whose, hidden="gone")
    numbers = _numbers(looking, report, name, by, replace(asked, compare="none"))
    if sum(1 for number in numbers if number) < FEWEST:
        return Beside(whose, hidden="few")
    best = None if good == "none" else str(min(numbers) if good == "down" else max(numbers))
    return Beside(whose, str(sum(numbers) / len(numbers)), best, len(numbers))


def _numbers(caller: Caller, report: ReportModel, name: str, by: str, asked: Asked) -> list[Decimal]:
    """The number of each person who has one."""
    grouped = replace(report, rows=(ReportGroup(by),), columns=(), sort=(), limit=MOST, totals=False, compare=None)
    answer = reports.run(caller, grouped, asked)
    assert isinstance(answer, Answer)
    at = next(i for i, head in enumerate(answer.values) if head.name == name and head.role == "value")
    found = (row.all[at] for row in answer.rows if row.keys and row.keys[0] is not None)
    return [Decimal(str(number)) for number in found if number is not None]
