"""HTTP endpoints over the identity providers of a tenant, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import endpoint
from dougong_platform.oidc.keeping import keep_provider, require_administrator, shown
from dougong_platform.oidc.schema import (
    ProviderIdentitiesSchema,
    ProviderSchema,
    ProvidersSchema,
    StoredProviderSchema,
    TrialSchema,
)
from dougong_platform.query.single import uuid_text
from dougong_tenants import oidc

blueprint = Blueprint("oidc_providers", __name__)

_PATH = "/api/v1/oidc-providers"


@blueprint.get(_PATH)
@endpoint("The identity providers", answers=ProvidersSchema, errors=(403,), system="people")
def list_providers(caller: Caller) -> dict[str, Any]:
    """{"providers": […]} by name, without their secrets."""
    require_administrator(caller)
    return {"providers": [shown(one) for one in oidc.providers_of(caller.database, caller.tenant)]}


@blueprint.get(f"{_PATH}/<name>")
@endpoint("One identity provider", answers=StoredProviderSchema, errors=(403, 404), system="people")
def get_provider(caller: Caller, name: str) -> dict[str, Any]:
    """Without its secret."""
    require_administrator(caller)
    return shown(oidc.get_provider(caller.database, caller.tenant, name))


@blueprint.put(f"{_PATH}/<name>")
@endpoint(
    "Create or replace an identity provider",
    body=ProviderSchema,
    answers=StoredProviderSchema,
    errors=(400, 403, 422),
    system="people",
)
def put_provider(caller: Caller, name: str) -> dict[str, Any]:
    """What is absent gets its default, but for the secret, which stays."""
    require_administrator(caller)
    return shown(keep_provider(caller, name, load_body(request, ProviderSchema, caller.locale)))


@blueprint.delete(f"{_PATH}/<name>")
@endpoint("Remove an identity provider", status=204, errors=(403, 404), system="people")
def delete_provider(caller: Caller, name: str) -> Response:
    """With the identities that are linked to it; open sessions go on."""
    require_administrator(caller)
    oidc.remove_provider(caller.database, caller.tenant, name, by=caller.user)
    return Response(status=204)


@blueprint.post(f"{_PATH}/<name>/try")
@endpoint("Try an identity provider", answers=TrialSchema, errors=(403, 404), system="people")
def try_provider(caller: Caller, name: str) -> dict[str, Any]:
    """Asks for its discovery document and its keys, and says what is wrong with them."""
    require_administrator(caller)
    provider = oidc.get_provider(caller.database, caller.tenant, name)
    found = oidc.try_provider(provider.issuer, provider.scopes, has_secret=provider.has_secret)
    zh = caller.locale.startswith("zh")
    return {
        "usable": all(one.tone != "bad" for one in found),
        "findings": [{"tone": one.tone, "text": one.zh if zh else one.en} for one in found],
    }


@blueprint.get(f"{_PATH}/<name>/identities")
@endpoint("Who is linked to an identity provider", answers=ProviderIdentitiesSchema, errors=(403, 404), system="people")
def list_identities(caller: Caller, name: str) -> dict[str, Any]:
    """{"identities": […]}, the one used last first, at most 1,000."""
    require_administrator(caller)
    provider = oidc.get_provider(caller.database, caller.tenant, name)
    found = oidc.linked_to(caller.database, provider, 1000)
    return {
        "identities": [
            {
                "id": one.id,
                "user": one.user,
                "email": one.email,
                "created_at": one.created_at,
                "last_used_at": one.last_used_at,
            }
            for one in found
        ]
    }


@blueprint.delete(f"{_PATH}/<name>/identities/<id>")
@endpoint("Unlink an identity", status=204, errors=(403, 404), system="people")
def delete_identity(caller: Caller, name: str, id: str) -> Response:
    """The user may be linked to another identity then."""
    require_administrator(caller)
    provider = oidc.get_provider(caller.database, caller.tenant, name)
    identity = uuid_text(id)
    if identity is None:
        raise NotFound
    oidc.unlink_from(caller.database, caller.tenant, provider, identity, by=caller.user)
    return Response(status=204)
