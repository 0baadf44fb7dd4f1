"""Moves to another stage as forms send them: who may take them back, where one goes afterwards, what islands get."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from bindery import a_book, a_shelf
from catalogue_room import csrf, signed_in
from dougong_platform.http.engine import Engine
from dougong_platform.query import get
from dougong_platform.records import update
from dougong_tenants.people import update_user
from reading import Reading

JSON = {"HX-Request": "true", "Accept": "application/json, text/html"}


@pytest.fixture
def ann(bindery_app: Engine, bindery: Reading) -> FlaskClient:
    update_user(bindery.database, bindery.tenant, bindery.ann, {"locale": "en"}, by=bindery.ann)
    return signed_in(bindery_app)


def stage_of(bindery: Reading, book: str) -> object:
    return get(bindery.admin, "book", book, ["stage"])["stage"]


def post(client: FlaskClient, path: str, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str, str]:
    answer = client.post(path, data={"csrf_token": csrf(client), **form}, headers=headers)
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_only_ones_own_last_move_is_taken_back_past_the_gates(ann: FlaskClient, bindery: Reading) -> None:
    mine, theirs = (
        a_book(bindery, stage="proof", price="20"),
        a_book(bindery, stage="proof", price="20", owner=bindery.bob),
    )
    assert post(ann, f"/o/book/{mine}/stage", value="sold")[0] == 303
    post(ann, f"/o/book/{mine}/revert/2")
    assert stage_of(bindery, mine) == "proof"
    update(bindery.reader, "book", [{"id": theirs, "stage": "sold"}])
    post(ann, f"/o/book/{theirs}/revert/2")
    assert stage_of(bindery, theirs) == "sold"


def test_after_a_move_one_is_where_one_was(ann: FlaskClient, bindery: Reading) -> None:
    book = a_book(bindery, stage="proof", price="20")
    board = "/o/book/board?view=book_dear"
    assert post(ann, f"/o/book/{book}/stage", value="sold", board=board)[:2] == (303, board)
    for elsewhere in ("//other.test/o/book/board", "https://other.test", "/o/bookboard"):
        other = a_book(bindery, stage="proof", price="20")
        assert post(ann, f"/o/book/{other}/stage", value="sold", board=elsewhere)[:2] == (303, f"/o/book/{other}")


def test_the_boards_island_gets_what_became_of_it(ann: FlaskClient, bindery: Reading) -> None:
    book = a_book(bindery, stage="proof", price="20")
    board = "/o/book/board"
    refused = ann.post(
        f"/o/book/{book}/stage", data={"csrf_token": csrf(ann), "value": "nowhere", "board": board}, headers=JSON
    )
    assert refused.status_code == 409
    assert refused.get_json()["moved"] is False
    asked = ann.post(
        f"/o/book/{book}/stage", data={"csrf_token": csrf(ann), "value": "pulped", "board": board}, headers=JSON
    )
    assert asked.status_code == 422
    assert 'name="m.why"' in asked.text
    moved = ann.post(
        f"/o/book/{book}/stage", data={"csrf_token": csrf(ann), "value": "sold", "board": board}, headers=JSON
    )
    assert (moved.status_code, moved.get_json()["undo"]) == (200, f"/o/book/{book}/revert/2")


def test_a_field_that_was_not_asked_for_is_not_written_by_a_move(ann: FlaskClient, bindery: Reading) -> None:
    book = a_book(bindery, "Kept", stage="proof", price="20")
    sent = {"csrf_token": csrf(ann), "value": "sold", "m.title": "Changed", "m.price": "1"}
    assert ann.post(f"/o/book/{book}/stage", data=sent).status_code == 303
    found = get(bindery.admin, "book", book, ["title", "price", "stage"])
    assert (found["title"], found["price"], found["stage"]) == ("Kept", "20.00", "sold")


def test_ways_and_heads_of_a_board(ann: FlaskClient, bindery: Reading) -> None:
    book = a_book(bindery, shelf=a_shelf(bindery), price="3")
    ways = ann.get(f"/o/book/board/ways/{book}").get_json()
    assert ways["draft"] == {"open": True, "text": "1 missing: Read once."}
    assert ways["proof"]["open"] is False
    assert "idea" not in ways
    heads = ann.get("/o/book/board/heads").get_json()
    assert set(heads) == {"idea", "draft", "proof", "sold", "pulped"}
    assert "data-count" in heads["idea"]
    assert ann.get("/o/shelf/board").status_code == 400
    assert ann.get("/o/book/board?filter=x+>").status_code == 200  # says what is wrong with it
