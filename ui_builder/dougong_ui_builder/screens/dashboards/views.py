"""A dashboard: the page with an empty card for every widget, and the fragment that fills one. Home is drawn by the same
code. Without JavaScript the page comes with everything in it (`?all=1`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from flask import redirect, render_template, request
from markupsafe import Markup

from dougong_platform import dashboards
from dougong_platform.dashboards.errors import DashboardBroken, SeenAsGone, WidgetFailed
from dougong_platform.errors import CallerOutdated
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import is_fragment, page
from dougong_ui_builder.screens.dashboards.cards import TITLELESS, Card, card_of, empty_card
from dougong_ui_builder.screens.dashboards.filters import bar_of
from dougong_ui_builder.screens.dashboards.made_home import made_home
from dougong_ui_builder.screens.dashboards.routes import blueprint
from dougong_ui_builder.screens.dashboards.visit import HOME, DashboardVisit, dashboard_visit
from dougong_ui_builder.screens.reports.broken import broken_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dougong_metadata.model.dashboard_types import WidgetModel
    from dougong_platform.dashboards import Found
    from dougong_platform.http.caller import Caller

_log = structlog.get_logger(__name__)
AT_ONCE = TITLELESS  # these ask nothing, so they come with the page


@blueprint.get("/dashboards/<key>")
@page()
def show(caller: Caller, key: str) -> str | tuple[str, int]:
    """The page; of one that is broken, why."""
    try:
        found = dashboards.find(caller, key)
    except DashboardBroken as fault:
        return broken_page(caller, key, fault.problems, fault)
    visit = dashboard_visit(key, request.args)
    return render_template("dashboards/dashboard.html", **context(caller, found, visit))


@blueprint.get("/dashboards/<key>/widgets/<name>")
@page(idle=True)
def show_widget(caller: Caller, key: str, name: str) -> ResponseReturnValue:
    """One card's inside; by itself, the whole dashboard."""
    found = found_by(caller, key)
    visit = dashboard_visit(key, request.args)
    widget = found.widget(name)
    if not is_fragment():
        return redirect("/" if key == HOME else visit.url(all="1"))
    return inside(caller, found, visit, widget)


def found_by(caller: Caller, key: str) -> Found:
    """The dashboard of an address; `~` is the home that is made. Raises NotFound."""
    return made_home(caller) if key == HOME else dashboards.find(caller, key)


def context(caller: Caller, found: Found, visit: DashboardVisit) -> dict[str, Any]:
    """What templates/dashboards/grid.html draws."""
    whole = "all" in request.args
    widgets = sorted(found.dashboard.widgets, key=lambda one: (one.place.y, one.place.x))
    return {
        "found": found,
        "dashboard": found.dashboard,
        "visit": visit,
        "bar": bar_of(caller, found, visit),
        "cards": [_card(caller, found, visit, one, whole=whole) for one in widgets],
        "whole": whole,
        "printing": "print" in request.args,
        "as_of": f"{datetime.now(current_timezone()):%H:%M}",
        "seen_as": _seen_as(caller, found),
        "mine": found.own and found.owner == caller.user,
    }


def _card(caller: Caller, found: Found, visit: DashboardVisit, widget: WidgetModel, *, whole: bool) -> Card:
    """A card with what stands in it, or the empty one that asks for it."""
    card = empty_card(caller, found, visit, widget)
    if whole or widget.type in AT_ONCE:
        card.inside = inside(caller, found, visit, widget)
    return card


def inside(caller: Caller, found: Found, visit: DashboardVisit, widget: WidgetModel) -> Markup:
    """What stands in a widget's card; whatever cannot be worked out or drawn says so in it."""
    answered = dashboards.answered(caller, found.dashboard, widget, visit.asked, day=request.args.get("day"))
    try:
        return _drawn(found, card_of(caller, found, visit, answered))
    except CallerOutdated:
        raise
    except Exception:  # noqa: BLE001  # one widget that cannot be drawn does not take the others along
        _log.exception("widget not drawn", widget=widget.name, type=widget.type)
        card = empty_card(caller, found, visit, widget)
        card.fault = WidgetFailed()
        return _drawn(found, card)


def _drawn(found: Found, card: Card) -> Markup:
    return Markup(render_template("dashboards/widget.html", card=card, found=found))  # noqa: S704  # escaped there


def _seen_as(caller: Caller, found: Found) -> str | None:
    """The name of the person whose numbers these are, None where they are the viewer's own."""
    if found.dashboard.view_as is None:
        return None
    try:
        person = dashboards.seen_as(caller, found.dashboard)
    except SeenAsGone:
        return found.dashboard.view_as  # every widget says that he has left
    return None if person is None or person.id == caller.user else person.name
