"""Physical names, tables in the placeholder schema, and statements that are compiled once for all tenants."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from changing import TEXT, Fields, an_object
from dougong_metadata.model.compile import compile_model
from dougong_platform.storage import PLAIN, Catalogue, compile_statement, sort_key, table, tables
from dougong_platform.storage.catalogue import LONGEST, shorten
from dougong_platform.storage.structure import structure

MODEL = compile_model(
    [
        an_object(
            "book",
            {"title": {"type": "text", "index": True}, "price": {"type": "decimal"}, "isbn": {"type": "external_key"}},
        )
    ]
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


@given(st.dictionaries(NAMES, NAMES, max_size=5), st.dictionaries(st.tuples(NAMES, NAMES), NAMES, max_size=5))
def test_a_catalogue_survives_being_stored(names: dict[str, str], columns: dict[tuple[str, str], str]) -> None:
    catalogue = Catalogue.of(names, columns)
    again = Catalogue.from_json(catalogue.json())
    assert (again, again.key) == (catalogue, catalogue.key)
    assert all(again.table(name) == physical for name, physical in names.items())
    assert all(again.column(*name) == physical for name, physical in columns.items())


def test_a_catalogue_without_exceptions_is_the_plain_one() -> None:
    assert Catalogue.of({"book": "book"}, {("book", "title"): "title"}) is PLAIN


@given(st.text("abc_", min_size=1, max_size=200), st.text("0123456789abcdef", max_size=8))
def test_shortened_names_fit_and_differ(name: str, tag: str) -> None:
    assert len(shorten(name, tag)) <= LONGEST
    assert shorten(name, tag).endswith(tag)
    if len(name) > LONGEST:
        assert shorten(name + "x", tag) != shorten(name, tag)


def test_equal_models_share_their_tables() -> None:
    assert tables(MODEL, PLAIN) is tables(MODEL, Catalogue.of({}, {}))
    assert table(MODEL, PLAIN, "book") is table(MODEL, PLAIN, "book")


def test_columns_are_asked_for_by_field_whatever_they_are_called() -> None:
    moved = table(MODEL, Catalogue.of({"book": "book_2"}, {("book", "price"): "price_2"}), "book")
    assert (moved.name, moved.c.price.name, moved.c.title.name) == ("book_2", "price_2", "title")


def test_a_statement_names_the_schema_and_the_release_it_is_sent_for() -> None:
    book = table(MODEL, PLAIN, "book")
    statement = compile_statement(select(book.c.title).where(book.c.title == "a%b").order_by(sort_key(book.c.title)))
    text = statement.for_tenant("t_acme", 7)
    assert text.startswith("/* r7 */ SELECT")
    assert '"t_acme".book' in text
    assert '"t_acme".sort_key(' in text
    assert "§" not in text
    assert list(statement.params.values()) == ["a%b"]
    assert statement.for_tenant("t_acme", 7) is text


def test_a_violated_index_tells_which_key_it_stands_for() -> None:
    made = structure(MODEL, PLAIN)
    (unique,) = (index for index in made.indexes.values() if index.unique)
    assert (unique.fields, made.unique(unique.name)) == (("isbn",), unique)
    assert made.unique("another") is None


def test_names_of_indexes_change_with_what_they_index() -> None:
    def names(kind: Fields) -> set[str]:
        model = compile_model([an_object("book", {"title": TEXT, "genre": {**kind["genre"], "index": True}})])
        return {i.name for i in structure(model, PLAIN).indexes.values() if "genre" in i.columns}

    as_words, as_code = names({"genre": TEXT}), names({"genre": {"type": "picklist", "values": ["a"]}})
    assert as_words.isdisjoint(as_code)


def test_the_index_of_somebodys_own_records_carries_what_is_compared_as_it_stands() -> None:
    fields: Fields = {
        "title": TEXT,
        "note": {"type": "text", "index": True},  # sorts by its key: longer than an index can carry
        "genre": {"type": "picklist", "values": ["a"], "index": True},
        "price": {"type": "decimal", "index": True},
        "pages": {"type": "integer"},  # without an index: carried here alone, each change of it would cost one more
        "printed": {"type": "date"},
        "isbn": {"type": "external_key", "index": True},
    }

    def owned(**more: Any) -> str:
        made = structure(compile_model([an_object("book", {**fields, **more}, indexes={"by_day": ["printed"]})]), PLAIN)
        (found,) = (i.definition for i in made.indexes.values() if i.columns == ("owner", "created_at", "id"))
        return found

    assert owned() == '(owner, created_at, id) include ("genre", "price", "printed") where deleted_at is null'
    many = {f"choice_{n}": {"type": "picklist", "values": ["a"], "index": True} for n in range(9)}
    assert owned(**many).count('"choice_') == 3
