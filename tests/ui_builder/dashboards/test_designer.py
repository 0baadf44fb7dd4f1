"""The designer of dashboards, as those without JavaScript use it: making, adding, settings, places, keeping."""

from __future__ import annotations

import re

import orjson
import pytest

from dougong_platform import own_documents
from dougong_platform.http.csrf import csrf_token
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_ui_builder.screens.dashboards.designing.places import free_place, placed, stepped
from shelving import Person, Shelving


def made(of: Person, label: str, **more: str) -> str:
    """The key of a new dashboard."""
    answer = of.post("/dashboards/new", label=label, **more)
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/dashboards/([^/]+)/edit", answer.location)
    assert found is not None
    return found[1]


def test_somebody_makes_a_dashboard_for_himself_and_fills_it(bob: Person, shelving: Shelving) -> None:
    key = made(bob, "My books")
    assert "This dashboard is empty" in bob.get(f"/dashboards/{key}").text
    page = bob.get(f"/dashboards/{key}/edit/add").text
    assert "Leaderboard" in page
    assert 'value="books_by_state"' in page
    for kind, source in (("number", "books_by_state"), ("list", "book_mine"), ("calendar", "book"), ("text", "")):
        answer = bob.post(f"/dashboards/{key}/edit/add", type=kind, source=source)
        assert answer.status_code == 303, answer.text
    body = own_documents.find(shelving.caller(shelving.bob, "reader"), key).body
    assert [one["type"] for one in body["widgets"].values()] == ["number", "list", "calendar", "text"]
    assert "Cannot be shown" not in bob.get(f"/dashboards/{key}", all="1").text
    assert "My books" in bob.get("/dashboards").text


def test_settings_come_as_a_drawer_or_a_page_and_say_what_is_wrong(bob: Person) -> None:
    key = made(bob, "Settings")
    bob.post(f"/dashboards/{key}/edit/add", type="number", source="books_by_state")
    url = f"/dashboards/{key}/edit/widgets/books_by_state"
    page = bob.get(url).text
    assert "<main" in page
    assert 'name="b/target"' in page
    assert 'name="b/where"' not in page  # goes with an object alone
    assert "<main" not in bob.get(url, island=True).text
    said = {"b/report": "books_by_state", "b/value": "worth", "b/target": "500", "b/label/en": "What it is worth"}
    assert bob.post(url, **said, x="2", y="1", w="4", h="3").status_code == 303
    shown = bob.get(f"/dashboards/{key}", all="1").text
    assert "What it is worth" in shown
    assert "--x:3;--y:2;--w:4;--h:3" in shown
    wrong = bob.post(url, **{**said, "b/value": "nothing"}, x="2", y="1", w="4", h="3")
    assert wrong.status_code == 422
    assert "nothing" in wrong.text
    assert 'aria-invalid="true"' in wrong.text


def test_an_own_report_stands_on_an_own_dashboard_and_is_shared_apart(bob: Person, shelving: Shelving) -> None:
    reader = shelving.caller(shelving.bob, "reader")
    body = {"object": "book", "rows": [{"by": "state"}], "values": {"n": "COUNT()"}, "chart": {"type": "column"}}
    report = own_documents.create(reader, "report", "My own count", body)
    key = made(bob, "With my report")
    assert bob.post(f"/dashboards/{key}/edit/add", type="chart", source=report.id).status_code == 303
    page = bob.get(f"/dashboards/{key}", all="1").text
    assert "My own count" in page
    assert "Cannot be shown" not in page
    own_documents.remove(reader, report.id)
    gone = bob.get(f"/dashboards/{key}", all="1").text
    assert "not shared with you, or not there any more" in gone


def test_widgets_go_up_and_down_and_away(bob: Person) -> None:
    key = made(bob, "Order")
    for kind in ("text", "announcement", "approvals"):
        bob.post(f"/dashboards/{key}/edit/add", type=kind, source="")

    def order() -> list[str]:
        return re.findall(r'id="o-([a-z_]+)"', bob.get(f"/dashboards/{key}/edit").text)

    before = order()
    assert sorted(before) == ["announcement", "approvals", "text"]
    bob.post(f"/dashboards/{key}/edit/widgets/{before[2]}/move", by="up")
    assert order() == [before[0], before[2], before[1]]
    bob.post(f"/dashboards/{key}/edit/widgets/{before[0]}/remove")
    assert order() == [before[2], before[1]]


def test_the_name_and_filters_are_kept(bob: Person) -> None:
    key = made(bob, "Before")
    answer = bob.post(f"/dashboards/{key}/edit", label="After", period="this_year", compare="year_ago", owner="true")
    assert answer.status_code == 303, answer.text
    page = bob.get(f"/dashboards/{key}").text
    assert "After" in page
    assert 'name="period"' in page
    assert 'name="owner"' in page
    assert 'name="department"' not in page


def saved(of: Person, key: str, body: object, token: str) -> tuple[int, dict[str, str]]:
    cookie = of.http.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    headers = {
        "X-CSRF-Token": csrf_token(cookie.value),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    answer = of.http.post(
        f"/dashboards/{key}/edit/save", data=orjson.dumps({"body": body, "token": token}), headers=headers
    )
    return answer.status_code, answer.json or {}


def test_the_island_saves_by_state_and_hears_of_others(bob: Person) -> None:
    key = made(bob, "Saved")
    status, first = saved(bob, key, {"widgets": {"w": {"type": "text", "text": "Hello", "at": [0, 0, 4, 3]}}}, "1")
    assert (status, first) == (200, {"token": "2"})
    status, overtaken = saved(bob, key, {"widgets": {}}, "1")
    assert (status, overtaken["token"]) == (409, "2")
    status, wrong = saved(bob, key, {"widgets": {"w": {"type": "text", "text": "Hello", "at": [11, 0, 4, 3]}}}, "2")
    assert status == 422
    assert wrong["detail"]
    assert saved(bob, key, {"view_as": "ann@library.test", "widgets": {}}, "2")[0] == 422
    assert saved(bob, key, "nothing", "2")[0] == 400


def test_it_is_shown_as_a_phone_will_show_it(bob: Person) -> None:
    key = made(bob, "Small", **{"from": "overview"})
    page = bob.get(f"/dashboards/{key}/edit/phone").text
    assert "On a phone" in page
    shown = re.findall(rf'hx-get="/dashboards/{key}/edit/widgets/([^/]+)/card"', page)
    assert shown[:5] == ["worth", "open", "cost", "news", "states"]


def test_a_document_is_changed_in_the_draft(ann: Person, bob: Person) -> None:
    page = ann.get("/dashboards/watched/edit").text
    assert "nobody sees it until it is published" in page
    assert ann.post("/dashboards/watched/edit/widgets/mine/remove").status_code == 303
    assert 'id="o-mine"' not in ann.get("/dashboards/watched/edit").text
    assert 'id="w-mine"' in ann.get("/dashboards/watched").text
    assert bob.get("/dashboards/watched/edit").status_code == 403
    assert bob.post("/dashboards/watched/edit/widgets/worth/remove").status_code == 403
    key = made(ann, "For all", where="draft")
    assert key == "for_all"
    assert ann.get(f"/dashboards/{key}").status_code == 404  # not published
    assert "For all" in ann.get(f"/dashboards/{key}/edit").text
    assert bob.post("/dashboards/new", label="x", where="draft").status_code == 403


def test_a_copy_is_ones_own(bob: Person) -> None:
    assert "Overview (copy)" in bob.get("/dashboards/new", **{"from": "overview"}).text
    key = made(bob, "Mine now", **{"from": "overview"})
    assert 'id="w-states"' in bob.get(f"/dashboards/{key}").text
    assert bob.get("/dashboards/new", **{"from": "keepers"}).status_code == 404


def test_nobody_opens_or_changes_what_another_keeps(ann: Person, bob: Person) -> None:
    key = made(bob, "Private")
    for path in (f"/dashboards/{key}", f"/dashboards/{key}/edit", f"/dashboards/{key}/edit/add"):
        assert ann.get(path).status_code == 404
    assert ann.post(f"/dashboards/{key}/edit", label="Taken").status_code == 404


def test_an_own_dashboard_is_shared_and_deleted_and_comes_back(bob: Person, ann: Person) -> None:
    key = made(bob, "Short-lived")
    page = bob.get(f"/dashboards/{key}").text
    for address in ("share", "subscribe"):
        assert f"/dashboards/{key}/{address}" in page
        assert bob.get(f"/dashboards/{key}/{address}").status_code == 200
    assert ann.post(f"/dashboards/{key}/delete").status_code == 404
    assert bob.post(f"/dashboards/{key}/delete").location == "/dashboards"
    assert bob.get(f"/dashboards/{key}").status_code == 404
    assert bob.post(f"/dashboards/{key}/restore").location == f"/dashboards/{key}"
    assert bob.get(f"/dashboards/{key}").status_code == 200
    assert "/delete" not in bob.get("/dashboards/overview").text.split('id="main"')[1]


def test_settings_offer_values_and_dates_by_their_names(bob: Person) -> None:
    key = made(bob, "By names")
    bob.post(f"/dashboards/{key}/edit/add", type="leaderboard", source="books_by_state")
    bob.post(f"/dashboards/{key}/edit/add", type="calendar", source="book")
    ranking = bob.get(f"/dashboards/{key}/edit/widgets/books_by_state").text
    assert re.search(r'<option value="worth"[^>]*>Worth</option>', ranking)
    days = bob.get(f"/dashboards/{key}/edit/widgets/book").text
    assert re.search(r'<option value="due" selected>Due</option>', days)
    assert '<option value="price"' not in days


@pytest.mark.parametrize("type", ["nothing", "chart", "list"])
def test_only_what_there_is_can_be_added(bob: Person, type: str) -> None:
    key = made(bob, "Odd")
    assert bob.post(f"/dashboards/{key}/edit/add", type=type, source="gone").status_code == 404


def test_a_new_widget_stands_in_free_room() -> None:
    assert free_place({}, "number") == [0, 0, 3, 3]
    assert free_place({"a": {"at": [0, 0, 3, 3]}}, "number") == [3, 0, 3, 3]
    assert free_place({"a": {"at": [0, 0, 12, 3]}}, "number") == [0, 3, 3, 3]
    beside_a_higher_one = {"a": {"at": [0, 0, 12, 2]}, "b": {"at": [0, 2, 6, 9]}}
    assert free_place(beside_a_higher_one, "leaderboard") == [6, 2, 4, 6]


def test_what_is_in_the_way_moves_down() -> None:
    widgets = {"a": {"type": "text", "at": [0, 0, 4, 3]}, "b": {"type": "text", "at": [4, 0, 4, 3]}}
    assert placed(widgets, "a", [2, 0, 4, 3])["b"]["at"] == [4, 3, 4, 3]
    assert placed(widgets, "a", [20, 0, 4, 3])["a"]["at"] == [8, 0, 4, 3]
    assert stepped(widgets, "b", -1)["b"]["at"] == [0, 0, 4, 3]
    assert stepped(widgets, "a", -1) == widgets
