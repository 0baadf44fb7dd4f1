"""Identity providers over HTTP: administrators keep, try and remove them; nobody else sees them, nobody the secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dougong_tenants import oidc, people
from identity_provider import IdentityProvider
from reading import Client, Reading

Clients = Callable[..., Client]
PATH = "/api/v1/oidc-providers"
BODY = {"issuer": "https://login.library.example", "client_id": "dougong", "client_secret": "hush hush"}


def test_a_provider_is_put_got_listed_and_deleted(client: Client, reading: Reading) -> None:
    label = {"en": "Acme", "zh": "宏图"}
    status, made = client.post(f"{PATH}/acme", {**BODY, "label": label, "domains": ["Acme.Example"]}, method="PUT")
    assert status == 200
    assert made == {
        "name": "acme",
        "label": label,
        "issuer": BODY["issuer"],
        "client_id": "dougong",
        "has_secret": True,
        "scopes": ["openid", "profile", "email"],
        "domains": ["acme.example"],
        "match_email": True,
        "create_users": False,
        "permission_set": None,
        "department": None,
        "password_sign_in": True,
        "active": True,
    }
    assert client.get(f"{PATH}/acme") == (200, made)
    assert client.get(PATH)[1] == {"providers": [made]}
    without = {"issuer": BODY["issuer"], "client_id": "other"}
    assert client.post(f"{PATH}/acme", without, method="PUT")[1]["has_secret"] is True  # it stays
    assert client.post(f"{PATH}/acme", {**without, "client_secret": None}, method="PUT")[1]["has_secret"] is False
    assert client.post(f"{PATH}/acme", method="DELETE")[0] == 204
    assert client.post(f"{PATH}/acme", method="DELETE")[0] == 404
    assert client.get(f"{PATH}/acme")[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": "x"}, "issuer"),
        ({**BODY, "issuer": "http://login.library.example"}, "issuer"),
        ({**BODY, "permission_set": "nope"}, "permission_set"),
        ({**BODY, "permission_set": "administrator"}, "permission_set"),
        ({**BODY, "domains": ["no domain"]}, "domains"),
        ({**BODY, "nonsense": 1}, "nonsense"),
    ],
)
def test_what_is_wrong_names_its_field(client: Client, body: dict[str, object], field: str) -> None:
    status, problem = client.post(f"{PATH}/wrong", body, method="PUT")
    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert client.get(PATH)[1] == {"providers": []}


def test_only_administrators_come_near(client_of: Clients, reading: Reading) -> None:
    """Whoever names a provider decides who comes in as whom: the right to people is not enough."""
    people.set_permission_sets(reading.database, reading.tenant, reading.bob, ["librarian"])
    for other in (client_of(reading.bob), client_of(reading.cat)):
        for method, path in (
            ("GET", PATH),
            ("GET", f"{PATH}/acme"),
            ("PUT", f"{PATH}/acme"),
            ("DELETE", f"{PATH}/acme"),
            ("POST", f"{PATH}/acme/try"),
            ("GET", f"{PATH}/acme/identities"),
            ("DELETE", f"{PATH}/acme/identities/01a203ca-6ab9-761c-bdf9-8993a5b43f6c"),
        ):
            asked = (
                other.get(path)
                if method == "GET"
                else other.post(path, BODY if method == "PUT" else None, method=method)
            )
            assert asked[0] == 403, (method, path)
    narrow = client_of(reading.ann, "read", "write")
    assert narrow.get(PATH)[0] == 403


def test_trying_says_what_is_wrong(client: Client, identity_provider: IdentityProvider) -> None:
    body = {**BODY, "issuer": identity_provider.issuer}
    client.post(f"{PATH}/real", body, method="PUT")
    status, found = client.post(f"{PATH}/real/try")
    assert status == 200
    assert found["usable"] is True
    assert found["findings"][0]["tone"] == "good"
    client.post(f"{PATH}/real", {**body, "issuer": identity_provider.issuer + "/nowhere"}, method="PUT")
    found = client.post(f"{PATH}/real/try")[1]
    assert found["usable"] is False
    assert "404" in found["findings"][0]["text"]
    client.post(f"{PATH}/real", {**body, "issuer": "http://127.0.0.1:9"}, method="PUT")
    assert "no connection" in client.post(f"{PATH}/real/try")[1]["findings"][0]["text"]
    client.post(f"{PATH}/real", method="DELETE")


def test_linked_identities_are_listed_and_removed(client: Client, reading: Reading) -> None:
    client.post(f"{PATH}/acme", BODY, method="PUT")
    provider = oidc.get_provider(reading.database, reading.tenant, "acme")
    claims = oidc.Claims(BODY["issuer"], "1", "bob@library.test", "Bob")
    oidc.recognise(reading.database, reading.tenant, provider, claims)
    (linked,) = client.get(f"{PATH}/acme/identities")[1]["identities"]
    assert (linked["user"], linked["email"]) == (reading.bob, "bob@library.test")
    assert client.post(f"{PATH}/acme/identities/nonsense", method="DELETE")[0] == 404
    assert client.post(f"{PATH}/acme/identities/{linked['id']}", method="DELETE")[0] == 204
    assert client.post(f"{PATH}/acme/identities/{linked['id']}", method="DELETE")[0] == 404
    assert client.get(f"{PATH}/acme/identities")[1] == {"identities": []}
