"""Signing in at a company's own identity provider: OpenID Connect, authorisation code with PKCE."""

from dougong_tenants.oidc.addresses import host_of
from dougong_tenants.oidc.errors import OidcFault
from dougong_tenants.oidc.identities import (
    Claims,
    Identity,
    LinkedUser,
    identities_of,
    link,
    linked_to,
    recognise,
    unlink,
    unlink_from,
)
from dougong_tenants.oidc.journey import SECONDS, Arrival, Departure, arrive, cookie_name, depart
from dougong_tenants.oidc.providers import (
    Provider,
    any_offered,
    get_provider,
    offered,
    only_tenant,
    providers_of,
    remove_provider,
    save_provider,
)
from dougong_tenants.oidc.trial import Finding, try_provider

__all__ = [
    "SECONDS",
    "Arrival",
    "Claims",
    "Departure",
    "Finding",
    "Identity",
    "LinkedUser",
    "OidcFault",
    "Provider",
    "any_offered",
    "arrive",
    "cookie_name",
    "depart",
    "get_provider",
    "host_of",
    "identities_of",
    "link",
    "linked_to",
    "offered",
    "only_tenant",
    "providers_of",
    "recognise",
    "remove_provider",
    "save_provider",
    "try_provider",
    "unlink",
    "unlink_from",
]
