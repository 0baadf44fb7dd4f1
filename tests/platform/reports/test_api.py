"""Reports over HTTP: which there are, their numbers, the records of a cell, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_platform.http.engine import Engine
from reading import Client
from shelving import Shelving

ALL = "/api/v1/reports"
UNKEPT: dict[str, Any] = {"object": "book", "rows": ["state"], "values": {"n": "COUNT()"}}


@pytest.fixture
def ann(counted: Shelving, counted_app: Engine) -> Client:
    return Client(counted_app.test_client(), counted.token(counted.ann))


@pytest.fixture
def bob(counted: Shelving, counted_app: Engine) -> Client:
    return Client(counted_app.test_client(), counted.token(counted.bob))


def keys(client: Client) -> list[str]:
    return [one["key"] for one in client.get(ALL)[1]["reports"]]


def test_reports_are_named_for_those_who_may_see_them(ann: Client, bob: Client) -> None:
    status, answer = ann.get(ALL)
    assert status == 200
    by_shelf = next(one for one in answer["reports"] if one["key"] == "by_shelf")
    assert by_shelf == {
        "key": "by_shelf",
        "label": "Books by shelf",
        "description": "What stands where and what it is worth.",
        "folder": "Stock",
        "object": "book",
        "type": "summary",
        "own": False,
        "owner": None,
        "editable": True,
        "broken": False,
    }
    assert "for_keepers" in keys(ann)
    assert "for_keepers" not in keys(bob)
    assert bob.get(f"{ALL}/for_keepers")[0] == 404
    assert bob.post(f"{ALL}/for_keepers/run", {})[0] == 404
    assert bob.post(f"{ALL}/for_keepers/records", {})[0] == 404


def test_a_report_comes_with_its_document(ann: Client) -> None:
    status, answer = ann.get(f"{ALL}/late_books")
    assert status == 200
    assert answer["report"]["where"] == 'state = "late"'
    assert answer["report"]["fields"] == ["title", "shelf", "price", "due", "owner"]


def test_a_document_that_names_what_one_may_not_know_is_kept_back(bob: Client) -> None:
    status, answer = bob.get(f"{ALL}/what_they_cost")
    assert (status, answer["report"]) == (200, None)
    assert "cost)" not in str(answer)
    status, answer = bob.post(f"{ALL}/what_they_cost/run", {})
    assert status in (400, 403)


def test_numbers_follow_what_is_set(ann: Client, counted: Shelving) -> None:
    status, answer = ann.post(f"{ALL}/by_shelf/run", {})
    assert (status, answer["period"]) == (200, ["2026-01-08", "2026-01-29"])
    status, answer = ann.post(f"{ALL}/by_shelf/run", {"period": "all", "sort": ["-n"]})
    assert status == 200
    assert answer["total"]["all"][0] == 130
    tops = [row["all"][0] for row in answer["rows"] if len(row["keys"]) == 1]
    assert tops == sorted(tops, reverse=True)
    status, answer = ann.post(f"{ALL}/by_shelf/run", {"owner": counted.bob})
    assert (status, answer["rows"], answer["total"]["all"][0]) == (200, [], 0)
    status, answer = ann.post(f"{ALL}/by_shelf/run", {"where": "price < 20", "period": "all"})
    assert answer["total"]["all"][0] == 20
    status, answer = ann.post(f"{ALL}/worth_then_and_now/run", {"compare": "none"})
    assert [head["role"] for head in answer["values"]] == ["value"]


def test_everybody_counts_his_own(bob: Client) -> None:
    assert bob.post(f"{ALL}/by_shelf/run", {"period": "all"})[1]["total"]["all"][0] == 0
    assert bob.post(f"{ALL}/late_books/run", {})[1]["records"] == []


def test_a_list_comes_in_pages(ann: Client) -> None:
    wide = {"report": {"object": "book", "type": "list", "fields": ["title"], "sort": ["title"]}}
    titles: list[str] = []
    cursor = None
    while True:
        status, answer = ann.post(f"{ALL}/run", wide | {"cursor": cursor})
        assert status == 200
        titles += [record["title"] for record in answer["records"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert titles == [f"Book {n:03}" for n in range(130)]


def test_every_cell_leads_to_exactly_its_records(ann: Client) -> None:
    answer = ann.post(f"{ALL}/by_shelf/run", {})[1]
    n, worth = 0, 1
    for row in answer["rows"]:
        status, found = ann.post(f"{ALL}/by_shelf/records", {"row": row["keys"], "value": "worth", "limit": 1000})
        assert status == 200
        assert (found["object"], found["count"], found["value"]) == ("book", row["all"][n], row["all"][worth])
        assert len(found["records"]) == found["count"]
        assert sum(float(record["price"]) for record in found["records"]) == float(found["value"])
        listed = ann.get("/api/v1/records/book", filter=found["filter"], limit=1000, count="true")[1]
        assert {one["id"] for one in listed["records"]} == {one["id"] for one in found["records"]}


def test_a_cell_of_a_matrix_is_named_by_both_its_keys(ann: Client) -> None:
    answer = ann.post(f"{ALL}/shelf_by_state/run", {})[1]
    for column, cell in list(zip(answer["columns"], answer["rows"][0]["cells"], strict=True))[::4]:
        body = {"row": answer["rows"][0]["keys"], "column": column["keys"], "value": "n", "fields": ["title"]}
        status, found = ann.post(f"{ALL}/shelf_by_state/records", body)
        assert (status, found["count"]) == (200, cell[0] or 0)
        assert all(record.keys() == {"id", "title", "version"} for record in found["records"])


def test_records_come_in_pages(ann: Client) -> None:
    first = ann.post(f"{ALL}/by_shelf/records", {"limit": 10})[1]
    second = ann.post(f"{ALL}/by_shelf/records", {"limit": 10, "cursor": first["next"]})[1]
    assert len(first["records"]) == len(second["records"]) == 10
    assert {one["id"] for one in first["records"]}.isdisjoint(one["id"] for one in second["records"])


def test_what_is_not_kept_can_be_run(ann: Client, bob: Client) -> None:
    status, answer = ann.post(f"{ALL}/run", {"report": UNKEPT})
    assert (status, [row["keys"] for row in answer["rows"]]) == (200, [["open"], ["late"], ["done"]])
    status, answer = bob.post(f"{ALL}/run", {"report": {**UNKEPT, "values": {"c": "SUM(cost)"}}})
    assert status == 422
    assert "hint" not in str(answer) or "cost" not in str(answer.get("hint"))


@pytest.mark.parametrize(
    "body",
    [
        {"period": "some_day"},
        {"where": "no_such > 1"},
        {"where": "price >"},
        {"compare": "sideways"},
        {"owner": "nobody"},
        {"department": 5},
        {"sort": "n"},
        {"sort": ["n"] * 11},
        {"wombat": 1},
        {"cursor": 7},
    ],
)
def test_wrong_settings_are_refused(ann: Client, body: dict[str, Any]) -> None:
    status, answer = ann.post(f"{ALL}/by_shelf/run", body)
    assert status in (400, 422), answer
    assert answer["code"]


@pytest.mark.parametrize(
    "body",
    [
        {"row": ["x", "y", "z"]},
        {"row": [{"a": 1}]},
        {"row": [[1]]},
        {"row": "North"},
        {"row": ["not an id"]},
        {"column": ["x"]},
        {"value": "no_such"},
        {"value": "worth@before"},
        {"row": [None] * 30},
        {"limit": 0},
        {"limit": 10_000},
        {"fields": ["no_such"]},
    ],
)
def test_what_is_no_cell_is_refused(ann: Client, body: dict[str, Any]) -> None:
    status, answer = ann.post(f"{ALL}/by_shelf/records", body)
    assert status in (400, 422), answer


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"object": "no_such"},
        {"object": "book", "values": {"n": "COUNT("}},
        {"object": "book", "values": {"n": "title"}},
        {"object": "book", "rows": ["no_such"], "values": {"n": "COUNT()"}},
        {"object": "book", "type": "wombat"},
        {"object": "book", "rows": [{"by": "state", "every": "month"}], "values": {"n": "COUNT()"}},
        {"object": "book", "values": {"n": "COUNT()"}, "wombat": True},
        {"object": "book", "values": []},
    ],
)
def test_a_report_that_means_nothing_is_refused_with_every_problem(ann: Client, report: dict[str, Any]) -> None:
    status, answer = ann.post(f"{ALL}/run", {"report": report})
    assert status == 422, answer


def test_a_token_that_may_read_may_run(counted: Shelving, counted_app: Engine) -> None:
    reader = Client(counted_app.test_client(), counted.token(counted.ann, "read"))
    writer = Client(counted_app.test_client(), counted.token(counted.ann, "write"))
    assert reader.post(f"{ALL}/by_shelf/run", {})[0] == 200
    assert reader.post(f"{ALL}/by_shelf/records", {})[0] == 200
    assert writer.post(f"{ALL}/by_shelf/run", {})[0] == 403
    assert Client(counted_app.test_client(), None).get(ALL)[0] == 401


def test_openapi_describes_them(ann: Client) -> None:
    paths = ann.get("/api/v1/openapi.json")[1]["paths"]
    assert set(paths[ALL]) == set(paths[f"{ALL}/{{key}}"]) == {"get"}
    for part in ("{key}/run", "{key}/records", "run"):
        assert set(paths[f"{ALL}/{part}"]) == {"post"}
