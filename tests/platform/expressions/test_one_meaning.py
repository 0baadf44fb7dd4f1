"""One meaning: a drawn expression gives the same answer as a filter, a formula field, a condition of a query, of a
form, of a validation and of automations, and as a default; and it is what a plain reading in Python gives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import note as remark
from hypothesis import strategies as st

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.expressions import Scope, check, format, parse
from dougong_metadata.expressions import nodes as n
from dougong_metadata.model.compile import compile_model
from dougong_platform.access import rights_for
from dougong_platform.evaluation import evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.records import create, delete, update
from dougong_platform.records.unsaved import conditions, defaults
from dougong_platform.reports.grouped.plain import aggregate
from expression_drawing import WORDS, Vocabulary, day, number, text, truth
from expression_oracle import read
from reading import Reading, make_reading

OWN = """
  title: {type: text, max_length: 250}
  note: {type: text, max_length: 250}
  genre: {type: picklist, values: [novel, poetry, essay]}
  price: {type: currency, scale: 4}
  weight: {type: decimal, scale: 2}
  pages: {type: integer}
  stock: {type: integer}
  lent: {type: boolean}
  due: {type: date}
  bought: {type: date}
"""
DOCUMENTS = f"""
kind: object
name: shelf
name_field: name
fields:
  name: {{type: text}}
  width: {{type: decimal, scale: 2}}
  opened: {{type: date}}
  spare: {{type: boolean}}
---
kind: object
name: book
name_field: title
fields:{OWN}
  shelf: {{type: lookup, to: shelf}}
  touched: {{type: integer}}
  marked: {{type: boolean}}
  decimal_given: {{type: decimal, precision: 38, scale: 6}}
  text_given: {{type: long_text}}
  date_given: {{type: date}}
---
kind: object
name: book_line
name_field: title
fields:{OWN}
  book: {{type: detail, to: book, relation: lines}}
"""
PLAIN = ("price", "weight", "pages", "stock"), ("title", "note"), ("due", "bought"), ("lent",), "genre"
LINE = Vocabulary((*PLAIN[0], "book.weight"), *PLAIN[1:])
SIBLING = Vocabulary(*PLAIN)
BOOK = Vocabulary(
    (*PLAIN[0], "shelf.width"),
    (*PLAIN[1], "shelf.name"),
    (*PLAIN[2], "shelf.opened"),
    (*PLAIN[3], "shelf.spare"),
    "genre",
    (("lines", LINE), ("shelf.book", SIBLING)),
)
NAMES = [name for names in PLAIN[:4] for name in names] + ["genre"]  # type: ignore[misc]  # the last one is a text
SCALE = Decimal("0.000001")
Rows = dict[str, dict[str, Any]]
NEVER_TWICE = count(1)  # an update that changes nothing is none


@dataclass(frozen=True, repr=False)
class World:
    """`caller` administers; `rows` are the books as the oracle reads them, by id."""

    caller: Caller
    rows: Rows
    given: Mapping[str, Mapping[str, Any]]  # what they were created with, by id


def drawn(pick: random.Random) -> dict[str, Any]:
    def maybe(value: Any) -> Any:
        return None if pick.random() < 0.25 else value

    return {
        "title": maybe(pick.choice(WORDS) + pick.choice(WORDS)),
        "note": maybe(pick.choice(WORDS)),
        "genre": maybe(pick.choice(("novel", "poetry", "essay"))),
        "price": maybe(str(Decimal(pick.randint(-300, 300)) / 4)),
        "weight": maybe(str(Decimal(pick.randint(-30, 30)) / 10)),
        "pages": maybe(pick.randint(-5, 5)),
        "stock": maybe(pick.randint(-3, 3)),
        "lent": maybe(pick.random() < 0.5),
        "due": maybe((date(2026, 1, 1) + timedelta(pick.randint(-400, 400))).isoformat()),
        "bought": maybe(pick.choice(("2024-02-29", "2026-01-31", "2026-03-01"))),
    }


@pytest.fixture(scope="module")
def world(module_database_url: str) -> Iterator[World]:
    room: Reading = make_reading(module_database_url, DOCUMENTS, "meaning")
    admin, pick = room.admin, random.Random(11)
    shelves = [
        {"name": pick.choice(WORDS), "width": "2.5", "opened": "2025-06-01", "spare": True},
        {"name": "ab", "width": "-1", "opened": None, "spare": False},
        {"name": "gone", "width": "9", "opened": "2020-01-01", "spare": True},
    ]
    made = [str(one.id) for one in create(admin, "shelf", shelves).records]
    given = [drawn(pick) | {"shelf": pick.choice([*made, None])} for _ in range(24)]
    books = [str(one.id) for one in create(admin, "book", given).records]
    lines = [drawn(pick) | {"book": pick.choice(books)} for _ in range(40)]
    kept = [str(one.id) for one in create(admin, "book_line", lines).records]
    delete(admin, "book_line", kept[:6])
    delete(admin, "shelf", [made[2]])  # a link to what lies in the bin is blank, everywhere
    yield World(admin, known(admin), dict(zip(books, given, strict=True)))
    room.database.close()


def known(admin: Caller) -> Rows:
    """The stored books with what the vocabulary names, as the oracle takes them."""
    shelves = {r["id"]: r for r in list_records(admin, "shelf", limit=100).records}
    books = {
        r["id"]: {name: value(name, r[name]) for name in NAMES} | {"shelf": r["shelf"]}
        for r in everything(admin, "book")
    }
    lines = [(r["book"], {name: value(name, r[name]) for name in NAMES}) for r in everything(admin, "book_line")]
    rows: Rows = {}
    for id, book in books.items():
        shelf = shelves.get(book["shelf"] or "", {})
        rows[id] = {
            **{name: book[name] for name in NAMES},
            "shelf.name": shelf.get("name"),
            "shelf.width": value("price", shelf.get("width")),
            "shelf.opened": value("due", shelf.get("opened")),
            "shelf.spare": shelf.get("spare"),
            "lines": [{**line, "book.weight": book["weight"]} for of, line in lines if of == id],
            "shelf.book": [one for one in books.values() if shelf and one["shelf"] == book["shelf"]],
        }
    return rows


def everything(caller: Caller, object: str) -> list[dict[str, Any]]:
    return list_records(caller, object, limit=1000).records


def value(name: str, given: Any) -> Any:
    if given is None or name not in (*PLAIN[0], *PLAIN[2]):
        return given
    return Decimal(given) if name in PLAIN[0] else date.fromisoformat(given)


def wanted_of(rows: Rows, node: n.Node) -> dict[str, Any] | None:
    """What the oracle reads, by id; None where Python's dates, or a column of the test's, cannot hold it."""
    try:
        with localcontext() as context:
            context.prec = 60
            found = {id: read(node, row) for id, row in rows.items()}
    except (OverflowError, ValueError):
        return None
    fits = all(not isinstance(v, Decimal) or abs(v) < 10**15 for v in found.values())
    return found if fits else None


def under(world: World, *extra: Document, **fields: Mapping[str, Any]) -> Caller:
    """The caller under a release with more documents, and more keys in the book's fields. None of it has columns."""
    documents = []
    for document in [*read_documents(DOCUMENTS), *extra]:
        if document.key == ("object", "book"):
            merged = {name: {**document.body["fields"].get(name, {}), **said} for name, said in fields.items()}
            body = {**document.body, "fields": {**document.body["fields"], **merged}}
            document = Document("object", "book", body)
        documents.append(document)
    try:
        model = compile_model(documents)
    except InvalidDocuments as fault:
        raise AssertionError([(p.path, p.en) for p in fault.problems]) from fault
    caller = world.caller
    return replace(
        caller, release=replace(caller.release, model=model), rights=rights_for(model, (), True, caller.reach)
    )


def held(caller: Caller, filter: str) -> set[str]:
    return {r["id"] for r in list_records(caller, "book", fields=["id"], filter=filter, limit=1000).records}


def column(caller: Caller, field: str) -> dict[str, Any]:
    return {r["id"]: r[field] for r in list_records(caller, "book", fields=["id", field], limit=1000).records}


KINDS = ("decimal", number), ("text", text), ("date", day)
EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(node=st.one_of(truth(BOOK, 3), truth(BOOK, 2)))
@example(node=parse("COUNT(lines, pages > 0) > 1"))
@example(node=parse("SUM(shelf.book.price) > MAX(lines.weight)"))
@example(node=parse('COUNT(lines, book.weight > weight) = 0 and shelf.name != "ab"'))
@example(node=parse("not (COUNT(shelf.book, lent) > 2 or ISBLANK(MIN(lines.price, not lent)))"))
def test_a_condition_holds_for_the_same_records_wherever_it_stands(world: World, node: n.Node) -> None:
    read_ = wanted_of(world.rows, node)
    assume(read_ is not None)
    assert read_ is not None
    wanted, written = {id for id, found in read_.items() if found is True}, format(node)
    remark(written)
    event("relations" if "lines" in written or "shelf.book" in written else "none")
    rule = {"object": "book", "must": written, "message": "No."}
    flag = {"object": "book", "on": "updated", "if": written, "do": [{"set": {"marked": "TRUE"}}]}
    caller = under(world, holds={"type": "formula", "returns": "boolean", "formula": written})
    assert held(caller, written) == wanted
    assert {id for id, found in column(caller, "holds").items() if found is True} == wanted
    assert held(caller, "holds") == wanted
    assert held(caller, "not holds") == world.rows.keys() - wanted
    counted = aggregate(caller, {"from": "book", "where": written, "aggregates": {"n": "COUNT()"}})
    assert counted == [{"n": len(wanted)}]
    assert aggregate(caller, {"from": "book", "aggregates": {"n": "COUNT(holds)"}}) == [{"n": len(wanted)}]
    groups = aggregate(caller, {"from": "book", "group_by": ["holds"], "aggregates": {"n": "COUNT()"}})
    sizes = {True: len(wanted), False: len(world.rows) - len(wanted)}
    assert {g["holds"]: g["n"] for g in groups} == {holds: n for holds, n in sizes.items() if n}
    asked = check(written, Scope.of(caller.model, "book", saving=True))
    for id in list(world.rows)[:4]:
        assert conditions(caller, "book", [asked], {}, id) == [id in wanted]
    with caller.database.transaction(caller.tenant) as tx:
        told = evaluate(caller, "book", [asked], list(world.rows), tx)
    assert {id for id, (holds,) in told.items() if holds is True} == wanted
    ruled = under(world, Document("validation", "rule", rule))
    turn = next(NEVER_TWICE)
    outcome = update(ruled, "book", [{"id": id, "touched": turn} for id in world.rows], atomic=False)
    assert {str(one.id) for one in outcome.records if not one.errors} == wanted
    flagged = under(world, Document("automation", "flag", flag))
    update(flagged, "book", [{"id": id, "marked": False, "touched": -turn} for id in world.rows])
    assert {id for id, found in column(flagged, "marked").items() if found is True} == wanted


def canonical(found: Any) -> Any:
    """An oracle's value as the API shows it in a field of the test."""
    if isinstance(found, Decimal):
        return found.quantize(SCALE, ROUND_HALF_UP)
    return found


def shown(kind: str, found: Any) -> Any:
    if found is None:
        return None
    return {"decimal": Decimal, "text": str, "date": date.fromisoformat}[kind](found)


@EXAMPLES
@given(drawn=st.one_of(*(st.tuples(st.just(k), s(BOOK, 3)) for k, s in KINDS)))
@example(drawn=("decimal", parse("SUM(lines.price * lines.weight, lent) + COUNT(shelf.book)")))
@example(drawn=("decimal", parse("MAX(lines.stock, pages < 3) * shelf.width")))
def test_a_value_is_the_same_wherever_it_is_worked_out(world: World, drawn: tuple[str, n.Node]) -> None:
    kind, node = drawn
    if kind == "text":
        node = n.Call("LEFT", (node, n.Number("200")))
    found = wanted_of(world.rows, node)
    assume(found is not None)
    assert found is not None
    wanted, written, target = {id: canonical(v) for id, v in found.items()}, format(node), f"{kind}_given"
    remark(written)
    caller = under(world, worked={"type": "formula", "returns": kind, "scale": 6, "formula": written})
    assert {id: shown(kind, v) for id, v in column(caller, "worked").items()} == wanted
    assert (
        held(caller, f"ISBLANK({written})")
        == held(caller, "ISBLANK(worked)")
        == {i for i, v in wanted.items() if v is None}
    )
    there = [v for v in wanted.values() if v is not None]
    if kind != "text":
        most = aggregate(caller, {"from": "book", "aggregates": {"m": "MAX(worked)"}})[0]["m"]
        assert shown(kind, most) == max(there, default=None)
        ordered = list_records(caller, "book", fields=["worked"], sort=["worked"], limit=1000).records
        assert [shown(kind, r["worked"]) for r in ordered][: len(there)] == sorted(there)
    for line in list_records(caller, "book_line", fields=["book", "book.worked"], limit=5).records:
        assert shown(kind, line["book.worked"]) == wanted[line["book"]]
    saver = {"object": "book", "on": "updated", "do": [{"set": {target: written}}]}
    setting = under(world, Document("automation", "saver", saver))
    turn = next(NEVER_TWICE)
    update(setting, "book", [{"id": id, "touched": turn} for id in world.rows])
    assert {id: shown(kind, v) for id, v in column(setting, target).items()} == wanted


@EXAMPLES
@given(drawn=st.one_of(*(st.tuples(st.just(k), s(BOOK, 2)) for k, s in KINDS)))
@example(drawn=("decimal", parse("COUNT(shelf.book) + COUNT(lines) + SUM(shelf.book.price, lent)")))
def test_a_default_is_what_the_new_record_would_work_out(world: World, drawn: tuple[str, n.Node]) -> None:
    kind, node = drawn
    if kind == "text":
        node = n.Call("LEFT", (node, n.Number("200")))
    fresh = {id: row | {"lines": []} for id, row in list(world.rows.items())[:6]}  # nothing points to it yet
    found = wanted_of(fresh, node)
    assume(found is not None)
    assert found is not None
    wanted, target = [canonical(v) for v in found.values()], f"{kind}_given"
    remark(format(node))
    caller = under(world, **{target: {"default": format(node)}})
    links = {r["id"]: r["shelf"] for r in everything(world.caller, "book")}
    there = {r["id"] for r in everything(world.caller, "shelf")}
    values = [
        {**world.given[id], "shelf": links[id] if links[id] in there else None} for id in fresh
    ]  # a new record cannot point to what lies in the bin
    offered = [defaults(caller, "book", one).get(target) for one in values]
    assert [shown(kind, v) for v in offered] == wanted
    made = [str(one.id) for one in create(caller, "book", values).records]
    saved = column(caller, target)
    delete(caller, "book", made)
    assert [shown(kind, saved[id]) for id in made] == wanted
