"""People are kept over HTTP by who has the right, and nobody gives himself more than he has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dougong_tenants import people
from reading import Client, Reading

Clients = Callable[..., Client]


@pytest.fixture
def librarian(reading: Reading, client_of: Clients) -> Client:
    """Bob with the system right people, not an administrator."""
    people.set_permission_sets(reading.database, reading.tenant, reading.bob, ["librarian"])
    return client_of(reading.bob)


def test_a_user_is_created_changed_locked_out_and_let_in(client: Client) -> None:
    status, made = client.post(
        "/api/v1/users", {"name": "Dan", "email": "dan@library.test", "permission_sets": ["reader"]}
    )
    assert status == 201
    path = f"/api/v1/users/{made['id']}"
    assert client.get(f"{path}/permission-sets")[1] == {"permission_sets": ["reader"], "effective": ["reader"]}
    assert client.post(path, {"title": "Clerk"}, method="PATCH")[0] == 200
    assert client.get(f"/api/v1/records/user/{made['id']}", fields="title,name")[1]["title"] == "Clerk"
    assert client.post(f"{path}/deactivate")[0] == 204
    assert client.get("/api/v1/records/user", filter='email = "dan@library.test" and active')[1]["records"] == []
    assert client.post(f"{path}/activate")[0] == 204
    status, problem = client.post(path, {"title": "x", "version": 1}, method="PATCH")
    assert (status, problem["code"]) == (409, "stale_version")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "email"),
        ({"name": "x", "email": "no"}, "email"),
        ({"name": "x", "email": "ann@library.test"}, "email"),
        ({"name": 1, "email": "x@y.test"}, "name"),
        ({"name": "x", "email": "x@y.test", "nope": 1}, "nope"),
        ({"name": "x", "email": "x@y.test", "permission_sets": ["nope"]}, "permission_sets"),
        ({"name": "x", "email": "x@y.test", "password": "short"}, "password"),
        ({"name": "x", "email": "x@y.test", "manager": "nobody"}, "manager"),
        ({"name": "x", "email": "x@y.test", "timezone": "Moon/Base"}, "timezone"),
    ],
)
def test_what_is_wrong_with_a_user_names_its_field(client: Client, body: dict[str, object], field: str) -> None:
    status, problem = client.post("/api/v1/users", body)
    assert status in (409, 422)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_departments_and_teams(client: Client, reading: Reading) -> None:
    north = client.post("/api/v1/departments", {"name": "North"})[1]["id"]
    sub = client.post("/api/v1/departments", {"name": "Harbour", "parent": north})[1]["id"]
    status, problem = client.post(f"/api/v1/departments/{north}", {"parent": sub}, method="PATCH")
    assert (status, problem["code"]) == (422, "circular_line")
    assert client.post(f"/api/v1/departments/{north}", method="DELETE")[0] == 422
    assert client.get("/api/v1/records/department", filter='parent.name = "North"')[1]["records"][0]["id"] == sub
    team = client.post("/api/v1/teams", {"name": "Launch"})[1]["id"]
    assert client.post("/api/v1/teams", {"name": "Launch"})[0] == 422
    members = {"members": [{"user": reading.bob, "role": "lead"}, {"user": reading.cat}]}
    assert client.post(f"/api/v1/teams/{team}/members", members, method="PUT")[0] == 204
    assert client.post(f"/api/v1/teams/{team}", method="DELETE")[0] == 204
    assert client.post(f"/api/v1/teams/{team}", method="DELETE")[0] == 404


def test_without_the_right_nothing_of_this_is_allowed(client_of: Clients, reading: Reading) -> None:
    reader = client_of(reading.cat)
    for path in ("/api/v1/users", "/api/v1/departments", "/api/v1/teams", "/api/v1/tokens"):
        assert reader.post(path, {"name": "x", "email": "x@y.test"})[0] == 403


def test_nobody_hands_out_rights_he_does_not_hold(librarian: Client, reading: Reading) -> None:
    path = f"/api/v1/users/{reading.cat}/permission-sets"
    assert librarian.post(path, {"permission_sets": ["reader", "librarian"]}, method="PUT")[0] == 200
    assert librarian.post(path, {"permission_sets": ["administrator"]}, method="PUT")[0] == 403
    mine = f"/api/v1/users/{reading.bob}/permission-sets"
    assert librarian.post(mine, {"permission_sets": ["administrator"]}, method="PUT")[0] == 403
    for method, action, body in (
        ("PATCH", "", {"email": "mine@library.test"}),
        ("PUT", "/password", {"password": "x" * 20}),
        ("POST", "/deactivate", None),
    ):
        assert librarian.post(f"/api/v1/users/{reading.ann}{action}", body, method=method)[0] == 403
    made = {"name": "x", "email": "root@library.test", "permission_sets": ["administrator"]}
    assert librarian.post("/api/v1/users", made)[0] == 403


def test_the_last_administrator_remains(client: Client, reading: Reading) -> None:
    status, problem = client.post(f"/api/v1/users/{reading.ann}/permission-sets", {"permission_sets": []}, method="PUT")
    assert (status, problem["code"]) == (409, "last_administrator")


def test_a_token_is_told_once_listed_by_its_beginning_and_revoked(
    client: Client, client_of: Clients, reading: Reading, app: object
) -> None:
    status, made = client.post(
        "/api/v1/tokens", {"name": "sync", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z"}
    )
    assert status == 201
    listed = {token["id"]: token for token in client.get("/api/v1/tokens")[1]["tokens"]}
    assert made["token"].startswith(listed[made["id"]]["prefix"])
    assert "token" not in listed[made["id"]]
    holder = client_of(None)
    holder.headers = {"Authorization": f"Bearer {made['token']}"}
    assert holder.get("/api/v1/me")[0] == 200
    assert client.post(f"/api/v1/tokens/{made['id']}", method="DELETE")[0] == 204
    assert holder.get("/api/v1/me")[0] == 401
    assert client.post(f"/api/v1/tokens/{made['id']}", method="DELETE")[0] == 404
    for body in (
        {"name": ""},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "x", "expires_at": "tomorrow"},
    ):
        assert client.post("/api/v1/tokens", body)[0] == 422


def test_a_token_issues_none_that_reaches_further(client_of: Clients, reading: Reading) -> None:
    narrow = client_of(reading.ann, "tokens", "read")
    assert narrow.post("/api/v1/tokens", {"name": "x", "scopes": ["read"]})[0] == 201
    assert narrow.post("/api/v1/tokens", {"name": "x", "scopes": ["read", "write"]})[0] == 403


def test_who_was_just_deprived_of_the_right_creates_nobody(reading: Reading, client_of: Clients) -> None:
    keeper = people.create_user(
        reading.database, reading.tenant, {"name": "Kay", "email": "kay@library.test"}, permission_sets=["librarian"]
    ).id
    kay = client_of(keeper)
    assert kay.post("/api/v1/users", {"name": "Eve", "email": "eve@library.test"})[0] == 201  # remembered from now on
    people.set_permission_sets(reading.database, reading.tenant, keeper, ["reader"])
    assert kay.post("/api/v1/users", {"name": "Fay", "email": "fay@library.test"})[0] == 403
    people.set_permission_sets(reading.database, reading.tenant, keeper, ["librarian"])
    people.deactivate_user(reading.database, reading.tenant, keeper)
    assert kay.post("/api/v1/users", {"name": "Fay", "email": "fay@library.test"})[0] == 401
    assert people.find_user(reading.database, reading.tenant, "fay@library.test") is None
