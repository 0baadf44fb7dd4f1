"""Rows sorted by the numbers of one column, or by what stands beside a number: in the order that plain Python makes of
the records, level by level, blank last; of more rows than are shown those that come first; groups' own order gives way
to the reader's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop, seen
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.report_order import SortKey, sort_key, sort_texts
from dougong_platform.reports import run
from dougong_platform.reports.answer import OTHER, Answer
from dougong_platform.reports.asked import Asked
from grid_oracle import (
    CONDITIONS,
    GROUPS,
    NARROW,
    NUMBERS,
    ACondition,
    AGroup,
    ANumber,
    Record,
    World,
    bodies,
    in_order,
    keys_of,
    name_of,
    read_keys,
    records_of,
    same,
)

COUNTED = [number for number in NUMBERS if not number.text.startswith(("MIN(bought", "MAX(loan.at"))]
ROWS = st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2, unique_by=name_of)
COLUMNS = st.lists(st.sampled_from(NARROW), min_size=1, max_size=2, unique_by=name_of)


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database())
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def world(shop: Bookshop) -> World:
    return World(seen(shop.admin, "book"), seen(shop.admin, "page"), seen(shop.admin, "loan"))


def answered(shop: Bookshop, body: dict[str, Any], asked: Asked) -> Answer:
    found = run(shop.admin, report_of(shop.admin.model, "any", body), asked)
    assert isinstance(found, Answer)
    return found


def numbers_in(answer: Answer, column: tuple[Any, ...]) -> list[Any]:
    """The numbers of one column, blank where it has none and is not shown."""
    at = {head.keys: place for place, head in enumerate(answer.columns)}.get(column)
    return [None if at is None else row.cells[at][0] for row in answer.rows]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, COLUMNS, st.sampled_from(COUNTED), st.sampled_from(CONDITIONS), st.booleans(), st.data())
def test_rows_stand_by_the_numbers_of_the_column(
    shop: Bookshop,
    world: World,
    rows: list[AGroup],
    columns: list[AGroup],
    number: ANumber,
    where: ACondition,
    down: bool,
    data: st.DataObject,
) -> None:
    if set(map(name_of, rows)) & set(map(name_of, columns)):
        return
    body = bodies(rows, columns, [number], where)
    plain = answered(shop, body, Asked())
    if not plain.columns:
        return
    column = data.draw(st.sampled_from(plain.columns)).keys
    asked = Asked(sort=(SortKey("v0", down, column).text,))
    answer = answered(shop, body, asked)
    books = [book for book in world.books if where.holds(book, world)]
    here = [book for book in books if keys_of(columns, book) == read_keys(column, columns)]

    def wanted(keys: tuple[Any, ...]) -> Any:
        mine = [book for book in here if keys_of(rows, book)[: len(keys)] == keys]
        return number.number(records_of(world, number, mine)) if mine else None

    leaves = [read_keys(row.keys, rows) for row in answer.rows if len(row.keys) == len(rows)]
    assert in_order(leaves, wanted, down)
    assert set(leaves) == {keys_of(rows, book) for book in books}
    if len(rows) == 1:
        most = data.draw(st.integers(1, 4))
        first = answered(shop, {**body, "limit": most}, asked)
        assert numbers_in(first, column) == numbers_in(answer, column)[:most]


STILL = [group for group in GROUPS if group.given["by"] != "bought"]  # the same group in either span
PERIODS = st.sampled_from(["2026-01-01..2026-01-31", "2026-02-10..2026-03-09", "2026-01-01..2026-12-31"])


def beside(role: str, now: Any, before: Any, whole: Any, kind: str) -> Any:
    """What the documentation says of it."""
    if role == "before":
        return before
    if role == "change" and kind in ("percent", "days"):
        return None if now is None or before is None else Fraction(now) - Fraction(before)
    base = before if role == "change" else whole
    if now is None or not base:
        return None
    return (
        (Fraction(now) - Fraction(base)) / abs(Fraction(base)) if role == "change" else Fraction(now) / Fraction(base)
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(STILL), min_size=1, max_size=2, unique_by=name_of),
    st.lists(st.sampled_from([group for group in NARROW if group in STILL]), max_size=1),
    st.sampled_from(COUNTED),
    PERIODS,
    st.sampled_from(["before", "change", "share"]),
    st.sampled_from(["auto", "percent", "days"]),
    st.booleans(),
    st.data(),
)
def test_rows_stand_by_what_stands_beside_a_number(
    shop: Bookshop,
    world: World,
    rows: list[AGroup],
    columns: list[AGroup],
    number: ANumber,
    period: str,
    role: str,
    kind: str,
    down: bool,
    data: st.DataObject,
) -> None:
    if set(map(name_of, rows)) & set(map(name_of, columns)):
        return
    compared = {"period": {"field": "bought", "range": period}, "compare": "previous"}
    body = bodies(rows, columns, [number], CONDITIONS[0], **compared)
    body["values"]["v0"] |= {"show": ["share"], "format": kind}
    plain = answered(shop, body, Asked())
    column = data.draw(st.sampled_from([None, *(head.keys for head in plain.columns)]))
    asked = Asked(sort=(SortKey("v0", down, column, role).text,))
    answer = answered(shop, body, asked)
    assert answer.period is not None
    assert answer.before is not None
    now, before = (
        [book for book in world.books if book["bought"] is not None and first <= book["bought"] < until]
        for first, until in (answer.period, answer.before)
    )
    every = [*now, *before]

    def of(books: list[Record], keys: tuple[Any, ...]) -> list[Record]:
        return [
            book
            for book in books
            if keys_of(rows, book)[: len(keys)] == keys
            and (column is None or keys_of(columns, book) == read_keys(column, columns))
        ]

    def wanted(keys: tuple[Any, ...]) -> Any:
        if not of(every, keys):
            return None
        mine, earlier, whole = (
            number.number(records_of(world, number, of(books, at)))
            for books, at in ((now, keys), (before, keys), (now, ()))
        )
        found = beside(role, mine, earlier, whole, kind)
        return Decimal(found.numerator) / found.denominator if isinstance(found, Fraction) else found

    leaves = [read_keys(row.keys, rows) for row in answer.rows if len(row.keys) == len(rows)]
    assert in_order(leaves, wanted, down)
    assert set(leaves) == {keys_of(rows, book) for book in every}
    if len(rows) == 1:
        most = data.draw(st.integers(1, 4))
        first = answered(shop, {**body, "limit": most}, asked)
        kept = [wanted(read_keys(row.keys, rows)) for row in first.rows]
        assert all(same(one, other) for one, other in zip(kept, map(wanted, leaves), strict=False))
        assert len(kept) == min(most, len(leaves))


def test_a_report_that_says_its_order_is_shown_as_whoever_asks_for_it_sees_it(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "type": "matrix",
        "rows": ["genre"],
        "columns": ["shelf"],
        "values": {"n": {"value": "COUNT()", "show": ["share"]}},
        "period": {"field": "bought", "range": "2026-01-01..2026-12-31"},
        "compare": "previous",
        "limit": 2,
    }
    (column, *_) = answered(shop, body, Asked()).columns
    for role in ("value", "before", "change", "share"):
        for keys in (None, column.keys):
            text = SortKey("n", True, keys, role).text
            assert answered(shop, {**body, "sort": [text]}, Asked()) == answered(shop, body, Asked(sort=(text,)))


def test_what_does_not_stand_there_sorts_nothing(shop: Bookshop) -> None:
    body = {"object": "book", "type": "summary", "rows": ["genre"], "values": {"n": "COUNT()"}}
    for text in ("-n@change", "-n@share", "n@before", "n@running", "genre@share"):
        assert answered(shop, body, Asked(sort=(text,))).rows == answered(shop, body, Asked()).rows


def test_days_to_come_stand_last_and_take_no_place_of_those_that_are_known(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "type": "summary",
        "rows": [{"by": "bought", "every": "month"}],
        "values": {"n": "COUNT()"},
        "period": {"field": "bought", "range": "2026-01-01..2099-12-31"},
        "compare": "year_ago",
    }
    for text in ("n", "n@change"):
        rows = answered(shop, body, Asked(sort=(text,))).rows
        first = answered(shop, {**body, "limit": 2}, Asked(sort=(text,))).rows
        assert [row.keys for row in first] == [row.keys for row in rows[:2]]


def test_all_others_are_a_column_to_sort_by(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "type": "matrix",
        "rows": ["genre"],
        "columns": [{"by": "shelf", "top": 1, "sort": "-n"}],
        "values": {"n": "COUNT()"},
        "limit": 2,
    }
    answer = answered(shop, body, Asked(sort=(SortKey("n", True, (OTHER,)).text,)))
    others = [row.cells[[head.keys for head in answer.columns].index((OTHER,))][0] for row in answer.rows]
    every = answered(shop, {**body, "limit": 100}, Asked())
    at = [head.keys for head in every.columns].index((OTHER,))
    assert others == sorted((row.cells[at][0] for row in every.rows if row.cells[at][0] is not None), reverse=True)[:2]


def test_the_readers_order_goes_before_that_of_the_groups(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "type": "summary",
        "rows": [{"by": "genre", "top": 10, "sort": "-n"}],
        "values": {"n": "COUNT()", "pages": "SUM(pages)"},
    }
    answer = answered(shop, body, Asked(sort=("n",)))
    counts = [row.all[0] for row in answer.rows]
    assert counts == sorted(counts)
    assert len(set(counts)) > 1


@pytest.mark.parametrize(
    "text", ['n@["x"]', "n@[]", 'n@["x","y","z"]', "n@[", "n@[[1]]", 'n@["\\u0000"]', "n@[1e999]", '-m@["x"]', "n@x"]
)
def test_a_column_that_is_not_there_sorts_nothing(shop: Bookshop, text: str) -> None:
    body = {"object": "book", "type": "matrix", "rows": ["genre"], "columns": ["shelf"], "values": {"n": "COUNT()"}}
    assert answered(shop, body, Asked(sort=(text,))).rows == answered(shop, body, Asked()).rows


KEYS = st.one_of(st.none(), st.booleans(), st.integers(-999, 999), st.text(st.characters(codec="utf-8"), max_size=8))


@given(st.lists(st.tuples(st.booleans(), st.one_of(st.none(), st.lists(KEYS, max_size=3))), min_size=1, max_size=4))
def test_an_order_in_one_text_is_read_as_it_was_written(given: list[tuple[bool, list[Any] | None]]) -> None:
    keys = [
        SortKey("total", down, None if column is None else tuple(column), "change" if down else "value")
        for down, column in given
    ]
    texts = sort_texts(",".join(key.text for key in keys))
    blank = any("\0" in str(part) for key in keys for part in key.column or ())
    assert texts == tuple(key.text for key in keys)
    assert blank or [sort_key(text) for text in texts] == keys


@given(st.text(max_size=60))
def test_no_text_of_an_order_is_too_odd_to_read(text: str) -> None:
    assert all(isinstance(sort_key(one), SortKey | None) for one in sort_texts(text))
