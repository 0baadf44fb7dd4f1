"""Several people at one report: two windows that save, a share that ends while somebody works, a report that is removed
while another's dashboard shows it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dougong_platform import own_documents
from dougong_platform.own_documents.sharing import share
from kept_reports import BODY, Kept
from reading import Client

OWN = "/api/v1/own-documents"


@pytest.fixture
def report(kept: Kept) -> str:
    """Bob's, which dan may edit and cat read."""
    made = own_documents.create(kept.caller("bob"), "report", "Ours", BODY)
    people = [{"kind": "user", "id": kept["dan"], "access": "edit"}, {"kind": "user", "id": kept["cat"]}]
    share(kept.caller("bob"), made.id, people)
    return made.id


def change(client: Client, id: str, version: int, **more: Any) -> tuple[int, Any]:
    return client.post(f"{OWN}/{id}", {"version": version, **more}, method="PATCH")


def test_the_second_window_gets_both_and_decides(report: str, client_as: Callable[..., Client]) -> None:
    bob, dan = client_as("bob"), client_as("dan")
    assert change(bob, report, 1, body={**BODY, "limit": 5})[0] == 200
    status, told = change(dan, report, 1, body={**BODY, "limit": 7})
    assert (status, told["code"]) == (409, "document_changed")
    assert "Bob" in told["detail"]
    assert (told["current"]["version"], told["current"]["body"]["limit"]) == (2, 5)
    status, kept_now = change(dan, report, told["current"]["version"], body={**BODY, "limit": 7})
    assert (status, kept_now["body"]["limit"], kept_now["version"]) == (200, 7, 3)


def test_of_two_windows_at_the_same_moment_one_is_told(report: str, client_as: Callable[..., Client]) -> None:
    windows = [client_as(name) for name in ("bob", "dan", "bob", "dan")]
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda n: change(windows[n], report, 1, body={**BODY, "limit": n + 1})[0], range(len(windows)))
        )
    assert sorted(found) == [200, 409, 409, 409]


def test_a_share_that_ends_ends_what_is_open(report: str, kept: Kept, client_as: Callable[..., Client]) -> None:
    dan = client_as("dan")
    assert dan.post(f"/api/v1/reports/{report}/run", {})[0] == 200
    share(kept.caller("bob"), report, [])
    status, told = change(dan, report, 1, label="Mine now")
    assert (status, told["code"]) == (404, "not_found")
    assert "current" not in told
    assert dan.post(f"/api/v1/reports/{report}/run", {})[0] == 404
    assert dan.post(f"/api/v1/reports/{report}/records", {"value": "n"})[0] == 404
    assert own_documents.find(kept.caller("bob"), report).label == "Ours"


def test_a_share_that_becomes_reading_keeps_the_page_and_refuses_the_save(
    report: str, kept: Kept, client_as: Callable[..., Client]
) -> None:
    dan = client_as("dan")
    share(kept.caller("bob"), report, [{"kind": "user", "id": kept["dan"], "access": "read"}])
    assert change(dan, report, 1, label="Mine now")[0] == 403
    assert dan.post(f"/api/v1/reports/{report}/run", {})[0] == 200


@pytest.mark.parametrize("how", ["removed", "unshared"])
def test_a_report_that_goes_leaves_its_card_on_anothers_dashboard_and_comes_back(
    report: str, kept: Kept, client_as: Callable[..., Client], how: str
) -> None:
    cat = client_as("cat")
    widgets = {
        "theirs": {"type": "table", "report": report, "at": [0, 0, 4, 4]},
        "n": {"type": "number", "object": "book", "value": "COUNT()", "at": [4, 0, 4, 4]},
    }
    board = own_documents.create(kept.caller("cat"), "dashboard", "Board", {"widgets": widgets}).id
    one = f"/api/v1/dashboards/{board}/widgets"
    assert cat.get(f"{one}/theirs")[1]["type"] == "table"
    if how == "removed":
        own_documents.remove(kept.caller("bob"), report)
    else:
        share(kept.caller("bob"), report, [])
    status, told = cat.get(f"{one}/theirs")
    assert (status, told["type"]) == (200, "text")
    assert "not shared with you, or not there any more" in str(told["data"])
    assert cat.get(f"{one}/n")[0] == 200
    mine = cat.get(f"{OWN}/{board}")[1]
    assert mine["body"]["widgets"]["theirs"]["report"] == report  # what cat keeps is not rewritten
    assert change(cat, board, 1, label="Still mine")[0] == 200
    if how == "removed":
        own_documents.restore(kept.caller("bob"), report)
        assert cat.get(f"{one}/theirs")[1]["type"] == "table"
