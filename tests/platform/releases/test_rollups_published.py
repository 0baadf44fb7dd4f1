"""A roll-up that is published over existing records is right for all of them, whoever writes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.access import rights_for
from dougong_platform.errors import Conflict, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.records import create, delete, update
from dougong_platform.releases import publish as publishing
from dougong_platform.releases.release import current
from purchasing import Purchasing, make_purchasing

BASE = """
kind: object
name: purchase
default_access: write
name_field: title
fields:
  title: {type: text}
  total: {type: integer}
---
kind: object
name: line
name_field: name
fields:
  purchase: {type: detail, to: purchase}
  name: {type: text}
  pieces: {type: integer}
"""
ROLLED = BASE.replace("  total: {type: integer}\n", "  total: {type: integer}\n%s")
FIELDS = """  lines: {type: rollup, of: line.purchase, count: true}
  pieces: {type: rollup, of: line.purchase, sum: pieces, where: 'name != "x"'}
  most: {type: rollup, of: line.purchase, max: pieces}
"""
MINE = "from line c where c.purchase = p.id and c.deleted_at is null"
WRONG = (
    f"select count(*) from purchase p where p.lines <> (select count(*) {MINE})"
    f" or p.pieces <> (select coalesce(sum(c.pieces), 0) {MINE} and c.name <> 'x')"
    f" or p.most is distinct from (select max(c.pieces) {MINE})"
)


@pytest.fixture
def shop(make_database: Callable[..., str]) -> Iterator[Purchasing]:
    made = make_purchasing(make_database(), documents=BASE)
    yield made
    made.database.close()


def caller(shop: Purchasing) -> Caller:
    """Ann under the release in force."""
    release = current(shop.database, shop.tenant)
    rights = rights_for(release.model, [], True)
    return Caller(shop.database, shop.tenant, release, shop.ann, rights, "en", "Asia/Shanghai")


def publish(shop: Purchasing, fields: str) -> None:
    publishing.publish(shop.database, shop.tenant, model=compile_model(read_documents(ROLLED % fields)))


def test_writers_meanwhile_are_counted(shop: Purchasing) -> None:
    admin = caller(shop)
    purchases = [str(o.id) for o in create(admin, "purchase", [{"title": str(n)} for n in range(300)]).records]
    create(
        admin,
        "line",
        [{"purchase": purchases[n % 300], "pieces": n % 7, "name": "xy"[n % 2]} for n in range(6000)],
    )
    stop, faults = threading.Event(), []

    def write(number: int) -> None:
        mine: list[str] = []
        turn = number
        while not stop.is_set():
            turn += 2
            try:
                here = caller(shop)
                row = {"purchase": purchases[turn % 300], "pieces": turn % 11, "name": "xyz"[turn % 3]}
                mine.append(str(create(here, "line", [row]).records[0].id))
                if turn % 3 == 0:
                    update(here, "line", [{"id": mine[turn % len(mine)], "purchase": purchases[(turn * 7) % 300]}])
                if turn % 5 == 0:
                    delete(here, "line", [mine.pop(turn % len(mine))])
            except (ReleaseChanged, Conflict):
                continue
            except Exception as problem:  # noqa: BLE001 - whatever a writer meets is the test's to judge
                faults.append(problem)
                return

    threads = [threading.Thread(target=write, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    try:
        publish(shop, FIELDS)
        assert shop.rows(WRONG) == [(0,)]
        publish(shop, FIELDS.replace('"x"', '"y"'))
        assert shop.rows(
            "select count(*) from purchase p where p.pieces_2 is distinct from"
            f" (select coalesce(sum(c.pieces), 0) {MINE} and c.name <> 'y')"
        ) == [(0,)], "another definition has a column of its own"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_a_rollup_that_returns_is_counted_anew(shop: Purchasing) -> None:
    publish(shop, FIELDS)
    purchase = str(create(caller(shop), "purchase", [{"title": "P"}]).records[0].id)
    create(caller(shop), "line", [{"purchase": purchase, "pieces": 3, "name": "a"}])
    publish(shop, "")
    create(caller(shop), "line", [{"purchase": purchase, "pieces": 4, "name": "a"}])
    publish(shop, FIELDS)
    assert shop.rows("select lines, pieces, most from purchase where id = %s", [purchase]) == [(2, 7, 4)]


def test_a_formula_that_changes_changes_what_is_counted(shop: Purchasing) -> None:
    base = ROLLED % "  worth: {type: rollup, of: line.purchase, sum: worth}\n"
    worth = "  worth: {type: formula, returns: decimal, formula: 'pieces * %s'}\n"
    for factor, expected in (("2", "6.00"), ("5", "15.00")):
        documents = read_documents(base + worth % factor)
        publishing.publish(shop.database, shop.tenant, model=compile_model(documents))
        if factor == "2":
            purchase = str(create(caller(shop), "purchase", [{"title": "P"}]).records[0].id)
            create(caller(shop), "line", [{"purchase": purchase, "pieces": 3}])
        assert get(caller(shop), "purchase", purchase)["worth"] == expected
