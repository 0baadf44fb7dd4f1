"""Home, and the tick that finishes a task there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from dougong_metadata.model.types import AppModel, HomeModel
from dougong_platform import records
from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_tenants import new_id
from dougong_ui_builder.formats import as_date, as_moment, clock, today
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.home.figures import figures_of, shelves_of
from dougong_ui_builder.screens.home.recent import recent_changes
from dougong_ui_builder.screens.lists.columns import cell_value
from dougong_ui_builder.shell import current_shell
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@page()
def home(caller: Caller) -> str:
    """The caller's day."""
    app = _app(caller)
    shown = app.home if app is not None else None
    shell = current_shell()
    objects = [link.object for group in shell.groups for link in group.links if link.object] if shell else []
    shelves = shelves_of(caller, shown, objects)
    for shelf in shelves:
        shelf.late = sum(1 for record in shelf.records if shelf.when is not None and is_late(record[shelf.when.name]))
    name = called(shell.user) if shell else ""
    return render_template(
        "home/home.html",
        greeting=greeting(datetime.now(current_timezone()).hour),
        name=name,
        today=today(),
        figures=figures_of(caller, shown or HomeModel((), ())),
        shelves=shelves,
        changes=recent_changes(caller),
        cell_value=cell_value,
        when_text=when_text,
        is_late=is_late,
        may_update=_may_update(caller),
    )


@blueprint.post("/ui/home/done/<object>/<id>")
@page()
def finish(caller: Caller, object: str, id: str) -> Response:
    """Sets what the app's home says a tick sets; undo puts it back."""
    app = _app(caller)
    lists = app.home.lists if app is not None and app.home is not None else ()
    shown = next((one for one in lists if one.object == object and one.done), None)
    if shown is None or shown.done is None:
        raise NotFound
    ref = str(new_id())
    try:
        records.update(replace(caller, cause_ref=ref), object, [{"id": id, shown.done[0]: shown.done[1]}])
    except RecordsInvalid as fault:
        say(" ".join(error.message for error in fault.errors), tone="bad")
        return redirect_to("/")
    say(gettext("Marked as done"), undo=f"/o/{object}/list/undo/{ref}")
    if request.headers.get("X-CSRF-Token") and request.headers.get("HX-Request"):
        return Response(status=200)
    return redirect_to("/")


def _app(caller: Caller) -> AppModel | None:
    apps = [caller.model.apps[name] for name in caller.rights.apps if name in caller.model.apps]
    wanted = request.cookies.get("dg_app")
    return next((app for app in apps if app.name == wanted), apps[0] if apps else None)


def _may_update(caller: Caller) -> dict[str, bool]:
    return {name: caller.rights.may(name, "update") for name in caller.model.objects}


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


def is_late(value: str | None) -> bool:
    """Whether a day is past, or a moment is."""
    if not value:
        return False
    if len(value) == 10:
        found = as_date(value)
        return found is not None and found < today()
    moment = as_moment(value)
    return moment is not None and moment < datetime.now(current_timezone())


def when_text(value: str | None) -> str:
    """Short: 10:30 today, "yesterday", "2 days late", else the day."""
    found = as_date(value) if value else None
    if found is None:
        return ""
    days = (found - today()).days
    if days == 0:
        return clock(value) if value and len(value) > 10 else gettext("Today")
    if days == -1:
        return gettext("Yesterday")
    if days == 1:
        return gettext("Tomorrow")
    if -30 <= days < 0:
        return ngettext("%(num)d day late", "%(num)d days late", -days)
    return f"{found:%m-%d}" if found.year == today().year else found.isoformat()
