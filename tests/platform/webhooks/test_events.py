"""Which changes of records a webhook is told of, and how much of them: never more than whom it runs as may know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dougong_platform import records

if TYPE_CHECKING:
    from conftest import Hooked


def told(hooked: Hooked, path: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """(event, records) of each call to a path since the last look."""
    hooked.work()
    found = [json.loads(one.body) for one in hooked.listener.asked if one.path == path]
    hooked.listener.asked.clear()
    return [(one["event"], one["data"]["records"]) for one in found]


def test_a_user_is_told_what_he_may_see_of_what_he_may_see(hooked: Hooked) -> None:
    """Bob owns the first book; `cost` does not exist for him; the other one is not his."""
    shelf = hooked.create("shelf", name="Red")
    own = hooked.create("book", title="Mine", cost="5", shelf=shelf, owner=hooked.reading.bob)
    hooked.create("book", title="Not mine")
    assert told(hooked, "/hook/readers") == [
        (
            "book.created",
            [{"id": own, "title": "Mine", "shelf.name": "Red", "pages": None, "version": 1}],
        )
    ]


def test_a_change_that_he_may_not_know_of_is_no_news(hooked: Hooked) -> None:
    own = hooked.create("book", title="Mine", owner=hooked.reading.bob)
    told(hooked, "/hook/readers")
    admin = hooked.reading.admin
    records.update(admin, "book", [{"id": own, "cost": "7"}])
    assert told(hooked, "/hook/readers") == []
    records.update(admin, "book", [{"id": own, "cost": "8", "pages": 3}])
    ((event, (record,)),) = told(hooked, "/hook/readers")
    assert (event, record["pages"], record["changed"]) == ("book.updated", 3, ["pages"])
    assert "cost" not in record


def test_deleting_and_restoring_are_told(hooked: Hooked) -> None:
    own = hooked.create("book", title="Mine", owner=hooked.reading.bob)
    told(hooked, "/hook/readers")
    records.delete(hooked.reading.admin, "book", [own])
    ((event, (record,)),) = told(hooked, "/hook/readers")
    assert (event, record["id"], record["title"]) == ("book.deleted", own, "Mine")
    records.restore(hooked.reading.admin, "book", [own])
    ((event, (record,)),) = told(hooked, "/hook/readers")
    assert (event, record["id"]) == ("book.restored", own)


def test_the_company_tells_of_all_records_that_fit_and_only_what_was_named(hooked: Hooked) -> None:
    dear = hooked.create("book", title="Dear", price="200", cost="150", summary="hidden")
    cheap = hooked.create("book", title="Cheap", price="5", cost="3")
    assert told(hooked, "/hook/company") == [
        ("book.created", [{"id": dear, "title": "Dear", "cost": "150.00", "version": 1}])
    ]
    records.update(hooked.reading.admin, "book", [{"id": cheap, "price": "150"}])
    assert told(hooked, "/hook/company") == []  # price is not told
    records.update(hooked.reading.admin, "book", [{"id": cheap, "title": "Not cheap"}])
    ((event, (record,)),) = told(hooked, "/hook/company")
    assert (event, record["changed"]) == ("book.updated", ["title"])


def test_deletions_need_no_fields(hooked: Hooked) -> None:
    shelf = hooked.create("shelf", name="Gone", combination="1234")
    records.delete(hooked.reading.admin, "shelf", [shelf])
    ((event, (record,)),) = told(hooked, "/hook/company")
    assert event == "shelf.deleted"
    assert record["id"] == shelf
    assert "combination" not in record


def test_a_large_batch_is_told_in_calls_of_a_hundred(hooked: Hooked) -> None:
    rows = [{"title": f"Book {number}", "owner": hooked.reading.bob} for number in range(250)]
    made = records.create(hooked.reading.admin, "book", rows)
    calls = told(hooked, "/hook/readers")
    assert [len(part) for _, part in calls] == [100, 100, 50]
    assert {record["id"] for _, part in calls for record in part} == {one.id for one in made.records}


def test_a_user_who_is_not_there_leaves_a_dead_delivery_and_hinders_nobody(hooked: Hooked) -> None:
    hooked.create("vault", name="Deep")
    hooked.work()
    ((webhook, state, problem),) = hooked.reading.run("select webhook, state, problem from _webhook_delivery")
    assert (webhook, state) == ("left", "dead")
    assert "nobody@library.test" in problem["en"]


def test_a_stopped_webhook_is_told_nothing(hooked: Hooked) -> None:
    hooked.reading.run("insert into _webhook (webhook, stopped_at) values ('readers', now()) returning 1")
    hooked.create("book", title="Mine", owner=hooked.reading.bob)
    assert told(hooked, "/hook/readers") == []
    assert hooked.reading.run("select count(*) from _webhook_delivery") == [(0,)]
