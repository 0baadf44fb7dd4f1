"""HTTP endpoints of dashboards: which there are, what each holds, and the data of single widgets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform import dashboards
from dougong_platform.dashboards.finding import Found
from dougong_platform.dashboards.schema import DashboardList, DashboardShape, HomeChoice, WidgetAnswer
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.reports.asked import Asked

blueprint = Blueprint("dashboards", __name__)
_ALL = "/api/v1/dashboards"
_ASKED = ("period", "compare", "owner", "department", "day")
_PARAMETERS = (
    Parameter("period", "A word of periods (this_year, last_30_days …) or 2026-01-01..2026-03-31."),
    Parameter("compare", "previous, year_ago or none."),
    Parameter("owner", "A user's id: only his records."),
    Parameter("department", "A department's id: only records of its people and those below."),
    Parameter("day", "A day of the month or week that a calendar shows."),
)


@blueprint.get(_ALL)
@endpoint("The dashboards that one may see", answers=DashboardList)
def list_all(caller: Caller) -> dict[str, Any]:
    """{"dashboards": […]}, the tenant's first."""
    home = dashboards.home_of(caller)
    return {"dashboards": [_line(caller, one, home) for one in dashboards.all_of(caller)]}


@blueprint.get(f"{_ALL}/<key>")
@endpoint("One dashboard and its widgets", answers=DashboardShape, errors=(403, 404, 409))
def show(caller: Caller, key: str) -> dict[str, Any]:
    """The dashboard; the data of its widgets is asked for one by one."""
    found = dashboards.find(caller, key)
    made, filters = found.dashboard, found.dashboard.filters
    widgets = [
        {
            "name": one.name,
            "type": one.type,
            "label": one.label.text(caller.locale) if one.label else None,
            "at": [one.place.x, one.place.y, one.place.width, one.place.height],
        }
        for one in made.widgets
    ]
    offered: dict[str, Any] = {"period": filters.period, "compare": filters.compare}
    offered |= {"owner": filters.owner, "department": filters.department}
    line = _line(caller, found, dashboards.home_of(caller))
    return {**line, "widgets": widgets, "filters": offered, "view_as": made.view_as}


@blueprint.get(f"{_ALL}/<key>/widgets/<name>")
@endpoint("What one widget shows", answers=WidgetAnswer, errors=(400, 403, 404, 409), parameters=_PARAMETERS)
def show_widget(caller: Caller, key: str, name: str) -> dict[str, Any]:
    """{"name", "type", "data"}."""
    given = Arguments(request, _ASKED)
    asked = Asked(given.text("period"), given.text("compare"), given.text("owner"), given.text("department"))
    found = dashboards.find(caller, key)
    data = dashboards.widget(caller, found, name, asked, day=given.text("day"))
    return {"name": name, "type": found.widget(name).type, "data": data.json()}


@blueprint.put("/api/v1/me/home")
@endpoint("Choose one's home", body=HomeChoice, status=204, errors=(400, 404, 422))
def choose_home(caller: Caller) -> Response:
    """Nothing."""
    dashboards.choose(caller, load_body(request, HomeChoice, caller.locale)["dashboard"])
    return Response(status=204)


def _line(caller: Caller, found: Found, home: Found | None) -> dict[str, Any]:
    made = found.dashboard
    return {
        "key": found.key,
        "label": made.label.text(caller.locale),
        "description": made.description.text(caller.locale) if made.description else None,
        "own": found.own,
        "editable": found.editable,
        "owner": found.owner,
        "broken": bool(found.problems),
        "home": home is not None and home.key == found.key,
    }
