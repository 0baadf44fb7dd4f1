"""Callers learn who they are, which objects and fields are there for them, and why a record is or is not theirs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from reading import Client, Reading


@pytest.fixture(scope="module")
def ids(reading: Reading) -> dict[str, str]:
    book, chapter = str(uuid.uuid4()), str(uuid.uuid4())
    reading.run("insert into book (id, owner, title) values (%s, %s, 'b') returning 1", [book, reading.bob])
    reading.run("insert into chapter (id, book, title) values (%s, %s, 'c') returning 1", [chapter, book])
    return {"book": book, "chapter": chapter}


def test_me(client: Client, client_of: Callable[..., Client], reading: Reading) -> None:
    _, me = client.get("/api/v1/me")
    assert (me["user"]["name"], me["administrator"], me["tenant"]["name"]) == ("Ann", True, "library")
    _, me = client_of(reading.bob, "read").get("/api/v1/me")
    assert (me["permission_sets"], me["administrator"], me["system"], me["scopes"]) == (["reader"], False, [], ["read"])


def test_objects_and_fields_are_those_that_may_be_seen(
    client: Client, client_of: Callable[..., Client], reading: Reading
) -> None:
    reader = client_of(reading.bob)
    names = {one["name"] for one in reader.get("/api/v1/objects")[1]["objects"]}
    assert {"book", "shelf", "chapter", "user", "department", "team"} <= names
    assert "vault" not in names
    book = reader.get("/api/v1/objects/book")[1]
    fields = {field["name"]: field for field in book["fields"]}
    assert "cost" not in fields
    assert (fields["title"]["access"], fields["summary"]["access"], fields["id"]["access"]) == ("edit", "read", "read")
    assert fields["genre"]["values"][0] == {
        "value": "novel",
        "label": {"en": "Novel", "zh": "小说"},
        "colour": "mute",
        "active": True,
        "parents": [],
    }
    assert fields["shelf"]["to"] == "shelf"
    assert "to" not in fields["vault"]
    assert (reader.get("/api/v1/objects/vault")[0], reader.get("/api/v1/objects/nope")[0]) == (403, 404)


def test_the_grant_that_decides_is_named(
    client: Client, client_of: Callable[..., Client], reading: Reading, ids: dict[str, str]
) -> None:
    path = f"/api/v1/records/book/{ids['book']}/access"
    assert client.get(path)[1]["read"] == {"allowed": True, "because": [{"kind": "administrator"}]}
    mine = client_of(reading.bob).get(path)[1]
    assert mine["read"]["because"][0] == {"kind": "owner"}
    assert {"kind": "permission_set", "name": "reader", "scope": "own"} in mine["update"]["because"]
    others = client.get(path, user=reading.cat)[1]
    assert others["read"] == {"allowed": False, "because": [{"kind": "not_owner", "owner": reading.bob}]}
    below = client.get(f"/api/v1/records/chapter/{ids['chapter']}/access", user=reading.cat)[1]
    assert below["read"]["allowed"] is False
    assert below["read"]["because"][0]["object"] == "book"
    assert client_of(reading.cat).get(path)[0] == 404
    assert client_of(reading.bob).get(path, user=reading.cat)[0] == 403
    assert client.get(path, user=str(uuid.uuid4()))[0] == 404
