"""Grants, assistants, queues and further departments over HTTP: what is given works at once, and nobody gives more than
he may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dougong_platform import records
from dougong_tenants import people
from reading import Client, Reading

Clients = Callable[..., Client]
SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()
LATER = (datetime.now(UTC) + timedelta(days=2)).isoformat()


@pytest.fixture(scope="module")
def dan(reading: Reading) -> str:
    """Dan holds nothing himself."""
    return people.create_user(reading.database, reading.tenant, {"name": "Dan", "email": "dan@library.test"}).id


@pytest.fixture
def librarian(reading: Reading, client_of: Clients) -> Client:
    """Bob with the system right people, not an administrator."""
    people.set_permission_sets(reading.database, reading.tenant, reading.bob, ["librarian"])
    return client_of(reading.bob)


def sees_books(client: Client) -> bool:
    return client.get("/api/v1/records/book")[0] == 200


def test_a_grant_to_a_department_opens_records_at_once_and_closes_them_when_revoked(
    client: Client, client_of: Clients, dan: str
) -> None:
    his = client_of(dan)
    assert not sees_books(his)
    north = client.post("/api/v1/departments", {"name": "North"})[1]["id"]
    harbour = client.post("/api/v1/departments", {"name": "Harbour", "parent": north})[1]["id"]
    status, made = client.post("/api/v1/grants", {"permission_set": "reader", "department": north})
    assert status == 201
    assert client.post(f"/api/v1/users/{dan}/departments", {"departments": [harbour]}, method="PUT")[0] == 200
    assert sees_books(his)
    held = client.get(f"/api/v1/users/{dan}/permission-sets")[1]
    assert held == {"permission_sets": [], "effective": ["reader"]}
    (listed,) = client.get("/api/v1/grants", department=north)[1]["grants"]
    assert (listed["id"], listed["below"], listed["state"]) == (made["id"], True, "now")
    assert client.post(f"/api/v1/grants/{made['id']}", method="DELETE")[0] == 204
    assert not sees_books(his)
    assert client.post(f"/api/v1/grants/{made['id']}", method="DELETE")[0] == 404
    assert client.post(f"/api/v1/users/{dan}/departments", {"departments": []}, method="PUT")[0] == 200


def test_a_grant_that_begins_later_is_listed_and_grants_nothing_yet(
    client: Client, client_of: Clients, dan: str
) -> None:
    body = {"permission_set": "reader", "user": dan, "from_at": SOON, "until_at": LATER}
    assert client.post("/api/v1/grants", body)[0] == 201
    (listed,) = client.get("/api/v1/grants", user=dan)[1]["grants"]
    assert listed["state"] == "coming"
    assert not sees_books(client_of(dan))
    assert client.get(f"/api/v1/users/{dan}/permission-sets")[1]["effective"] == []
    assert client.post(f"/api/v1/grants/{listed['id']}", method="DELETE")[0] == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"permission_set": "nope", "title": "Clerk"}, "permission_sets"),
        ({"permission_set": "reader"}, "user"),
        ({"permission_set": "reader", "title": "Clerk", "until_at": "2001-01-01T00:00:00Z"}, "until_at"),
        ({"permission_set": "reader", "title": "Clerk", "until_at": "tomorrow"}, "until_at"),
        ({"permission_set": "reader", "title": "Clerk", "departments": ["x"]}, "departments"),
        ({"title": "Clerk"}, "permission_set"),
    ],
)
def test_what_is_wrong_with_a_grant_names_its_field(client: Client, body: dict[str, object], field: str) -> None:
    status, problem = client.post("/api/v1/grants", body)
    assert status in (404, 422)
    assert [error["field"] for error in problem["errors"]] == [field]


def test_nobody_grants_rights_he_does_not_hold_by_any_way(
    client: Client, librarian: Client, reading: Reading, dan: str
) -> None:
    north = client.post("/api/v1/departments", {"name": "Office"})[1]["id"]
    for aim in ({"user": dan}, {"department": north}, {"title": "Clerk"}):
        assert librarian.post("/api/v1/grants", {"permission_set": "administrator", **aim})[0] == 403
        status, made = librarian.post("/api/v1/grants", {"permission_set": "reader", **aim})
        assert status == 201
        assert librarian.post(f"/api/v1/grants/{made['id']}", method="DELETE")[0] == 204
    assert librarian.post("/api/v1/grants", {"permission_set": "reader", "user": reading.ann})[0] == 403


def test_nobody_moves_himself_to_where_the_administrators_set_is_granted(
    client: Client, librarian: Client, reading: Reading, dan: str
) -> None:
    office = client.post("/api/v1/departments", {"name": "Head office"})[1]["id"]
    below = client.post("/api/v1/departments", {"name": "Its cellar", "parent": office})[1]["id"]
    other = client.post("/api/v1/departments", {"name": "Elsewhere"})[1]["id"]
    given = [
        client.post("/api/v1/grants", {"permission_set": "administrator", **aim})[1]["id"]
        for aim in ({"department": office, "from_at": SOON}, {"title": "Director"})
    ]
    attempts = (
        ("PATCH", f"/api/v1/users/{reading.bob}", {"department": below}),
        ("PATCH", f"/api/v1/users/{reading.bob}", {"title": "Director"}),
        ("PUT", f"/api/v1/users/{reading.bob}/departments", {"departments": [office]}),
        ("PATCH", f"/api/v1/departments/{other}", {"parent": below}),
        ("POST", "/api/v1/users", {"name": "E", "email": "e@library.test", "title": "Director"}),
    )
    for method, path, body in attempts:
        assert librarian.post(path, body, method=method)[0] == 403, (path, body)
    assert librarian.post(f"/api/v1/users/{reading.bob}", {"department": other}, method="PATCH")[0] == 200
    # who will be an administrator tomorrow is not changed by others today
    assert client.post(f"/api/v1/users/{dan}", {"department": office}, method="PATCH")[0] == 200
    assert librarian.post(f"/api/v1/users/{dan}", {"email": "mine@library.test"}, method="PATCH")[0] == 403
    assert client.post(f"/api/v1/users/{dan}", {"department": None}, method="PATCH")[0] == 200
    for id in given:
        assert client.post(f"/api/v1/grants/{id}", method="DELETE")[0] == 204


def test_an_assistant_finds_the_records_of_the_one_he_acts_for(
    client: Client, client_of: Clients, reading: Reading, dan: str
) -> None:
    people.set_permission_sets(reading.database, reading.tenant, dan, ["reader"])
    (book,) = records.create(reading.caller(reading.cat), "book", [{"title": "Hers", "owner": reading.cat}]).records
    his = client_of(dan)
    assert his.get(f"/api/v1/records/book/{book.id}")[0] == 404
    status, made = client.post("/api/v1/assistants", {"user": reading.cat, "assistant": dan})
    assert status == 201
    assert his.get(f"/api/v1/records/book/{book.id}")[0] == 200
    path = f"/api/v1/assistants/{made['id']}"
    assert client.post(path, {"from_at": SOON, "until_at": LATER}, method="PATCH")[0] == 204
    assert his.get(f"/api/v1/records/book/{book.id}")[0] == 404
    assert [one["state"] for one in client.get("/api/v1/assistants", user=dan)[1]["assistants"]] == ["coming"]
    assert client.post("/api/v1/assistants", {"user": reading.cat, "assistant": dan})[0] == 422
    assert client.post(path, method="DELETE")[0] == 204
    assert client.post(path, method="DELETE")[0] == 404


def test_only_an_administrator_gives_an_administrator_an_assistant(
    librarian: Client, client: Client, reading: Reading
) -> None:
    assert librarian.post("/api/v1/assistants", {"user": reading.ann, "assistant": reading.bob})[0] == 403
    made = client.post("/api/v1/assistants", {"user": reading.ann, "assistant": reading.bob})[1]
    assert librarian.post(f"/api/v1/assistants/{made['id']}", {}, method="PATCH")[0] == 403
    assert librarian.post(f"/api/v1/assistants/{made['id']}", method="DELETE")[0] == 403


def test_a_queue_owns_records_for_its_team(client: Client, client_of: Clients, reading: Reading, dan: str) -> None:
    people.set_permission_sets(reading.database, reading.tenant, dan, ["reader"])
    team = client.post("/api/v1/teams", {"name": "Desk"})[1]["id"]
    status, queue = client.post("/api/v1/queues", {"name": "Returned", "team": team})
    assert status == 201
    status, book = client.post("/api/v1/records/book", {"title": "Back", "owner": queue["id"]})
    assert status == 201
    his = client_of(dan)
    assert his.get(f"/api/v1/records/book/{book['id']}")[0] == 404
    assert client.post(f"/api/v1/teams/{team}/members", {"members": [{"user": dan}]}, method="PUT")[0] == 204
    assert his.get(f"/api/v1/records/book/{book['id']}")[0] == 200
    path = f"/api/v1/queues/{queue['id']}"
    assert client.post(path, method="DELETE")[0] == 204
    assert his.get(f"/api/v1/records/book/{book['id']}")[0] == 200  # its records stay, and stay worked
    (listed,) = client.get("/api/v1/queues")[1]["queues"]
    assert (listed["active"], listed["team_name"], listed["members"]) == (False, "Desk", 1)
    assert client.post(path, {"name": "Back", "active": True, "version": 9}, method="PATCH")[0] == 409
    assert client.post(path, {"name": "Back", "active": True}, method="PATCH")[0] == 200
    assert client.post("/api/v1/queues", {"name": "Back"})[0] == 422
    assert client.post(f"/api/v1/users/{queue['id']}/deactivate")[0] == 404


def test_without_the_right_nothing_of_this_is_allowed(client_of: Clients, reading: Reading) -> None:
    people.set_permission_sets(reading.database, reading.tenant, reading.cat, ["reader"])
    reader = client_of(reading.cat)
    for path in ("/api/v1/grants", "/api/v1/assistants", "/api/v1/queues"):
        assert reader.get(path)[0] == 403
        assert reader.post(path, {"name": "x"})[0] == 403
    assert reader.post(f"/api/v1/users/{reading.cat}/departments", {"departments": []}, method="PUT")[0] == 403
