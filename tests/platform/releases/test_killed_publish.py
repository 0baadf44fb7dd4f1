"""A publish that is killed, at every boundary between two of its steps: the old release stays whole, and it resumes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from changing import TEXT, Changing, an_object, changing
from dougong_platform.errors import PublishConflict, PublishRefused
from dougong_platform.releases.publish import resume
from dougong_tenants import Database
from killing import Publisher, resumed

ROWS = 1_500
AFTER = [
    an_object("shelf", {"name": TEXT}),
    an_object(
        "book",
        {
            "title": {"type": "text", "index": True},
            "price": {"type": "decimal", "scale": 2},
            "number": {"type": "auto_number", "format": "B-{0}"},
            "twin": {"type": "lookup", "to": "book"},
            "isbn": {"type": "external_key"},
            "sold": {"type": "boolean", "default": "false"},
        },
    ),
    an_object("page", {"text": TEXT, "book": {"type": "detail", "to": "book"}}),
]


def prepared(database: Database) -> Changing:
    """Books with prices in text, which the publish turns into numbers."""
    it = changing(database)
    it.add("book", ROWS, title="'t' || g", price="g || '.50'")
    return it


@pytest.fixture(scope="module")
def expected(database: Database) -> tuple[list[str], dict[str, object]]:
    """The marks of an undisturbed publish, and the shape it ends in."""
    it = prepared(database)
    it.publish(*AFTER)
    ((done,),) = it.run("select done from _publish order by started desc limit 1")
    return sorted(done), it.shape()


def assert_old_release_is_whole(it: Changing) -> None:
    """What release 1 knows can be read and written, and is what it was."""
    assert it.number() == 1
    counts = it.run("select count(*), count(price), min(price), count(title) from book")
    assert counts == [(ROWS, ROWS, "1.50", ROWS)]
    (new,) = it.add("book", title="'while half-published'", price="'7'")
    it.run("update book set price = '8' where id = %s", [new])
    assert it.run("select price from book where id = %s", [new]) == [("8",)]
    it.run("delete from book where id = %s", [new])


MARKS = [
    "tables",
    "columns:book",
    "sync:book.price_2",
    "at:book.price_2",
    "fill:book.price_2",
    "sync:book.number",
    "fill:book.number",
    "index:_uq_book_isbn",
    "index:_ix_book_twin",
    "key:_fk_book_twin_book",
    "valid:_fk_page_book_book",
    "switch",
    "contract:book",
    "release:_fk_book_shelf",
]


def mark_named(prefix: str, marks: list[str]) -> str:
    """The whole mark: names of keys and indexes end in a hash."""
    found = [mark for mark in marks if mark.startswith(prefix)]
    assert found, f"{prefix} is none of {marks}"
    return found[0]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(3))
def test_killed_again_and_again_it_leaves_the_old_release_whole_and_resumes(
    database: Database,
    publisher: Publisher,
    expected: tuple[list[str], dict[str, object]],
    tmp_path: Path,
    first: int,
) -> None:
    """Killed at every third step, so that all three together have been killed at each."""
    marks, shape = expected
    it = prepared(database)
    for prefix in MARKS[first::3]:
        if publisher.kill_at(it, AFTER, mark_named(prefix, marks), tmp_path, 2) == "preparing":
            assert_old_release_is_whole(it)
    assert resumed(it) == 2
    assert it.number() == 2
    assert it.shape() == shape
    assert it.run("select count(*), sum(price_2), count(distinct number) from book") == [
        (ROWS, str(sum(range(1, ROWS + 1)) + ROWS // 2) + ".00", ROWS)
    ]
    assert resume(it.database, it.tenant) is None


def test_the_next_publish_first_ends_the_killed_one_and_has_to_be_planned_again(
    database: Database, publisher: Publisher, expected: tuple[list[str], dict[str, object]], tmp_path: Path
) -> None:
    it = prepared(database)
    assert publisher.kill_at(it, AFTER, "columns:book", tmp_path, 2) == "preparing"
    deadline = time.monotonic() + 30
    while it.number() == 1 and time.monotonic() < deadline:
        with pytest.raises(PublishConflict):
            it.publish(an_object("shelf", {"name": TEXT, "room": TEXT}), base=1)
    assert it.shape() == expected[1]


def test_a_killed_publish_that_the_data_no_longer_allows_is_taken_back(
    database: Database, publisher: Publisher, tmp_path: Path
) -> None:
    it = prepared(database)
    before = it.shape()
    assert publisher.kill_at(it, AFTER, "columns:book", tmp_path, 2) == "preparing"
    it.add("book", price="'no number'")
    deadline = time.monotonic() + 30
    while it.run("select state from _publish where target = 2") != [("failed",)]:
        resume(it.database, it.tenant)
        assert time.monotonic() < deadline
    assert (it.number(), it.shape()) == (1, before)
    with pytest.raises(PublishRefused):
        it.publish(*AFTER)
