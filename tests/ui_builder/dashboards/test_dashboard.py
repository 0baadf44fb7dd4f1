"""A dashboard's page: empty cards that load by themselves, filters for all of them, one broken widget among others."""

from __future__ import annotations

import re

import pytest

from dougong_platform import records
from shelving import Person, Shelving

EVERY = ("worth", "open", "news", "states", "owners", "table", "mine", "dear", "days", "wait", "words")


def widget(of: Person, dashboard: str, name: str, **asked: str) -> str:
    answer = of.get(f"/dashboards/{dashboard}/widgets/{name}", island=True, **asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def value_in(card: str) -> str:
    found = re.search(r'class="dg-figure-value"><a [^>]*>([^<]+)<', card)
    assert found is not None, card
    return found[1]


def test_the_page_has_a_card_for_every_widget_and_asks_for_none_of_them(ann: Person) -> None:
    page = ann.get("/dashboards/overview").text
    assert "Overview" in page
    assert re.findall(r'id="w-([a-z]+)"', page) == [
        "worth", "open", "cost", "news", "states", "owners", "table", "mine", "dear", "days", "wait", "words",
    ]  # fmt: skip
    assert "We close early" in page  # words come at once
    assert "Book 0" not in page
    assert "--x:1;--y:4;--w:6;--h:7" in page


def test_every_widget_answers(ann: Person) -> None:
    for name in EVERY:
        assert "Cannot be shown" not in widget(ann, "overview", name), name


def test_without_javascript_the_page_comes_with_everything(ann: Person) -> None:
    page = ann.get("/dashboards/overview", all="1").text
    assert 'hx-trigger="intersect' not in page
    assert value_in(page) == "¥8,385"
    assert "Book 128" in page


def test_one_broken_widget_leaves_the_others_standing(ann: Person, bob: Person) -> None:
    page = bob.get("/dashboards/overview", all="1").text
    assert page.count("Cannot be shown") == 1
    assert "cost" in page.split("Cannot be shown")[1][:600]
    assert "Cannot be shown" not in ann.get("/dashboards/overview", all="1").text


def test_numbers_are_the_viewers_own(ann: Person, bob: Person, shelving: Shelving) -> None:
    records.create(shelving.caller(shelving.bob), "book", [{"title": "Bob's", "price": "7", "state": "open"}])
    assert value_in(widget(bob, "overview", "worth")) == "¥7"
    assert value_in(widget(bob, "overview", "open")) == "1"
    assert value_in(widget(ann, "overview", "worth")) == "¥8,392"


def test_a_number_leads_to_its_records(ann: Person) -> None:
    found = re.search(r'class="dg-figure-value"><a href="([^"]+)"', widget(ann, "overview", "open"))
    assert found is not None
    listed = ann.get(found[1].replace("&amp;", "&")).text
    assert value_in(widget(ann, "overview", "open")) in listed


def test_filters_reach_every_widget(ann: Person, shelving: Shelving) -> None:
    mine = {"owner": shelving.bob}
    assert value_in(widget(ann, "overview", "worth", **mine)) == "¥7"
    assert value_in(widget(ann, "overview", "open", **mine)) == "1"
    assert "Bob&#39;s" not in widget(ann, "overview", "days", **mine, day="2026-01-01")  # it has no day
    assert "Book 0" not in widget(ann, "overview", "days", **mine, day="2026-01-01")
    assert "Book 0" in widget(ann, "overview", "days", day="2026-01-01")
    page = ann.get("/dashboards/overview", period="2026-01-01..2026-01-03").text
    assert "/dashboards/overview/widgets/worth?period=2026-01-01..2026-01-03" in page
    shorter = widget(ann, "overview", "worth", period="2026-01-01..2026-01-03")
    assert value_in(shorter) != "¥8,392"
    assert "/reports/books_by_state/records?period=2026-01-01..2026-01-03" in shorter


def test_a_target_shows_how_far_it_is(ann: Person) -> None:
    card = widget(ann, "overview", "worth")
    assert "Target ¥10,000" in card
    assert "84%" in card
    assert 'role="progressbar"' in card


def test_those_first_stand_first(ann: Person) -> None:
    card = widget(ann, "overview", "owners")
    assert re.findall(r'class="dg-rank[^"]*">(\d)<', card) == ["1", "2"]
    assert card.index("Ann") < card.index("Bob")


def test_a_calendar_goes_from_month_to_month(ann: Person) -> None:
    card = widget(ann, "overview", "days", day="2026-01-15")
    assert "Jan 2026" in card
    assert card.count("<tr>") == 6  # its head and five weeks
    found = re.search(r'href="([^"]+day=2026-02-01[^"]*)"[^>]*aria-label="Later"', card)
    assert found is not None
    assert "Feb 2026" in ann.get(found[1].replace("&amp;", "&"), island=True).text


def test_a_dashboard_for_some_is_closed_to_others(ann: Person, bob: Person) -> None:
    assert ann.get("/dashboards/keepers").status_code == 200
    assert bob.get("/dashboards/keepers").status_code == 404
    assert bob.get("/dashboards/keepers/widgets/all", island=True).status_code == 404
    assert "For keepers" not in bob.get("/dashboards").text


def test_the_numbers_of_somebody_else_are_said_to_be_his(ann: Person, bob: Person, shelving: Shelving) -> None:
    page = bob.get("/dashboards/watched").text
    assert "Numbers of Ann" in page
    assert "only what you may see yourself" in page
    assert value_in(widget(bob, "watched", "worth")) == value_in(widget(ann, "watched", "worth"))
    assert "Book 0" not in widget(bob, "watched", "mine")  # records stay the viewer's own
    found = re.search(r'class="dg-figure-value"><a href="([^"]+)"', widget(bob, "watched", "worth"))
    assert found is not None
    assert "Book 0" not in bob.get(found[1].replace("&amp;", "&")).text
    assert "Numbers of" not in ann.get("/dashboards/watched").text


@pytest.mark.parametrize("path", ["/dashboards/none", "/dashboards/overview/widgets/none", "/dashboards/~/widgets/x"])
def test_what_is_not_there_is_not_found(ann: Person, path: str) -> None:
    assert ann.get(path, island=True).status_code == 404


def test_home_is_the_dashboard_of_ones_role_until_one_chooses_another(ann: Person, bob: Person) -> None:
    assert 'data-dashboard="overview"' in bob.get("/").text
    assert 'data-dashboard="~"' in ann.get("/").text  # she holds no set that a dashboard is for
    assert bob.post("/dashboards/home", key="watched").status_code == 303
    assert 'data-dashboard="watched"' in bob.get("/").text
    assert "You have chosen a home of your own" in bob.get("/dashboards").text
    bob.post("/dashboards/home")
    assert 'data-dashboard="overview"' in bob.get("/").text
    assert bob.post("/dashboards/home", key="keepers").status_code == 404


def test_a_tick_on_a_dashboard_finishes_its_task(ann: Person, shelving: Shelving) -> None:
    card = widget(ann, "overview", "mine")
    found = re.search(r'action="/ui/home/done/book/([^"]+)"', card)
    assert found is not None
    asked = {"dashboard": "overview", "widget": "mine"}
    assert ann.post(f"/ui/home/done/book/{found[1]}", **asked).status_code == 303
    assert found[1] not in widget(ann, "overview", "mine")
    assert ann.post(f"/ui/home/done/book/{found[1]}", dashboard="overview", widget="dear").status_code == 404


def test_a_dashboard_is_printed_whole_with_what_is_set(ann: Person) -> None:
    link = re.search(r'href="(/dashboards/overview\?[^"]*print=1[^"]*)"', ann.get("/dashboards/overview").text)
    assert link is not None
    page = ann.get(link[1].replace("&amp;", "&")).text
    assert "<dg-print>" in page
    assert "Book 128" in page
    assert re.search(r"dg-report-printed[^>]*>Period: ", page)
    assert "<dg-print>" not in ann.get("/dashboards/overview").text
