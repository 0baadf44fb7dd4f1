"""A publish that moves records out of a stage, killed while it does and after: nothing is lost, moved twice or told
twice."""

from __future__ import annotations

from pathlib import Path

from changing import Changing, an_object, changing
from dougong_metadata.documents import Document
from dougong_tenants import Database
from killing import Publisher, resumed

ROWS = 1_500
VALUES = ["draft", "review", "printed"]


def documents(values: list[str], since: bool = False) -> list[Document]:
    stage = {"type": "picklist", "values": values}
    book = an_object("book", {"title": {"type": "text"}, "stage": stage, "since": {"type": "datetime"}})
    stages = {value: {"outcome": "won"} if value == "printed" else {} for value in values}
    body = {"object": "book", "field": "stage", "stages": stages, **({"since": "since"} if since else {})}
    return [book, Document("pipeline", "sale", body)]


def prepared(database: Database, values: list[str]) -> Changing:
    it = changing(database)
    it.publish(documents(values)[0])
    it.add("book", ROWS, title="'t' || g", stage="case when mod(g, 3) = 0 then 'draft' else 'review' end")
    return it


def test_moves_go_on_after_a_kill_and_each_is_told_once(
    database: Database, publisher: Publisher, tmp_path: Path
) -> None:
    it = prepared(database, VALUES)
    it.publish(*documents(VALUES))
    less = documents(["draft", "printed"], since=True)
    for mark in ("at:restage:sale", "restage:sale", "switch"):
        publisher.kill_at(it, less, mark, tmp_path, 4, moves="sale.review=draft")
    assert resumed(it, 4) == 4
    assert it.run("select stage, count(*) from book group by 1") == [("draft", ROWS)]
    moved = 2 * ROWS // 3
    assert it.run("select count(*), count(distinct record) from _history where cause = 'publish'") == [(moved, moved)]
    assert it.run("select count(*) from book where version = 2 and since is not null") == [(moved,)]
    assert it.run("select value, left_at is null, count(*) from _stay group by 1, 2 order by 1, 2") == [
        ("draft", True, ROWS),
        ("review", False, moved),
    ]
    assert it.run("select count(*) from _restaged") == [(0,)]


def test_stays_of_a_first_pipeline_go_on_after_a_kill(database: Database, publisher: Publisher, tmp_path: Path) -> None:
    it = prepared(database, VALUES)
    for mark in ("switch", "at:stays:book.stage"):
        publisher.kill_at(it, documents(VALUES), mark, tmp_path, 3)
    assert resumed(it, 3) == 3
    assert it.run(
        "select count(*), count(distinct s.record) from _stay s join book b on b.id = s.record and b.stage = s.value"
        " where s.left_at is null"
    ) == [(ROWS, ROWS)]
