"""Grouped numbers equal what adding up the rows by hand gives, and only over rows that the reader sees."""

from __future__ import annotations

import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from dougong_metadata.errors import Fault, UnknownName
from dougong_platform.errors import BadField, BadFilter, BadRequest, BadSort
from dougong_platform.query import list_records
from dougong_platform.reports.grouped.plain import aggregate
from reading import Client, Reading


@pytest.fixture(scope="module")
def books(reading: Reading) -> list[dict[str, Any]]:
    shelf = str(uuid.uuid4())
    reading.run("insert into shelf (id, owner, name) values (%s, %s, 'A') returning 1", [shelf, reading.ann])
    for n in range(40):
        reading.run(
            "insert into book (id, owner, title, shelf, price, pages, bought, read_at, cost) values"
            " (%s, %s, %s, %s, %s, %s, %s, %s, 1) returning 1",
            [
                str(uuid.uuid4()),
                (reading.ann, reading.bob)[n % 2],
                f"t{n}",
                (shelf, None)[n % 3 == 0],
                [None, "1.10", "2.20"][n % 3],
                n,
                f"2026-{n % 12 + 1:02}-15",
                f"2025-12-31T{n % 24:02}:30:00Z",
            ],
        )
    return list_records(
        reading.admin, "book", limit=1000, fields=["price", "pages", "bought", "read_at", "shelf.name", "owner"]
    ).records


def test_sums_by_group_equal_the_sum_of_the_rows(reading: Reading, books: list[dict[str, Any]]) -> None:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for book in books:
        sums[book["shelf.name"]] += Decimal(book["price"] or 0)
    rows = aggregate(
        reading.admin,
        {
            "from": "book",
            "group_by": ["shelf.name"],
            "aggregates": {
                "total": "SUM(price)",
                "n": "COUNT()",
                "twice": "SUM(price) * 2",
                "dear": "COUNT(price > 2)",
            },
            "order_by": ["-total"],
        },
    )
    assert {row["shelf.name"]: Decimal(row["total"] or 0) for row in rows} == sums
    assert sum(row["n"] for row in rows) == len(books)
    assert Decimal(rows[0]["twice"]) == 2 * Decimal(rows[0]["total"])


@pytest.mark.parametrize(("bucket", "cut"), [("year", "-01-01"), ("month", None)])
def test_dates_fall_into_buckets_named_by_their_first_day(
    reading: Reading, books: list[dict[str, Any]], bucket: str, cut: str | None
) -> None:
    rows = aggregate(reading.admin, {"from": "book", "group_by": [f"bought.{bucket}"], "aggregates": {"n": "COUNT()"}})
    counts: dict[str, int] = defaultdict(int)
    for book in books:
        counts[book["bought"][:4] + cut if cut else book["bought"][:7] + "-01"] += 1
    assert {row[f"bought.{bucket}"]: row["n"] for row in rows} == counts


def test_a_moment_falls_into_the_readers_day(reading: Reading, books: list[dict[str, Any]]) -> None:
    rows = aggregate(reading.admin, {"from": "book", "group_by": ["read_at.day"], "aggregates": {"n": "COUNT()"}})
    late = sum(1 for book in books if int(book["read_at"][11:13]) >= 16)  # 16:00 UTC is midnight in Shanghai
    assert rows == [{"read_at.day": "2025-12-31", "n": len(books) - late}, {"read_at.day": "2026-01-01", "n": late}]


def test_having_speaks_of_groups_and_aggregates(reading: Reading, books: list[dict[str, Any]]) -> None:
    rows = aggregate(
        reading.admin,
        {
            "from": "book",
            "where": "pages >= 3",
            "group_by": ["shelf.name"],
            "aggregates": {"n": "COUNT()", "most": "MAX(pages)"},
            "having": 'n > 1 and most > 5 and shelf.name = "A"',
            "limit": 1,
        },
    )
    assert [row["shelf.name"] for row in rows] == ["A"]


def test_a_reader_adds_up_his_own_rows_only(reading: Reading, books: list[dict[str, Any]]) -> None:
    rows = aggregate(reading.reader, {"from": "book", "aggregates": {"n": "COUNT()"}})
    assert rows == [{"n": sum(1 for book in books if book["owner"] == reading.bob)}]


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ({}, BadRequest),
        ({"from": 1}, BadRequest),
        ({"from": "book"}, BadRequest),
        ({"from": "nope", "group_by": ["x"]}, Fault),
        ({"from": "vault", "aggregates": {"n": "COUNT()"}}, UnknownName),
        ({"from": "book", "typo": 1}, BadRequest),
        ({"from": "book", "group_by": ["cost"]}, BadField),
        ({"from": "book", "aggregates": {"n": "SUM(cost)"}}, BadFilter),
        ({"from": "book", "aggregates": {"n": "price"}}, BadFilter),
        ({"from": "book", "aggregates": {"n": "SUM("}}, BadFilter),
        ({"from": "book", "aggregates": {"n": "COUNT()"}, "having": "pages > 1"}, BadFilter),
        ({"from": "book", "aggregates": {"n": "COUNT()"}, "order_by": ["m"]}, BadSort),
        ({"from": "book", "aggregates": {"n": "COUNT()"}, "limit": 10_001}, BadRequest),
        ({"from": "book", "aggregates": {"n": "COUNT()"}, "limit": True}, BadRequest),
        ({"from": "book", "aggregates": {"": "COUNT()"}}, BadRequest),
        ({"from": "book", "aggregates": ["COUNT()"]}, BadRequest),
        ({"from": "book", "group_by": ["title.month"]}, BadField),
        ({"from": "book", "group_by": "title"}, BadRequest),
        ({"from": "book", "group_by": ["extra"]}, BadField),
        ({"from": "book", "where": "cost > 1", "group_by": ["title"]}, BadFilter),
        ({"from": "book", "group_by": ["title"], "aggregates": {"title": "COUNT()"}}, BadRequest),
        ({"from": "book", "aggregates": {f"a{n}": "COUNT()" for n in range(51)}}, BadRequest),
    ],
)
def test_a_query_that_cannot_be_is_refused(reading: Reading, spec: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        aggregate(reading.reader, spec)


def test_dividing_by_nothing_is_blank_not_an_error(reading: Reading, books: list[dict[str, Any]]) -> None:
    rows = aggregate(reading.admin, {"from": "book", "aggregates": {"ratio": "SUM(price) / COUNT(pages > 1000)"}})
    assert rows == [{"ratio": None}]


def test_the_endpoint_answers_rows(client: Client, books: list[dict[str, Any]]) -> None:
    status, found = client.post("/api/v1/query", {"from": "book", "aggregates": {"n": "COUNT()"}})
    assert (status, found) == (200, {"rows": [{"n": len(books)}]})
