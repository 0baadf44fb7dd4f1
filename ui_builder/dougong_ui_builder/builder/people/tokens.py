"""All API tokens of the company: for those with the system right `tokens`; other people's with `people` as well."""

from __future__ import annotations

from flask import Response, request

from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.access_tokens import revoke_token
from dougong_platform.people.directory import user_names
from dougong_tenants import tokens
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import person
from dougong_ui_builder.builder.people.frame import Errors, draw
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.builder.people.token_form import Issued, issue_posted, offered_scopes, shown, split
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

PAGE = "/builder/tokens"


@blueprint.get("/tokens")
@page("tokens")
def show_tokens(caller: Caller) -> str:
    """The list and the form."""
    return _page(caller, Issued(), user_names(caller))


@blueprint.post("/tokens")
@page("tokens")
def create_token(caller: Caller) -> tuple[str, int] | str:
    """For oneself, or for another user with the right `people`; the page that shows the token this once."""
    names = user_names(caller)
    errors: Errors = {}
    user = person(caller, "user", errors) if "people" in caller.rights.system else None
    if errors:
        issued = Issued(errors=errors, typed={"name": request.form.get("name", "")})
    else:
        issued = issue_posted(caller, user or caller.user)
    return _page(caller, issued, names), 422 if issued.errors else 200


@blueprint.post("/tokens/<id>/revoke")
@page("tokens")
def revoke(caller: Caller, id: str) -> Response:
    """It stops working at once."""
    confirm(caller)
    revoke_token(caller, id)
    toasts.say(gettext("The token was revoked"))
    return redirect_to(PAGE)


def _page(caller: Caller, issued: Issued, names: dict[str, str]) -> str:
    """Reads nothing that could find the caller outdated: a token that was just issued must not be issued again."""
    everybody = "people" in caller.rights.system
    found = tokens.list_tokens(caller.database, caller.tenant, None if everybody else caller.user)
    valid, over = split(found)
    return draw(
        caller,
        "people/tokens.html",
        issued=issued,
        valid=[shown(token, names) for token in valid],
        over=[shown(token, names) for token in over],
        scopes=offered_scopes(caller),
        everybody=everybody,
        user_name=request.form.get("user:text", "") if issued.errors else "",
        myself=names.get(caller.user, ""),
        action=PAGE,
        may_issue=True,
    )
