"""The screens /builder/oidc. Only administrators come here: who names a provider decides who comes in as whom."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_metadata.errors import Fault
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.oidc.keeping import keep_provider, require_administrator
from dougong_platform.people.directory import user_names
from dougong_tenants import ADMINISTRATOR, oidc
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.oidc.form_values import BLANK, filled, typed, values_of
from dougong_ui_builder.builder.people.form_values import department_options
from dougong_ui_builder.builder.people.frame import Errors, draw, errors_of
from dougong_ui_builder.builder.people.sentences import set_label
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.site_address import redirect_uri, site
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_oidc", __name__, url_prefix="/builder/oidc")
PAGE = "/builder/oidc"
SHOWN = 200  # linked users
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@page("people")
def show_providers(caller: Caller) -> str:
    """All of them, with how many people each has let in."""
    require_administrator(caller)
    locale = current_locale()
    found = [
        {
            "name": one.name,
            "label": one.label.text(locale),
            "host": oidc.host_of(one.issuer),
            "active": one.active,
            "creates": one.create_users,
            "password": one.password_sign_in,
            "domains": list(one.domains),
            "linked": len(oidc.linked_to(caller.database, one, 1000)),
        }
        for one in oidc.providers_of(caller.database, caller.tenant)
    ]
    address = f"{site()}/sign-in?tenant={caller.tenant.name}"
    return draw(caller, "oidc/providers.html", providers=found, address=address)


@blueprint.get("/new")
@page("people")
def new_provider(caller: Caller) -> str:
    """An empty form."""
    require_administrator(caller)
    taken = {one.name for one in oidc.providers_of(caller.database, caller.tenant)}
    name = next(n for n in ("company", *(f"company_{i}" for i in range(2, 1000))) if n not in taken)
    return _form(caller, {**BLANK, "name": name}, None)


@blueprint.post("/new")
@page("people")
def create_provider(caller: Caller) -> Answer:
    """A name that is taken is refused here: the engine would replace the provider."""
    require_administrator(caller)
    given = typed()
    if any(one.name == given["name"] for one in oidc.providers_of(caller.database, caller.tenant)):
        return _form(caller, given, None, {"name": [gettext("This name is taken.")]}), 422
    return _save(caller, given["name"], given, None)


@blueprint.get("/<name>")
@page("people")
def show_provider(caller: Caller, name: str) -> str:
    """Its settings and who is linked to it."""
    require_administrator(caller)
    return _form(caller, filled(oidc.get_provider(caller.database, caller.tenant, name)), name)


@blueprint.post("/<name>")
@page("people")
def change_provider(caller: Caller, name: str) -> Answer:
    """Keeps the settings."""
    require_administrator(caller)
    oidc.get_provider(caller.database, caller.tenant, name)
    return _save(caller, name, {**typed(), "name": name}, name)


@blueprint.post("/try", defaults={"name": None})
@blueprint.post("/<name>/try")
@page("people")
def try_provider(caller: Caller, name: str | None) -> str:
    """What is typed is tried, and nothing is saved."""
    require_administrator(caller)
    confirm(caller)
    given = typed() if name is None else {**typed(), "name": name}
    has_secret = given["has_secret"] or bool(request.form.get("client_secret"))
    found = oidc.try_provider(given["issuer"], tuple(given["scopes"].split()), has_secret=has_secret)
    zh = current_locale() == "zh"
    findings = [{"tone": one.tone, "text": one.zh if zh else one.en} for one in found]
    return _form(caller, given, name, findings=findings)


@blueprint.post("/<name>/remove")
@page("people")
def remove_provider(caller: Caller, name: str) -> Response:
    """With the identities that are linked to it."""
    require_administrator(caller)
    oidc.remove_provider(caller.database, caller.tenant, name, by=caller.user)
    toasts.say(gettext("The provider was removed"))
    return redirect_to(PAGE)


@blueprint.post("/<name>/identities/<id>/unlink")
@page("people")
def unlink(caller: Caller, name: str, id: str) -> Response:
    """The user may be linked to another identity then."""
    require_administrator(caller)
    provider = oidc.get_provider(caller.database, caller.tenant, name)
    oidc.unlink_from(caller.database, caller.tenant, provider, id, by=caller.user)
    toasts.say(gettext("The identity was unlinked"))
    return redirect_to(f"{PAGE}/{name}#linked")


def _save(caller: Caller, name: str, given: dict[str, Any], known: str | None) -> Answer:
    try:
        keep_provider(caller, name, values_of(given))
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        return _form(caller, given, known, errors_of(fault)), 422
    toasts.say(gettext("The provider was saved"))
    return redirect_to(f"{PAGE}/{name}")


def _form(
    caller: Caller,
    values: dict[str, Any],
    known: str | None,
    errors: Errors | None = None,
    findings: list[dict[str, str]] | None = None,
) -> str:
    """`known`: the name of the provider that is changed; None for a new one."""
    sets = [(n, set_label(caller.model, n)) for n in caller.model.permission_sets if n != ADMINISTRATOR]
    linked: list[dict[str, Any]] = []
    if known is not None:
        provider = oidc.get_provider(caller.database, caller.tenant, known)
        names = user_names(caller)
        linked = [
            {
                "id": one.id,
                "user": one.user,
                "name": names.get(one.user, ""),
                "email": one.email,
                "at": one.last_used_at,
            }
            for one in oidc.linked_to(caller.database, provider, SHOWN)
        ]
    return draw(
        caller,
        "oidc/provider.html",
        values=values,
        known=known,
        errors=errors or {},
        findings=findings,
        base=f"{PAGE}/{known}" if known else f"{PAGE}/new",
        try_url=f"{PAGE}/{known}/try" if known else f"{PAGE}/try",
        back=redirect_uri(caller.tenant.name, known or values["name"] or "…"),
        sets=sorted(sets, key=lambda one: one[1]),
        departments=department_options(caller, keep=values.get("department") or None),
        linked=linked,
    )
