"""Home on the first day, for several permission sets, and where what one may not see leaves room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cockpit
from dougong_metadata.label import Label
from dougong_metadata.model.dashboard_types import DashboardModel, Place, WidgetModel
from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from dougong_tenants.people import set_permission_sets
from dougong_ui_builder.screens.dashboards.made_home import _risen, _with_changes
from reading import Reading, make_reading
from shelving import Person

BOARDS = """
---
kind: dashboard
name: desk
label: {en: The desk, zh: 前台}
for: [keeper]
position: 9
widgets: {}
"""


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, cockpit.DOCUMENTS + BOARDS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def person(office: Reading, tmp_path_factory: pytest.TempPathFactory) -> Person:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=office.database.dsn, secret="test", rate_limit=0)
    return Person(create_app(settings, office.database).test_client(), "bob")


def test_a_company_without_records_is_told_what_to_begin_with(office: Reading, person: Person) -> None:
    page = person.get("/").text
    assert "Nothing is kept here yet" in page
    assert 'href="/o/book/new"' in page
    assert 'href="/imports"' in page
    assert 'href="/builder/people"' not in page, "he may not look after people"
    records.create(office.admin, "shelf", [{"name": "First"}])
    assert "Nothing is kept here yet" not in person.get("/").text


def test_home_leads_to_the_boards_of_ones_other_permission_sets(office: Reading, person: Person) -> None:
    assert "The desk" not in person.get("/").text
    set_permission_sets(office.database, office.tenant, office.bob, ["reader", "keeper"], by=office.ann)
    page = person.get("/").text
    assert 'id="w-worth"' in page, "the lowest position wins"
    assert 'href="/dashboards/desk"' in page
    person.post("/dashboards/home", key="desk")
    page = person.get("/").text
    assert 'id="w-worth"' not in page
    assert 'href="/dashboards/overview"' in page, "and back"


def test_what_is_left_out_leaves_no_room() -> None:
    at = {"side": Place(8, 3, 4, 5), "main": Place(0, 3, 8, 6), "low": Place(0, 12, 12, 4)}
    made = DashboardModel("m", Label("M", "M"), tuple(WidgetModel(name, "list", place) for name, place in at.items()))
    risen = {one.name: (one.place.x, one.place.y) for one in _risen(made).widgets}
    assert risen == {"side": (8, 0), "main": (0, 0), "low": (0, 6)}


def test_what_changed_lately_fills_the_room_that_is_free() -> None:
    def lists(*places: Place) -> DashboardModel:
        return DashboardModel(
            "m", Label("M", "M"), tuple(WidgetModel(f"l{n}", "list", at) for n, at in enumerate(places))
        )

    def changes(made: DashboardModel) -> Place:
        return next(one.place for one in _with_changes(made).widgets if one.type == "changes")

    assert changes(lists(Place(0, 0, 8, 9), Place(8, 0, 4, 5))) == Place(8, 5, 4, 9)
    assert changes(lists(Place(0, 0, 8, 6), Place(8, 0, 4, 14))) == Place(0, 6, 8, 8)
    assert changes(lists(Place(0, 0, 8, 6), Place(8, 0, 4, 7))) == Place(0, 7, 12, 7)
