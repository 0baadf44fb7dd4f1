"""The identities at providers with which a person signs in here: shown among his sessions, linked and unlinked."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_tenants import oidc
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.oidc import IDENTITIES, is_oneself, keep_journey, open_provider
from dougong_ui_builder.screens.settings.routes import blueprint
from dougong_ui_builder.site_address import redirect_uri
from dougong_ui_builder.words import gettext


def identity_context(caller: Caller) -> dict[str, Any]:
    """What templates/settings/identities.html shows: what is linked, and the providers that could be."""
    locale = current_locale()
    found = oidc.identities_of(caller.database, caller.tenant, caller.user)
    linked = {one.provider for one in found}
    return {
        "identities": [
            {
                "id": one.id,
                "label": one.label.text(locale),
                "email": one.email,
                "created_at": one.created_at,
                "last_used_at": one.last_used_at,
            }
            for one in found
        ],
        "linkable": [
            {"name": one.name, "label": one.label.text(locale), "host": oidc.host_of(one.issuer)}
            for one in oidc.providers_of(caller.database, caller.tenant, active=True)
            if one.name not in linked
        ],
    }


@blueprint.post("/settings/identities/<name>/link")
@page()
def begin_link(caller: Caller, name: str) -> Response:
    """A page from which one goes on to the provider: a form may not be sent there by way of ours (form-action)."""
    _require_oneself(caller)
    confirm(caller)
    tenant = caller.tenant.name
    _, provider = open_provider(tenant, name)
    back = redirect_uri(tenant, name)
    departure = oidc.depart(caller.database, provider, back, IDENTITIES, user=caller.user)
    label = provider.label.text(current_locale())
    response = make_response(render_template("settings/onward.html", label=label, address=departure.address))
    keep_journey(response, departure)
    return response


@blueprint.post("/settings/identities/<id>/unlink")
@page()
def unlink(caller: Caller, id: str) -> Response:
    """One of the person's own identities."""
    _require_oneself(caller)
    confirm(caller)
    oidc.unlink(caller.database, caller.tenant, caller.user, id)
    toasts.say(gettext("The identity was unlinked"))
    return redirect_to(IDENTITIES)


def _require_oneself(caller: Caller) -> None:
    """Raise NotFound for whoever acts for the person."""
    if not is_oneself(caller):
        raise NotFound
