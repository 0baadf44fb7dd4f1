"""A user's sessions one by one, and his second factor, for who looks after people."""

from __future__ import annotations

from typing import Any

from flask import Response

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import require_authority
from dougong_platform.people.directory import one_user
from dougong_tenants import sign_in
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.sign_in import own_second_factor
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.editing import Answer, user_page
from dougong_ui_builder.builder.people.frame import errors_of
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.post("/people/<id>/sessions/<session>/end")
@page("people")
def end_session(caller: Caller, id: str, session: str) -> Response:
    """It stops working at once."""
    user = _changeable(caller, id)
    if not sign_in.end_session(caller.database, caller.tenant, user["id"], session):
        raise NotFound
    toasts.say(gettext("The session ended"))
    return redirect_to(f"/builder/people/{user['id']}#sessions")


@blueprint.post("/people/<id>/second-factor/reset")
@page("people")
def reset_second_factor(caller: Caller, id: str) -> Answer:
    """For who has lost his phone and his recovery codes; his sessions end."""
    user = _changeable(caller, id)
    try:
        own_second_factor.reset(caller.database, caller.tenant, user["id"], by=caller.user)
    except PersonInvalid as refused:
        said = [sentence for many in errors_of(refused).values() for sentence in many]
        return user_page(caller, user["id"], errors={"": said}), refused.status
    toasts.say(gettext("The second step of %(name)s was reset", name=user["name"]))
    return redirect_to(f"/builder/people/{user['id']}")


def _changeable(caller: Caller, id: str) -> dict[str, Any]:
    user = one_user(caller, id)
    require_authority(caller, user["id"])
    return user
