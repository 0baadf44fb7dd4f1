"""Search after a publish: records saved before a field was searched are found by it."""

from __future__ import annotations

from changing import SHELF, TEXT, an_object, changing
from dougong_platform.search.reindex import reindex
from dougong_tenants import Database

SEARCHED = {"type": "text", "searchable": True}


def test_records_are_found_by_a_field_that_became_searchable(database: Database) -> None:
    it = changing(database)
    it.add("book", 2500, title="'t' || g", price="'价格' || g")
    assert it.run("select payload from _outbox where topic = 'release'") == []
    it.books({"title": TEXT, "price": SEARCHED})
    assert it.run("select payload from _outbox where topic = 'release'") == [({"base": 1, "number": 2},)]
    assert reindex(it.database, it.tenant, 1, 2) == ["book"]
    found = it.run("select title from _search where words @@ %s::tsquery and text like '%%价格2500%%'", ["'价格'"])
    assert found == [("t2500",)]
    assert reindex(it.database, it.tenant, 1, 2) == ["book"], "it may be repeated"
    assert it.run("select count(*) from _search where object = 'book'") == [(2500,)]


def test_records_of_a_removed_object_are_found_no_more_and_again_when_it_returns(database: Database) -> None:
    it = changing(database)
    it.add("book", title="'t'")
    it.books({"title": SEARCHED})
    reindex(it.database, it.tenant, 1, 2)
    it.publish(an_object("shelf", SHELF))
    assert reindex(it.database, it.tenant, 2, 3) == []
    assert it.run("select count(*) from _search where object = 'book'") == [(0,)]
    it.books({"title": SEARCHED})
    assert reindex(it.database, it.tenant, 3, 4) == ["book"]
    assert it.run("select title from _search") == [("t",)]


def test_a_release_that_changes_no_searched_field_touches_nothing(database: Database) -> None:
    it = changing(database)
    it.books({"title": TEXT, "price": TEXT, "more": TEXT})
    assert reindex(it.database, it.tenant, 1, 2) == []
