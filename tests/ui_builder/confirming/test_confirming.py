"""Rules that only warn, without JavaScript: every way to save asks first, saves on one's word, and then only once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue_room import app_over, csrf, signed_in
from dougong_platform import records
from dougong_platform.http.engine import Engine
from dougong_platform.query import get, list_records
from reading import DOCUMENTS, Reading, make_reading

WARNING = """
---
kind: validation
name: dear
object: book
must: price <= 100
when: price != NULL
message: {en: That is dear, zh: 价格偏高}
field: price
severity: warn
---
kind: validation
name: absurd
object: book
must: price <= 10000
when: price != NULL
message: {en: Nobody pays that, zh: 价格过高}
field: price
---
kind: layout
name: book_page
object: book
sections: [{name: main, fields: [title, genre, price]}]
path: genre
---
kind: validation
name: no_manuals
object: book
must: genre = "novel"
when: changed(genre) and not ISNEW()
message: {en: Manuals are rare, zh: 手册很少}
severity: warn
"""


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS + WARNING)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def app(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return app_over(reading, tmp_path_factory.mktemp("home"))


@pytest.fixture
def ann(app: Engine) -> FlaskClient:
    return signed_in(app)


@pytest.fixture
def book(reading: Reading) -> str:
    return str(records.create(reading.admin, "book", [{"title": "The Sea", "genre": "novel"}]).records[0].id)


def post(client: FlaskClient, path: str, values: dict[str, Any]) -> TestResponse:
    given = {"csrf_token": csrf(client), **values}
    return client.post(path, data=given, headers={"Origin": "http://localhost", "Accept": "text/html"})


def confirmation(page: str) -> str:
    found = re.search(r'name="confirm" value="([^"]*)"', page)
    assert found is not None, page[-3000:]
    return found.group(1)


def price(reading: Reading, id: str) -> str | None:
    found: str | None = get(reading.admin, "book", id, ["price"])["price"]
    return found


def test_a_new_record_is_asked_about_and_saved_on_ones_word(reading: Reading, ann: FlaskClient) -> None:
    given = {"title": "A dear one", "price": "500"}
    asked = post(ann, "/o/book/new", given)
    assert asked.status_code == 422
    assert "That is dear" in asked.text
    assert "Save anyway" in asked.text
    assert 'value="A dear one"' in asked.text
    assert not list_records(reading.admin, "book", filter='title = "A dear one"').records
    assert post(ann, "/o/book/new", {**given, "confirm": confirmation(asked.text)}).status_code == 303
    assert len(list_records(reading.admin, "book", filter='title = "A dear one"').records) == 1


def test_what_blocks_is_told_before_what_only_warns(ann: FlaskClient) -> None:
    refused = post(ann, "/o/book/new", {"title": "Absurd", "price": "20000", "confirm": "dear"})
    assert refused.status_code == 422
    assert "Nobody pays that" in refused.text
    assert 'name="confirm"' not in refused.text


def test_a_changed_record_is_asked_about(reading: Reading, ann: FlaskClient, book: str) -> None:
    path = f"/o/book/{book}/edit"
    asked = post(ann, path, {"price": "700", "version": "1"})
    assert price(reading, book) is None
    post(ann, path, {"price": "700", "version": "1", "confirm": confirmation(asked.text)})
    assert price(reading, book) == "700.00"


def test_a_value_changed_in_its_place_is_asked_about(reading: Reading, ann: FlaskClient, book: str) -> None:
    path = f"/o/book/{book}/field/price"
    asked = post(ann, path, {"c.price": "800", "version": "1", "was": "null"})
    assert asked.status_code == 422
    answer = post(ann, path, {"c.price": "800", "version": "1", "was": "null", "confirm": confirmation(asked.text)})
    assert answer.status_code == 200
    assert price(reading, book) == "800.00"


def test_a_cell_of_a_list_is_asked_about(reading: Reading, ann: FlaskClient, book: str) -> None:
    path = f"/o/book/{book}/cell/price"
    asked = post(ann, path, {"price": "900", "version": "1"})
    assert asked.status_code == 422
    assert "That is dear" in asked.text
    post(ann, path, {"price": "900", "version": "1", "confirm": confirmation(asked.text)})
    assert price(reading, book) == "900.00"


def test_the_quick_form_is_asked_about(reading: Reading, ann: FlaskClient) -> None:
    path = "/o/book/new?quick=1&price=300"
    asked = post(ann, path, {"q.title": "Quick", "q.price": "300", "prefix": "q."})
    assert "That is dear" in asked.text
    given = {"q.title": "Quick", "q.price": "300", "prefix": "q.", "confirm": confirmation(asked.text)}
    assert post(ann, path, given).status_code == 303
    assert len(list_records(reading.admin, "book", filter='title = "Quick"').records) == 1


def test_of_many_records_those_that_wait_are_saved_on_ones_word(reading: Reading, ann: FlaskClient, book: str) -> None:
    path = "/o/book/list/bulk"
    asked = post(ann, path, {"id": [book], "do": "save", "field": "price", "to_price": "950"})
    assert "1 record waits for your word" in asked.text
    again = {"id": [book], "do": "save", "field": "price", "to_price": "950", "confirm": confirmation(asked.text)}
    assert post(ann, path, again).status_code == 303
    assert price(reading, book) == "950.00"


def test_a_move_to_another_stage_is_asked_about(reading: Reading, ann: FlaskClient, book: str) -> None:
    asked = post(ann, f"/o/book/{book}/stage", {"value": "manual"})
    assert "Manuals are rare" in asked.text
    assert get(reading.admin, "book", book, ["genre"])["genre"] == "novel"
    post(ann, f"/o/book/{book}/stage", {"value": "manual", "confirm": confirmation(asked.text)})
    assert get(reading.admin, "book", book, ["genre"])["genre"] == "manual"


def test_the_api_takes_the_names_that_were_seen(reading: Reading, app: Engine) -> None:
    http, headers = app.test_client(), {"Authorization": f"Bearer {reading.token(reading.ann)}"}
    refused = http.post("/api/v1/records/book", json={"title": "By API", "price": "500"}, headers=headers)
    assert refused.status_code == 422
    error = refused.get_json()["errors"][0]
    assert (error["code"], error["name"]) == ("needs_confirmation", "dear")
    made = http.post("/api/v1/records/book?confirm=dear", json={"title": "By API", "price": "500"}, headers=headers)
    assert made.status_code == 201
    id = made.get_json()["id"]
    changed = http.patch(f"/api/v1/records/book/{id}?confirm=*", json={"price": "600"}, headers=headers)
    assert changed.status_code == 200
