"""Search finds records by words and by any Chinese character, and shows only what the reader may see."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.errors import BadRequest, NotAllowed
from dougong_platform.search import document, find
from reading import Client, Reading, make_reading


def keep(reading: Reading, object: str, owner: str, **values: Any) -> str:
    """A record with its search row, as the write path keeps it."""
    id = str(uuid.uuid4())
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    reading.run(
        f"insert into {object} (id, owner, {names}) values (%s, %s, {marks}) returning 1", [id, owner, *values.values()]
    )
    title, text, vector = document(reading.admin.model.objects[object], values)
    reading.run(
        "insert into _search (record, object, title, text, words) values (%s, %s, %s, %s, %s::tsvector) returning 1",
        [id, object, title, text, vector],
    )
    return id


@pytest.fixture(scope="module")
def kept(reading: Reading) -> dict[str, str]:
    return {
        "university": keep(
            reading, "book", reading.ann, title="北京大学校史", summary="A history of ACME Corp and others"
        ),
        "capital": keep(reading, "book", reading.bob, title="京城大观", summary="北 京 大"),
        "acme": keep(reading, "book", reading.bob, title="Acme", summary="crème brûlée 100% a_b"),
        "shelf": keep(reading, "shelf", reading.ann, name="北区书架 Acme room"),
        "vault": keep(reading, "vault", reading.ann, name="Acme vault"),
    }


def ids(found: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in found}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("北京", {"university"}),
        ("京大", {"university"}),
        ("史", {"university"}),
        ("京", {"university", "capital"}),
        ("acme", {"university", "acme", "shelf", "vault"}),
        ("ACM", {"university", "acme", "shelf", "vault"}),
        ("acme corp", {"university"}),
        ("ａｃｍｅ 北", {"university", "shelf"}),
        ("cme", set()),
        ("nothing", set()),
        ("brûlée", {"acme"}),
        ("100%", {"acme"}),
        ("%", set()),
        ("'); drop table book; --", set()),
        ("\0", set()),
        ("", set()),
    ],
)
def test_what_is_typed_finds_what_holds_it(reading: Reading, kept: dict[str, str], text: str, names: set[str]) -> None:
    assert ids(find(reading.admin, text)) == {kept[name] for name in names}


def test_the_title_that_is_the_text_comes_first(reading: Reading, kept: dict[str, str]) -> None:
    assert find(reading.admin, "acme")[0]["id"] == kept["acme"]


def test_a_snippet_shows_where(reading: Reading, kept: dict[str, str]) -> None:
    found = {one["id"]: one for one in find(reading.admin, "corp")}
    assert "ACME Corp" in found[kept["university"]]["snippet"]


def test_a_reader_finds_his_own_and_no_vault_and_nothing_by_a_hidden_field(
    reading: Reading, kept: dict[str, str]
) -> None:
    assert ids(find(reading.reader, "acme")) == {kept["acme"], kept["shelf"]}
    hidden = reading.caller(reading.bob, "librarian")
    assert kept["university"] in ids(find(hidden, "history"))


def test_the_recycle_bin_is_not_searched(reading: Reading, kept: dict[str, str]) -> None:
    gone = keep(reading, "book", reading.ann, title="evanescent")
    assert ids(find(reading.admin, "evanescent")) == {gone}
    reading.run("update book set deleted_at = now() where id = %s returning 1", [gone])
    assert find(reading.admin, "evanescent") == []


def test_wrong_questions_are_refused(reading: Reading) -> None:
    with pytest.raises(BadRequest):
        find(reading.admin, "x", limit=0)
    with pytest.raises(NotAllowed):
        find(reading.reader, "x", ["vault"])


def test_the_endpoint_answers_what_was_found(client: Client, kept: dict[str, str]) -> None:
    status, found = client.get("/api/v1/search", q="校史", objects="book,shelf", limit=5)
    assert status == 200
    assert [one["id"] for one in found["found"]] == [kept["university"]]
    assert set(found["found"][0]) == {"object", "id", "title", "snippet"}


def test_many_hits_in_a_field_that_is_hidden_do_not_crowd_out_those_that_are_not(make_database: Any) -> None:
    documents = """
kind: object
name: paper
name_field: name
fields:
  name: {type: text}
  secret: {type: text, searchable: true}
  remark: {type: text, searchable: true}
---
kind: permission_set
name: reader
label: Reader
objects: {paper: {read: all}}
fields: {paper.secret: none}
"""
    made = make_reading(make_database(), documents)
    shown = records.create(made.admin, "paper", [{"name": "first", "remark": "Sought Ｗord"}]).records[0].id
    records.create(made.admin, "paper", [{"name": f"n{n}", "secret": "sought word"} for n in range(1200)])
    assert [one["id"] for one in find(made.reader, "sought word")] == [shown]
    assert len(find(made.admin, "sought word", limit=100)) == 100
    made.database.close()
