"""A dashboard that shows everybody one person's numbers is published by whoever decides about people, and by nobody
else; so are the reports on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from reading import Client, Reading, make_reading

DOCUMENTS = """
kind: object
name: book
name_field: title
fields: {title: {type: text}}
---
kind: report
name: shown
object: book
values: {n: COUNT()}
---
kind: report
name: other
object: book
values: {n: COUNT()}
---
kind: permission_set
name: reader
kinds: [report, dashboard]
objects: {book: {read: own}}
"""
WIDGETS = {"a": {"type": "number", "report": "shown", "at": [0, 0, 3, 3]}}


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def whole(office: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=office.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, office.database)


@pytest.fixture
def bob(whole: Engine, office: Reading) -> Client:
    return Client(whole.test_client(), office.token(office.bob))


@pytest.fixture
def ann(whole: Engine, office: Reading) -> Client:
    return Client(whole.test_client(), office.token(office.ann))


def put(client: Client, kind: str, name: str, **body: Any) -> int:
    return client.open(f"/api/v1/metadata/{kind}/{name}", method="PUT", json=body).status_code


def publish(client: Client) -> Any:
    planned = client.get("/api/v1/metadata/plan")[1]
    named = {name: planned[name] for name in ("base", "draft_hash")}
    return client.open("/api/v1/metadata/publish", method="POST", json=named)


def test_a_delegate_publishes_reports_and_dashboards_of_the_viewers_own_access(bob: Client) -> None:
    assert put(bob, "dashboard", "mine", widgets=WIDGETS) == 200
    assert put(bob, "report", "shown", object="book", values={"n": "COUNT()", "m": "COUNT() * 2"}) == 200
    assert publish(bob).status_code == 200


def test_nor_does_whoever_may_not_say_under_whose_access_averages_are_worked_out(ann: Client, bob: Client) -> None:
    assert put(bob, "dashboard", "mine", widgets=WIDGETS, beside_as="ann@library.test") == 200
    refused = publish(bob)
    assert (refused.status_code, refused.json["code"]) == (403, "view_as_needs_people")
    assert publish(ann).status_code == 200


def test_whoever_does_not_decide_about_people_shows_nobody_elses_numbers(ann: Client, bob: Client) -> None:
    assert put(bob, "dashboard", "mine", widgets=WIDGETS, view_as="ann@library.test") == 200
    refused = publish(bob)
    assert (refused.status_code, refused.json["code"]) == (403, "view_as_needs_people")
    assert publish(ann).status_code == 200


def test_nor_changes_what_such_a_dashboard_shows(ann: Client, bob: Client) -> None:
    assert put(bob, "report", "other", object="book", values={"n": "COUNT()", "m": "1 + COUNT()"}) == 200
    assert publish(bob).status_code == 200, "that report is on no such dashboard"
    assert put(bob, "report", "shown", object="book", values={"n": "COUNT() * 3"}) == 200
    assert publish(bob).json["code"] == "view_as_needs_people"
    assert publish(ann).status_code == 200
    assert put(bob, "dashboard", "mine", widgets=WIDGETS, view_as="ann@library.test", position=3) == 200
    assert publish(bob).json["code"] == "view_as_needs_people"


def test_he_may_take_it_away(bob: Client) -> None:
    assert put(bob, "dashboard", "mine", widgets=WIDGETS) == 200
    assert publish(bob).status_code == 200
