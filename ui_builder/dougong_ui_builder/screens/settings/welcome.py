"""The page an invitation leads to: whoever holds the link chooses a password and is asked to sign in with it."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from dougong_platform.http.endpoint import engine
from dougong_tenants import sign_in
from dougong_tenants.errors import NotAuthenticated, PasswordRefused
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.password_words import password_hint
from dougong_ui_builder.same_origin import require_same_origin
from dougong_ui_builder.screens.settings.routes import blueprint
from dougong_ui_builder.words import gettext


@blueprint.get("/welcome")
def welcome() -> Response:
    """The form. Whether the link still works is told when it is used."""
    return _form(request.args.get("invitation", ""))


@blueprint.post("/welcome")
def accept() -> Response:
    """Sets the password; the sign-in page follows with the e-mail filled in."""
    require_same_origin()
    secret, password = request.form.get("invitation", ""), request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _form(secret, again=gettext("The two passwords differ."))
    try:
        email = sign_in.accept_invitation(engine().database, secret, password)
    except PasswordRefused as refused:
        return _form(secret, problem=refused.message(current_locale()))
    except NotAuthenticated:
        return _form("", over=True)
    return make_response(render_template("settings/welcomed.html", email=email))


def _form(secret: str, *, problem: str = "", again: str = "", over: bool = False) -> Response:
    hint = password_hint(sign_in.rules_of_invitation(engine().database, secret))
    page = render_template(
        "settings/welcome.html", secret=secret, problem=problem, again=again, over=over or not secret, hint=hint
    )
    return make_response(page, 422 if problem or again or over else 200)
