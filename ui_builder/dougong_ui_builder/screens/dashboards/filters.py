"""The bar above a dashboard: what its document offers to set, each for all widgets at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dougong_platform.dashboards.finding import find
from dougong_platform.reports.subscriptions.stored import DASHBOARD
from dougong_ui_builder.screens.dashboards.visit import dashboard_visit
from dougong_ui_builder.screens.reports.bar import (
    Bar,
    Choice,
    compare_choice,
    own_days,
    people_choices,
    period_choice,
)
from dougong_ui_builder.screens.reports.subscription_settings import BARS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dougong_platform.dashboards.finding import Found
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.dashboards.visit import DashboardVisit


def bar_of(caller: Caller, found: Found, visit: DashboardVisit) -> Bar:
    """The choices of this dashboard; those of people alone read who there is."""
    offered, asked = found.dashboard.filters, visit.asked
    choices: list[Choice] = []
    if offered.period:
        choices.append(period_choice(caller, asked.period, offered.period))
    if offered.department or offered.owner:
        wanted = {"owner": offered.owner, "department": offered.department}
        choices += [one for one in people_choices(caller, asked) if wanted.get(one.name)]
    if offered.compare:
        choices.append(compare_choice(asked.compare, offered.compare))
    first, last = own_days(asked.period)
    return Bar(tuple(choices), first, last)


def _of_subscription(caller: Caller, key: str, filters: Mapping[str, str]) -> Bar:
    return bar_of(caller, find(caller, key), dashboard_visit(key, filters))


BARS[DASHBOARD] = _of_subscription
