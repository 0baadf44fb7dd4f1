"""The form of a user: a new one with permission sets and a way in, and the page of one who exists."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.hand_overs.preview import owned_records
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.authority import check_place, check_sets, require_authority
from dougong_platform.people.directory import one_user
from dougong_platform.people.held_sets import coming_sets, permanent_sets
from dougong_platform.reports.subscriptions import keeping
from dougong_tenants import ADMINISTRATOR, people, sign_in
from dougong_tenants.people import Access, access_of
from dougong_tenants.security import rules_of_tenant
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import department_options, number, user_values, zone_options
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.reaching import what_reaches
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.builder.people.sentences import set_choices
from dougong_ui_builder.devices import device_icon, device_words
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.password_words import password_hint
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/people/new")
@page("people")
def new_user(caller: Caller) -> str:
    """An empty form; ?department= fills it in."""
    values = {"department": request.args.get("department") or None, "way": "invitation"}
    return _new(caller, values, (), {})


@blueprint.post("/people/new")
@page("people")
def create_user(caller: Caller) -> Answer:
    """Creates the user; with an invitation, the page that shows its link this once."""
    confirm(caller)
    errors: Errors = {}
    values, sets = user_values(caller, errors), request.form.getlist("permission_sets")
    way = "password" if request.form.get("way") == "password" else "invitation"
    password = request.form.get("password", "") if way == "password" else None
    if not errors:
        try:
            check_sets(caller, sets, ())
            check_place(caller, values)
            made = people.create_user(
                caller.database, caller.tenant, values, password=password, permission_sets=sets, by=caller.user
            )
            return _created(caller, made, values, way)
        except Fault as fault:
            if fault.status not in (409, 422):
                raise
            errors = errors_of(fault)
    names = {"manager_name": request.form.get("manager:text", "")}
    return _new(caller, {**values, **names, "way": way}, sets, errors), 422


@blueprint.get("/people/<id>")
@page("people")
def show_user(caller: Caller, id: str) -> str:
    """?ask= opens a question without JavaScript."""
    return user_page(caller, id)


@blueprint.post("/people/<id>")
@page("people")
def change_user(caller: Caller, id: str) -> Answer:
    """The user's own fields."""
    require_authority(caller, one_user(caller, id)["id"])
    errors: Errors = {}
    values = user_values(caller, errors)
    check_place(caller, values, id)
    if not errors:
        try:
            people.update_user(caller.database, caller.tenant, id, values, by=caller.user, version=number("version"))
            toasts.say(gettext("%(name)s was saved", name=values.get("name") or ""))
            return redirect_to(f"/builder/people/{id}")
        except Fault as fault:
            if fault.status not in (409, 422):
                raise
            errors = errors_of(fault)
    typed = {**values, "manager_name": request.form.get("manager:text", "")}
    return user_page(caller, id, typed=typed, errors=errors), 422


@blueprint.post("/people/<id>/permission-sets")
@page("people")
def change_sets(caller: Caller, id: str) -> Answer:
    """Replaces the sets he holds himself without an end."""
    user = one_user(caller, id)
    held = permanent_sets(caller, user["id"])
    wanted = request.form.getlist("permission_sets")
    try:
        # a set that the caller may not change is a disabled box, which a browser does not send
        wanted += [c.name for c in set_choices(caller, held) if c.locked and c.name in held]
        check_sets(caller, wanted, held)
        people.set_permission_sets(caller.database, caller.tenant, user["id"], wanted, by=caller.user)
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        return user_page(caller, id, errors=errors_of(fault), sets=wanted), fault.status
    toasts.say(gettext("The permission sets of %(name)s were saved", name=user["name"]))
    return redirect_to(f"/builder/people/{user['id']}")


def user_page(
    caller: Caller,
    id: str,
    *,
    typed: dict[str, Any] | None = None,
    errors: Errors | None = None,
    sets: list[str] | None = None,
    **more: Any,
) -> str:
    """The page of a user; `typed` and `sets` are what came back with `errors`."""
    user = one_user(caller, id)
    reaching = what_reaches(caller, user, errors or {})
    held = reaching["direct"]
    return draw(
        caller,
        "people/user.html",
        "people",
        user=user,
        values={**user, **(typed or {})},
        **reaching,
        held=held if sets is None else sets,
        sets=set_choices(caller, held),
        errors=errors or {},
        access=access_of(caller.database, caller.tenant, [user["id"]]).get(user["id"], Access()),
        departments=department_options(caller, keep=user["department"]),
        zones=zone_options(),
        locked=not caller.rights.is_admin and ADMINISTRATOR in coming_sets(caller, user["id"]),
        myself=user["id"] == caller.user,
        owned=owned_records(caller, user["id"]),
        sent=sum(one.owner == user["id"] and one.active for one in keeping.list_all(caller)),
        ask=request.args.get("ask", ""),
        sessions=sign_in.list_sessions(caller.database, caller.tenant, user["id"]),
        this=caller.principal.id if caller.principal is not None else "",
        device_words=device_words,
        device_icon=device_icon,
        hint=password_hint(rules_of_tenant(caller.database, caller.tenant)),
        **more,
    )


def invitation_page(caller: Caller, user: str, name: str, email: str, secret: str, *, created: bool = False) -> str:
    """Shows the link this once. It reads nothing that could find the caller outdated: the view would run again."""
    link = f"{request.url_root.rstrip('/')}/welcome?invitation={secret}"
    return draw(caller, "people/invited.html", "people", user=user, name=name, email=email, link=link, created=created)


def _new(caller: Caller, values: dict[str, Any], sets: list[str] | tuple[str, ...], errors: Errors) -> str:
    return draw(
        caller,
        "people/new_user.html",
        "people",
        values=values,
        held=sets,
        sets=set_choices(caller, ()),
        errors=errors,
        departments=department_options(caller, keep=values.get("department")),
        zones=zone_options(),
        hint=password_hint(rules_of_tenant(caller.database, caller.tenant)),
    )


def _created(caller: Caller, made: people.CreatedUser, values: dict[str, Any], way: str) -> Answer:
    access = access_of(caller.database, caller.tenant, [made.id]).get(made.id, Access())
    if way == "invitation" and not access.elsewhere:
        secret = sign_in.invite(caller.database, caller.tenant, made.id, by=caller.user)
        return invitation_page(caller, made.id, str(values["name"]), str(values["email"]), secret, created=True)
    toasts.say(gettext("%(name)s was created", name=values["name"]))
    return redirect_to(f"/builder/people/{made.id}")
