"""The home of whoever no dashboard is made for: what the app's document says of it, else one's own records; what waits
for his approval, and what changed lately."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import request

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import check, lift_literals
from dougong_metadata.label import Label
from dougong_metadata.model.compile_home import home_dashboard
from dougong_metadata.model.dashboard_types import COLUMNS, DashboardModel, Place, WidgetModel
from dougong_platform.dashboards import Found
from dougong_platform.dashboards.listed import object_of
from dougong_platform.errors import PlatformError
from dougong_platform.query.fields import require_readable
from dougong_platform.query.filter import parse_filter, scope
from dougong_ui_builder.screens.dashboards.visit import HOME
from dougong_ui_builder.shell import current_shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dougong_metadata.model.types import AppModel
    from dougong_platform.http.caller import Caller

OWN = "owner = $user"
OWN_LISTS = 3  # lists of one's own where the app says nothing
_HEIGHT = 7
_LEAST = 5  # cells that are worth filling
_WAITING = 6  # cells that the approvals are high


def made_home(caller: Caller) -> Found:
    """A dashboard that nobody wrote."""
    app = app_of(caller)
    made = home_dashboard(app) if app is not None else None
    shown = _readable(caller, made or _own(caller, _objects()))
    laid = _with_approvals(caller, _beside(_stretched(_risen(shown))))
    return Found(HOME, _with_changes(laid), own=False, editable=False)


def app_of(caller: Caller) -> AppModel | None:
    """The app that the person is in."""
    apps = [caller.model.apps[name] for name in caller.rights.apps if name in caller.model.apps]
    wanted = request.cookies.get("dg_app")
    return next((app for app in apps if app.name == wanted), apps[0] if apps else None)


def _objects() -> list[str]:
    """The objects of the navigation, in its order."""
    shell = current_shell()
    return [link.object for group in shell.groups for link in group.links if link.object] if shell else []


def _readable(caller: Caller, made: DashboardModel) -> DashboardModel:
    """Without the widgets of objects and fields that the person may not read."""
    return replace(made, widgets=tuple(one for one in made.widgets if _may_read(caller, one)))


def _may_read(caller: Caller, widget: WidgetModel) -> bool:
    said, object = widget.settings, object_of(caller, widget)
    if object is None:
        return True
    try:
        require_readable(caller.rights, object)
        parse_filter(caller.rights, object, said.get("where"))
        if widget.type == "number":
            shape, _ = lift_literals(said["value"])
            check(shape, scope(caller.rights, object, "aggregate"), source=said["value"])
    except (PlatformError, ExpressionError):
        return False
    return True


def _own(caller: Caller, objects: Sequence[str]) -> DashboardModel:
    """One's own records of the first objects."""
    widgets: list[WidgetModel] = []
    for name in objects:
        model = caller.model.objects[name]
        if model.parent is not None or model.system or not caller.rights.may(name, "read"):
            continue
        view = caller.model.list_views[name][0]
        columns = tuple(path for path in view.columns if path not in (model.name_field, "owner"))[:2]
        said = {"object": name, "where": OWN, "columns": columns, "sort": ("-updated_at",), "limit": 6}
        at = Place(0, len(widgets) * _HEIGHT, 8, _HEIGHT)
        widgets.append(WidgetModel(f"own_{name}"[:40], "list", at, model.plural, said))
        if len(widgets) == OWN_LISTS:
            break
    return DashboardModel(HOME, Label("Home", "工作台"), tuple(widgets))


def _risen(made: DashboardModel) -> DashboardModel:
    """Without the room of what is left out: widgets move up as far as those above let them."""
    done: list[WidgetModel] = []
    for one in sorted(made.widgets, key=lambda one: (one.place.y, one.place.x)):
        at = one.place
        above = (o.place for o in done if o.place.x < at.x + at.width and at.x < o.place.x + o.place.width)
        top = max((o.y + o.height for o in above), default=0)
        done.append(replace(one, place=replace(at, y=top)))
    return replace(made, widgets=tuple(done))


def _with_approvals(caller: Caller, made: DashboardModel) -> DashboardModel:
    """What waits for his approval stands at the top of the right column, where there are approvals at all."""
    if not caller.model.approvals or any(one.type == "approvals" for one in made.widgets):
        return made
    top = max((one.place.y + one.place.height for one in made.widgets if one.type == "number"), default=0)
    lower = (
        replace(one, place=replace(one.place, y=one.place.y + _WAITING))
        if one.place.y >= top and one.place.x + one.place.width > 8
        else one
        for one in made.widgets
    )
    waiting = WidgetModel("approvals", "approvals", Place(8, top, 4, _WAITING), None, {"limit": 3})
    return replace(made, widgets=(*lower, waiting))


def _stretched(made: DashboardModel) -> DashboardModel:
    """The numbers of the first row share its width."""
    first = [one for one in made.widgets if one.type == "number" and one.place.y == 0]
    if not 1 <= len(first) <= 4:
        return made
    wide = COLUMNS // len(first)
    at = {one.name: replace(one.place, x=n * wide, width=wide) for n, one in enumerate(first)}
    widgets = (replace(one, place=at.get(one.name, one.place)) for one in made.widgets)
    return replace(made, widgets=tuple(widgets))


def _beside(made: DashboardModel) -> DashboardModel:
    """Lists as wide as the page leave room for what changed lately."""
    if any(one.place.x for one in made.widgets if one.type == "list"):
        return made
    widgets = (
        replace(one, place=replace(one.place, width=8)) if one.type == "list" and one.place.width > 8 else one
        for one in made.widgets
    )
    return replace(made, widgets=tuple(widgets))


def _with_changes(made: DashboardModel) -> DashboardModel:
    """What changed lately stands in the free place at the right or the left, else below."""
    if any(one.type == "changes" for one in made.widgets):
        return made
    right = [one.place for one in made.widgets if one.place.x + one.place.width > 8]
    left = [one.place for one in made.widgets if one.place.x + one.place.width <= 8 and one.type == "list"]
    bottom = max((at.y + at.height for at in right), default=0)
    below = max((at.y + at.height for at in left), default=0)
    if bottom < below:
        at = Place(8, bottom, 4, 9)
    elif left and bottom - below >= _LEAST:
        at = Place(0, below, 8, bottom - below)
    else:
        at = Place(0, max(bottom, below), COLUMNS, 7)
    return replace(made, widgets=(*made.widgets, WidgetModel("changes", "changes", at)))
