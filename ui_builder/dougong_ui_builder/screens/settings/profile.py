"""The person's own name, phone, title, language and time zone, and how this browser shows things."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request

from dougong_metadata.errors import Fault
from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import one_user
from dougong_tenants import people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import number, zone_options
from dougong_ui_builder.builder.people.frame import Errors, errors_of
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.own_session import forget_myself
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.preferences import COOKIES, YEAR
from dougong_ui_builder.screens.settings.routes import blueprint, draw
from dougong_ui_builder.words import gettext

OWN = ("name", "phone", "title", "locale", "timezone")


@blueprint.get("/settings")
@page()
def show_profile(caller: Caller) -> str:
    """The form, with what only those may change who look after people."""
    return _page(caller)


@blueprint.post("/settings")
@page()
def change_profile(caller: Caller) -> Response | tuple[str, int]:
    """Keeps the profile; a field that the form does not hold stays."""
    user = one_user(caller, caller.user)
    values = {name: request.form[name].strip() or None for name in OWN if name in request.form}
    try:
        people.update_user(
            caller.database, caller.tenant, user["id"], values, by=caller.user, version=number("version")
        )
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        return _page(caller, values, errors_of(fault)), 422
    forget_myself()
    toasts.say(gettext("Your profile was saved"))
    response = redirect_to("/settings")
    if values.get("locale") in COOKIES["locale"]:
        response.set_cookie("dg_locale", str(values["locale"]), max_age=YEAR, samesite="Lax")
    return response


@blueprint.post("/settings/appearance")
@page()
def change_appearance(caller: Caller) -> Response:
    """Kept in this browser: a phone and a desk may differ."""
    toasts.say(gettext("Kept in this browser"))
    response = make_response(redirect_to("/settings#appearance"))
    for name in ("theme", "density", "keys"):
        given = request.form.getlist(name)
        if given and given[-1] in COOKIES[name]:
            response.set_cookie(f"dg_{name}", given[-1], max_age=YEAR, samesite="Lax")
    return response


def _page(caller: Caller, typed: dict[str, Any] | None = None, errors: Errors | None = None) -> str:
    user = one_user(caller, caller.user)
    sets = [set_label(caller.model, name) for name in user["permission_sets"]]
    return draw(
        "settings/profile.html",
        "profile",
        user=user,
        values={**user, **(typed or {})},
        errors=errors or {},
        sets=sets,
        zones=zone_options(),
        tenant=caller.tenant,
    )
