"""/builder/security: what the company demands of those who sign in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_platform.security.changing import change_policy
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.errors import PolicyInvalid
from dougong_tenants.security import LIMITS, enrolled_people, policy_of_tenant, policy_values
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.builder.security.posted import posted_policy
from dougong_ui_builder.own_session import forget_myself
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_security", __name__, url_prefix="/builder")

PAGE = "/builder/security"


@blueprint.get("/security")
@page("people")
def show_policy(caller: Caller) -> str:
    """The form."""
    return _page(caller)


@blueprint.post("/security")
@page("people")
def change(caller: Caller) -> Response | tuple[str, int]:
    """Effective at once, for open sessions too; a list without one's own address is refused."""
    wanted = posted_policy()
    if wanted["second_factor"] == "required" and _names_nobody(wanted):
        return _page(caller, wanted, {"second_factor_sets": [gettext("Choose at least one permission set.")]}), 422
    try:
        change_policy(caller, wanted)
    except PolicyInvalid as refused:
        return _page(caller, wanted, errors_of(refused)), 422
    forget_myself()
    toasts.say(gettext("The sign-in policy was saved and holds from now on"))
    return redirect_to(PAGE)


def _names_nobody(wanted: dict[str, Any]) -> bool:
    return request.form.get("second_factor_who") == "some" and not wanted["second_factor_sets"]


def _page(caller: Caller, typed: dict[str, Any] | None = None, errors: Errors | None = None) -> str:
    values = policy_values(policy_of_tenant(caller.database, caller.tenant)) | (typed or {})
    who = request.form.get("second_factor_who") or ("some" if values["second_factor_sets"] else "everybody")
    names = [ADMINISTRATOR, *sorted(set(caller.model.permission_sets) - {ADMINISTRATOR})]
    enrolled, everybody = enrolled_people(caller.database, caller.tenant)
    return draw(
        caller,
        "security/policy.html",
        values=values,
        who=who,
        errors=errors or {},
        limits=LIMITS,
        sets=[(name, set_label(caller.model, name)) for name in names],
        address=client_address(),
        enrolled=enrolled,
        everybody=everybody,
    )
