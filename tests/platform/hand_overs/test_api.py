"""Hand-overs over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform import records
from dougong_tenants.people import create_user
from reading import Client, Reading

Given = dict[str, Any]


@pytest.fixture(scope="module")
def kim(reading: Reading) -> str:
    made = create_user(reading.database, reading.tenant, {"name": "Kim", "email": "kim@library.test"})
    return made.id


def owned(reading: Reading, user: str, count: int) -> list[str]:
    rows = [{"title": f"Handed {n}", "owner": user} for n in range(count)]
    return [str(one.id) for one in records.create(reading.admin, "book", rows).records]


def test_preview_hand_over_watch_and_take_back(client: Client, reading: Reading, kim: str) -> None:
    books = owned(reading, kim, 3)
    plan = {"from_user": kim, "to_users": [reading.bob, reading.cat], "objects": {"book": None}}
    status, seen = client.post("/api/v1/hand-overs/preview", plan)
    assert status == 200
    assert (seen["records"], seen["from_user"]["name"]) == (3, "Kim")
    assert seen["cannot_read"] == []
    (line,) = seen["objects"]
    assert line.pop("label")
    shares = {reading.bob: 2, reading.cat: 1}
    assert line == {"object": "book", "owned": 3, "in_bin": 0, "records": 3, "to": shares}
    status, made = client.post("/api/v1/hand-overs", plan)
    assert status == 201
    assert (made["state"], made["done"], made["undoable"]) == ("done", 3, True)
    place = f"/api/v1/hand-overs/{made['id']}"
    records.update(reading.admin, "book", [{"id": books[0], "owner": reading.ann}])
    _, back = client.post(f"{place}/undo")
    assert (back["state"], back["counts"]["undone"], back["counts"]["left"]) == ("undone", 2, 1)
    _, shown = client.get(place)
    (left,) = shown["left"]
    assert (left["record"], left["code"]) == (books[0], "changed_since")
    assert left["message"] == "Its owner was changed, or it was deleted, since."
    assert client.post(f"{place}/undo")[0] == 409
    _, found = client.get("/api/v1/hand-overs", user=kim)
    assert [one["id"] for one in found["hand_overs"]] == [made["id"]]
    assert client.get("/api/v1/hand-overs", user="nonsense") == (200, {"hand_overs": []})


@pytest.mark.parametrize(
    ("given", "status", "fields"),
    [
        ({}, 422, ["from_user"]),
        ({"from_user": "x"}, 404, []),
        ({"from_user": "KIM", "objects": {"book": {"ids": 1}}}, 422, ["objects.book.ids"]),
        ({"from_user": "KIM", "objects": {"book": {"filter": "title ="}}, "to_users": ["BOB"]}, 400, []),
        ({"from_user": "KIM", "to_users": ["nobody"]}, 422, ["to_users"]),
        ({"from_user": "KIM", "people": {"reports": True}, "objects": {}}, 422, ["to_users"]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    client: Client, kim: str, reading: Reading, given: Given, status: int, fields: list[str]
) -> None:
    body = json.loads(json.dumps(given).replace("KIM", kim).replace("BOB", reading.bob))
    answered, problem = client.post("/api/v1/hand-overs", body)
    assert answered == status, problem
    assert sorted(e["field"] for e in problem["errors"]) == fields


def test_only_who_looks_after_people_may(
    client_of: Callable[[str], Client], client: Client, reading: Reading, kim: str
) -> None:
    bob = client_of(reading.bob)
    for path in ("/api/v1/hand-overs/preview", "/api/v1/hand-overs"):
        assert bob.post(path, {"from_user": kim, "to_users": [reading.bob]})[0] == 403
    assert bob.get("/api/v1/hand-overs")[0] == 403
    _, document = client.get("/api/v1/openapi.json")
    assert {path for path in document["paths"] if "hand-overs" in path} == {
        "/api/v1/hand-overs",
        "/api/v1/hand-overs/preview",
        "/api/v1/hand-overs/{id}",
        "/api/v1/hand-overs/{id}/undo",
    }
