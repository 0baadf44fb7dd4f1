"""The change feed tells every committed change exactly once, also when transactions commit out of order."""

from __future__ import annotations

import random
import threading
import uuid
from typing import Any

import pytest

from dougong_platform.errors import BadCursor, BadRequest, NotAllowed
from dougong_platform.query.changes import changes_since
from reading import Reading

WRITE = (
    "insert into _history (object, record, version, actor, cause, op, changes)"
    " values (%s, %s, %s, %s, 'user', %s, %s) returning seq"
)


def change(tx: Any, reading: Reading, record: str, version: int, op: str = "update", changes: Any = None) -> int:
    return int(tx.rows(WRITE, ["book", record, version, reading.ann, op, changes or {"pages": [0, version]}])[0][0])


def new_book(reading: Reading, owner: str) -> str:
    id = str(uuid.uuid4())
    reading.run("insert into book (id, owner, title) values (%s, %s, 'x') returning 1", [id, owner])
    return id


def drain(caller: Any, cursor: str | None, limit: int = 500) -> tuple[list[dict[str, Any]], str]:
    found: list[dict[str, Any]] = []
    while True:
        page = changes_since(caller, "book", cursor, limit)
        found += page["changes"]
        cursor = page["cursor"]
        if not page["more"]:
            return found, cursor


def test_a_late_commit_is_told_in_the_next_window_and_stalls_nobody(reading: Reading) -> None:
    admin = reading.admin
    _, cursor = drain(admin, None)
    book = new_book(reading, reading.ann)
    with reading.database.transaction(reading.tenant) as late:
        first = change(late, reading, book, 1)
        with reading.database.transaction(reading.tenant) as quick:
            second = change(quick, reading, book, 2)
        found, cursor = drain(admin, cursor)
        assert [entry["seq"] for entry in found] == [second]
    found, cursor = drain(admin, cursor)
    assert [entry["seq"] for entry in found] == [first]
    assert drain(admin, cursor)[0] == []


def test_many_writers_at_once_lose_and_repeat_nothing_at_any_page_size(reading: Reading) -> None:
    admin = reading.admin
    _, cursor = drain(admin, None)
    books = [new_book(reading, reading.ann) for _ in range(5)]
    written: list[int] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(30):
            with reading.database.transaction(reading.tenant) as tx:
                done = [change(tx, reading, chance.choice(books), 1) for _ in range(chance.randint(1, 4))]
            written.extend(done)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
    for writer in writers:
        writer.start()
    found: list[dict[str, Any]] = []
    while any(writer.is_alive() for writer in writers):
        page = changes_since(admin, "book", cursor, 7)
        found += page["changes"]
        cursor = page["cursor"]
    for writer in writers:
        writer.join()
    rest, _ = drain(admin, cursor, 11)
    seqs = [entry["seq"] for entry in found + rest]
    assert len(seqs) == len(set(seqs))
    assert set(seqs) == set(written)


def test_a_reader_is_told_what_he_sees_and_gone_when_it_is_taken_from_him(reading: Reading) -> None:
    reader = reading.reader
    _, cursor = drain(reader, None)
    mine, never = new_book(reading, reading.bob), new_book(reading, reading.ann)
    with reading.database.transaction(reading.tenant) as tx:
        change(tx, reading, mine, 1, "create", {"title": [None, "x"], "cost": [None, "9"]})
        change(tx, reading, never, 1, "create", {"title": [None, "x"]})
    found, cursor = drain(reader, cursor)
    assert [(entry["id"], entry["op"], entry["changes"]) for entry in found] == [
        (mine, "create", {"title": [None, "x"]})
    ]
    reading.run("update book set owner = %s where id = %s returning 1", [reading.ann, mine])
    with reading.database.transaction(reading.tenant) as tx:
        change(tx, reading, mine, 2, "update", {"owner": [reading.bob, reading.ann]})
    found, cursor = drain(reader, cursor)
    assert [(entry["id"], entry["op"], "changes" in entry) for entry in found] == [(mine, "gone", False)]


def test_wrong_cursors_limits_and_objects_are_refused(reading: Reading) -> None:
    page = changes_since(reading.admin, "book", None)
    for cursor in ("x", page["cursor"][:-3], "A" * 5000):
        with pytest.raises(BadCursor):
            changes_since(reading.admin, "book", cursor)
    with pytest.raises(BadCursor):
        changes_since(reading.admin, None, page["cursor"])
    with pytest.raises(BadRequest):
        changes_since(reading.admin, "book", None, 0)
    with pytest.raises(NotAllowed):
        changes_since(reading.reader, "vault", None)
