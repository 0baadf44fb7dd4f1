"""Publishing changes of metadata: what happens to tables and to the data in them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from changing import BOOK, SHELF, TEXT, Changing, an_object, changing
from dougong_platform.errors import PublishConflict, PublishRefused
from dougong_platform.releases.release import load
from dougong_platform.releases.restore import restore
from dougong_platform.storage import PLAIN, table
from dougong_tenants import Database

DECIMAL = {"type": "decimal", "scale": 2}


@pytest.fixture
def it(database: Database) -> Changing:
    return changing(database)


def test_a_new_field_is_a_column_and_existing_rows_are_blank_in_it(it: Changing) -> None:
    it.add("book", 3, title="'t' || g")
    release = it.books({**BOOK, "due": {"type": "date"}})
    assert (release.number, it.number()) == (2, 2)
    assert it.values("due") == [None, None, None]
    assert release.catalogue == PLAIN


def test_equal_metadata_is_no_release(it: Changing) -> None:
    assert it.books(BOOK).number == 1


def test_only_the_order_of_fields_changes_no_table(it: Changing) -> None:
    before = it.shape()
    it.books(dict(reversed(BOOK.items())), name_field="title")
    assert (it.number(), it.shape()) == (2, before)


def test_a_new_object_is_a_table_with_its_links(it: Changing) -> None:
    page = an_object("page", {"text": TEXT, "book": {"type": "detail", "to": "book"}})
    it.publish(an_object("shelf", SHELF), an_object("book", BOOK), page)
    (book,) = it.add("book", title="'b'")
    it.add("page", book=f"'{book}'::uuid")
    with pytest.raises(Exception, match="foreign key"):
        it.add("page", book="gen_random_uuid()")


def test_a_removed_field_keeps_its_data_and_returns_with_it(it: Changing) -> None:
    it.add("book", 3, title="'t' || g", price="g::text")
    without = {name: field for name, field in BOOK.items() if name != "price"}
    it.books(without)
    assert "price" not in {c.key for c in table(load(it.database, it.tenant, 2).model, PLAIN, "book").c}
    it.add("book", title="'new'")
    it.books(BOOK)
    assert it.values("price") == ["1", "2", "3", None]


def test_a_field_that_returns_as_something_else_starts_blank_in_another_column(it: Changing) -> None:
    it.add("book", 2, price="g::text")
    it.books({name: field for name, field in BOOK.items() if name != "price"})
    release = it.books({**BOOK, "price": DECIMAL})
    assert release.catalogue.column("book", "price") == "price_2"
    assert it.values("price_2") == [None, None]
    assert it.values("price") == ["1", "2"]


def test_a_removed_object_keeps_its_rows_and_returns_with_them(it: Changing) -> None:
    (shelf,) = it.add("shelf", name="'s'")
    it.add("book", 2, title="'t' || g", shelf=f"'{shelf}'::uuid")
    it.publish(an_object("shelf", SHELF))
    it.run("delete from shelf")  # nothing of a retired object hinders writers
    it.books({**BOOK, "extra": TEXT})
    assert it.values("title") == ["t1", "t2"]
    assert it.values("shelf") == [None, None], "a link whose target was purged meanwhile is cleared"


def test_after_leaving_and_returning_the_tables_are_as_before(it: Changing) -> None:
    before = it.shape()
    it.publish(an_object("shelf", SHELF))
    it.books(BOOK)
    after = it.shape()
    assert {**after, "columns_known": None} == {**before, "columns_known": None}
    assert sorted(after["columns_known"]) == sorted(before["columns_known"])


def test_text_becomes_a_number_in_a_column_of_its_own(it: Changing) -> None:
    it.add("book", 6, price="(array['12.50', ' 7 ', '1,234.5', '', null, '-3'])[g]")
    release = it.books({**BOOK, "price": DECIMAL})
    assert release.catalogue.column("book", "price") == "price_2"
    assert it.values("price_2") == ["12.50", "7", "1234.5", None, None, "-3"]
    assert it.shape()["triggers"] == []


def test_text_that_is_no_number_is_counted_and_refused_and_nothing_has_changed(it: Changing) -> None:
    it.add("book", 4, price="(array['1', 'abc', '2', 'x'])[g]")
    before = it.shape()
    with pytest.raises(PublishRefused) as refused:
        it.books({**BOOK, "price": DECIMAL})
    assert refused.value.data["count"] == 2
    assert (it.number(), it.shape()) == (1, before)
    it.run("update book set price = '5' where price in ('abc', 'x')")
    it.books({**BOOK, "price": DECIMAL})
    assert it.values("price_2") == ["1", "5", "2", "5"]


def test_what_lies_in_the_recycle_bin_does_not_stop_a_type_change(it: Changing) -> None:
    it.add("book", 2, price="(array['1', 'abc'])[g]", deleted_at="case g when 2 then now() end")
    it.books({**BOOK, "price": DECIMAL})
    assert it.values("price_2") == ["1", None]
    assert it.values("price") == ["1", "abc"]


def test_restoring_before_a_type_change_converts_back_what_was_written_since(it: Changing) -> None:
    it.add("book", 2, price="g::text")
    it.books({**BOOK, "price": DECIMAL})
    it.add("book", price_2="9.75")
    it.run("update book set price_2 = 100 where price = '1'")
    release = restore(it.database, it.tenant, 1)
    assert release.number == 3
    assert release.catalogue.column("book", "price") == "price"
    assert it.values("price") == ["100", "2", "9.75"]


def test_restoring_brings_back_removed_fields_and_objects(it: Changing) -> None:
    it.add("book", 2, title="'t' || g", price="g::text")
    it.publish(an_object("shelf", {"name": TEXT, "room": TEXT}))
    release = restore(it.database, it.tenant, 1, note="back")
    assert release.model.hash == load(it.database, it.tenant, 1).model.hash
    assert it.values("price") == ["1", "2"]
    assert it.run("select restored, note from _release where number = 3") == [(1, "back")]


def test_a_lookup_becomes_the_name_of_what_it_pointed_to(it: Changing) -> None:
    (shelf,) = it.add("shelf", name="'north'")
    it.add("book", 2, shelf=f"case g when 1 then '{shelf}'::uuid end")
    release = it.books({**BOOK, "shelf": TEXT})
    assert it.values(release.catalogue.column("book", "shelf")) == ["north", None]
    it.run("delete from shelf")  # the retired column has no foreign key


def test_duplicates_refuse_a_unique_field_and_nothing_has_changed(it: Changing) -> None:
    it.add("book", 3, price="'same'")
    before = it.shape()
    with pytest.raises(PublishRefused) as refused:
        it.books({**BOOK, "price": {"type": "text", "unique": True}})
    assert refused.value.data["reason"] == "duplicates"
    assert (it.number(), it.shape()) == (1, before)


def test_a_unique_field_lets_deleted_and_blank_rows_repeat(it: Changing) -> None:
    it.books({**BOOK, "price": {"type": "text", "unique": True}})
    it.add("book", 2, price="null")
    it.add("book", 2, price="'a'", deleted_at="now()")
    it.add("book", price="'a'")
    with pytest.raises(Exception, match="unique"):
        it.add("book", price="'a'")


def test_an_auto_number_numbers_existing_records_the_oldest_first(it: Changing) -> None:
    it.add("book", 3)
    it.books({**BOOK, "number": {"type": "auto_number", "format": "B-{000}"}})
    assert it.values("number") == ["B-001", "B-002", "B-003"]


def test_a_new_yes_or_no_field_gives_existing_records_its_default(it: Changing) -> None:
    it.add("book", 2)
    it.books({**BOOK, "sold": {"type": "boolean", "default": "true"}})
    assert it.values("sold") == [True, True]
    it.add("book", 1)
    assert it.values("sold")[-1] is None, (
        "the column's own default is gone after the switch: the write path gives values"
    )


def test_a_publish_names_the_release_it_was_planned_on(it: Changing) -> None:
    it.books({**BOOK, "due": {"type": "date"}})
    with pytest.raises(PublishConflict):
        it.publish(an_object("shelf", SHELF), base=1)
    assert it.number() == 2


def test_of_two_publishes_at_the_same_moment_one_wins_and_the_other_is_told(it: Changing) -> None:
    it.add("book", 2000, price="g::text")
    barrier, outcomes = threading.Barrier(2), []

    def attempt(field: str) -> None:
        barrier.wait()
        try:
            model = {**BOOK, field: {"type": "text", "index": True}}
            outcomes.append(it.publish(an_object("shelf", SHELF), an_object("book", model), base=1).number)
        except PublishConflict as conflict:
            outcomes.append(conflict)

    threads = [threading.Thread(target=attempt, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won: list[Any] = [o for o in outcomes if o == 2]
    lost = [o for o in outcomes if isinstance(o, PublishConflict)]
    assert (len(won), len(lost), it.number()) == (1, 1, 2)


def test_a_table_that_holds_1500_columns_refuses_another(it: Changing) -> None:
    it.run("alter table book " + ", ".join(f"add column x{i} text" for i in range(1480)))
    with pytest.raises(PublishRefused) as refused:
        it.books({**BOOK, **{f"f{i}": TEXT for i in range(20)}})
    assert refused.value.data["reason"] == "full"
