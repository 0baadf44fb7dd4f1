"""After the password: the code of an authenticator app, enrolling for codes, or a new password in place of an old one.

The challenge lies in a cookie of its own; nothing else opens until it is done.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.http.client_address import client_address
from dougong_platform.http.endpoint import engine
from dougong_tenants.errors import NotAuthenticated, PasswordRefused, SecondFactorRefused, SignInThrottled
from dougong_tenants.second_factor import Enrolment, begin_enrolment, resume_enrolment
from dougong_tenants.security import rules_of_person
from dougong_tenants.sign_in import SecondStepNeeded, SignedIn, second_step
from dougong_tenants.sign_in.second_step import Enrolled, Pending
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.password_words import password_hint
from dougong_ui_builder.qr import qr_svg
from dougong_ui_builder.same_origin import local_path, require_same_origin
from dougong_ui_builder.screens.sign_in import CHALLENGE_COOKIE, go_on, sign_in_form
from dougong_ui_builder.words import gettext

blueprint = Blueprint("second_step", __name__)

PAGE = "/sign-in/step"
_REFUSALS = (SecondFactorRefused, PasswordRefused, SignInThrottled)


@blueprint.get(PAGE)
def ask() -> Response:
    """What the challenge waits for; the sign-in form if it waits for nothing any more."""
    wanted = local_path(request.args.get("next"))
    try:
        return _page(_pending(), wanted)
    except NotAuthenticated:
        return _too_late(wanted)


@blueprint.post(PAGE)
def answer() -> Response:
    """The code, the first code of a new app, or the new password."""
    require_same_origin()
    wanted = local_path(request.form.get("next"))
    try:
        asked = _pending()
        try:
            done = _give(asked)
        except _REFUSALS as refused:
            return _page(asked, wanted, refused)
        if done is None:
            return _page(asked, wanted, again=gettext("The two passwords differ."))
    except NotAuthenticated:
        return _too_late(wanted)
    return _codes(done, wanted) if isinstance(done, Enrolled) else go_on(done, wanted)


def _pending() -> Pending:
    return second_step.pending(engine().database, _challenge(), client_address())


def _challenge() -> str:
    return request.cookies.get(CHALLENGE_COOKIE, "")


def _give(asked: Pending) -> SignedIn | SecondStepNeeded | Enrolled | None:
    """How it goes on; None if the password was typed in two ways."""
    given, database, challenge = request.form, engine().database, _challenge()
    where: dict[str, Any] = {"address": client_address(), "device": request.headers.get("User-Agent")}
    if asked.step == "code":
        return second_step.give_code(database, challenge, given.get("recovery") or given.get("code", ""), **where)
    if asked.step == "enrol":
        sealed, code = given.get("sealed", ""), given.get("code", "")
        return second_step.enrol(database, challenge, sealed, code, password=given.get("identity", ""), **where)
    if given.get("password", "") != given.get("again", ""):
        return None
    return second_step.choose_password(database, challenge, given.get("password", ""), **where)


def _page(asked: Pending, wanted: str, refused: Fault | None = None, again: str = "") -> Response:
    field = refused.data.get("field", "") if refused is not None else ""
    context: dict[str, Any] = {
        "next": wanted,
        "step": asked.step,
        "email": asked.standing.email,
        "company": label_text(asked.standing.tenant),
        "problem": refused.message(current_locale()) if refused is not None else "",
        "field": field,
        "again": again,
        "needs_password": asked.needs_password,
        "by_recovery": bool(request.form.get("recovery")),
    }
    if asked.step == "enrol":
        begun = _enrolment(asked)
        context |= {"enrolment": begun, "qr": qr_svg(begun.uri)}
    if asked.step == "password":
        context["hint"] = password_hint(rules_of_person(engine().database, asked.standing.person))
    status = refused.status if refused is not None else 422 if again else 200
    response = make_response(render_template("screens/second_step.html", **context), status)
    if refused is not None and "seconds" in refused.data:
        response.headers["Retry-After"] = str(refused.data["seconds"])
    return response


def _enrolment(asked: Pending) -> Enrolment:
    """The key that the form carries, as long as it lasts: the app may have it already."""
    standing = asked.standing
    issuer = label_text(standing.tenant)
    sealed = request.form.get("sealed", "")
    if sealed:
        return resume_enrolment(engine().database, standing.person, standing.email, issuer, sealed)
    return begin_enrolment(engine().database, standing.person, standing.email, issuer)


def _codes(done: Enrolled, wanted: str) -> Response:
    """The recovery codes, shown this once; the session has begun, unless something else is asked first."""
    response = go_on(done.then, wanted)
    onward = response.headers.pop("Location")
    response.status_code = 200
    response.set_data(render_template("screens/recovery_codes.html", codes=done.codes, onward=onward))
    response.mimetype = "text/html"
    return response


def _too_late(wanted: str) -> Response:
    """Whoever is signed in by now goes on; others begin anew."""
    if not request.cookies.get(CHALLENGE_COOKIE):
        return Response(status=303, headers={"Location": f"/sign-in?{urlencode({'next': wanted})}"})
    response = sign_in_form(wanted, problem=gettext("This took too long, or was done already. Please sign in again."))
    response.status_code = 401
    response.delete_cookie(CHALLENGE_COOKIE)
    return response
