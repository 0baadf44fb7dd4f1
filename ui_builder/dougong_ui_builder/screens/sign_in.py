"""Signing in and out. An e-mail that belongs to several companies gets a choice after the password was right."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotSignedIn
from dougong_platform.http.client_address import client_address
from dougong_platform.http.endpoint import engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants.errors import AddressRefused, NotAuthenticated, SignInRefused
from dougong_tenants.sign_in import SecondStepNeeded, SignedIn, choose_tenant, sign_in, sign_out
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.same_origin import local_path, require_same_origin
from dougong_ui_builder.screens.ways_in import way_context

CHALLENGE_COOKIE = "dougong_challenge"

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def form() -> Response:
    """The form; whoever is signed in already goes on to where he wanted."""
    wanted = local_path(request.args.get("next"))
    with suppress(Fault):
        engine().gate.enter()
        return Response(status=303, headers={"Location": wanted})
    g.pop("caller", None)
    return sign_in_form(wanted)


@blueprint.post("/sign-in")
def enter() -> Response:
    """E-mail and password, or the chosen company with the ticket of the step before."""
    require_same_origin()
    given = request.form
    wanted = local_path(given.get("next"))
    database, address, device = engine().database, client_address(), request.headers.get("User-Agent")
    try:
        if given.get("ticket"):
            found = choose_tenant(database, given["ticket"], given.get("tenant", ""), address=address, device=device)
        else:
            found = sign_in(database, given.get("email", ""), given.get("password", ""), address=address, device=device)
    except (SignInRefused, NotAuthenticated, AddressRefused) as fault:
        response = sign_in_form(wanted, email=given.get("email", "")[:320], problem=fault.message(current_locale()))
        response.status_code = fault.status
        if "seconds" in fault.data:
            response.headers["Retry-After"] = str(fault.data["seconds"])
        return response
    return go_on(found, wanted)


@blueprint.post("/sign-out")
def leave() -> Response:
    """Ends this browser's session; harmless without one."""
    with suppress(NotSignedIn, AddressRefused):
        engine().gate.enter()  # checks the CSRF token
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        sign_out(engine().database, secret)
        engine().gate.forget(secret)
    response = Response(status=303, headers={"Location": "/sign-in"})
    response.delete_cookie(SESSION_COOKIE)
    return response


def go_on(found: SignedIn | SecondStepNeeded, wanted: str) -> Response:
    """After a proof of identity: to the page that was wanted, to the choice of a company, or to the second step."""
    if isinstance(found, SecondStepNeeded):
        response = Response(status=303, headers={"Location": f"/sign-in/step?{urlencode({'next': wanted})}"})
        _set_cookie(response, CHALLENGE_COOKIE, found.challenge)
        return response
    if found.session is None:
        return _choice(wanted, found)
    response = Response(status=303, headers={"Location": wanted})
    _set_cookie(response, SESSION_COOKIE, found.session)
    if CHALLENGE_COOKIE in request.cookies:
        response.delete_cookie(CHALLENGE_COOKIE)
    return response


def sign_in_form(wanted: str, email: str = "", problem: str | None = None, **context: Any) -> Response:
    """The page with the form and the ways in by identity providers; `context` replaces what `way_context` finds."""
    given = {**way_context(wanted), "email": email, "problem": problem, **context}
    return make_response(render_template("screens/sign_in.html", next=wanted, **given))


def _choice(wanted: str, found: SignedIn) -> Response:
    choices = [(choice.tenant, choice.label.text(current_locale())) for choice in found.choices]
    page = render_template("screens/choose_tenant.html", next=wanted, ticket=found.ticket, choices=choices)
    return make_response(page)


def _set_cookie(response: Response, name: str, value: str) -> None:
    secure = engine().dougong.secure_cookies or request.is_secure
    response.set_cookie(name, value, httponly=True, secure=secure, samesite="Lax")
