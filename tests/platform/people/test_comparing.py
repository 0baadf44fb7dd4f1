"""Two permission sets side by side: what they come to, however they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.people.permission_sets.comparing import compare
from dougong_tenants import ADMINISTRATOR
from reading import DOCUMENTS, Client, Reading

MORE = """
---
kind: permission_set
name: short
objects: {'*': {modify_all: true}, book: {read: department, create: true}}
---
kind: permission_set
name: long
objects:
  shelf: {read: all, update: all, delete: all}
  vault: {read: all, update: all, delete: all}
  chapter: {read: all, update: all, delete: all}
  book: {read: department, create: true}
fields: {book.title: edit}
---
kind: permission_set
name: masked
objects: {book: {read: department, create: true}, '*': {modify_all: true}}
fields: {book.title: mask}
kinds: [list_view]
"""


def differing(a: str, b: str) -> list[tuple[str, str | None, str, str, str]]:
    model = compile_model(read_documents(DOCUMENTS + MORE))
    return [(r.part, r.object, r.subject, r.a, r.b) for r in compare(model, a, b, "en") if r.differs]


def test_two_ways_to_write_the_same_do_not_differ() -> None:
    assert differing("short", "long") == []


def test_a_field_and_a_kind_of_metadata_are_told_where_they_differ() -> None:
    assert differing("short", "masked") == [
        ("kinds", None, "list_view", "no", "yes"),
        ("field", "book", "title", "edit", "mask"),
    ]


def test_every_right_of_an_object_is_compared_in_words() -> None:
    model = compile_model(read_documents(DOCUMENTS))
    rows = {(r.object, r.subject): r for r in compare(model, "reader", "librarian", "zh") if r.part == "object"}
    assert (rows["book", "read"].a_words, rows["book", "read"].b_words) == ("自己的记录", "全部记录")
    assert (rows["book", "import"].a_words, rows["book", "import"].b_words) == ("否", "是")
    assert rows["book", "read"].object_label == "书"
    fields = {(r.object, r.subject): r.b for r in compare(model, "reader", ADMINISTRATOR, "en") if r.part == "field"}
    assert fields["book", "cost"] == "edit"


def test_the_comparison_is_answered_as_json_and_as_a_table(client: Client) -> None:
    path = "/api/v1/permission-sets/compare"
    status, found = client.get(path, a="reader", b="librarian")
    assert status == 200
    assert found["differences"] == len(found["rows"])
    assert {"part": "field", "subject": "cost", "a": "none", "b": "edit"}.items() <= next(
        row for row in found["rows"] if row["subject"] == "cost"
    ).items()
    assert len(client.get(path, a="reader", b="librarian", all="true")[1]["rows"]) > found["differences"]
    table = client.open(path, query_string={"a": "reader", "b": "librarian", "format": "csv"})
    assert table.mimetype == "text/csv"
    heads, *rows = csv.reader(io.StringIO(table.get_data(as_text=True).removeprefix("\ufeff")))
    assert heads == ["Part", "Object", "Right", "Reader", "Librarian"]
    assert len(rows) == found["differences"]
    assert client.get(path, a="reader", b="reader")[1]["rows"] == []
    assert client.get(path, a="reader", b="nope")[0] == 404
    assert client.get(path, a="reader")[0] == 400


def test_who_shapes_nothing_and_keeps_nobody_compares_nothing(
    client_of: Callable[..., Client], reading: Reading
) -> None:
    assert client_of(reading.bob).get("/api/v1/permission-sets/compare", a="reader", b="reader")[0] == 403
