"""Links given by a key of the other record: one that cannot be stored is refused in its own row, wherever it stands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from reading import Client

WRONG: list[tuple[Any, str]] = [
    ({"name": "half\0"}, "bad_character"),
    ({"na\0me": "north"}, "bad_character"),
    ({"name": ["north\0"]}, "bad_character"),
    ({"name": "nowhere"}, "lookup_not_found"),
    ({"nowhere": "north"}, "lookup_key"),
    ({"name": 7}, "lookup_not_found"),
]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(("link", "code"), WRONG)
def test_a_wrong_key_is_refused_in_its_row(client: Client, link: Any, code: str, place: int) -> None:
    name = uuid.uuid4().hex
    assert client.post("/api/v1/records/shelf", {"name": name})[0] == 201
    links: list[Any] = [{"name": name}, {"name": name}]
    links.insert(place, link)
    status, problem = client.post(
        "/api/v1/records/book", {"records": [{"title": "a", "shelf": one} for one in (*links, None)]}
    )
    assert status == 422, problem
    assert [(one["index"], one["field"], one["code"]) for one in problem["errors"]] == [(place, "shelf", code)]


def test_right_keys_find_their_records(client: Client) -> None:
    name = uuid.uuid4().hex
    shelf = client.post("/api/v1/records/shelf", {"name": name})[1]["id"]
    rows = [{"title": name, "shelf": link} for link in ({"name": name}, shelf, None, {"name": name})]
    assert client.post("/api/v1/records/book", {"records": rows})[0] == 201
    found = client.get("/api/v1/records/book", filter=f'title = "{name}"', fields="shelf")[1]["records"]
    assert sorted(str(one["shelf"]) for one in found) == sorted([shelf, shelf, shelf, "None"])
