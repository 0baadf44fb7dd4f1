"""Forms at the level of requests, as a browser without JavaScript sends them: create, edit, conflicts, child rows."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from catalogue_room import csrf
from dougong_platform.query import get, list_records
from dougong_platform.records import create, update
from reading import Reading


def post(client: FlaskClient, path: str, values: dict[str, Any]) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **values}, content_type="multipart/form-data")


def record(room: Reading, id: str) -> dict[str, Any]:
    return get(room.admin, "book", id)


def made(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def attempt(page: str) -> str:
    return page.split('name="attempt" value="')[1].split('"', maxsplit=1)[0]


def test_a_new_form_has_the_defaults_and_what_the_address_gives(room: Reading, ann: FlaskClient) -> None:
    page = ann.get("/o/book/new?title=Red&pages=3&genre=crime").text
    assert 'value="Red"' in page
    assert 'value="3"' in page
    assert '<option value="ordered" selected' in page
    assert re.search(r'name="due"[^>]*value="\d{4}-\d\d-\d\d"', page)
    assert 'value="Ann"' in page  # the owner


def test_a_record_of_many_types_is_created_without_javascript(room: Reading, ann: FlaskClient) -> None:
    shelf = str(create(room.admin, "shelf", [{"name": "East"}]).records[0].id)
    id = made(
        post(
            ann,
            "/o/book/new",
            {
                "title": "红楼梦",
                "shelf": "",
                "shelf:text": "east",
                "stage": "bound",
                "price": "1,234.50",
                "pages": "12",
                "discount": "18",
                "due": "2027-01-02",
                "read_at": "2026-11-20T10:30",
                "in_print": ["false", "true"],
                "tags": ["", "rare", "old"],
                "mail": "a@b.test",
                "phone": "+86 138 0013 8000",
                "site": "https://a.test/x",
                "score": "4",
                "summary": "two\r\nlines",
                "kind": "fiction",
                "genre": "crime",
                "record_type": "manual",
                "currency": "CNY",
                "owner": room.bob,
                "owner:text": "Bob",
            },
        )
    )
    saved = record(room, id)
    assert saved["shelf"] == shelf
    assert saved["price"] == "1234.50"
    assert saved["discount"] == "0.1800"
    assert saved["read_at"] == "2026-11-20T02:30:00Z"  # typed in Shanghai
    assert saved["in_print"] is True
    assert saved["tags"] == ["rare", "old"]
    assert saved["score"] == 4
    assert saved["summary"] == "two\nlines"
    assert saved["record_type"] == "manual"
    assert saved["owner"] == room.bob


def test_what_is_wrong_is_summed_up_and_stands_at_its_field_with_all_that_was_typed(
    room: Reading, ann: FlaskClient
) -> None:
    answer = post(
        ann,
        "/o/book/new",
        {
            "title": "",
            "price": "dear",
            "pages": "0",
            "summary": "kept words",
            "shelf": "",
            "shelf:text": "Nowhere",
            "stage": "lost",
            "why": "",
        },
    )
    assert answer.status_code == 422
    page = answer.text
    summary = page.split('id="errors"')[1].split("</form>")[0]
    for anchor in ("f-title", "f-price", "f-pages", "f-shelf", "f-why"):
        assert f'href="#{anchor}"' in summary
    assert "Title is required." in page
    assert "kept words" in page
    assert 'value="dear"' in page
    assert 'value="Nowhere"' in page
    assert "No single Shelf is called" in page


def test_nothing_is_kept_of_a_form_with_errors(room: Reading, ann: FlaskClient) -> None:
    before = len(list_records(room.admin, "book", limit=1000).records)
    post(ann, "/o/book/new", {"title": "Half", "shelf": "", "shelf:text": "Nowhere"})
    assert len(list_records(room.admin, "book", limit=1000).records) == before


def test_the_same_form_sent_twice_makes_one_record(room: Reading, ann: FlaskClient) -> None:
    key = attempt(ann.get("/o/book/new").text)
    values = {"title": "Once", "attempt": key}
    first, second = post(ann, "/o/book/new", values), post(ann, "/o/book/new", values)
    assert made(first) == made(second)
    other = post(ann, "/o/book/new", {"title": "Another", "attempt": key})
    assert other.status_code == 422
    assert "saved before" in other.text
    assert attempt(other.text) != key


def test_another_record_type_shows_its_fields_and_keeps_what_was_typed(room: Reading, ann: FlaskClient) -> None:
    page = post(ann, "/o/book/new", {"title": "Typed", "record_type": "manual", "do": "again"})
    assert page.status_code == 200
    assert 'value="Typed"' in page.text
    assert re.search(r'value="manual" checked', page.text)


def test_saving_and_going_on_leads_to_an_empty_form(room: Reading, ann: FlaskClient) -> None:
    assert post(ann, "/o/book/new", {"title": "One", "do": "new"}).headers["Location"] == "/o/book/new"


def test_a_clone_takes_values_but_nothing_unique(room: Reading, ann: FlaskClient) -> None:
    id = str(create(room.admin, "book", [{"title": "Source", "isbn": "only-one", "pages": 7}]).records[0].id)
    page = ann.get(f"/o/book/new?clone={id}").text
    assert 'value="Source"' in page
    assert 'value="7"' in page
    assert "only-one" not in page


def test_an_edit_changes_only_what_was_changed(room: Reading, ann: FlaskClient) -> None:
    id = str(
        create(room.admin, "book", [{"title": "Edit me", "price": "5", "read_at": "2026-11-20T02:30:00Z"}])
        .records[0]
        .id
    )
    page = ann.get(f"/o/book/{id}/edit").text
    version = page.split('name="version" value="')[1].split('"')[0]
    made(
        post(
            ann,
            f"/o/book/{id}/edit",
            {"version": version, "title": "Edited", "price": "5.00", "read_at": "2026-11-20T10:30", "stage": "ordered"},
        )
    )
    saved = record(room, id)
    assert saved["title"] == "Edited"
    assert saved["version"] == 2
    made(post(ann, f"/o/book/{id}/edit", {"version": "2", "title": "Edited"}))
    assert record(room, id)["version"] == 2  # nothing changed, nothing written


def test_a_conflict_shows_both_values_and_saves_nothing(room: Reading, ann: FlaskClient) -> None:
    id = str(create(room.admin, "book", [{"title": "Mine", "pages": 1, "price": "5"}]).records[0].id)
    update(room.admin, "book", [{"id": id, "title": "Theirs", "pages": 2}])
    answer = post(ann, f"/o/book/{id}/edit", {"version": "1", "title": "My title", "pages": "1", "price": "6"})
    assert answer.status_code == 409
    page = answer.text
    table = page.split("Both values")[2] if page.count("Both values") > 1 else page
    assert "Theirs" in table
    assert "My title" in table
    assert 'name="version" value="2"' in page
    assert 'value="My title"' in page
    assert re.search(r'name="pages"[^>]*value="2"|value="2"[^>]*name="pages"', page)  # only they changed it: taken over
    assert record(room, id)["title"] == "Theirs"
    made(post(ann, f"/o/book/{id}/edit", {"version": "2", "title": "My title", "pages": "2", "price": "6"}))
    assert record(room, id)["title"] == "My title"


def test_who_may_not_change_it_gets_no_form(room: Reading, bob: FlaskClient, ann: FlaskClient) -> None:
    assert bob.get("/o/shelf/new", headers={"Accept": "text/html"}).status_code == 200
    assert ann.get("/o/user/new", headers={"Accept": "text/html"}).status_code == 403
    id = made(post(bob, "/o/book/new", {"title": "Bob's", "isbn": "stolen", "summary": "x"}))
    assert record(room, id)["isbn"] is None  # not his to fill in: the form has no such field
    assert 'name="isbn"' not in bob.get(f"/o/book/{id}/edit").text


def test_child_rows_are_saved_with_their_parent(room: Reading, ann: FlaskClient) -> None:
    rows = {
        "page.book:rows": ["0", "1", "2"],
        "page.book[0].heading": "First",
        "page.book[0].words": "10",
        "page.book[1].heading": "",
        "page.book[1].words": "",
        "page.book[2].heading": "Second",
    }
    id = made(post(ann, "/o/book/new", {"title": "With pages", **rows}))
    pages = list_records(room.admin, "page", filter=f'book = "{id}"', sort=("created_at",)).records
    assert [(one["heading"], one["words"]) for one in pages] == [("First", 10), ("Second", None)]
    form = ann.get(f"/o/book/{id}/edit").text
    assert 'value="First"' in form
    assert pages[0]["id"] in form
    changed = {
        "page.book:rows": ["0", "1"],
        "page.book[0].id": pages[0]["id"],
        "page.book[0].version": "1",
        "page.book[0].heading": "Changed",
        "page.book[1].id": pages[1]["id"],
        "page.book[1].version": "1",
        "page.book[1].heading": "Second",
        "page.book[1].remove": "1",
    }
    made(post(ann, f"/o/book/{id}/edit", {"version": "1", "title": "With pages", **changed}))
    left = list_records(room.admin, "page", filter=f'book = "{id}"').records
    assert [one["heading"] for one in left] == ["Changed"]


def test_a_wrong_child_row_keeps_everything_back_and_is_named(room: Reading, ann: FlaskClient) -> None:
    rows = {
        "page.book:rows": ["0", "1"],
        "page.book[0].heading": "Fine",
        "page.book[1].heading": "Bad",
        "page.book[1].words": "0",
    }
    answer = post(ann, "/o/book/new", {"title": "Unsaved parent", **rows})
    assert answer.status_code == 422
    assert 'href="#lines-page"' in answer.text
    assert 'value="Bad"' in answer.text
    assert "Words" in answer.text
    assert list_records(room.admin, "book", filter='title = "Unsaved parent"').records == []


def test_one_more_row_without_javascript(room: Reading, ann: FlaskClient) -> None:
    page = post(
        ann,
        "/o/book/new",
        {"title": "T", "do": "add:page.book", "page.book:rows": ["0"], "page.book[0].heading": "There"},
    ).text
    assert 'name="page.book[1].heading"' in page
    assert 'value="There"' in page


def test_a_picture_is_kept_though_another_field_is_wrong(room: Reading, ann: FlaskClient) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(picture, "PNG")
    picture.seek(0)
    page = post(ann, "/o/book/new", {"title": "", "cover": "", "cover:upload": (picture, "cover.png")}).text
    file = re.search(r'name="cover" value="([0-9a-f-]{36})" checked', page)
    assert file is not None
    assert "cover.png" in page
    id = made(post(ann, "/o/book/new", {"title": "Covered", "cover": ["", file[1]]}))
    assert record(room, id)["cover"] == [file[1]]
    assert f"/api/v1/files/{file[1]}/thumbnail" in ann.get(f"/o/book/{id}").text


def test_the_server_says_what_shows_for_values_not_saved(room: Reading, ann: FlaskClient) -> None:
    answer = post(ann, "/o/book/form-state", {"stage": "lost", "currency": "EUR", "title": "x"}).get_json()
    assert answer["sections"] == {"basic": True, "abroad": True, "more": True}
    assert answer["fields"]["why"] == {"shown": True, "required": True}
    assert answer["symbols"] == {"price": "€"}
    other = post(ann, "/o/book/form-state", {"stage": "bound", "currency": "CNY", "price": "junk"}).get_json()
    assert other["sections"]["abroad"] is False
    assert other["fields"]["why"]["shown"] is False


def test_quick_creation_answers_the_new_record_or_the_form_again(room: Reading, ann: FlaskClient) -> None:
    drawer = ann.get("/o/shelf/new?name=South&quick=1", headers={"HX-Request": "true"}).text
    assert 'name="q.name"' in drawer
    assert 'value="South"' in drawer
    assert "<html" not in drawer
    accept = {"Accept": "text/html, application/json", "HX-Request": "true", "X-CSRF-Token": csrf(ann)}
    answer = ann.post("/o/shelf/new?quick=1", data={"prefix": "q.", "q.name": "South"}, headers=accept)
    assert answer.get_json()["title"] == "South"
    wrong = ann.post("/o/shelf/new?quick=1", data={"prefix": "q.", "q.name": ""}, headers=accept)
    assert wrong.status_code == 422
    assert "Name is required." in wrong.text
    assert "<html" not in wrong.text


def test_a_quick_form_keeps_the_link_it_was_opened_with(room: Reading, ann: FlaskClient) -> None:
    id = str(create(room.admin, "book", [{"title": "Parent"}]).records[0].id)
    drawer = ann.get(f"/o/page/new?book={id}&quick=1", headers={"HX-Request": "true"}).text
    assert f'name="q.book" value="{id}"' in drawer
    accept = {"Accept": "application/json", "HX-Request": "true", "X-CSRF-Token": csrf(ann)}
    data = {"prefix": "q.", "q.book": id, "q.heading": "Linked"}
    page = ann.post(f"/o/page/new?book={id}&quick=1", data=data, headers=accept).get_json()["id"]
    assert get(room.admin, "page", page)["book"] == id


@pytest.mark.parametrize("path", ["/o/nothing/new", "/o/book/new?clone=1", "/o/book/new?shelf=1&read_at=x&price=%00"])
def test_no_address_breaks_the_form(room: Reading, ann: FlaskClient, path: str) -> None:
    assert ann.get(path, headers={"Accept": "text/html"}).status_code in (200, 404)


@pytest.mark.parametrize(
    "values",
    [
        {"page.book:rows": ["x", "1" * 30, "-1"]},
        {"version": "9" * 40},
        {"attempt": "\x00"},
        {"title": "\ud800"},
        {"do": "add:nothing"},
        {"record_type": "none"},
        {"cover": "not-an-id"},
        {"place[province]": "x"},
    ],
)
def test_no_input_breaks_the_save(room: Reading, ann: FlaskClient, values: dict[str, Any]) -> None:
    try:
        answer = post(ann, "/o/book/new", {"title": "Hostile", **values})
    except UnicodeEncodeError:
        return  # a browser cannot send it either
    assert answer.status_code in (200, 303, 400, 422)
