"""What people have sent regularly, for those who look after them: what belongs to somebody who has left first. Each can
be paused or ended, and that taken back; its owner is told."""

from __future__ import annotations

from flask import Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.reports.subscriptions import keeping
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import SENT, draw
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.screens.reports.subscribing import lines
from dougong_ui_builder.words import gettext


@blueprint.get(SENT)
@page("people")
def show_subscriptions_of_all(caller: Caller) -> str:
    """?owner= those of one person alone."""
    owner = request.args.get("owner", "")
    found = [one for one in keeping.list_all(caller) if owner in ("", one.owner)]
    named = keeping.labels(caller, found)
    shown = [(line, named[line.one.id].text(caller.locale)) for line in lines(caller, found)]
    return draw(caller, "reports/subscriptions_of_all.html", "subscriptions", shown=shown, owner=owner, base=SENT)


@blueprint.post(f"{SENT}/<id>/<act>")
@page("people")
def stop_subscription(caller: Caller, id: str, act: str) -> Response:
    """pause, resume, remove or undo."""
    if act == "remove":
        keeping.remove(caller, id)
        said = gettext("Removed")
    elif act in ("pause", "resume"):
        keeping.change(caller, id, {"active": act == "resume"})
        said = gettext("Paused") if act == "pause" else gettext("Resumed")
    elif act == "undo":
        keeping.undo(caller, id)
        said = gettext("Taken back")
    else:
        raise NotFound
    toasts.say(said, None if act == "undo" else f"{SENT}/{id}/undo")
    owner = request.form.get("owner", "")
    return redirect_to(f"{SENT}?owner={owner}" if owner else SENT)
