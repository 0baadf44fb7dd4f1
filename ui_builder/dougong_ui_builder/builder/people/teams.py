"""Teams: people of any department who work together, each in a role."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.directory import Team, teams
from dougong_tenants import people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import person
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
BASE = "/builder/people/teams"


@blueprint.get("/people/teams")
@page("people")
def show_teams(caller: Caller) -> str:
    """?id= opens one beside the list."""
    return _page(caller)


@blueprint.post("/people/teams")
@page("people")
def create_team(caller: Caller) -> Answer:
    """An empty team, opened."""
    confirm(caller)
    name = request.form.get("name", "")
    try:
        made = people.create_team(caller.database, caller.tenant, name, by=caller.user)
    except Fault as fault:
        return _page(caller, errors=_errors(fault), typed=name), 422
    toasts.say(gettext("%(name)s was created", name=name))
    return redirect_to(f"{BASE}?id={made}")


@blueprint.post("/people/teams/<id>")
@page("people")
def change_team(caller: Caller, id: str) -> Answer:
    """Its name and the roles of its members."""
    team = _one(teams(caller), id)
    name = request.form.get("name", "")
    roles = {m["id"]: request.form.get(f"role:{m['id']}", m["role"] or "") or None for m in team.members}
    try:
        people.rename_team(caller.database, caller.tenant, team.id, name, by=caller.user)
        if roles != _roles(team):
            people.set_members(caller.database, caller.tenant, team.id, roles, by=caller.user)
    except Fault as fault:
        return _page(caller, team.id, errors=_errors(fault), typed=name), 422
    toasts.say(gettext("%(name)s was saved", name=name))
    return redirect_to(f"{BASE}?id={team.id}")


@blueprint.post("/people/teams/<id>/members")
@page("people")
def add_member(caller: Caller, id: str) -> Answer:
    """One more; somebody who is there already gets the role."""
    team = _one(teams(caller), id)
    errors: Errors = {}
    user = person(caller, "user", errors)
    if user is None and not errors:
        errors["user"] = [gettext("Choose somebody.")]
    if not errors:
        try:
            roles = {**_roles(team), str(user): request.form.get("role", "").strip() or None}
            people.set_members(caller.database, caller.tenant, team.id, roles, by=caller.user)
            toasts.say(gettext("Added to %(name)s", name=team.name))
            return redirect_to(f"{BASE}?id={team.id}")
        except Fault as fault:
            errors = _errors(fault)
    return _page(caller, team.id, errors=errors), 422


@blueprint.post("/people/teams/<id>/members/<user>/remove")
@page("people")
def remove_member(caller: Caller, id: str, user: str) -> Response:
    """He stays a user."""
    team = _one(teams(caller), id)
    roles = {id: role for id, role in _roles(team).items() if id != user}
    people.set_members(caller.database, caller.tenant, team.id, roles, by=caller.user)
    name = next((m["name"] for m in team.members if m["id"] == user), "")
    toasts.say(gettext("%(name)s left %(team)s", name=name, team=team.name))
    return redirect_to(f"{BASE}?id={team.id}")


@blueprint.post("/people/teams/<id>/delete")
@page("people")
def delete_team(caller: Caller, id: str) -> Response:
    """Its memberships end with it."""
    team = _one(teams(caller), id)
    people.delete_team(caller.database, caller.tenant, team.id, by=caller.user)
    toasts.say(gettext("%(name)s was deleted", name=team.name))
    return redirect_to(BASE)


def _roles(team: Team) -> dict[str, str | None]:
    return {member["id"]: member["role"] for member in team.members}


def _one(found: list[Team], id: str) -> Team:
    team = next((one for one in found if one.id == id), None)
    if team is None:
        raise NotFound
    return team


def _errors(fault: Fault) -> Errors:
    if fault.status not in (409, 422):
        raise fault
    return errors_of(fault)


def _page(caller: Caller, id: str | None = None, *, errors: Errors | None = None, typed: str | None = None) -> str:
    found = teams(caller)
    wanted = id or request.args.get("id")
    opened = next((one for one in found if one.id == wanted), None)
    context: dict[str, Any] = {
        "teams": found,
        "opened": opened,
        "new": opened is None and (typed is not None or "new" in request.args or not found),
        "typed": opened.name if typed is None and opened else typed or "",
        "errors": errors or {},
        "user_name": request.form.get("user:text", "") if errors else "",
    }
    return draw(caller, "people/teams.html", "teams", **context)
