"""The person's own API tokens: issued (shown once), listed and revoked. Issuing needs the system right `tokens`."""

from __future__ import annotations

from flask import Response

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_tenants import tokens
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.token_form import Issued, issue_posted, offered_scopes, shown, split
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.settings.routes import blueprint, draw
from dougong_ui_builder.words import gettext

PAGE = "/settings/tokens"


@blueprint.get(PAGE)
@page()
def show_tokens(caller: Caller) -> str:
    """The list, and the form for whom a permission set allows it."""
    confirm(caller)
    return _page(caller, Issued())


@blueprint.post(PAGE)
@page()
def create_token(caller: Caller) -> tuple[str, int] | str:
    """The page that shows the new token this once."""
    caller.require("tokens")
    confirm(caller)
    issued = issue_posted(caller)
    return _page(caller, issued), 422 if issued.errors else 200


@blueprint.post("/settings/tokens/<id>/revoke")
@page()
def revoke_token(caller: Caller, id: str) -> Response:
    """It stops working at once."""
    confirm(caller)
    if not tokens.revoke(caller.database, caller.tenant, id, user=caller.user):
        raise NotFound
    toasts.say(gettext("The token was revoked"))
    return redirect_to(PAGE)


def _page(caller: Caller, issued: Issued) -> str:
    """Reads nothing that could find the caller outdated: a token that was just issued must not be issued again."""
    valid, over = split(tokens.list_tokens(caller.database, caller.tenant, caller.user))
    return draw(
        "settings/tokens.html",
        "tokens",
        issued=issued,
        valid=[shown(token) for token in valid],
        over=[shown(token) for token in over],
        may_issue="tokens" in caller.rights.system,
        scopes=offered_scopes(caller),
        action=PAGE,
    )
