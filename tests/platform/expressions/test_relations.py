"""Counts and sums over the records that point to one: the same in filters, validations, forms, rules and plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.expressions import Scope, check
from dougong_metadata.model.compile import compile_model
from dougong_platform.errors import BadFilter, RecordsInvalid
from dougong_platform.query import list_records
from dougong_platform.query.fields import may_read_rule
from dougong_platform.records import create, delete, update
from dougong_platform.records.unsaved import conditions
from dougong_platform.releases.impact import Counter
from dougong_platform.releases.violations import violations
from dougong_platform.reports.grouped.plain import aggregate
from reading import Reading, make_reading

DOCUMENTS = """
kind: object
name: shelf
name_field: name
fields:
  name: {type: text}
---
kind: object
name: book
name_field: title
fields:
  title: {type: text, required: true}
  shelf: {type: lookup, to: shelf}
  price: {type: currency, scale: 2}
---
kind: object
name: page
name_field: heading
fields:
  book: {type: detail, to: book, relation: pages}
  heading: {type: text}
  words: {type: integer}
---
kind: object
name: loan
name_field: name
fields:
  name: {type: text}
  book: {type: lookup, to: book}
  days: {type: integer}
---
kind: validation
name: not_too_long
object: book
must: COUNT(pages, words > 100) <= 2 or price > COUNT(shelf.book)
message: {en: Too long., zh: 太长。}
---
kind: sharing
name: often_lent
object: book
when: COUNT(loan, days > 7) >= 2
with: {permission_sets: [reader]}
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: own, update: own}
  shelf: {read: all}
  page: {create: true, read: all, update: all}
  loan: {create: true, read: own}
---
kind: permission_set
name: stranger
label: Stranger
objects:
  book: {read: all}
  shelf: {read: all}
  loan: {read: all}
fields: {loan.book: none}
"""


@pytest.fixture(scope="module")
def room(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS, "relations")
    yield made
    made.database.close()


def ids(result: Any) -> list[str]:
    return [str(one.id) for one in result.records]


@pytest.fixture(scope="module")
def books(room: Reading) -> dict[str, str]:
    """Three books on two shelves: A with three pages and three loans, B with one of each, C bare."""
    admin = room.admin
    north, south = ids(create(admin, "shelf", [{"name": "North"}, {"name": "South"}]))
    a, b, c = ids(
        create(
            admin,
            "book",
            [
                {"title": "A", "shelf": north, "price": "5"},
                {"title": "B", "shelf": north, "price": "7.50"},
                {"title": "C", "shelf": south},
            ],
        )
    )
    create(admin, "page", [{"book": a, "heading": f"A{n}", "words": n * 50} for n in range(1, 4)])
    create(admin, "page", [{"book": b, "heading": "B1", "words": 80}])
    gone = ids(create(admin, "page", [{"book": c, "heading": "C1", "words": 900}]))
    delete(admin, "page", gone)
    create(admin, "loan", [{"book": a, "name": f"L{n}", "days": n * 5} for n in range(1, 4)])
    create(admin, "loan", [{"book": b, "name": "L4", "days": 30}])
    return {"A": a, "B": b, "C": c}


ANSWERS = [
    ("COUNT(pages) > 0", "AB"),
    ("COUNT(pages) = 0", "C"),
    ("COUNT(pages, words > 60) = 2", "A"),
    ("SUM(pages.words) = 300", "A"),
    ("SUM(pages.words) = 0", "C"),
    ("ISBLANK(MAX(pages.words))", "C"),
    ("AVG(pages.words) = 100", "A"),
    ("MIN(pages.words, words > 60) = 80", "B"),
    ('MAX(pages.heading) = "A3"', "A"),
    ("COUNT(loan, days > 5) = 2", "A"),
    ("COUNT(shelf.book) = 2", "AB"),
    ('SUM(shelf.book.price) = 12.50 and title != "B"', "A"),
    ("SUM(pages.words * pages.words) > 20000", "A"),
    ("COUNT(loan, days > COUNT(book.pages)) = 3", "A"),
    ("COUNT(pages, COUNT(book.loan) > 2) = 3", "A"),
    ("SUM(pages.words) / COUNT(pages) = 80", "B"),
    ('COUNT(loan, book.title = "B" and days = 30) = 1', "B"),
    ("MEDIAN(pages.words) = 100", "A"),
    ("COUNT(pages.words > 60) = 2", "A"),
]


@pytest.mark.parametrize(("condition", "fitting"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_a_filter_finds_the_records_that_a_form_finds_too(
    room: Reading, books: dict[str, str], condition: str, fitting: str
) -> None:
    page = list_records(room.admin, "book", filter=condition, sort=["title"])
    assert "".join(record["title"] for record in page.records) == fitting
    checked = check(condition, Scope.of(room.admin.model, "book"))
    held = [name for name, id in books.items() if conditions(room.admin, "book", [checked], {}, id)[0]]
    assert "".join(held) == fitting
    assert aggregate(room.admin, {"from": "book", "where": condition, "aggregates": {"n": "COUNT()"}}) == [
        {"n": len(fitting)}
    ]


def test_a_new_record_has_nobody_who_points_to_it_but_its_shelf_has(room: Reading, books: dict[str, str]) -> None:
    shelf = list_records(room.admin, "book", filter='title = "A"').records[0]["shelf"]
    model = room.admin.model
    asked = [
        check(text, Scope.of(model, "book", saving=True))
        for text in ("COUNT(pages) = 0", "COUNT(shelf.book) = 2", "ISBLANK(SUM(shelf.book.price, FALSE))")
    ]
    assert conditions(room.admin, "book", asked, {"shelf": shelf}) == [True, True, False]


def test_a_validation_counts_the_stored_records(room: Reading, books: dict[str, str]) -> None:
    admin = room.admin
    (made,) = ids(create(admin, "book", [{"title": "D"}]))
    create(admin, "page", [{"book": made, "heading": str(n), "words": 200} for n in range(3)])
    with pytest.raises(RecordsInvalid) as caught:
        update(admin, "book", [{"id": made, "title": "D2"}])
    assert [error.code for error in caught.value.errors] == ["validation"]
    assert update(admin, "book", [{"id": made, "price": "9"}]).records[0].version == 2
    assert update(admin, "book", [{"id": made, "title": "D3"}]).records[0].version == 3
    delete(admin, "book", [made])


def test_a_reader_counts_what_he_may_see(room: Reading, books: dict[str, str]) -> None:
    reader = room.caller(room.bob, "reader")
    own = ids(create(reader, "book", [{"title": "Bob's"}]))[0]
    create(reader, "loan", [{"book": own, "name": "mine", "days": 1}])
    create(room.admin, "loan", [{"book": own, "name": "hers", "days": 2}])

    def found(text: str) -> list[str]:
        return [r["title"] for r in list_records(reader, "book", filter=text, sort=["title"]).records]

    assert found("COUNT(loan) = 1") == ["Bob's"]  # hers is not his to see
    assert found("COUNT(pages) = 3") == ["A"]  # opened to him by the sharing rule, with its pages
    delete(room.admin, "book", [own])


def test_a_sharing_rule_may_count(room: Reading, books: dict[str, str]) -> None:
    reader = room.caller(room.cat, "reader")
    assert [r["title"] for r in list_records(reader, "book").records] == ["A"]
    loans = list_records(room.admin, "loan", filter='name = "L3"').records
    update(room.admin, "loan", [{"id": loans[0]["id"], "days": 1}])
    assert list_records(reader, "book").records == []
    update(room.admin, "loan", [{"id": loans[0]["id"], "days": 15}])


def test_hidden_links_and_objects_do_not_exist(room: Reading, books: dict[str, str]) -> None:
    stranger = room.caller(room.cat, "stranger")
    for text, name in (("COUNT(loan) > 0", "loan"), ("COUNT(pages) > 0", "pages")):
        with pytest.raises(BadFilter) as caught:
            list_records(stranger, "book", filter=text)
        assert caught.value.data["position"] == 6
        assert name in caught.value.message("en")
    with pytest.raises(BadFilter) as caught:
        list_records(stranger, "book", filter="COUNT(loans) > 0")
    assert "did you mean" not in caught.value.message("en")


def test_a_rule_over_relations_may_be_read_by_whoever_may_read_all_of_it(room: Reading) -> None:
    model, stranger = room.admin.model, room.caller(room.cat, "stranger")
    for text, readable in (
        ("COUNT(pages, words > 5) > 0", False),
        ("COUNT(loan) > 0", False),
        ("COUNT(shelf.book) > 0 and owner = $user", True),
    ):
        rule = check(text, Scope.of(model, "book"))
        assert may_read_rule(stranger.rights, "book", rule) is readable
        assert may_read_rule(room.admin.rights, "book", rule)


def test_a_plan_counts_the_records_that_a_counting_validation_would_refuse(
    room: Reading, books: dict[str, str]
) -> None:
    release = room.admin.release
    text = """
kind: validation
name: at_most_two
object: book
must: COUNT(pages) <= 2
message: {en: Too many., zh: 太多。}
"""
    model = compile_model([*release.model.documents.values(), *read_documents(text)])
    target = replace(release, model=model)
    counter = Counter(lambda sql, params: room.database.read(room.tenant, sql, params)[1])
    found = {rule.name: impact for rule, _, impact in violations(counter, release, target, "UTC")}
    assert found["at_most_two"].rows == 1
