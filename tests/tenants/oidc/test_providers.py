"""What a provider of a company must look like, how its secret is kept, and what of it strangers see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_tenants import Database, Tenant, oidc, tenancy
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.oidc.errors import (
    ProviderInvalid,
)
from dougong_tenants.oidc.providers import client_secret

ISSUER = "https://login.library.example"


def saved(database: Database, tenant: Tenant, name: str = "company", **values: Any) -> oidc.Provider:
    return oidc.save_provider(
        database, tenant, name, {"issuer": ISSUER, "client_id": "dougong", "client_secret": "hush", **values}
    )


def test_the_secret_is_stored_sealed_kept_and_removed(database: Database, tenant: Tenant) -> None:
    provider = saved(database, tenant, client_secret="hush hush")
    assert "hush" not in str(database.read_control("select * from dougong.oidc_provider"))
    assert client_secret(database, provider) == "hush hush"
    values = {"issuer": ISSUER, "client_id": "dougong"}
    kept = oidc.save_provider(database, tenant, "company", values)
    assert (client_secret(database, kept), kept.has_secret) == ("hush hush", True)
    gone = oidc.save_provider(database, tenant, "company", {**values, "client_secret": None})
    assert (client_secret(database, gone), gone.has_secret) == (None, False)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"issuer": "http://login.example.com"}, "issuer"),
        ({"issuer": "http://169.254.169.254"}, "issuer"),
        ({"issuer": "http://127.0.0.1.evil.example"}, "issuer"),
        ({"issuer": "http://localhost.evil.example"}, "issuer"),
        ({"issuer": "http://127.0.0.1@evil.example"}, "issuer"),
        ({"issuer": "file:///etc/passwd"}, "issuer"),
        ({"issuer": "https://user:pass@login.example.com"}, "issuer"),
        ({"issuer": "https://login.example.com/?a=b"}, "issuer"),
        ({"issuer": "https://[::1"}, "issuer"),
        ({"issuer": "https://a b"}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"issuer": 7}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x\n" * 2 + "y"}, "client_id"),
        ({"client_secret": "ü"}, "client_secret"),
        ({"scopes": ["a b"]}, "scopes"),
        ({"scopes": "openid"}, "scopes"),
        ({"domains": ["a@b"]}, "domains"),
        ({"domains": [7]}, "domains"),
        ({"label": {"fr": "x"}}, "label"),
        ({"label": {"en": "x" * 61}}, "label"),
        ({"create_users": "yes"}, "create_users"),
        ({"permission_set": "administrator"}, "permission_set"),
        ({"department": "nobody's"}, "department"),
        ({"department": "01a203ca-6ab9-761c-bdf9-8993a5b43f6c"}, "department"),
        ({"nonsense": 1}, "nonsense"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_provider_names_its_field(
    database: Database, tenant: Tenant, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(PersonInvalid) as wrong:
        saved(database, tenant, **values)
    assert wrong.value.data["field"] == field
    assert oidc.providers_of(database, tenant) == []


@pytest.mark.parametrize("name", ["", "A", "1", "a-b", "a_", "new", "try", "x" * 41, "a\n"])
def test_a_provider_has_a_plain_name(database: Database, tenant: Tenant, name: str) -> None:
    with pytest.raises(ProviderInvalid):
        saved(database, tenant, name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://login.example.com/realms/one", "https://login.example.com/realms/one"),
        (" https://login.example.com/.well-known/openid-configuration ", "https://login.example.com"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_issuer_is_https_or_on_this_machine(database: Database, tenant: Tenant, given: str, kept: str) -> None:
    assert saved(database, tenant, issuer=given).issuer == kept


def test_strangers_are_offered_what_is_open_and_learn_nothing_of_people(
    database: Database, make_tenant: Callable[[], Tenant]
) -> None:
    one, two = make_tenant(), make_tenant()
    saved(database, one, domains=["shared.example", "one.example"])
    saved(database, two, domains=["shared.example"])
    saved(database, two, "off", domains=["shared.example"], active=False)

    def names(**asked: str) -> list[tuple[str, str]]:
        return [(tenant.name, provider.name) for tenant, provider in oidc.offered(database, **asked)]

    assert names(tenant=one.name) == [(one.name, "company")]
    assert names(domain="shared.example") == sorted([(one.name, "company"), (two.name, "company")])
    assert names(domain="one.example") == [(one.name, "company")]
    for nothing in ("", "\0", "example", "%"):
        assert names(domain=nothing) == names(tenant=nothing) == []
    tenancy.suspend(database, one.name)
    assert names(domain="one.example") == []
