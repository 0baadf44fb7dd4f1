"""What a single writer may rely on: defaults, checks, messages, history, optimistic locking."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid, StaleVersion
from one_day import on_one_day


def one(library: Any, object: str = "book", **values: Any) -> str:
    result = records.create(library.admin, object, [values])
    return str(result.records[0].id)


def errors_of(call: Any) -> set[tuple[Any, str]]:
    with pytest.raises(RecordsInvalid) as refused:
        call()
    return {(e.field, e.code) for e in refused.value.errors}


def test_a_new_record_gets_defaults_a_number_and_its_owner(library: Any) -> None:
    today, row = on_one_day("Asia/Shanghai", lambda _: library.row("book", one(library, title="Ulysses", price="12.5")))
    assert row["owner"] == library.ann
    assert row["created_by"] == library.ann
    assert row["version"] == 1
    assert row["record_type"] == "novel"
    assert row["in_print"] is True
    assert row["due"] == (today + dt.timedelta(days=30)).isoformat()
    assert row["number"].startswith(f"B-{today.year}-0")
    assert row["price"] == "12.50"


def test_a_given_blank_is_not_replaced_by_the_default(library: Any) -> None:
    assert library.row("book", one(library, title="x", due=None))["due"] is None


def test_rows_of_one_batch_may_give_different_fields(library: Any) -> None:
    result = records.create(
        library.admin, "book", [{"title": "a", "due": None}, {"title": "b"}, {"title": "c", "pages": 3}]
    )
    first, second, third = (library.row("book", r.id) for r in result.records)
    assert first["due"] is None
    assert second["due"] is not None
    assert third["pages"] == 3
    assert second["pages"] is None


def test_history_tells_what_a_new_record_held(library: Any) -> None:
    id = one(
        library,
        title='A "quoted" \\ title',
        price="1",
        tags=["q", "p"],
        extra={"a": [1, None]},
        due="2026-01-02",
        at="2026-01-02T03:04:05+08:00",
        in_print=False,
        pages=7,
    )
    ((version, op, changes),) = library.history(id)
    assert (version, op) == (1, "create")
    assert changes["title"] == [None, 'A "quoted" \\ title']
    assert changes["price"] == [None, "1.00"]
    assert set(changes["tags"][1]) == {"p", "q"}
    assert changes["extra"] == [None, {"a": [1, None]}]
    assert changes["due"] == [None, "2026-01-02"]
    assert changes["at"] == [None, library.row("book", id)["at"]]
    assert changes["in_print"] == [None, False]
    assert changes["pages"] == [None, 7]
    assert "note" not in changes


def test_all_that_is_wrong_with_a_row_is_told_at_once(library: Any) -> None:
    assert errors_of(
        lambda: records.create(
            library.admin,
            "book",
            [
                {
                    "titel": "x",
                    "price": "abc",
                    "pages": -1,
                    "genre": "zz",
                    "secret": "s",
                    "number": "1",
                    "shelf": library.ann,
                    "reason": None,
                }
            ],
        )
    ) == {
        ("titel", "unknown_field"),
        ("title", "required"),
        ("price", "not_a_number"),
        ("pages", "below_min"),
        ("genre", "not_a_choice"),
        ("secret", "read_only"),
        ("number", "read_only"),
        ("shelf", "lookup_not_found"),
    }


def test_an_unknown_field_names_the_nearest_one(library: Any) -> None:
    with pytest.raises(RecordsInvalid) as refused:
        records.create(library.admin, "book", [{"title": "x", "pagse": 1}])
    assert "pages" in refused.value.errors[0].message


def test_a_validation_speaks_only_where_it_applies(library: Any) -> None:
    assert errors_of(lambda: one(library, title="x", price="-1")) == {("price", "validation")}
    one(library, title="x", price=None)
    closed = one(library, "shelf", name="Closed", room="closed")
    assert errors_of(lambda: one(library, title="x", shelf=closed)) == {(None, "validation")}


def test_a_validation_sees_the_former_value(library: Any) -> None:
    id = one(library, title="x", price="20")
    assert errors_of(lambda: records.update(library.admin, "book", [{"id": id, "price": "14.99"}])) == {
        (None, "validation")
    }
    records.update(library.admin, "book", [{"id": id, "price": "15"}])
    records.update(library.admin, "book", [{"id": id, "title": "y"}])


def test_a_field_is_required_while_its_condition_holds_and_it_is_shown(library: Any) -> None:
    assert errors_of(lambda: one(library, title="x", genre="c")) == {("reason", "required")}
    one(library, title="x", genre="c", in_print=False)
    id = one(library, title="x", genre="c", reason="because")
    assert errors_of(lambda: records.update(library.admin, "book", [{"id": id, "reason": " "}])) == {
        ("reason", "required")
    }


def test_dependent_choices_and_record_types_limit_each_other(library: Any) -> None:
    assert errors_of(lambda: one(library, title="x", genre="b", subgenre="x")) == {("subgenre", "not_in_dependency")}
    assert errors_of(lambda: one(library, title="x", subgenre="x")) == {("subgenre", "not_in_dependency")}
    assert errors_of(lambda: one(library, title="x", genre="a", record_type="manual")) == {
        ("genre", "not_in_record_type")
    }
    assert errors_of(lambda: one(library, title="x", record_type="nope")) == {("record_type", "not_a_choice")}
    id = one(library, title="x", genre="a", subgenre="x")
    one(library, title="x", subgenre="z")
    assert errors_of(lambda: records.update(library.admin, "book", [{"id": id, "genre": "b"}])) == {
        ("subgenre", "not_in_dependency")
    }


def test_a_unique_key_names_the_other_record(library: Any) -> None:
    one(library, title="First", isbn="i-1")
    with pytest.raises(RecordsInvalid) as refused:
        one(library, title="Second", isbn="i-1")
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("isbn", "not_unique")
    assert "First" in error.message
    assert errors_of(
        lambda: records.create(library.admin, "book", [{"title": "x", "isbn": "i-2"}, {"title": "y", "isbn": "i-2"}])
    ) == {("isbn", "not_unique")}
    one(library, title="Same", series="s", volume=1)
    assert errors_of(lambda: one(library, title="Same", series="s", volume=1)) == {("series", "not_unique")}
    one(library, title="Same", series="s")
    id = one(library, title="Same", series="s")
    assert errors_of(lambda: records.update(library.admin, "book", [{"id": id, "volume": 1}])) == {
        ("series", "not_unique")
    }


def test_an_update_that_changes_nothing_writes_nothing(library: Any) -> None:
    id = one(library, title="x", price="1.00", tags=["p"])
    (outcome,) = records.update(library.admin, "book", [{"id": id, "price": "1", "tags": ["p"], "title": "x "}]).records
    assert (outcome.version, outcome.changed) == (1, False)
    assert len(library.history(id)) == 1


def test_history_tells_only_what_really_changed(library: Any) -> None:
    id = one(library, title="x", price="1.00", note="n")
    records.update(library.admin, "book", [{"id": id, "price": "2", "title": "x", "note": None}])
    assert library.history(id)[1] == (2, "update", {"price": ["1.00", "2.00"], "note": ["n", None]})
    assert library.row("book", id)["version"] == 2


def test_a_stale_version_is_refused(library: Any) -> None:
    id = one(library, title="x")
    records.update(library.admin, "book", [{"id": id, "title": "y", "version": 1}])
    with pytest.raises(StaleVersion):
        records.update(library.admin, "book", [{"id": id, "title": "z", "version": 1}])
    assert library.row("book", id)["title"] == "y"


def test_partial_success_writes_the_good_rows(library: Any) -> None:
    result = records.create(
        library.admin,
        "book",
        [{"title": "good"}, {"title": None}, {"title": "bad", "price": "-1"}, {"title": "fine"}],
        atomic=False,
    )
    assert [r.ok for r in result.records] == [True, False, False, True]
    assert [(e.index, e.field, e.code) for e in result.errors] == [(1, "title", "required"), (2, "price", "validation")]
    assert library.row("book", result.records[3].id)["title"] == "fine"
    assert result.records[1].id is None


def test_an_atomic_batch_with_one_bad_row_writes_nothing(library: Any) -> None:
    before = library.rows("select count(*) from book")
    assert errors_of(
        lambda: records.create(library.admin, "book", [{"title": "good"}, {"title": "bad", "price": "-1"}])
    ) == {("price", "validation")}
    assert library.rows("select count(*) from book") == before


def test_lookups_take_keys_of_their_target(library: Any) -> None:
    shelf = one(library, "shelf", name="Keyed", code="k-1")
    result = records.create(
        library.admin,
        "book",
        [
            {"title": "x", "shelf": {"code": "k-1"}, "editor": "bob@library.test"},
            {"title": "y", "shelf": shelf.upper()},
        ],
    )
    row = library.row("book", result.records[0].id)
    assert (row["shelf"], row["editor"]) == (shelf, library.bob)
    assert library.row("book", result.records[1].id)["shelf"] == shelf
    assert errors_of(lambda: one(library, title="x", shelf={"code": "none"})) == {("shelf", "lookup_not_found")}
    assert errors_of(lambda: one(library, title="x", shelf={"bogus": "none"})) == {("shelf", "lookup_key")}
    one(library, "shelf", name="Twin")
    one(library, "shelf", name="Twin")
    assert errors_of(lambda: one(library, title="x", shelf={"name": "Twin"})) == {("shelf", "lookup_ambiguous")}
    assert errors_of(lambda: one(library, title="x", editor="nobody@library.test")) == {("editor", "lookup_not_found")}


def test_rights_hide_fields_and_records(library: Any) -> None:
    reader = library.reader
    assert errors_of(lambda: records.create(reader, "book", [{"title": "x", "note": "n"}])) == {
        ("note", "unknown_field")
    }
    assert errors_of(lambda: records.create(reader, "book", [{"title": "x", "pages": 1}])) == {
        ("pages", "not_editable")
    }
    with pytest.raises(NotAllowed):
        records.create(reader, "shelf", [{"name": "x"}])
    theirs = one(library, title="theirs")
    with pytest.raises(NotAllowed):
        records.update(reader, "book", [{"id": theirs, "title": "x"}])
    mine = records.create(reader, "book", [{"title": "mine"}]).records[0].id
    records.update(reader, "book", [{"id": mine, "title": "still mine"}])
    loan = one(library, "loan", label="secret loan")
    for call in (records.update,):
        with pytest.raises(NotFound):
            call(reader, "loan", [{"id": loan, "label": "x"}])
    with pytest.raises(NotFound):
        records.delete(reader, "loan", [loan])


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", 10**400, float("nan"), {"a": "b"}, ["x"], True, "x" * 2_000_000])
@pytest.mark.parametrize(
    "field",
    [
        "title",
        "price",
        "pages",
        "due",
        "at",
        "shelf",
        "genre",
        "tags",
        "note",
        "extra",
        "in_print",
        "isbn",
        "owner",
        "record_type",
    ],
)
def test_any_value_is_taken_or_refused_but_never_an_accident(library: Any, field: str, value: Any) -> None:
    for rows in ([{"title": "x", field: value}], [{"title": "x"}, {"title": "y", field: value}]):
        result = records.create(library.admin, "book", rows, atomic=False)
        for outcome in result.records:
            assert outcome.ok or all(e.code and "\ud800" not in e.message for e in outcome.errors)


def test_rows_that_are_no_records_are_refused(library: Any) -> None:
    rows: list[Any] = [None, 1, [], "x", {"title": "ok"}]
    result = records.create(library.admin, "book", rows, atomic=False)
    assert [r.ok for r in result.records] == [False] * 4 + [True]
    result = records.update(library.admin, "book", [*rows[:4], {"id": "nonsense"}, {"id": 5}, {}], atomic=False)
    assert not any(r.ok for r in result.records)
