"""Sharing from the record page and from a list at the level of requests: with and without JavaScript, and refusals."""

from __future__ import annotations

import html
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue_room import app_over, csrf, signed_in
from dougong_platform import shares
from dougong_platform.http.engine import Engine
from dougong_platform.records import delete
from sharing import Sharing

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def app(sharing: Sharing, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return app_over(sharing.reading, tmp_path_factory.mktemp("home"))


@pytest.fixture
def bob(app: Engine) -> FlaskClient:
    return signed_in(app, "bob")


def send(client: FlaskClient, path: str, headers: dict[str, str] | None = None, **values: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **values}, headers=headers or {})


def entries(sharing: Sharing, book: str) -> list[dict[str, Any]]:
    return shares.list_shares(sharing.caller("bob"), "book", book)


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def test_the_page_shows_the_team_and_how_many_others(sharing: Sharing, bob: FlaskClient) -> None:
    book = sharing.make()
    assert "Add those who work on this record together" in bob.get(f"/o/book/{book}").text
    share = shares.share
    share(sharing.caller("bob"), "book", [book], {"subject": sharing["eve"], "role": "Editor", "access": "edit"})
    share(sharing.caller("bob"), "book", [book], {"subject": sharing["press"]})
    card = bob.get(f"/o/book/{book}").text.split('id="record-team"')[1].split("</section>")[0]
    for words in ("Eve", "Editor", "read and edit", "also shared with 1"):
        assert words in card


def test_it_is_shared_changed_and_withdrawn_without_javascript(sharing: Sharing, bob: FlaskClient) -> None:
    book = sharing.make()
    place = f"/o/book/{book}/shares"
    page = text(bob.get(place))
    assert "Shared with nobody yet. Choose a colleague" in page
    answer = send(
        bob, place, **{"subject:text": "dan", "access": "edit", "until": "2990-06-30", "relations": "loan.book"}
    )
    assert answer.status_code == 303
    (made,) = entries(sharing, book)
    assert (made["subject.name"], made["access"], made["until"], made["relations"]) == (
        "Dan",
        "edit",
        "2990-06-30",
        ["loan.book"],
    )
    page = text(bob.get(answer.headers["Location"]))
    for words in ("Shared with Dan", "until 2990-06-30", "with its Loans", "by Bob", "Undo"):
        assert words in page
    send(bob, f"{place}/{made['id']}", access="read", until="", role="Critic", note="for the essay")
    (made,) = entries(sharing, book)
    assert (made["access"], made["until"], made["role"], made["relations"]) == ("read", None, "Critic", [])
    answer = send(bob, f"{place}/{made['id']}/remove")
    assert entries(sharing, book) == []
    ref = answer.headers["Location"].partition("done=")[2]
    send(bob, f"{place}/undo/{ref}")
    assert entries(sharing, book) == [made]


def test_the_drawer_answers_with_its_content_and_tells_the_page_behind(sharing: Sharing, bob: FlaskClient) -> None:
    book = sharing.make()
    drawer = bob.get(f"/o/book/{book}/shares", headers=FRAGMENT).text
    assert 'id="drawer-title"' in drawer
    assert "<html" not in drawer
    answer = send(bob, f"/o/book/{book}/shares", FRAGMENT, subject=sharing["north"], access="read")
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, '{"dg:record-changed":null}')
    assert answer.text.lstrip().startswith('<div class="dg-col dg-gap-4" id="record-shares">')
    assert "with all below" in answer.text
    again = send(bob, f"/o/book/{book}/shares", FRAGMENT, subject=sharing["north"], access="read")
    assert "North has this access already." in again.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Choose a person, a department or a team."),
        ({"subject:text": "Nobody"}, "Nobody and nothing is called exactly “Nobody”."),
        ({"subject:text": "Inbox"}, "Nobody and nothing is called exactly “Inbox”."),
        ({"subject:text": "Dan", "until": "2020-01-01"}, "Choose today or a later day."),
        ({"subject:text": "Dan", "until": "soon"}, "This is not a day."),
        ({"subject:text": "Dan", "relations": "review.book"}, "A share cannot be extended along “review.book”."),
        ({"subject:text": "Dan", "access": "all"}, "The access is"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    sharing: Sharing, bob: FlaskClient, values: dict[str, str], said: str
) -> None:
    book = sharing.make()
    for headers in ({}, FRAGMENT):
        answer = send(bob, f"/o/book/{book}/shares", headers, note="kept", **values)
        assert answer.status_code == 422
        assert said in text(answer)
        assert 'value="kept"' in answer.text
    assert entries(sharing, book) == []


def test_who_may_not_share_sees_with_whom_it_is_shared_and_whom_to_ask(sharing: Sharing, app: Engine) -> None:
    book = sharing.make()
    shares.share(sharing.caller("bob"), "book", [book], {"subject": sharing["dan"], "role": "Reader"})
    dan = signed_in(app, "dan")
    page = dan.get(f"/o/book/{book}").text
    assert "record-team-add" not in page
    drawer = text(dan.get(f"/o/book/{book}/shares", headers=FRAGMENT))
    assert "You may not share this record. Ask Bob, or an administrator." in drawer
    assert "<form" not in drawer
    assert send(dan, f"/o/book/{book}/shares", subject=sharing["eve"]).status_code == 403
    (made,) = entries(sharing, book)
    assert send(dan, f"/o/book/{book}/shares/{made['id']}/remove").status_code == 403
    assert send(dan, f"/o/book/{book}/shares/{made['id']}", note="x").status_code == 403


def test_what_one_may_not_see_is_not_found(sharing: Sharing, bob: FlaskClient) -> None:
    hidden, own = sharing.make(owner="ann"), sharing.make()
    deleted = sharing.make()
    delete(sharing.reading.admin, "book", [deleted])
    for id in (hidden, deleted, "00000000-0000-7000-8000-000000000000"):
        place = f"/o/book/{id}/shares"
        assert bob.get(place, headers={"Accept": "text/html"}).status_code == 404
        assert send(bob, place, subject=sharing["dan"]).status_code == 404
        assert send(bob, f"{place}/{own}").status_code == 404
        assert send(bob, f"{place}/{own}/remove").status_code == 404
    assert send(bob, f"/o/book/{own}/shares/{own}/remove").status_code == 404
    assert send(bob, f"/o/book/{own}/shares/undo/nonsense").status_code == 404
    assert "/shares" not in bob.get(f"/o/book/{deleted}").text


def test_giving_up_ones_own_access_leads_to_the_list(sharing: Sharing, app: Engine) -> None:
    book = sharing.make()
    shares.share(sharing.caller("bob"), "book", [book], {"subject": sharing["cat"], "access": "edit"})
    (made,) = entries(sharing, book)
    answer = send(signed_in(app, "cat"), f"/o/book/{book}/shares/{made['id']}/remove", FRAGMENT)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/o/book")


def test_the_timeline_says_who_shared_what_with_whom_until_when(sharing: Sharing, app: Engine) -> None:
    book = sharing.make(owner="cat")
    place, cat = f"/o/book/{book}/shares", signed_in(app, "cat")
    send(cat, "/preferences", locale="zh", next="/")
    send(cat, place, **{"subject:text": "Dan", "access": "read", "until": "2990-06-30", "relations": "loan.book"})
    (made,) = shares.list_shares(sharing.caller("cat"), "book", book)
    send(cat, f"{place}/{made['id']}", access="edit", until="2990-06-30", role="主编")
    send(cat, f"{place}/{made['id']}/remove")
    page = " ".join(text(cat.get(f"/o/book/{book}")).split())
    send(cat, "/preferences", locale="en", next="/")
    assert "Cat</b> 共享给 Dan：查看，至 2990-06-30，连同其借阅" in page
    assert "Cat</b> 将 Dan 加入团队，任主编：查看与修改，至 2990-06-30" in page
    assert "Cat</b> 取消了与 Dan 的共享" in page


def test_subjects_are_suggested_with_what_tells_them_apart(sharing: Sharing, bob: FlaskClient) -> None:
    found = bob.get("/ui/subjects?q=north").text
    assert found.count('role="option"') == 2
    assert "with all below" in found
    assert "Nothing matches" in bob.get("/ui/subjects?q=inbox").text


def test_selected_records_are_shared_at_once_and_it_can_be_undone(sharing: Sharing, bob: FlaskClient) -> None:
    books = [sharing.make() for _ in range(3)]
    form = send(bob, "/o/book/list/bulk", FRAGMENT, do="share", id=books)
    assert "Share 3 records" in form.text
    assert 'name="relations" value="loan.book"' in form.text
    wrong = send(bob, "/o/book/list/bulk", FRAGMENT, do="share_save", id=books, **{"subject:text": "Nobody"})
    assert "Nobody and nothing is called" in wrong.text
    done = send(bob, "/o/book/list/bulk", FRAGMENT, do="share_save", id=books, subject=sharing["dan"], access="read")
    assert (done.status_code, bool(done.headers["HX-Redirect"])) == (204, True)
    page = text(bob.get("/o/book"))
    assert "3 records shared with Dan" in page
    undo = page.split('data-undo="')[1].split('"')[0]
    assert send(bob, undo, {"X-CSRF-Token": csrf(bob)}).status_code == 204
    assert [entries(sharing, book) for book in books] == [[], [], []]


def test_selected_records_that_cannot_be_shared_so_are_listed(sharing: Sharing, app: Engine) -> None:
    own, lent = sharing.make(owner="cat"), sharing.make(title="Lent")
    shares.share(sharing.caller("bob"), "book", [lent], {"subject": sharing["cat"]})
    cat = signed_in(app, "cat")
    answer = send(
        cat, "/o/book/list/bulk", FRAGMENT, do="share_save", id=[own, lent], subject=sharing["dan"], access="edit"
    )
    assert "1 record stayed as it was" in answer.text
    assert "You may only read this record" in answer.text
    assert "1 record shared with Dan" in answer.text
    dan = signed_in(app, "dan")
    assert send(dan, "/o/book/list/bulk", FRAGMENT, do="share", id=[own]).status_code == 403
    assert 'value="share"' not in dan.get("/o/book").text


@pytest.mark.parametrize("path", ["undo/%00", "undo/" + "x" * 5000, "undo/00000000-0000-7000-8000-000000000000"])
def test_no_address_breaks_the_page(sharing: Sharing, bob: FlaskClient, path: str) -> None:
    book = sharing.make()
    for place in (f"/o/book/{book}/shares", "/o/book/shares"):
        assert 400 <= send(bob, f"{place}/{path}").status_code < 500
    assert bob.get(f"/o/book/{book}/shares?done=%00%3Cscript%3E&role=%27").status_code == 200
    assert bob.get("/ui/subjects?q=%00%27%25").status_code == 200
