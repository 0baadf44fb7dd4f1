"""A user's way in: locked out and let in again, a password set for him, an invitation, his sessions ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import require_authority
from dougong_platform.people.directory import one_user
from dougong_tenants import people, sign_in
from dougong_tenants.people import Access, access_of
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.editing import Answer, invitation_page, user_page
from dougong_ui_builder.builder.people.frame import errors_of
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext, ngettext


@blueprint.post("/people/<id>/deactivate")
@page("people")
def deactivate(caller: Caller, id: str) -> Answer:
    """Locks the user out at once; the last administrator stays."""
    user = _changeable(caller, id)
    return _done(
        caller,
        user,
        lambda: people.deactivate_user(caller.database, caller.tenant, user["id"], by=caller.user),
        gettext("%(name)s can no longer sign in", name=user["name"]),
        undo=f"/builder/people/{user['id']}/activate",
    )


@blueprint.post("/people/<id>/activate")
@page("people")
def activate(caller: Caller, id: str) -> Answer:
    """Lets the user sign in again."""
    user = _changeable(caller, id)
    return _done(
        caller,
        user,
        lambda: people.activate_user(caller.database, caller.tenant, user["id"], by=caller.user),
        gettext("%(name)s can sign in again", name=user["name"]),
    )


@blueprint.post("/people/<id>/password")
@page("people")
def set_password(caller: Caller, id: str) -> Answer:
    """For somebody who belongs to this company only; his sessions and tokens end."""
    user = _changeable(caller, id)
    password = request.form.get("password", "")
    return _done(
        caller,
        user,
        lambda: people.set_password(caller.database, caller.tenant, user["id"], password),
        gettext("%(name)s has a new password", name=user["name"]),
        ask="password",
    )


@blueprint.post("/people/<id>/invitation")
@page("people")
def invite(caller: Caller, id: str) -> Answer:
    """A link with which he chooses a password. Refused for who belongs to other companies: it would open those too."""
    user = _changeable(caller, id)
    access = _access(caller, user)
    if access.elsewhere or not user["active"]:
        raise NotAllowed
    secret = sign_in.invite(caller.database, caller.tenant, user["id"], by=caller.user)
    return invitation_page(caller, user["id"], user["name"], user["email"], secret)


@blueprint.post("/people/<id>/sign-out")
@page("people")
def sign_out(caller: Caller, id: str) -> Answer:
    """Ends the user's sessions on all devices, but for the one that asks."""
    user = _changeable(caller, id)
    keep = caller.principal.id if caller.principal is not None and user["id"] == caller.user else None
    ended = sign_in.end_other_sessions(caller.database, caller.tenant, user["id"], keep)
    toasts.say(ngettext("%(num)d session ended", "%(num)d sessions ended", ended))
    return redirect_to(f"/builder/people/{user['id']}")


def _changeable(caller: Caller, id: str) -> dict[str, Any]:
    user = one_user(caller, id)
    require_authority(caller, user["id"])
    return user


def _access(caller: Caller, user: dict[str, Any]) -> Access:
    return access_of(caller.database, caller.tenant, [user["id"]]).get(user["id"], Access())


def _done(
    caller: Caller,
    user: dict[str, Any],
    act: Callable[[], None],
    said: str,
    *,
    undo: str | None = None,
    ask: str = "",
) -> Answer:
    try:
        act()
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        found = [sentence for many in errors_of(fault).values() for sentence in many]
        return user_page(caller, user["id"], errors={f"ask:{ask}" if ask else "": found}), fault.status
    toasts.say(said, undo=undo)
    return redirect_to(f"/builder/people/{user['id']}")
