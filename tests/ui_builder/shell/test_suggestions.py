"""What appears while somebody types a link or jumps."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dougong_platform.http.engine import Engine
from dougong_platform.records import create
from dougong_ui_builder.suggestions import suggestions, the_one_called
from reading import PASSWORD, Reading


@pytest.fixture(scope="module")
def shelves(reading: Reading) -> dict[str, str]:
    names = ["北岸书架", "North shelf", 'A "quoted" \\ shelf', "South shelf"]
    made = create(reading.admin, "shelf", [{"name": name, "combination": "1234"} for name in names])
    return {name: outcome.id for name, outcome in zip(names, made.records, strict=True)}


@pytest.fixture
def bob(app: Engine, reading: Reading, shelves: dict[str, str]) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"email": "bob@library.test", "password": PASSWORD})
    return client


def test_words_of_either_language_find_records(reading: Reading, shelves: dict[str, str]) -> None:
    assert [one.id for one in suggestions(reading.reader, "shelf", "书架")] == [shelves["北岸书架"]]
    assert shelves["North shelf"] in [one.id for one in suggestions(reading.reader, "shelf", "nor")]


def test_without_words_some_records_stand_ready(reading: Reading, shelves: dict[str, str]) -> None:
    assert {one.id for one in suggestions(reading.reader, "shelf", "")} == set(shelves.values())


@pytest.mark.parametrize("words", ["bo", "BOB", "b"])
def test_people_are_found_by_a_part_of_their_name(reading: Reading, words: str) -> None:
    assert reading.bob in [one.id for one in suggestions(reading.reader, "user", words)]


@pytest.mark.parametrize("words", ['"', "\\", '" or true or "', "%", "'; drop table shelf", "\x00", "🙂", " "])
def test_no_words_break_the_question(reading: Reading, shelves: dict[str, str], words: str) -> None:
    assert isinstance(suggestions(reading.reader, "shelf", words), list)
    if words != "\x00":
        assert isinstance(suggestions(reading.reader, "user", words), list)


def test_only_an_exact_and_single_name_stands_for_its_record(reading: Reading, shelves: dict[str, str]) -> None:
    assert the_one_called(reading.reader, "shelf", "north SHELF ") == shelves["North shelf"]
    assert the_one_called(reading.reader, "shelf", "shelf") is None


def test_the_fragments_hold_options_and_escape_names(bob: FlaskClient, shelves: dict[str, str]) -> None:
    page = bob.get("/ui/lookup/shelf?q=quoted").text
    assert f'data-id="{shelves[next(n for n in shelves if "quoted" in n)]}"' in page
    assert 'data-text="A &#34;quoted&#34;' in page
    assert "New Shelf" not in page  # a reader may not create shelves
    assert "/o/shelf/" in bob.get("/ui/jump?q=south").text
    assert bob.get("/ui/lookup/vault?q=x").status_code in (403, 404)
    assert bob.get("/ui/lookup/nothing?q=x").status_code == 404
