"""The person's password, and where he is signed in."""

from __future__ import annotations

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_tenants import people, sign_in
from dougong_tenants.security import rules_of_person
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import Errors, errors_of
from dougong_ui_builder.devices import device_icon, device_words
from dougong_ui_builder.own_session import forget_myself
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.password_words import password_hint
from dougong_ui_builder.screens.settings.identities import identity_context
from dougong_ui_builder.screens.settings.routes import blueprint, draw
from dougong_ui_builder.screens.settings.two_step import two_step_context
from dougong_ui_builder.words import gettext, ngettext

PAGE = "/settings/security"


@blueprint.get(PAGE)
@page()
def show_security(caller: Caller) -> str:
    """The form for a new password, and the sessions."""
    return _page(caller)


@blueprint.post("/settings/password")
@page()
def change_password(caller: Caller) -> Response | tuple[str, int]:
    """All other sessions end; this one stays."""
    confirm(caller)
    errors: Errors = {}
    if request.form.get("new", "") != request.form.get("again", ""):
        errors["again"] = [gettext("The two new passwords differ.")]
    if not errors:
        try:
            people.change_password(
                caller.database,
                caller.tenant,
                caller.user,
                request.form.get("present", ""),
                request.form.get("new", ""),
                keep_session=_this_session(caller),
            )
        except Fault as fault:
            if fault.status not in (409, 422):
                raise
            errors = errors_of(fault)
    if errors:
        return _page(caller, errors), 422
    forget_myself()
    toasts.say(gettext("Your password was changed; all other sessions ended"))
    return redirect_to(PAGE)


@blueprint.post("/settings/sessions/<id>/end")
@page()
def end_session(caller: Caller, id: str) -> Response:
    """One of the person's own sessions."""
    confirm(caller)
    if not sign_in.end_session(caller.database, caller.tenant, caller.user, id):
        raise NotFound
    toasts.say(gettext("The session ended"))
    return redirect_to(PAGE + "#sessions")


@blueprint.post("/settings/sessions/end-others")
@page()
def end_other_sessions(caller: Caller) -> Response:
    """All but this one."""
    confirm(caller)
    ended = sign_in.end_other_sessions(caller.database, caller.tenant, caller.user, _this_session(caller))
    toasts.say(ngettext("%(num)d session ended", "%(num)d sessions ended", ended))
    return redirect_to(PAGE + "#sessions")


def _this_session(caller: Caller) -> str | None:
    principal = caller.principal
    return principal.id if principal is not None and principal.via == "session" else None


def _page(caller: Caller, errors: Errors | None = None) -> str:
    confirm(caller)
    return draw(
        "settings/security.html",
        "security",
        errors=errors or {},
        sessions=sign_in.list_sessions(caller.database, caller.tenant, caller.user),
        this=_this_session(caller),
        device_words=device_words,
        device_icon=device_icon,
        hint=_hint(caller),
        email=caller.principal.email if caller.principal is not None else "",
        **two_step_context(caller),
        **identity_context(caller),
    )


def _hint(caller: Caller) -> str:
    if caller.principal is None:
        return ""
    rules = rules_of_person(caller.database, caller.principal.person)
    return password_hint(rules, gettext("It counts in all your companies."))
