"""Two-step sign-in of the person who is signed in: set up, recovery codes, turned off. Shown among his sessions."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_platform.http.confirming import confirm
from dougong_tenants import Principal
from dougong_tenants.errors import SecondFactorRefused, SignInThrottled
from dougong_tenants.second_factor import begin_enrolment, resume_enrolment
from dougong_tenants.sign_in import own_second_factor
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.own_session import forget_myself
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.qr import qr_svg
from dougong_ui_builder.screens.settings.routes import blueprint, draw
from dougong_ui_builder.words import gettext

PAGE = "/settings/two-step"
_REFUSALS = (SecondFactorRefused, SignInThrottled)
Answer = str | Response | tuple[str, int]


@blueprint.get(PAGE)
@page()
def show_two_step(caller: Caller) -> str:
    """The QR code and the key of a new app; with one in use, how to renew the codes or turn it off."""
    confirm(caller)
    return _page(caller)


@blueprint.post(PAGE)
@page()
def enable(caller: Caller) -> Answer:
    """Keeps the app whose code was typed; the page that shows the recovery codes this once."""
    confirm(caller)
    me = _me(caller)
    try:
        codes = own_second_factor.enable(
            caller.database,
            caller.tenant,
            me.person,
            caller.user,
            request.form.get("sealed", ""),
            request.form.get("code", ""),
            identity=request.form.get("identity", ""),
            session=me.id,
            address=client_address(),
        )
    except _REFUSALS as refused:
        return _page(caller, refused, "enable"), refused.status
    forget_myself()
    return _codes(codes)


@blueprint.post(PAGE + "/codes")
@page()
def renew_codes(caller: Caller) -> Answer:
    """Ten new recovery codes in place of the earlier ones."""
    confirm(caller)
    try:
        codes = own_second_factor.renew_codes(caller.database, caller.tenant, _me(caller).person, caller.user, **_who())
    except _REFUSALS as refused:
        return _page(caller, refused, "codes"), refused.status
    return _codes(codes)


@blueprint.post(PAGE + "/off")
@page()
def disable(caller: Caller) -> Answer:
    """Signing in takes the password alone again; refused where the company requires two steps."""
    confirm(caller)
    try:
        own_second_factor.disable(caller.database, caller.tenant, _me(caller).person, caller.user, **_who())
    except _REFUSALS as refused:
        return _page(caller, refused, "off"), refused.status
    toasts.say(gettext("Two-step sign-in is off"))
    return redirect_to("/settings/security#two-step")


def two_step_context(caller: Caller) -> dict[str, Any]:
    """What the card among the sessions shows."""
    if caller.principal is None:
        return {}
    return {"two_step": own_second_factor.state(caller.database, caller.tenant, caller.principal.person)}


def _me(caller: Caller) -> Principal:
    """Only a person's own session changes these; nobody who acts for him, and no token."""
    principal = caller.principal
    if principal is None or principal.via != "session":
        raise NotFound
    return principal


def _who() -> dict[str, Any]:
    return {"identity": request.form.get("identity", ""), "address": client_address()}


def _codes(codes: list[str]) -> str:
    return draw("settings/recovery_codes.html", "security", codes=codes)


def _page(caller: Caller, refused: Fault | None = None, form: str = "") -> str:
    me = _me(caller)
    issuer, sealed = label_text(caller.tenant), request.form.get("sealed", "")
    begun = (
        resume_enrolment(caller.database, me.person, me.email, issuer, sealed)
        if sealed
        else begin_enrolment(caller.database, me.person, me.email, issuer)
    )
    field = str(refused.data.get("field", "")) if refused is not None else ""
    problem = refused.message(current_locale()) if refused is not None else ""
    return draw(
        "settings/two_step.html",
        "security",
        enrolment=begun,
        qr=qr_svg(begun.uri),
        two_step=own_second_factor.state(caller.database, caller.tenant, me.person),
        errors={f"{form}:{field}": [problem]} if problem and field else {},
        problem="" if field else problem,
        form=form,
    )
