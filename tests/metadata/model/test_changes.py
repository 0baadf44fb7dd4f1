"""Steps between two models, and changes of a document in words."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.field_types import field_type_named, offered
from dougong_metadata.model.changes import Step, compare
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.describe import describe_change
from dougong_metadata.model.types import Model

TITLE = {"type": "text", "label": {"en": "Title", "zh": "书名"}}


def model(*extra: Document, keys: dict[str, Any] | None = None, **fields: Any) -> Model:
    book = Document("object", "book", {"name_field": "title", **(keys or {}), "fields": {"title": TITLE, **fields}})
    return compile_model([book, *extra])


def shelf(name: str = "shelf") -> Document:
    return Document("object", name, {"name_field": "name", "fields": {"name": {"type": "text"}}})


def steps(old: Model, new: Model) -> list[tuple[str, str | None]]:
    return [(step.action, step.field or step.name) for step in compare(old, new)]


def test_nothing_changed_means_no_steps() -> None:
    assert compare(model(), model()) == []


def test_an_object_comes_with_its_fields_links_and_keys_in_order() -> None:
    link, due = {"type": "lookup", "to": "shelf"}, {"type": "date", "index": True}
    new = model(shelf(), shelf=link, key={"type": "external_key"}, due=due)
    found = compare(compile_model([]), new)
    assert [(s.action, s.object) for s in found[:2]] == [("add_table", "book"), ("add_table", "shelf")]
    assert [s.action for s in found[2:]] == ["add_column"] * 5 + ["add_foreign_key", "add_unique", "add_index"]
    assert found[0].says.en == "Add the object “Book”"
    assert found[0].says.zh == "新增对象「Book」"


def test_what_is_removed_is_retired_and_tells_who_uses_it() -> None:
    view = Document("list_view", "all_books", {"object": "book", "columns": ["title", "price"]})
    old, new = model(view, shelf(), price={"type": "currency"}), model()
    [column, table] = compare(old, new)
    assert (column.action, column.field, table.action, table.object) == (
        "retire_column",
        "price",
        "retire_table",
        "shelf",
    )
    assert [(use.kind, use.name, use.path) for use in column.uses] == [("list_view", "all_books", "columns[1]")]


@pytest.mark.parametrize(
    ("old", "new", "expected", "conversion"),
    [
        ({"type": "integer"}, {"type": "decimal", "precision": 21}, "change_type", "safe"),
        ({"type": "integer"}, {"type": "decimal"}, "change_type", "checked"),
        ({"type": "integer"}, {"type": "decimal", "max": 5}, "change_type", "checked"),
        ({"type": "text"}, {"type": "decimal"}, "change_type", "checked"),
        ({"type": "text"}, {"type": "long_text"}, "change_type", "safe"),
        ({"type": "decimal"}, {"type": "text"}, "change_type", "safe"),
        ({"type": "long_text"}, {"type": "text"}, "change_type", "checked"),
        ({"type": "date"}, {"type": "boolean"}, "change_type", "impossible"),
        ({"type": "json"}, {"type": "address"}, "change_type", "impossible"),
        ({"type": "text"}, {"type": "picklist", "values": ["a"]}, "change_type", "checked"),
        (
            {"type": "picklist", "values": ["a"]},
            {"type": "multi_picklist", "values": ["a", "b"]},
            "change_type",
            "safe",
        ),
        ({"type": "picklist", "values": ["a", "b"]}, {"type": "picklist", "values": ["a"]}, "narrow", "checked"),
        ({"type": "text", "max_length": 200}, {"type": "text", "max_length": 100}, "narrow", "checked"),
        ({"type": "decimal", "scale": 4}, {"type": "decimal", "scale": 2}, "narrow", "checked"),
        ({"type": "lookup", "to": "shelf"}, {"type": "lookup", "to": "book"}, "retarget_lookup", "impossible"),
        ({"type": "lookup", "to": "shelf"}, {"type": "detail", "to": "shelf"}, "change_type", "checked"),
    ],
)
def test_a_change_of_type_says_what_happens_to_the_data(old: Any, new: Any, expected: str, conversion: str) -> None:
    step: Step = compare(model(shelf(), a=old), model(shelf(), a=new))[0]
    assert (step.action, step.conversion) == (expected, conversion)
    assert step.old is not None
    assert step.new is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "text", "max_length": 100}, {"type": "text", "max_length": 200, "help": "x", "searchable": True}),
        ({"type": "picklist", "values": ["a"]}, {"type": "picklist", "values": ["b", "a"]}),
        ({"type": "decimal", "precision": 10}, {"type": "decimal", "precision": 12}),
        ({"type": "date", "required": True}, {"type": "date"}),
    ],
)
def test_what_allows_more_needs_no_step(old: Any, new: Any) -> None:
    assert compare(model(a=old), model(a=new)) == []


def test_keys_and_indexes_are_built_before_others_are_dropped() -> None:
    old = model(
        keys={"unique_keys": {"once": ["title"]}, "indexes": {"by": ["title"]}}, a={"type": "text", "unique": True}
    )
    new = model(keys={"unique_keys": {"once": ["title", "a"]}}, a={"type": "text", "index": True, "required": True})
    assert steps(old, new) == [
        ("set_required", "a"),
        ("add_unique", "once"),
        ("add_index", "a"),
        ("drop_index", "by"),
        ("drop_unique", "a"),
        ("drop_unique", "once"),
    ]


STORED = [name for name in offered() if not field_type_named(name).derived]


@pytest.mark.parametrize("before", STORED)
def test_every_pair_of_types_has_an_answer(before: str) -> None:
    def made(name: str) -> Model:
        extra = {"to": "shelf"} if name in ("lookup", "detail") else {"values": ["a"]} if "picklist" in name else {}
        return model(shelf(), a={"type": name, **extra})

    old = made(before)
    for after in STORED:
        found = [step for step in compare(old, made(after)) if step.action == "change_type"]
        assert len(found) == (before != after)
        assert all(step.conversion in ("safe", "checked", "impossible") for step in found)


def test_a_change_is_told_in_words() -> None:
    old = Document(
        "object",
        "book",
        {
            "name_field": "title",
            "history": True,
            "fields": {
                "title": TITLE,
                "genre": {"type": "picklist", "values": ["a", {"value": "b", "label": {"en": "B", "zh": "乙"}}]},
            },
        },
    )
    new = Document(
        "object",
        "book",
        {
            "name_field": "title",
            "history": False,
            "fields": {
                "title": {**TITLE, "max_length": 100},
                "due": {"type": "date", "label": {"en": "Due", "zh": "到期"}},
                "genre": {"type": "picklist", "values": ["a", {"value": "b", "label": {"en": "B", "zh": "丙"}}]},
            },
        },
    )
    found = [(c.path, c.label.en, c.label.zh, c.old.en, c.new.zh) for c in describe_change(old, new)]
    assert found == [
        ("history", "History", "历史", "yes", "否"),
        ("fields.title.max_length", "Fields › Title › Longest", "字段 › 书名 › 最大长度", "nothing", "100"),
        ("fields.genre.values", "Fields › Genre › Values", "字段 › Genre › 值", "a, B", "a、丙"),
        ("fields.due", "Fields › Due", "字段 › 到期", "nothing", "到期"),
    ]


def test_a_new_a_removed_and_a_reordered_document_are_told() -> None:
    document = shelf()
    assert [(c.old.en, c.new.zh) for c in describe_change(None, document)] == [("nothing", "对象「Shelf」")]
    assert [(c.old.en, c.new.en) for c in describe_change(document, None)] == [("Object Shelf", "nothing")]
    assert describe_change(document, document) == []
    fields = {"a": {"type": "text"}, "b": {"type": "text"}}
    [moved] = describe_change(
        Document("object", "x", {"fields": fields}), Document("object", "x", {"fields": dict(reversed(fields.items()))})
    )
    assert moved.label.en == "Fields › Order"
    assert (moved.old.en, moved.new.en) == ("a, b", "b, a")


def test_a_formula_has_no_column_and_a_rollup_shares_its_own_with_nothing() -> None:
    text, formula = {"type": "text"}, {"type": "formula", "returns": "text", "formula": "title"}
    assert steps(model(), model(a=formula)) == []
    assert steps(model(a=text), model(a=formula)) == [("retire_column", "a")]
    assert steps(model(a=formula), model(a=text)) == [("add_column", "a")]
    count = {"type": "rollup", "of": "book.up", "count": True}
    up = {"type": "lookup", "to": "book"}
    number = {"type": "integer"}
    assert steps(model(up=up, a=number), model(up=up, a=count)) == [("add_column", "a"), ("retire_column", "a")]
    assert steps(model(up=up, a=count), model(up=up, a=count)) == []
    narrowed = {**count, "where": 'title = "x"'}
    assert steps(model(up=up, a=count), model(up=up, a=narrowed)) == [("add_column", "a"), ("retire_column", "a")]
