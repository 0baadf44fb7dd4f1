"""Views of one's own: saved from the list, seen by their owner, shared by administrators; over HTTP as well."""

from __future__ import annotations

import re

from dougong_platform.http.engine import Engine
from reading import Client
from shelving import Person, Shelving, titles


def key_of(location: str | None) -> str:
    found = re.search(r"view=([0-9a-f-]{36})", location or "")
    assert found is not None, location
    return found[1]


def test_what_the_list_shows_is_saved_and_found_again(ann: Person, bob: Person) -> None:
    answer = ann.post(
        "/o/book/list/save?filter=price+%3C+3&columns=title,price&sort=-price", do="new", name="Cheap ones"
    )
    page = ann.get(str(answer.location)).text
    assert "Cheap ones" in page
    assert titles(page) == ["Book 002", "Book 001", "Book 000"]
    assert "unsaved changes" not in page
    assert "Cheap ones" not in bob.get("/o/book").text


def test_an_own_view_is_brought_up_to_date_renamed_and_deleted(ann: Person) -> None:
    key = key_of(ann.post("/o/book/list/save?filter=price+%3C+3", do="new", name="Short").location)
    ann.post(f"/o/book/list/save?view={key}&filter=price+%3C+5", do="update")
    assert len(titles(ann.get("/o/book", view=key).text)) == 5
    ann.post(f"/o/book/list/view?view={key}", do="rename", name="Longer")
    assert "Longer" in ann.get("/o/book").text
    ann.post(f"/o/book/list/view?view={key}", do="delete")
    assert "Longer" not in ann.get("/o/book").text.split("<main")[1].split("dg-toast")[0]


def test_only_administrators_share_with_everybody(ann: Person, bob: Person) -> None:
    key = key_of(ann.post("/o/book/list/save", do="new", name="For all", shared="true").location)
    assert "For all" in bob.get("/o/book").text
    assert "Everybody sees it" not in bob.get("/o/book/list/save").text
    assert bob.post("/o/book/list/save", do="new", name="Mine", shared="true").status_code == 403
    assert bob.get(f"/o/book/list/view?view={key}").status_code == 404
    assert bob.post(f"/o/book/list/view?view={key}", do="delete").status_code == 404


def test_a_view_without_a_name_is_refused_in_its_place(ann: Person) -> None:
    answer = ann.post("/o/book/list/save", island=True, do="new", name=" ")
    assert "A name of at most" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_views_over_http(screens: Engine, shelving: Shelving) -> None:
    client = Client(screens.test_client(), shelving.token(shelving.bob))
    body = {"object": "book", "name": "API", "columns": ["title"], "filter": 'state = "open"', "sort": ["-price"]}
    status, made = client.post("/api/v1/saved-views", body)
    assert status == 201
    assert made["owner"] == shelving.bob
    status, found = client.get("/api/v1/saved-views", object="book")
    assert made["id"] in [view["id"] for view in found["saved_views"]]
    status, changed = client.post(f"/api/v1/saved-views/{made['id']}", {"name": "New name"}, method="PATCH")
    assert (status, changed["name"], changed["filter"]) == (200, "New name", 'state = "open"')
    other = Client(screens.test_client(), shelving.token(shelving.cat))
    assert other.post(f"/api/v1/saved-views/{made['id']}", {"name": "x"}, method="PATCH")[0] == 404
    assert client.post(f"/api/v1/saved-views/{made['id']}", method="DELETE")[0] == 204


def test_what_a_view_may_not_say_is_refused(screens: Engine, shelving: Shelving) -> None:
    client = Client(screens.test_client(), shelving.token(shelving.bob))
    good = {"object": "book", "name": "A", "columns": ["title"]}
    for wrong, status in (
        ({"columns": []}, 422),
        ({"columns": ["cost"]}, 422),
        ({"filter": "cost > 1"}, 400),
        ({"sort": ["nothing"]}, 422),
        ({"object": "nothing"}, 404),
        ({"shared": True}, 403),
        ({"name": "x" * 101}, 422),
        ({"extra": 1}, 422),
    ):
        assert client.post("/api/v1/saved-views", good | wrong)[0] == status, wrong
    assert client.get("/api/v1/saved-views")[0] == 400
    assert client.post("/api/v1/saved-views/nonsense", {"name": "A"}, method="PATCH")[0] == 404
