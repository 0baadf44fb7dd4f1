"""A table that nears PostgreSQL's limit of columns is made anew: nothing that was not purged is lost, nobody waits."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from changing import TEXT, Changing, Fields, an_object, changing
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.errors import PublishConflict, PublishRefused
from dougong_platform.people.acting import acting_as
from dougong_platform.query import list_records
from dougong_platform.records import create
from dougong_platform.releases import retired
from dougong_platform.releases.handlers import drop_replaced_tables
from dougong_platform.releases.locks import WRITER_LOCK
from dougong_platform.releases.plan import plan_model
from dougong_tenants import Database, new_id
from dougong_tenants.people import create_user
from killing import Publisher, resumed

ROWS = 1_200
PATIENCE = 60  # seconds
BOOK: Fields = {
    "title": {"type": "text", "index": True},
    "price": TEXT,
    "shelf": {"type": "lookup", "to": "shelf"},
    "twin": {"type": "lookup", "to": "book"},
    "number": {"type": "auto_number", "format": "B-{0}"},
    "isbn": {"type": "external_key"},
}
NEXT: Fields = {
    **BOOK,
    "price": {"type": "decimal", "scale": 2},
    "sold": {"type": "boolean", "default": "false"},
    "second": {"type": "auto_number", "format": "S-{0}"},
}


def documents(book: Fields) -> list[Document]:
    page = an_object("page", {"text": TEXT, "book": {"type": "detail", "to": "book"}})
    return [an_object("shelf", {"name": TEXT}), an_object("book", book), page]


def worn(database: Database) -> tuple[Changing, list[str], int]:
    """Books with pages and links, one field retired and one purged; their ids, and the columns the table has had."""
    it = changing(database)
    it.publish(*documents({**BOOK, "kept": TEXT, "gone": TEXT}))
    (shelf,) = it.add("shelf", name="'s'")
    ids = it.add(
        "book",
        ROWS,
        title="'t' || g",
        price="g || '.50'",
        kept="'k' || g",
        gone="'x'",
        isbn="'i' || g",
        number="'B-' || nextval('_seq_book_number')",
        shelf=f"'{shelf}'::uuid",
    )
    it.run("update book set twin = id")
    it.add("page", 10, book=f"'{ids[0]}'::uuid")
    it.publish(*documents(BOOK))
    retired.purge(it.database, it.tenant, "book", "gone")
    it.run("alter table book " + ", ".join(f"add column x{n} text" for n in range(5)))
    it.run("alter table book " + ", ".join(f"drop column x{n}" for n in range(5)))
    ((most,),) = it.run("select max(attnum)::int from pg_attribute where attrelid = 'book'::regclass")
    return it, ids, most


def rows_of(it: Changing) -> list[tuple[Any, ...]]:
    return it.run("select id, title, price_2, shelf, twin, number, isbn, kept, sold from book_2 order by id")


def assert_rebuilt(it: Changing, count: int = ROWS) -> None:
    """Everything is in the new table, and all that points there is valid."""
    assert it.run(
        "select count(*), count(price_2), count(distinct number), count(distinct second), count(kept), count(twin),"
        " count(*) filter (where sold = false) from book_2"
    ) == [(count,) * 4 + (ROWS, count, count)]
    keys = dict(
        it.run(
            "select c.conrelid::regclass::text || '.' || a.attname, c.confrelid::regclass::text from pg_constraint c"
            " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] where c.contype = 'f'"
            " and c.convalidated and c.connamespace = current_schema()::regnamespace"
        )
    )
    assert keys["page.book"] == keys["book_2.twin"] == "book_2"
    assert keys["book_2.shelf"] == "shelf"
    assert not [key for key in keys if key.startswith("book.")]
    assert it.shape()["triggers"] == it.shape()["functions"] == []
    assert it.run("select state from _column where field = '' and physical = 'book'") == [("replaced",)]


def test_what_is_live_or_retired_is_carried_over_and_what_was_purged_is_not(database: Database) -> None:
    it, _, most = worn(database)
    (step,) = [
        s
        for s in plan_model(it.database, it.tenant, compile_model(documents(NEXT)), most_columns=most).steps
        if s.action == "rebuild_table"
    ]
    assert (step.object, step.impact.rows, step.impact.refused) == ("book", ROWS, False)
    release = it.publish(*documents(NEXT), most_columns=most)
    assert release.catalogue.table("book") == "book_2"
    assert_rebuilt(it)
    columns = {row[0] for row in it.run("select attname from pg_attribute where attrelid = 'book_2'::regclass")}
    assert "kept" in columns
    assert "gone" not in columns
    ((now,),) = it.run("select max(attnum)::int from pg_attribute where attrelid = 'book_2'::regclass")
    assert now < most
    it.publish(*documents({**NEXT, "kept": TEXT}))
    assert it.values("kept", "book_2") == [f"k{n}" for n in range(1, ROWS + 1)]
    assert {r["physical"] for r in retired.list_retired(it.database, it.tenant)} == {"price"}
    retired.purge(it.database, it.tenant, "book", "price")
    assert it.run("select to_regclass('book')") == [(None,)], "a purge reaches what the rebuilt table left behind"


def test_records_are_read_and_written_in_the_new_table(database: Database) -> None:
    it, ids, most = worn(database)
    user = create_user(
        it.database, it.tenant, {"name": "A", "email": "a@example.test"}, permission_sets=["administrator"]
    )
    it.publish(*documents(NEXT), most_columns=most)
    caller = acting_as(it.database, it.tenant, str(user.id), cause="test")
    made = create(caller, "book", [{"title": "new", "twin": ids[0], "price": "2.25"}]).records[0]
    create(caller, "page", [{"text": "p", "book": made.id}])
    page = list_records(caller, "book", filter='twin.title = "t1"', fields=["title", "number", "price"], sort=["title"])
    assert {r["title"]: r["number"] for r in page.records} == {"t1": "B-1", "new": f"B-{ROWS + 1}"}
    it.run("update _column set retired_at = now() - interval '1 hour' where state = 'replaced'")
    drop_replaced_tables(it.database, it.tenant)
    assert it.run("select to_regclass('book'), count(*) from _column where state = 'replaced'") == [(None, 0)]
    ((used,),) = it.run("select max(attnum)::int from pg_attribute where attrelid = 'book_2'::regclass")
    it.run("alter table book_2 add column more text")
    it.run("alter table book_2 drop column more")
    it.publish(*documents({**NEXT, "third": TEXT}), most_columns=used + 1)  # under the name that is free again
    assert it.run("select count(*), count(price_2) from book") == [(ROWS + 1, ROWS + 1)]


def test_what_the_data_refuses_leaves_the_old_table_as_it_was(database: Database) -> None:
    it, ids, most = worn(database)
    it.run("update book set title = 'same' where id = any(%s::uuid[])", [ids[:2]])
    before = it.shape()
    unique = {**NEXT, "title": {"type": "text", "unique": True}}
    with pytest.raises(PublishRefused):
        it.publish(*documents(unique), most_columns=most)
    after = it.shape()
    assert it.number() == 3
    assert [(part, set(after[part]) ^ set(before[part])) for part in after if after[part] != before[part]] == []


MARKS = [
    "rebuild:",
    "mirror:",
    "at:book_2",
    "copy:",
    "fill:",
    "index:",
    "key:_fk_page",
    "valid:_fk_page",
    "examine:",
    "let go:",
    "switch",
    "contract:book",
    "release:",
]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(3))
def test_killed_again_and_again_it_loses_nothing_and_resumes(
    database: Database, publisher: Publisher, tmp_path: Path, marks: list[str], first: int
) -> None:
    """Killed at every third step, so that all three together have been killed at each."""
    it, ids, most = worn(database)
    expected: dict[str, str] = {}
    for number, mark in enumerate(MARKS[first::3]):
        whole = next(m for m in marks if m.startswith(mark))
        if publisher.kill_at(it, documents(NEXT), whole, tmp_path, 4, most) != "preparing":
            continue
        assert it.number() == 3
        (new,) = it.add("book", title="'meanwhile'", price="'7'", number=f"'B-x{number}'", twin=f"'{ids[0]}'::uuid")
        it.add("page", book=f"'{new}'::uuid")
        changed = [ids[number], ids[-1 - number]]
        it.run("update book set price = '8' where id = any(%s::uuid[])", [changed])
        expected |= {new: "7", **dict.fromkeys(changed, "8")}
        with pytest.raises(PublishConflict):
            retired.purge(it.database, it.tenant, "book", "kept")
    assert resumed(it, 4) == 4
    assert_rebuilt(it, ROWS + sum(price == "7" for price in expected.values()))
    found = dict(it.run("select id, price_2 from book_2 where id = any(%s::uuid[])", [list(expected)]))
    assert found == expected


@pytest.fixture(scope="module")
def marks(database: Database) -> list[str]:
    """The marks of an undisturbed rebuild."""
    it, _, most = worn(database)
    it.publish(*documents(NEXT), most_columns=most)
    ((done,),) = it.run("select done from _publish order by started desc limit 1")
    return sorted(done)


class Writer(threading.Thread):
    """Creates, changes and purges its own books as the write path does, under whichever release is in force."""

    def __init__(self, it: Changing, mine: list[str], number: int) -> None:
        super().__init__(daemon=True)
        self.it, self.mine, self.dice, self.stop = it, mine, random.Random(number), threading.Event()
        self.expected: dict[str, str | None] = {}
        self.fault: Exception | None = None
        self.under: set[int] = set()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._one()
                time.sleep(0.001)
        except Exception as fault:  # noqa: BLE001  # whatever a writer meets is the test's to judge
            self.fault = fault

    def _one(self) -> None:
        price, what = f"{self.dice.randrange(10_000)}.25", self.dice.random()
        with self.it.database.transaction(self.it.tenant) as tx:
            tx.execute(WRITER_LOCK)
            ((release,),) = tx.rows("select max(number) from _release")
            table, column = ("book", "price") if release == 3 else ("book_2", "price_2")
            record = self.dice.choice(self.mine)
            if what < 0.3:
                record = str(new_id())
                tx.execute(f"insert into {table} (id, {column}, twin) values (%s, %s, %s)", [record, price, record])
                tx.execute("insert into page (id, book) values (%s, %s)", [str(new_id()), record])
            elif what < 0.45:
                tx.execute("delete from page where book = %s", [record])
                tx.execute(f"delete from {table} where id = %s", [record])
            else:
                some = [record, *self.dice.sample(self.mine, 3)]
                tx.execute(f"update {table} set {column} = %s where id = any(%s::uuid[])", [price, some])
        self.under.add(release)
        if what < 0.3:
            self.mine.append(record)
            self.expected[record] = price
        elif what < 0.45:
            self.mine.remove(record)
            self.expected[record] = None
        else:
            self.expected |= dict.fromkeys(some, price)


def wait_for_one_under(release: int, writers: Sequence[Writer]) -> None:
    """Until something was written under this release."""
    deadline = time.monotonic() + PATIENCE
    while not any(writer.fault or release in writer.under for writer in writers):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_table_is_rebuilt_under_writers_without_losing_a_write(database: Database) -> None:
    it, ids, most = worn(database)
    ((priced,),) = it.run("select jsonb_object_agg(id, price) from book")
    writers = [Writer(it, ids[n::2], n) for n in range(2)]
    for writer in writers:
        writer.start()
    wait_for_one_under(3, writers)
    it.publish(*documents(NEXT), most_columns=most)
    wait_for_one_under(4, writers)
    for writer in writers:
        writer.stop.set()
        writer.join()
    assert [w.fault for w in writers] == [None, None]
    assert writers[0].under | writers[1].under == {3, 4}, "the switch happened while they wrote"
    expected = {k: v for w in writers for k, v in (priced | w.expected).items() if (k in w.expected or k in ids)}
    for writer in writers:
        expected |= writer.expected
    found = dict(it.run("select id, price_2 from book_2"))
    assert found == {k: v for k, v in expected.items() if v is not None}
