"""A field of a linked record is the same whether it is all that is asked of that record or not."""

from __future__ import annotations

import uuid

import pytest

from reading import Client

FORMS = [
    {"fields": "title,shelf.name"},
    {"fields": "title,shelf.name,shelf.room"},
    {"fields": "title,shelf.name", "sort": "shelf.name"},
    {"fields": "title,shelf.name", "sort": "shelf.room,title"},
    {"fields": "title,shelf.name,owner.name,owner.email"},
    {"fields": "title,shelf.name,shelf.owner.name"},
    {"fields": "title,shelf.name", "sort": "-price", "limit": "2"},
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "&".join(form.values()))
def test_a_linked_record_shows_the_same_however_it_is_asked_for(client: Client, form: dict[str, str]) -> None:
    mark = uuid.uuid4().hex
    shelves = [{"name": f"{mark} {name}", "room": "north"} for name in ("kept", "thrown away")]
    kept, gone = (one["id"] for one in client.post("/api/v1/records/shelf", {"records": shelves})[1]["records"])
    books = [{"title": f"{mark} {title}", "shelf": shelf} for title, shelf in (("a", kept), ("b", gone), ("c", None))]
    assert client.post("/api/v1/records/book", {"records": books})[0] == 201
    assert client.open(f"/api/v1/records/shelf/{gone}", method="DELETE").status_code in (200, 204)
    for where in (f'title in ("{mark} a", "{mark} b", "{mark} c")', f'shelf.name = "{mark} kept"'):
        found: dict[str, str | None] = {}
        cursor: str | None = ""
        while cursor is not None:
            asked = form | {"filter": where} | ({"cursor": cursor} if cursor else {})
            status, page = client.get("/api/v1/records/book", **asked)
            assert status == 200, page
            found |= {record["title"].removeprefix(f"{mark} "): record["shelf.name"] for record in page["records"]}
            cursor = page["next"]
        all_of_them = {"a": f"{mark} kept", "b": None, "c": None}
        assert found == (all_of_them if where.startswith("title") else {"a": f"{mark} kept"})
