"""Language, appearance, density and app: a POST from the user's menu, kept in cookies of this browser."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request

from dougong_metadata.label import LOCALES
from dougong_platform.errors import NotSignedIn, OnlyPreviewing
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants.errors import AddressRefused
from dougong_tenants.people import update_user
from dougong_ui_builder.same_origin import local_path, require_same_origin
from dougong_ui_builder.shell import DENSITIES, THEMES

if TYPE_CHECKING:
    from dougong_platform.http.gate import Gate

blueprint = Blueprint("preferences", __name__)

COOKIES = {"locale": LOCALES, "theme": THEMES, "density": DENSITIES, "keys": ("on", "off"), "nav": ("wide", "narrow")}
YEAR = 365 * 86_400  # seconds


@blueprint.post("/preferences")
def keep() -> Response:
    """For everybody, signed in or not; goes back to where the form stood (`next`)."""
    require_same_origin()
    response = Response(status=303, headers={"Location": local_path(request.form.get("next"))})
    for name, allowed in COOKIES.items():
        value = request.form.get(name)
        if value in allowed:
            response.set_cookie(f"dg_{name}", value, max_age=YEAR, samesite="Lax")
    app = request.form.get("app", "")
    if app.isidentifier():
        response.set_cookie("dg_app", app, max_age=YEAR, samesite="Lax")
    if request.form.get("locale") in LOCALES:
        _keep_language_of_user(request.form["locale"])
    return response


def _keep_language_of_user(locale: str) -> None:
    """The language is the person's, not the browser's: notices and exports speak it too."""
    gate: Gate | None = getattr(current_app, "gate", None)
    if gate is None:
        return
    with suppress(NotSignedIn, AddressRefused, OnlyPreviewing):
        caller = gate.enter()
        if caller.locale != locale:
            update_user(caller.database, caller.tenant, caller.user, {"locale": locale}, by=caller.user)
            gate.forget(request.cookies[SESSION_COOKIE])
