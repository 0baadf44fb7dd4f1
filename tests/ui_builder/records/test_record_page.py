"""The record page at the level of requests: what it shows, and each action on it with its refusals."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from catalogue_room import csrf
from dougong_platform.query import get
from dougong_platform.records import create, update
from reading import Reading


def make(room: Reading, **values: Any) -> str:
    return str(create(room.admin, "book", [{"title": "Red Chamber", **values}]).records[0].id)


def send(client: FlaskClient, path: str, **values: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **values}, content_type="multipart/form-data")


def value(room: Reading, id: str, name: str) -> Any:
    return get(room.admin, "book", id, [name])[name]


def test_it_shows_the_layout_with_labels_of_the_reader(room: Reading, ann: FlaskClient) -> None:
    id = make(room, price="1234.5", stage="bound")
    page = ann.get(f"/o/book/{id}").text
    for text in ("Key facts", "¥1,234.50", 'aria-current="step"', "Ordered", "B-0", "Pages"):
        assert text in page
    assert "Abroad" not in page
    ann.set_cookie("dg_locale", "zh")


def test_a_conditional_section_shows_with_its_reason(room: Reading, ann: FlaskClient) -> None:
    page = ann.get(f"/o/book/{make(room, currency='EUR', rate='7.1')}").text
    assert "Abroad" in page
    assert "Shown because Currency is not CNY" in page


def test_a_lost_stage_is_no_step_unless_it_is_the_current_one(room: Reading, ann: FlaskClient) -> None:
    ordered = ann.get(f"/o/book/{make(room)}").text.split('class="dg-path"')[1].split("</ol>")[0]
    assert "Lost" not in ordered
    lost = ann.get(f"/o/book/{make(room, stage='lost', why='fire')}").text.split('class="dg-path"')[1].split("</ol>")[0]
    assert "Lost" in lost


def test_records_of_others_and_unknown_ones_are_not_found(room: Reading, bob: FlaskClient) -> None:
    for id in (make(room), "00000000-0000-7000-8000-000000000000"):
        for path in ("", "/edit", "/timeline", "/related-counts", "/field/title"):
            assert bob.get(f"/o/book/{id}{path}", headers={"Accept": "text/html"}).status_code == 404
        assert send(bob, f"/o/book/{id}/stage", value="bound").status_code == 404
    assert bob.get("/o/book/not-an-id").status_code == 404


def test_what_one_may_not_read_is_neither_shown_nor_told(room: Reading, bob: FlaskClient) -> None:
    id = make(room, owner=room.bob, summary="secret words", isbn="77")
    update(room.admin, "book", [{"id": id, "summary": "other secret words"}])
    page = bob.get(f"/o/book/{id}?tab=history").text
    assert "secret words" not in page
    assert "Summary" not in page
    assert bob.get(f"/o/book/{id}/field/summary").status_code == 400
    assert bob.get(f"/o/book/{id}/field/isbn").status_code == 403  # may be read only


def test_another_stage_is_one_press_and_can_be_taken_back(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    assert send(ann, f"/o/book/{id}/stage", value="bound").status_code == 303
    assert value(room, id, "stage") == "bound"
    page = ann.get(f"/o/book/{id}").text
    assert "Moved to" in page
    assert f"/o/book/{id}/revert/2" in page
    assert send(ann, f"/o/book/{id}/revert/2").status_code == 303
    assert value(room, id, "stage") == "ordered"


def test_a_change_is_not_taken_back_over_a_later_one(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    update(room.admin, "book", [{"id": id, "stage": "bound"}])
    update(room.admin, "book", [{"id": id, "stage": "shelved"}])
    send(ann, f"/o/book/{id}/revert/2")
    assert value(room, id, "stage") == "shelved"
    assert send(ann, f"/o/book/{id}/revert/77").status_code == 400


def test_a_stage_that_needs_more_leads_to_the_form_and_says_what(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    answer = send(ann, f"/o/book/{id}/stage", value="lost")
    assert answer.headers["Location"] == f"/o/book/{id}/edit?stage=lost"
    page = ann.get(answer.headers["Location"]).text
    assert "Why lost is required." in page
    assert 'data-cell="why">' in page  # not hidden: the stage is chosen already
    assert value(room, id, "stage") == "ordered"


def test_one_value_is_saved_in_its_place(room: Reading, ann: FlaskClient) -> None:
    id = make(room, price="5")
    form = ann.get(f"/o/book/{id}/field/price").text
    assert 'name="c.price"' in form
    assert 'name="version" value="1"' in form
    answer = send(ann, f"/o/book/{id}/field/price", version="1", was='"5.00"', **{"c.price": "1,234.5"})
    assert answer.get_json() == {"changed": True, "version": 2, "undo": f"/o/book/{id}/revert/2"}
    assert value(room, id, "price") == "1234.50"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("price", "dear", "Price"),
        ("price", "-1", "Price"),
        ("price", "2000000", "so dear"),
        ("title", "", "required"),
        ("title", "x" * 41, "Title"),
        ("pages", "1.5", "Number of pages"),
        ("mail", "nobody", "E-mail"),
        ("stage", "lost", "Why lost"),
    ],
)
def test_a_wrong_value_comes_back_with_its_sentence(
    room: Reading, ann: FlaskClient, name: str, given: str, told: str
) -> None:
    id = make(room)
    answer = send(ann, f"/o/book/{id}/field/{name}", version="1", was="null", **{f"c.{name}": given})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{given}"' in answer.text
    assert value(room, id, "title") == "Red Chamber"


def test_a_field_that_somebody_else_changed_shows_both_values(room: Reading, ann: FlaskClient) -> None:
    id = make(room, price="5")
    update(room.admin, "book", [{"id": id, "price": "6"}])
    answer = send(ann, f"/o/book/{id}/field/price", version="1", was='"5.00"', **{"c.price": "7"})
    assert answer.status_code == 409
    assert "¥6" in answer.text
    assert "¥7" in answer.text
    assert "Save mine" in answer.text
    assert value(room, id, "price") == "6.00"
    taken = send(ann, f"/o/book/{id}/field/price", version="2", take="mine", **{"c.price": "7"})
    assert taken.status_code == 200
    assert value(room, id, "price") == "7.00"


def test_a_change_of_another_field_is_in_nobodys_way(room: Reading, ann: FlaskClient) -> None:
    id = make(room, price="5")
    update(room.admin, "book", [{"id": id, "pages": 3}])
    answer = send(ann, f"/o/book/{id}/field/price", version="1", was='"5.00"', **{"c.price": "7"})
    assert answer.status_code == 200
    assert value(room, id, "price") == "7.00"
    assert value(room, id, "pages") == 3


def test_a_link_is_found_by_its_words(room: Reading, ann: FlaskClient) -> None:
    shelf = str(create(room.admin, "shelf", [{"name": "北岸"}]).records[0].id)
    id = make(room)
    words = {"c.shelf": "", "c.shelf:text": "北岸"}
    assert send(ann, f"/o/book/{id}/field/shelf", version="1", was="null", **words).status_code == 200
    assert value(room, id, "shelf") == shelf
    unknown = send(ann, f"/o/book/{id}/field/shelf", version="2", was="null", **(words | {"c.shelf:text": "南岸"}))
    assert unknown.status_code == 422
    assert "南岸" in unknown.text


def test_deleting_leads_to_the_list_and_can_be_undone(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    answer = send(ann, f"/o/book/{id}/delete")
    assert answer.headers["Location"] == "/o/book"
    page = ann.get(f"/o/book/{id}").text
    assert "in the recycle bin" in page
    assert f"/o/book/{id}/restore" in page
    assert "/stage" not in page
    assert "dg-composer" not in page
    assert send(ann, f"/o/book/{id}/restore").status_code == 303
    assert value(room, id, "title") == "Red Chamber"


def test_a_new_owner_is_chosen_or_typed(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    send(ann, f"/o/book/{id}/owner", **{"t.owner": "", "t.owner:text": "Bob"})
    assert value(room, id, "owner") == room.bob
    send(ann, f"/o/book/{id}/owner", **{"t.owner": room.cat})
    assert value(room, id, "owner") == room.cat
    assert (
        "Nobody is called"
        in ann.post(
            f"/o/book/{id}/owner", data={"csrf_token": csrf(ann), "t.owner:text": "Zed"}, follow_redirects=True
        ).text
    )


def test_what_is_said_appears_and_can_be_taken_back(room: Reading, ann: FlaskClient, bob: FlaskClient) -> None:
    id = make(room, owner=room.bob)
    send(bob, f"/o/book/{id}/comments", text="<b>ask</b> @Ann Smith today")
    page = bob.get(f"/o/book/{id}").text
    assert "&lt;b&gt;ask&lt;/b&gt;" in page
    assert '<b class="dg-mention">@Ann Smith</b>' in page
    comment = page.split("/comments/")[1].split("/")[0]
    assert "commented" not in bob.get(f"/o/book/{id}?timeline=changes").text
    send(bob, f"/o/book/{id}/comments/{comment}/remove")
    assert "@Ann" not in bob.get(f"/o/book/{id}").text


def test_the_timeline_goes_on_where_it_stopped(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    for n in range(1, 21):
        update(room.admin, "book", [{"id": id, "pages": n}])
        send(ann, f"/o/book/{id}/comments", text=f"note {n} of many")
    page, seen = ann.get(f"/o/book/{id}").text, []
    for _ in range(10):
        seen += [n for n in range(1, 21) if f"note {n} of many" in page]
        if "/timeline?" not in page:
            break
        query = page.split("/timeline?")[1].split('"')[0].replace("&amp;", "&")
        page = ann.get(f"/o/book/{id}/timeline?{query}").text
    assert sorted(seen) == list(range(1, 21))
    assert "created this record" in page


def test_files_are_attached_shown_and_removed(room: Reading, ann: FlaskClient) -> None:
    id, picture = make(room), io.BytesIO()
    Image.new("RGB", (600, 400), "navy").save(picture, "PNG")
    picture.seek(0)
    send(ann, f"/o/book/{id}/files", file=(picture, "封面 1.png"))
    page = ann.get(f"/o/book/{id}?tab=files").text
    assert "封面 1.png" in page
    assert "/thumbnail" in page
    link = page.split('href="/api/v1/files/')[1].split('"')[0]
    assert ann.get(f"/api/v1/files/{link}").status_code == 200
    refused = ann.post(
        f"/o/book/{id}/files",
        data={"csrf_token": csrf(ann), "file": (io.BytesIO(b"MZ"), "a.exe")},
        follow_redirects=True,
    )
    assert "a.exe" in refused.text
    assert "Programs" in refused.text
    send(ann, f"/o/book/{id}/files/{link}/remove")
    assert "封面 1.png" not in ann.get(f"/o/book/{id}?tab=files").text


def test_related_records_stand_in_tabs_with_a_count(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    create(room.admin, "page", [{"book": id, "heading": f"Chapter {n}"} for n in range(9)])
    page = ann.get(f"/o/book/{id}").text
    assert "Chapter 0" in page
    assert "All 9" in page
    assert f"/o/page/new?book={id}" in page
    assert ">9</span>" in ann.get(f"/o/book/{id}/related-counts").text


def test_the_neighbours_are_those_of_the_list_it_was_opened_from(room: Reading, ann: FlaskClient) -> None:
    ids = [make(room, pages=n, isbn=f"nb-{n}") for n in (900, 901, 902)]
    query = "sort=-pages&filter=pages+%3E%3D+900"
    page = ann.get(f"/o/book/{ids[1]}", headers={"Referer": f"http://localhost/o/book?{query}"}).text
    assert f"/o/book/{ids[1]}/neighbours?sort=-pages" in page
    found = ann.get(f"/o/book/{ids[1]}/neighbours?{query}").text
    assert "2 / 3" in found
    assert found.index(ids[2]) < found.index(ids[0])
    assert ann.get(f"/o/book/{ids[1]}/neighbours?filter=nonsense").text.strip() == ""


def test_every_form_needs_the_sessions_token(room: Reading, ann: FlaskClient) -> None:
    id = make(room)
    for path in ("stage", "owner", "delete", "restore", "comments", "files", "field/title", "revert/1", "edit"):
        assert ann.post(f"/o/book/{id}/{path}", data={"value": "bound"}).status_code == 403
    assert value(room, id, "stage") == "ordered"


@pytest.mark.parametrize(
    "query",
    [
        "tab=nothing",
        "tab=page.book%27",
        "timeline=x&h=zz&c=%00",
        "h=99999999999999999999",
        "list=%3Cscript%3E",
        "tab=history",
        "c=nonsense",
    ],
)
def test_no_address_breaks_the_page(room: Reading, ann: FlaskClient, query: str) -> None:
    page = ann.get(f"/o/book/{make(room)}?{query}")
    assert page.status_code in (200, 400)
    assert "<script>" not in page.text
