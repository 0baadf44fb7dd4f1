"""Deleting, restoring, purging, upserting and undoing."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.errors import BadRequest, NotAllowed, NotFound, RecordsInvalid, StaleVersion


def one(library: Any, object: str = "book", **values: Any) -> str:
    return str(records.create(library.admin, object, [values]).records[0].id)


def errors_of(call: Any) -> set[tuple[Any, str]]:
    with pytest.raises(RecordsInvalid) as refused:
        call()
    return {(e.field, e.code) for e in refused.value.errors}


def searchable(library: Any, id: str) -> bool:
    return bool(library.rows("select 1 from _search where record = %s", [id]))


def test_a_deleted_record_takes_its_details_along_and_brings_them_back(library: Any) -> None:
    book = one(library, title="x")
    pages = [one(library, "page", book=book, text=str(n)) for n in range(3)]
    records.delete(library.admin, "page", [pages[0]])
    records.delete(library.admin, "book", [book])
    assert all(library.row("page", page)["deleted_at"] for page in pages)
    assert not searchable(library, book)
    with pytest.raises(NotFound):
        records.update(library.admin, "book", [{"id": book, "title": "y"}])
    (outcome,) = records.restore(library.admin, "book", [book]).records
    assert outcome.version == library.row("book", book)["version"] == 3
    assert [bool(library.row("page", page)["deleted_at"]) for page in pages] == [True, False, False]
    assert [op for _, op, _ in library.history(book)] == ["create", "delete", "restore"]
    assert searchable(library, book)
    assert searchable(library, pages[1])


def test_a_detail_cannot_come_back_without_its_parent(library: Any) -> None:
    book = one(library, title="x")
    page = one(library, "page", book=book, text="p")
    records.delete(library.admin, "book", [book])
    assert errors_of(lambda: records.restore(library.admin, "page", [page])) == {(None, "parent_deleted")}
    assert errors_of(lambda: one(library, "page", book=book)) == {("book", "lookup_not_found")}


def test_a_blocking_lookup_names_how_many_stand_in_the_way(library: Any) -> None:
    shelf = one(library, "shelf", name="s")
    books = [one(library, title=str(n), shelf=shelf) for n in range(2)]
    with pytest.raises(RecordsInvalid) as refused:
        records.delete(library.admin, "shelf", [shelf])
    assert "2" in refused.value.errors[0].message
    result = records.delete(library.admin, "shelf", [shelf, one(library, "shelf", name="t")], atomic=False)
    assert [r.ok for r in result.records] == [False, True]
    records.delete(library.admin, "book", books)
    records.delete(library.admin, "shelf", [shelf])
    assert errors_of(lambda: one(library, title="x", shelf=shelf)) == {("shelf", "lookup_not_found")}
    records.restore(library.admin, "book", books)
    assert library.row("book", books[0])["shelf"] == shelf
    records.update(library.admin, "book", [{"id": books[0], "title": "a dead link does not hinder"}])


def test_a_stale_delete_is_refused(library: Any) -> None:
    book = one(library, title="x")
    with pytest.raises(StaleVersion):
        records.delete(library.admin, "book", [book], versions=[7])
    records.delete(library.admin, "book", [book], versions=[1])
    with pytest.raises(NotFound):
        records.delete(library.admin, "book", [book])


def test_a_key_taken_meanwhile_hinders_the_return(library: Any) -> None:
    book = one(library, title="x", isbn="back-1")
    records.delete(library.admin, "book", [book])
    other = one(library, title="y", isbn="back-1")
    assert errors_of(lambda: records.restore(library.admin, "book", [book])) == {("isbn", "not_unique")}
    records.delete(library.admin, "book", [other])
    result = records.restore(library.admin, "book", [book, other], atomic=False)
    assert sorted(r.ok for r in result.records) == [False, True]


def test_purging_follows_each_lookups_rule(library: Any) -> None:
    book, other = one(library, title="x"), one(library, title="other")
    page = one(library, "page", book=book)
    records.update(library.admin, "book", [{"id": other, "next": book}, {"id": book, "next": other}])
    loan = one(library, "loan", label="l", book=book)
    assert isinstance(library.row("page", page), dict)
    with pytest.raises(NotFound):
        records.purge(library.admin, "book", [book])
    records.delete(library.admin, "book", [book])
    records.purge(library.admin, "book", [book])
    for table, id in (("book", book), ("page", page), ("loan", loan)):
        assert not library.rows(f'select 1 from "{table}" where id = %s', [id])
    assert library.row("book", other)["next"] is None
    assert library.history(other)[-1] == (3, "update", {"next": [book, None]})
    assert library.history(book)[-1][1] == "purge"
    shelf = one(library, "shelf", name="s")
    blocked = one(library, title="b", shelf=shelf)
    records.delete(library.admin, "book", [blocked])
    records.delete(library.admin, "shelf", [shelf])
    assert errors_of(lambda: records.purge(library.admin, "shelf", [shelf])) == {(None, "in_use")}
    records.purge(library.admin, "book", [blocked])
    records.purge(library.admin, "shelf", [shelf])


def test_upsert_changes_what_is_there_and_creates_what_is_not(library: Any) -> None:
    first = one(library, title="old", isbn="up-1")
    result = records.upsert(
        library.admin,
        "book",
        "isbn",
        [{"isbn": "up-1", "title": "new"}, {"isbn": "up-2", "title": "fresh"}, {"isbn": "up-2", "title": "fresher"}],
    )
    assert [(r.created, r.version) for r in result.records] == [(False, 2), (True, 1), (False, 2)]
    assert result.records[0].id == first
    assert library.row("book", result.records[1].id)["title"] == "fresher"
    assert errors_of(lambda: records.upsert(library.admin, "book", "isbn", [{"title": "x"}])) == {
        ("isbn", "key_required")
    }
    with pytest.raises(BadRequest):
        records.upsert(library.admin, "book", "title", [{"title": "x"}])
    records.delete(library.admin, "book", [first])
    again = records.upsert(library.admin, "book", "isbn", [{"isbn": "up-1", "title": "again"}]).records[0]
    assert again.created
    assert again.id != first


def test_a_failed_atomic_upsert_leaves_nothing(library: Any) -> None:
    assert errors_of(
        lambda: records.upsert(
            library.admin, "book", "isbn", [{"isbn": "up-8", "title": "x"}, {"isbn": "up-9", "title": None}]
        )
    ) == {("title", "required")}
    assert not library.rows("select 1 from book where isbn = 'up-8'")


def test_upsert_asks_for_both_rights(library: Any) -> None:
    one(library, title="theirs", isbn="up-3")
    with pytest.raises(NotAllowed):
        records.upsert(library.reader, "book", "isbn", [{"isbn": "up-3", "title": "x"}])
    with pytest.raises(NotAllowed):
        records.upsert(library.reader, "shelf", "code", [{"code": "c", "name": "x"}])


def test_an_action_can_be_undone_except_where_somebody_went_on(library: Any) -> None:
    from dataclasses import replace

    changed, touched, gone = (one(library, title=f"u{n}", price="1", series="u", volume=n) for n in range(3))
    action = replace(library.admin, cause="import", cause_ref="import-1")
    made = records.create(action, "book", [{"title": "made"}]).records[0].id
    records.update(action, "book", [{"id": changed, "title": "c1", "price": "5"}])
    records.update(action, "book", [{"id": changed, "title": "c2"}, {"id": touched, "title": "t1"}])
    records.delete(action, "book", [gone])
    records.update(library.admin, "book", [{"id": touched, "pages": 9}])
    undoing = replace(library.admin, cause="undo", cause_ref="import-1-undo")
    result = records.undo(undoing, "import-1")
    assert {r.id: r.ok for r in result.records} == {made: True, changed: True, touched: False, gone: True}
    row = library.row("book", changed)
    assert (row["title"], row["price"]) == ("u0", "1.00")
    assert library.row("book", made)["deleted_at"]
    assert not library.row("book", gone)["deleted_at"]
    assert library.row("book", touched)["title"] == "t1"
    assert not any(r.ok for r in records.undo(undoing, "import-1").records)


def test_ten_thousand_rows_cost_a_few_statements(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dougong_tenants.connection.wire import Wire

    sent: list[str] = []
    run = Wire.run

    def counting(self: Wire, *statements: Any) -> Any:
        sent.extend(text for text, _ in statements)
        return run(self, *statements)

    monkeypatch.setattr(Wire, "run", counting)
    made = records.create(library.admin, "book", [{"title": f"b{n}"} for n in range(10_000)])
    assert len(sent) <= 8, sent
    sent.clear()
    rows = [{"id": r.id, "title": f"c{r.index}"} for r in made.records]
    records.update(library.admin, "book", rows)
    assert len(sent) <= 8
    sent.clear()
    records.delete(library.admin, "book", [r["id"] for r in rows])
    assert len(sent) <= 12
    sent.clear()
    records.restore(library.admin, "book", [r["id"] for r in rows])
    assert len(sent) <= 16
    with pytest.raises(BadRequest):
        records.create(library.admin, "book", [{}] * 10_001)
