"""Queues: owners of records that are nobody's yet, each worked by a team."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.directory import teams
from dougong_platform.people.queues.listing import Queue, owned, queues
from dougong_tenants import people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import number
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
BASE = "/builder/people/queues"


@blueprint.get("/people/queues")
@page("people")
def show_queues(caller: Caller) -> str:
    """?id= opens one beside the list, ?new=1 an empty form."""
    return _page(caller)


@blueprint.post("/people/queues")
@page("people")
def create_queue(caller: Caller) -> Answer:
    """A name and the team that works it."""
    confirm(caller)
    values = _posted()
    try:
        made = people.create_queue(caller.database, caller.tenant, **values, by=caller.user)
    except Fault as fault:
        return _page(caller, errors=_errors(fault), typed=values), 422
    toasts.say(gettext("%(name)s was created", name=values["name"]))
    return redirect_to(f"{BASE}?id={made}")


@blueprint.post("/people/queues/<id>")
@page("people")
def change_queue(caller: Caller, id: str) -> Answer:
    """Its name, its team, and whether it is in use."""
    queue = _one(queues(caller), id)
    values = {**_posted(), "active": "true" in request.form.getlist("active")}
    try:
        people.update_queue(caller.database, caller.tenant, queue.id, values, by=caller.user, version=number("version"))
    except Fault as fault:
        return _page(caller, queue.id, errors=_errors(fault), typed=values), 422
    toasts.say(gettext("%(name)s was saved", name=values["name"]))
    return redirect_to(f"{BASE}?id={queue.id}")


def _posted() -> dict[str, Any]:
    return {"name": request.form.get("name", ""), "team": request.form.get("team") or None}


def _one(found: list[Queue], id: str) -> Queue:
    queue = next((one for one in found if one.id == id), None)
    if queue is None:
        raise NotFound
    return queue


def _errors(fault: Fault) -> Errors:
    if fault.status not in (409, 422):
        raise fault
    return errors_of(fault)


def _page(
    caller: Caller, id: str | None = None, *, errors: Errors | None = None, typed: dict[str, Any] | None = None
) -> str:
    found = queues(caller)
    wanted = id or request.args.get("id")
    opened = next((one for one in found if one.id == wanted), None)
    values = typed or ({"name": opened.name, "team": opened.team, "active": opened.active} if opened else {})
    return draw(
        caller,
        "people/queues.html",
        "queues",
        queues=found,
        opened=opened,
        new=opened is None and (typed is not None or "new" in request.args or not found),
        values=values,
        errors=errors or {},
        teams=[(team.id, team.name) for team in teams(caller)],
        owned=[
            (label_text(caller.model.objects[name].plural), n)
            for name, n in (owned(caller, opened.id) if opened else {}).items()
        ],
    )
