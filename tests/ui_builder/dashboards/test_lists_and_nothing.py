"""Lists on a dashboard say what their columns are, and a card with nothing in it what can be done about that."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dougong_platform import own_documents, records
from dougong_platform.own_documents.sharing import share
from shelving import Person, Shelving


@pytest.fixture
def kept(shelving: Shelving) -> Any:
    """`kept(widget, **further)`: the address of a dashboard of Ann's with this widget, called `one`."""

    def keep(widget: dict[str, Any], **further: Any) -> str:
        body = {"widgets": {"one": {"at": [0, 0, 6, 6], **widget}}, **further}
        made = own_documents.create(shelving.caller(shelving.ann), "dashboard", "Some", body)
        return f"/dashboards/{made.id}"

    return keep


def card(of: Person, dashboard: str) -> str:
    answer = of.get(f"{dashboard}/widgets/one", island=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def heads(card: str) -> list[str]:
    assert '<thead class="dg-sr"' not in card
    return [re.sub("<[^>]+>", "", one).strip() for one in re.findall(r"<th [^>]*>(.*?)</th>", card, re.DOTALL)]


def test_a_list_has_heads_that_can_be_read(ann: Person, kept: Any) -> None:
    where = kept({"type": "list", "list_view": "book_all", "columns": ["pages", "state"]})
    assert heads(card(ann, where)) == ["Title", "Pages", "State"]


def test_columns_without_room_are_left_out_and_never_the_name(ann: Person, kept: Any) -> None:
    columns = ["state", "price", "pages", "due", "discount", "shelf"]
    small = heads(card(ann, kept({"type": "list", "list_view": "book_all", "columns": columns, "at": [0, 0, 6, 6]})))
    whole = heads(card(ann, kept({"type": "list", "list_view": "book_all", "columns": columns, "at": [0, 0, 12, 6]})))
    assert small == ["Title", "State", "Price", "Pages"]
    assert whole[: len(small)] == small
    assert len(whole) > len(small)


@pytest.mark.parametrize("at", [[0, 0, 4, 6], [0, 0, 8, 6]])
def test_a_number_in_a_line_says_what_it_counts(ann: Person, kept: Any, shelving: Shelving, at: list[int]) -> None:
    records.create(shelving.caller(shelving.ann), "book", [{"title": "Thin", "pages": 11, "due": "2020-02-02"}])
    where = {"object": "book", "where": 'title = "Thin"', "columns": ["pages", "price"], "when": "due"}
    lines = re.sub("<[^>]+>", "", card(ann, kept({"type": "list", "at": at, **where})))
    assert re.search(r"Pages\s+11", lines)
    assert "Price" not in lines  # an amount has its currency


def test_a_view_that_many_have_is_called_with_whose_it_is(ann: Person, kept: Any) -> None:
    where = kept({"type": "list", "list_view": "book_open", "columns": []})
    assert "<h2" in card(ann, where)
    title = re.search(r'<h2[^>]*title="([^"]+)"', card(ann, where))
    assert title is not None
    assert "Books" in title[1]


@pytest.mark.parametrize(
    ("widget", "says", "leads"),
    [
        ({"type": "list", "object": "book", "where": "price < 0"}, "No records here", "/o/book"),
        ({"type": "leaderboard", "report": "books_by_owner"}, "longer period", "/reports/books_by_owner"),
        ({"type": "table", "report": "books_by_state"}, "longer period", "/reports/books_by_state"),
        ({"type": "chart", "report": "books_by_state"}, "longer period", "/reports/books_by_state"),
        ({"type": "approvals"}, "Nothing waits for you", "/approvals"),
        ({"type": "calendar", "object": "book", "field": "read_at", "where": "price < 0"}, "New Book", "/o/book/new"),
    ],
)  # fmt: skip
def test_a_card_with_nothing_leads_on(
    bob: Person, shelving: Shelving, widget: dict[str, Any], says: str, leads: str
) -> None:
    body = {"filters": {"period": "all"}, "widgets": {"one": {"at": [0, 0, 6, 6], **widget}}}
    made = own_documents.create(shelving.caller(shelving.bob, "reader"), "dashboard", "None", body)
    shown = card(bob, f"/dashboards/{made.id}")
    assert says in shown
    assert f'href="{leads}' in shown.split("dg-widget-empty")[1]


def test_an_empty_dashboard_of_somebody_else_offers_the_others(ann: Person, bob: Person, shelving: Shelving) -> None:
    caller = shelving.caller(shelving.ann)
    made = own_documents.create(caller, "dashboard", "Bare", {"widgets": {}})
    share(caller, str(made.id), [{"kind": "user", "id": str(shelving.bob), "access": "read"}])
    shown = bob.get(f"/dashboards/{made.id}").text
    assert "has not put anything on it yet" in shown
    assert 'href="/dashboards"' in shown
    assert "Put numbers, charts and lists on it" in ann.get(f"/dashboards/{made.id}").text


def test_a_list_waits_on_a_phone_as_high_as_it_will_be(ann: Person, kept: Any) -> None:
    def waits(widget: dict[str, Any]) -> int:
        found = re.search(r"--waits:(\d+)px", ann.get(kept({"type": "list", "list_view": "book_all", **widget})).text)
        assert found is not None
        return int(found[1])

    few, many = waits({"limit": 3}), waits({"limit": 9})
    assert 0 < few < many
    assert waits({"limit": 9, "at": [0, 0, 4, 6]}) < few, "narrow ones are seldom full"
    assert waits({"limit": 9, "when": "due", "done": {"field": "state", "value": "done"}}) == many
