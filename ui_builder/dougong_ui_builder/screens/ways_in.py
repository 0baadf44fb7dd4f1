"""Which identity providers the sign-in page offers: those of the company that is named, remembered or the only one, or
of every company that lets in e-mails of a domain. Used by `sign_in` and `oidc`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from dougong_platform.http.endpoint import engine
from dougong_tenants import Tenant, oidc
from dougong_ui_builder.languages import current_locale

COMPANY_COOKIE = "dougong_company"  # whose provider this browser signed in with last


@dataclass(frozen=True, slots=True)
class Way:
    """A provider as a link: `text` what its administrator calls it, `host` where it goes, `company` whose it is."""

    url: str
    text: str
    host: str
    company: str
    password: bool


def ways_of(wanted: str, *, tenant: str | None = None, domain: str | None = None) -> list[Way]:
    """The ways in of one company, or by a domain."""
    found = oidc.offered(engine().database, tenant=tenant, domain=domain)
    return [_way(one, provider, wanted) for one, provider in found]


def company_named() -> str | None:
    """The company that the address names, that this browser used last, or that is the only one here."""
    named = request.args.get("tenant") or request.cookies.get(COMPANY_COOKIE)
    return named[:40] if named else oidc.only_tenant(engine().database)


def way_context(wanted: str) -> dict[str, Any]:
    """What templates/screens/sign_in.html needs of this module."""
    database = engine().database
    any_at_all = oidc.any_offered(database)
    company = company_named() if any_at_all else None
    ways = ways_of(wanted, tenant=company) if company else []
    return {"ways": ways, "may_ask": any_at_all, "password_closed": bool(ways) and not all(w.password for w in ways)}


def start_url(tenant: str, provider: str, wanted: str) -> str:
    """Where signing in with a provider begins."""
    return f"/sign-in/oidc/{tenant}/{provider}" + (f"?{urlencode({'next': wanted})}" if wanted != "/" else "")


def _way(tenant: Tenant, provider: oidc.Provider, wanted: str) -> Way:
    locale = current_locale()
    return Way(
        start_url(tenant.name, provider.name, wanted),
        provider.label.text(locale),
        oidc.host_of(provider.issuer),
        tenant.label.text(locale),
        provider.password_sign_in,
    )
