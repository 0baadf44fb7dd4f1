"""/builder/channels: groups' robots, listed, kept, tried and removed by administrators. mail.py has the mails' part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.notifications import robot_settings, sender_settings
from dougong_platform.notifications.mail_server import mail_server
from dougong_platform.notifications.robot_formats import KINDS
from dougong_platform.notifications.topics import TOPICS
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_channels", __name__, url_prefix="/builder")
BASE = "/builder/channels"
_VALUES = ("name", "kind", "team", "topics", "reader", "locale", "active")
Answer = Response | str | tuple[str, int]


@blueprint.get("/channels")
@page("people")
def show(caller: Caller) -> str:
    """All robots, and how mails are signed."""
    return overview(caller)


@blueprint.get("/channels/new")
@page("people")
def new_robot(caller: Caller) -> str:
    """An empty form. Whoever adds the robot is proposed as the one whose rights count."""
    robot_settings.robots(caller)  # a 403 for everybody but administrators
    values = {"kind": request.args.get("kind", "wecom"), "reader": caller.user, "locale": caller.tenant.locale}
    return _form(caller, None, {"active": True, "topics": [], **values})


@blueprint.get("/channels/<id>")
@page("people")
def show_robot(caller: Caller, id: str) -> str:
    """The form of one robot. Its address and secret are never shown again."""
    found = robot_settings.robot(caller, id)
    return _form(caller, found, {name: getattr(found, name) for name in _VALUES})


@blueprint.post("/channels/new")
@page("people")
def add_robot(caller: Caller) -> Answer:
    """Adds one."""
    return _keep(caller, None)


@blueprint.post("/channels/<id>")
@page("people")
def keep_robot(caller: Caller, id: str) -> Answer:
    """Replaces one."""
    return _keep(caller, id)


@blueprint.post("/channels/<id>/try")
@page("people")
def try_robot(caller: Caller, id: str) -> Response:
    """Lets it say hello in its group."""
    problem = robot_settings.try_robot(caller, id)
    if problem is None:
        toasts.say(gettext("The group was told"))
    else:
        toasts.say(gettext("The group was not told: %(why)s", why=problem), tone="bad")
    return redirect_to(f"{BASE}/{id}")


@blueprint.post("/channels/<id>/remove")
@page("people")
def remove_robot(caller: Caller, id: str) -> Response:
    """For good; what it has said stays in the group."""
    robot_settings.remove_robot(caller, id)
    toasts.say(gettext("The robot was removed"))
    return redirect_to(BASE)


def overview(caller: Caller, values: dict[str, Any] | None = None, errors: Errors | None = None) -> str:
    """The page, with what was typed into the mail's form if it comes back."""
    sender = sender_settings.sender(caller)
    server = mail_server()
    return draw(
        caller,
        "channels/channels.html",
        robots=robot_settings.robots(caller),
        kinds=KINDS,
        topics=TOPICS,
        server=server,
        values=values or {"name": sender.name, "address": sender.address or "", "reply_to": sender.reply_to or ""},
        errors=errors or {},
    )


def _keep(caller: Caller, id: str | None) -> Answer:
    form = request.form
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in ("name", "kind", "team", "reader", "locale")}
    values |= {"topics": form.getlist("topics"), "active": form.get("active") == "true"}
    given = values | ({"address": form["address"].strip()} if form.get("address", "").strip() else {})
    if form.get("secret", "").strip() or form.get("no_secret") == "true":
        given["secret"] = None if form.get("no_secret") == "true" else form["secret"].strip()
    try:
        kept = robot_settings.keep_robot(caller, id, given)
    except RecordsInvalid as refused:
        known = robot_settings.robot(caller, id) if id is not None else None
        return _form(caller, known, values | {"address": form.get("address", "")}, errors_of(refused)), 422
    toasts.say(gettext("The robot was saved"))
    return redirect_to(f"{BASE}/{kept.id}")


def _form(
    caller: Caller, known: robot_settings.StoredRobot | None, values: dict[str, Any], errors: Errors | None = None
) -> str:
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    organisation = organisation_of(caller.database, caller.tenant, entry.stamp)
    people = sorted((p.name, p.id) for p in organisation.people.values() if p.active and p.kind == "person")
    _, teams = caller.database.read(
        caller.tenant, "select id, name from team where deleted_at is null order by sort_key(name)", {}
    )
    return draw(
        caller,
        "channels/robot.html",
        known=known,
        values=values,
        errors=errors or {},
        kinds=[(kind.name, label_text(kind)) for kind in KINDS.values()],
        kind_models=KINDS,
        people=[(id, name) for name, id in people],
        teams=[(row[0], row[1]) for row in teams],
        topics=[(topic.name, label_text(topic)) for topic in TOPICS.values()],
    )
