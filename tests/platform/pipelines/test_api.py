"""The endpoints of pipelines over HTTP."""

from __future__ import annotations

import pytest

from bindery import a_book, stands
from dougong_platform.http.engine import Engine
from reading import Client, Reading


@pytest.fixture(scope="module")
def client(bindery_app: Engine, bindery: Reading) -> Client:
    return Client(bindery_app.test_client(), bindery.token(bindery.ann))


def test_the_stages_of_a_record(client: Client, bindery: Reading) -> None:
    book = a_book(bindery)
    stands(bindery, book, 7)
    status, found = client.get(f"/api/v1/records/book/{book}/stages")
    assert status == 200
    (one,) = found["pipelines"]
    assert (one["pipeline"], one["field"], one["value"]) == ("making", "stage", "idea")
    stages = {stage["value"]: stage for stage in one["stages"]}
    assert (stages["idea"]["current"], stages["idea"]["days"], stages["idea"]["stalled"]) == (True, 7, True)
    assert stages["draft"]["allowed"]
    assert not stages["proof"]["allowed"]
    assert stages["draft"]["needs"][0] == {
        "kind": "field", "stage": "draft", "name": "shelf", "label": "Shelf", "met": False, "reason": False,
    }  # fmt: skip
    assert [item["name"] for item in stages["draft"]["checklist"]] == ["read_once", "spelling"]
    assert [stay["value"] for stay in one["stays"]] == ["idea"]
    assert client.get("/api/v1/records/book/01a20475-20a2-78d7-818f-ccec7a630482/stages")[0] == 404
    assert client.get(f"/api/v1/records/shelf/{book}/stages")[0] == 404


def test_items_are_ticked_and_unticked(client: Client, bindery: Reading) -> None:
    book = a_book(bindery)
    item = f"/api/v1/records/book/{book}/checklist/draft/read_once"
    assert client.post(item, method="PUT") == (200, {"ticked": True, "changed": True})
    assert client.post(item, method="PUT") == (200, {"ticked": True, "changed": False})
    found = client.get(f"/api/v1/records/book/{book}/stages")[1]["pipelines"][0]["stages"][1]
    assert found["checklist"][0]["ticked_by.name"] == "Ann"
    assert client.get(f"/api/v1/records/book/{book}/history")[1]["history"][0]["tick"]["item"] == "read_once"
    assert client.post(item, method="DELETE") == (200, {"ticked": False, "changed": True})
    assert client.post(item.replace("read_once", "other"), method="PUT")[0] == 404


def test_a_board_by_view_filter_and_pipeline(client: Client, bindery: Reading) -> None:
    a_book(bindery, "Dear", price="70")
    status, found = client.get("/api/v1/boards/book", view="book_dear")
    assert status == 200
    assert (found["pipeline"], found["field"], found["total"]) == ("making", "stage", "price")
    cards = [card["record"] for lane in found["lanes"] for card in lane["cards"]]
    assert [card["title"] for card in cards] == ["Dear"]
    assert next(lane for lane in found["lanes"] if lane["cards"])["sums"] == {"CNY": "70.00"}
    assert client.get("/api/v1/boards/book", pipeline="manuals")[1]["pipeline"] == "manuals"
    for wrong in ({"pipeline": "x"}, {"view": "x"}, {"filter": "x >"}, {"total": "title"}):
        assert client.get("/api/v1/boards/book", **wrong)[0] == 400
    assert client.get("/api/v1/boards/shelf")[0] == 400
    assert client.get("/api/v1/boards/nothing")[0] == 404
