"""Who sees, changes and deletes what: the predicate against the rules applied by hand; fields that do not exist."""

from __future__ import annotations

import uuid
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from dougong_metadata.documents import read_documents
from dougong_metadata.errors import Fault
from dougong_metadata.model.compile import compile_model
from dougong_platform.access import predicate, rights_for
from dougong_platform.errors import BadField, BadFilter, BadSort, NotAllowed, NotFound
from dougong_platform.query import display_names, get, list_records
from dougong_platform.storage import PLAIN, compile_statement, tables
from reading import Reading


@pytest.fixture(scope="module")
def rows(reading: Reading) -> dict[str, str]:
    """Two books with a chapter each: one of ann's, one of bob's; both on ann's shelf."""
    shelf = str(uuid.uuid4())
    reading.run(
        "insert into shelf (id, owner, name, combination) values (%s, %s, 'S', '12-34') returning 1",
        [shelf, reading.ann],
    )
    found = {"shelf": shelf}
    for who in ("ann", "bob"):
        book, chapter = str(uuid.uuid4()), str(uuid.uuid4())
        reading.run(
            "insert into book (id, owner, title, shelf, cost) values (%s, %s, %s, %s, 9) returning 1",
            [book, getattr(reading, who), f"{who}'s", shelf],
        )
        reading.run(
            "insert into chapter (id, owner, book, title) values (%s, null, %s, 'c') returning 1", [chapter, book]
        )
        found |= {f"{who}_book": book, f"{who}_chapter": chapter}
    return found


def test_own_means_own_and_a_detail_is_as_open_as_its_parent(reading: Reading, rows: dict[str, str]) -> None:
    reader = reading.reader
    assert {r["id"] for r in list_records(reader, "book").records} == {rows["bob_book"]}
    assert {r["id"] for r in list_records(reader, "chapter").records} == {rows["bob_chapter"]}
    with pytest.raises(NotFound):
        get(reader, "book", rows["ann_book"])
    with pytest.raises(NotFound):
        get(reader, "chapter", rows["ann_chapter"])
    assert display_names(reader, "book", [rows["ann_book"], rows["bob_book"], "x"]) == {rows["bob_book"]: "bob's"}


def test_fields_without_right_exist_nowhere(reading: Reading, rows: dict[str, str]) -> None:
    reader = reading.reader
    record = get(reader, "book", rows["bob_book"])
    assert "cost" not in record
    assert "cost" in get(reading.admin, "book", rows["bob_book"])
    for fields in (["cost"], ["shelf.combination"], ["vault.name"]):
        with pytest.raises(BadField):
            list_records(reader, "book", fields=fields)
        with pytest.raises(BadSort):
            list_records(reader, "book", sort=fields)
    messages = set()
    for name in ("cost", "shelf.combination", "vault.name", "nonsense", "shelf.nonsense", "vault.nonsense"):
        with pytest.raises(BadFilter) as caught:
            list_records(reader, "book", filter=f"ISBLANK({name})")
        assert caught.value.data["hint"] not in ("cost", "combination")
        messages.add(
            str(caught.value)
            .replace("nonsense", "X")
            .replace("cost", "X")
            .replace("combination", "X")
            .replace("`name`", "`X`")
        )
    assert len(messages) <= 3  # of the book, of the shelf, through a link that leads nowhere
    with pytest.raises(NotAllowed):
        list_records(reader, "vault")
    with pytest.raises(Fault) as unknown:
        list_records(reader, "vaul")
    assert "vault" not in str(unknown.value)


def test_a_joined_record_that_may_not_be_seen_reads_as_blank(reading: Reading, rows: dict[str, str]) -> None:
    vault = str(uuid.uuid4())
    reading.run("insert into vault (id, owner, name) values (%s, %s, 'V') returning 1", [vault, reading.ann])
    reading.run("update book set vault = %s where id = %s returning 1", [vault, rows["bob_book"]])
    own = get(reading.reader, "book", rows["bob_book"], ["shelf.name", "owner.name", "vault"])
    assert own["shelf.name"] == "S"
    assert own["owner.name"] == "Bob"
    reading.run("update shelf set deleted_at = now() where id = %s returning 1", [rows["shelf"]])
    assert get(reading.admin, "book", rows["bob_book"], ["shelf.name", "shelf"]) | {"version": 1} == {
        "id": rows["bob_book"],
        "shelf.name": None,
        "shelf": rows["shelf"],
        "version": 1,
    }
    reading.run("update shelf set deleted_at = null where id = %s returning 1", [rows["shelf"]])


DOCUMENTS = """
kind: object
name: folder
default_access: {access}
name_field: name
fields: {{name: {{type: text}}}}
---
kind: object
name: sheet
name_field: name
fields: {{name: {{type: text}}, folder: {{type: detail, to: folder}}}}
---
kind: permission_set
name: one
label: One
objects: {{folder: {{read: {one}, update: {one}, delete: {one}}}, sheet: {{read: all, update: all, delete: {two}}}}}
---
kind: permission_set
name: two
label: Two
objects: {{folder: {{read: {two}}}}}
"""


@pytest.mark.parametrize(
    ("access", "one", "two"),
    list(product(("private", "read", "write"), ("none", "own", "all"), ("none", "own", "all"))),
)
def test_the_predicate_says_what_the_rules_say(access: str, one: str, two: str) -> None:
    model = compile_model(read_documents(DOCUMENTS.format(access=access, one=one, two=two)))
    made = tables(model, PLAIN)
    rights = rights_for(model, ["one", "two"], is_admin=False)

    def text(object: str, action: Any) -> str:
        found = predicate(made, rights, object, action, made[object])
        if found is None:
            return "all"
        sql = compile_statement(select(made[object].c.id).where(found)).text.partition("WHERE")[2]
        return "none" if "owner" not in sql else "own"

    order = ("none", "own", "all")
    read = max(one, two, key=order.index)
    expected = {
        "read": "all" if read == "own" and access != "private" else read,
        "update": "all" if one == "own" and access == "write" else one,
        "delete": one,
    }
    assert {action: text("folder", action) for action in expected} == expected
    assert text("sheet", "read") == expected["read"]
    assert text("sheet", "update") == expected["update"]
    assert text("sheet", "delete") == ("none" if two == "none" else expected["update"])


def test_sets_widen_one_another_and_fields_never_reach_beyond_the_object(reading: Reading) -> None:
    model = reading.admin.model
    reader = rights_for(model, ["reader"], is_admin=False)
    both = rights_for(model, ["reader", "librarian"], is_admin=False)
    assert (reader.field("book", "cost"), both.field("book", "cost")) == ("none", "edit")
    assert (reader.field("book", "summary"), both.field("book", "summary")) == ("read", "edit")
    assert (reader.object("book").read, both.object("book").read) == ("own", "all")
    assert reader.field("vault", "name") == "none"
    assert reader.field("user", "email") == "read"
    assert both.system == {"people"}
    assert rights_for(model, ["no_such_set"], is_admin=False).object("book").read == "none"
