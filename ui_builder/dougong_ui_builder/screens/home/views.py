"""Home: a greeting over the dashboard of one's role, and the tick that finishes a task there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from dougong_platform import dashboards, records
from dougong_platform.dashboards.errors import WidgetAway
from dougong_platform.dashboards.listed import done_of, object_of
from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_tenants import new_id
from dougong_ui_builder.formats import today
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.same_origin import local_path
from dougong_ui_builder.screens.dashboards.made_home import made_home
from dougong_ui_builder.screens.dashboards.views import context, found_by
from dougong_ui_builder.screens.dashboards.visit import dashboard_visit
from dougong_ui_builder.shell import current_shell
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.dashboards import Found
    from dougong_platform.http.caller import Caller

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@page()
def home(caller: Caller) -> str:
    """The caller's day."""
    found = _home(caller)
    shell = current_shell()
    return render_template(
        "home/home.html",
        others=[one for one in dashboards.homes_of(caller) if one.key != found.key],
        begins=dashboards.is_empty(caller),
        greeting=greeting(datetime.now(current_timezone()).hour),
        name=called(shell.user) if shell else "",
        today=today(),
        **context(caller, found, dashboard_visit(found.key, request.args, "/")),
    )


@blueprint.post("/ui/home/done/<object>/<id>")
@page()
def finish(caller: Caller, object: str, id: str) -> Response:
    """Sets what the list says a tick sets, of the `widget` of a `dashboard` (home's without one); undo puts it back."""
    key, name = request.form.get("dashboard"), request.form.get("widget")
    done = _tick(caller, found_by(caller, key) if key else _home(caller), object, name)
    ref = str(new_id())
    back = local_path(request.form.get("next"))
    try:
        records.update(replace(caller, cause_ref=ref), object, [{"id": id, done[0]: done[1]}])
    except RecordsInvalid as fault:
        say(" ".join(error.message for error in fault.errors), tone="bad")
        return redirect_to(back)
    say(gettext("Marked as done"), undo=f"/o/{object}/list/undo/{ref}")
    return Response(status=200) if is_fragment() else redirect_to(back)


def _home(caller: Caller) -> Found:
    """The dashboard that is the caller's home, else the one that is made for him."""
    return dashboards.home_of(caller) or made_home(caller)


def _tick(caller: Caller, found: Found, object: str, name: str | None) -> tuple[str, str]:
    """(field, value) of the list with records of this object. Raises NotFound where none has a tick."""
    try:
        widgets = found.dashboard.widgets if name is None else (found.widget(name),)
    except WidgetAway:
        raise NotFound from None
    lists = (one for one in widgets if one.type == "list" and object_of(caller, one) == object)
    done = next((done for one in lists if (done := done_of(caller, one)) is not None), None)
    if done is None:
        raise NotFound
    return done


def greeting(hour: int) -> str:
    """Good morning until noon, and so on, by the user's clock."""
    if 5 <= hour < 12:
        return gettext("Good morning")
    return gettext("Good afternoon") if 12 <= hour < 18 else gettext("Good evening")


def called(name: str) -> str:
    """How one is spoken to: the given name of a Chinese name of two or three characters, else the first word."""
    if name and all("一" <= c <= "鿿" for c in name):
        return name[1:] if 2 < len(name) <= 3 else name
    return name.split(" ", 1)[0] if name else ""
