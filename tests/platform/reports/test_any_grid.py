"""Random reports over random records: every number is what plain Python makes of the records, also over two lists under
one parent and for a reader who sees half; and every cell leads to exactly the records that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop, seen
from dougong_metadata.model.compile_report import report_of
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer, Row
from dougong_platform.reports.asked import Point
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
    keys_of,
    name_of,
    read_keys,
    records_of,
    same,
)


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database())
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def worlds(shop: Bookshop) -> dict[str, World]:
    return {
        who: World(seen(caller, "book"), seen(caller, "page"), seen(caller, "loan"))
        for who, caller in {"admin": shop.admin, "clerk": shop.clerk}.items()
    }


def check(cell: tuple[Any, ...], numbers: list[ANumber], world: World, books: list[Record]) -> None:
    for found, number in zip(cell, numbers, strict=True):
        wanted = number.number(records_of(world, number, books))
        assert same(found, wanted), (number.text, found, wanted, len(books))


WAYS = st.tuples(
    st.lists(st.sampled_from(GROUPS), min_size=0, max_size=2, unique_by=name_of),
    st.lists(st.sampled_from(NARROW), min_size=0, max_size=1),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4, unique_by=id),
    st.sampled_from(CONDITIONS),
    st.sampled_from(["admin", "clerk"]),
).filter(lambda way: not set(map(name_of, way[0])) & set(map(name_of, way[1])) and (way[0] or not way[1]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WAYS)
def test_every_number_is_what_the_records_say(shop: Bookshop, worlds: dict[str, World], way: Any) -> None:
    rows, columns, numbers, where, who = way
    caller: Caller = getattr(shop, who)
    world = worlds[who]
    books = [book for book in world.books if where.holds(book, world)]
    answer = run(caller, report_of(caller.model, "any", bodies(rows, columns, numbers, where)))
    assert isinstance(answer, Answer)
    assert not answer.capped
    across = [read_keys(head.keys, columns) for head in answer.columns]
    assert {keys_of(columns, book) for book in books if columns} <= set(across)
    told = set()
    for row in answer.rows:
        keys = read_keys(row.keys, rows)
        told.add(keys)
        mine = [book for book in books if keys_of(rows, book)[: len(keys)] == keys]
        check(row.all, numbers, world, mine)
        for column, cell in zip(across, row.cells, strict=True):
            here = [book for book in mine if keys_of(columns, book) == column]
            if here:
                check(cell, numbers, world, here)
    assert {keys_of(rows, book) for book in books if rows} <= told
    assert answer.total is not None
    check(answer.total.all, numbers, world, books)


def cells(answer: Answer) -> list[tuple[Row, tuple[Any, ...], tuple[Any, ...]]]:
    found = [(row, (), row.all) for row in answer.rows]
    found += [
        (row, head.keys, cell) for row in answer.rows for head, cell in zip(answer.columns, row.cells, strict=True)
    ]
    return [*found, *([(answer.total, (), answer.total.all)] if answer.total else [])]


def leads_to_its_records(
    caller: Caller, report: Any, row: Row, column: tuple[Any, ...], cell: Any, at: int, text: str
) -> None:
    found = drill(caller, report, Point(row.keys, column, f"v{at}"))
    page = list_records(caller, found.object, filter=found.filter or None, fields=["id"], limit=1000, count=True)
    assert page.count == len(page.records) == found.count, found.filter
    if cell is not None or found.value not in (None, 0, "0"):
        assert same(found.value, cell if not isinstance(cell, str) or "-" in cell[1:] else Decimal(cell)), (
            text,
            found.filter,
        )
    if text.startswith("COUNT(") and cell is not None:
        assert found.count == int(cell), found.filter


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WAYS, st.data())
def test_every_cell_leads_to_the_records_that_it_is_made_of(shop: Bookshop, way: Any, data: st.DataObject) -> None:
    rows, columns, numbers, where, who = way
    caller: Caller = getattr(shop, who)
    more: dict[str, Any] = {}
    given_rows = [dict(group.given) for group in rows]
    if rows and data.draw(st.booleans()):
        top = data.draw(st.integers(0, len(rows) - 1))
        given_rows[top] |= {"top": data.draw(st.integers(1, 3)), "sort": data.draw(st.sampled_from(["v0", "-v0"]))}
        more["rows"] = given_rows
    report = report_of(caller.model, "any", bodies(rows, columns, numbers, where) | more)
    answer = run(caller, report)
    assert isinstance(answer, Answer)
    every = cells(answer)
    for _ in range(min(4, len(every))):
        row, column, cell = data.draw(st.sampled_from(every))
        at = data.draw(st.integers(0, len(numbers) - 1))
        leads_to_its_records(caller, report, row, column, cell[at], at, numbers[at].text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(GROUPS),
    st.sampled_from(NUMBERS),
    st.integers(1, 4),
    st.sampled_from(CONDITIONS),
)
def test_the_largest_groups_and_all_others_add_up(
    shop: Bookshop, worlds: dict[str, World], group: AGroup, number: ANumber, top: int, where: ACondition
) -> None:
    world = worlds["admin"]
    books = [book for book in world.books if where.holds(book, world)]
    body = bodies([group], [], [number], where)
    body["rows"][0] |= {"top": top, "sort": "-v0"}
    answer = run(shop.admin, report_of(shop.admin.model, "any", body))
    assert isinstance(answer, Answer)
    kept = [row for row in answer.rows if not row.is_other]
    others = [row for row in answer.rows if row.is_other]
    assert len(kept) == min(top, len({keys_of([group], book) for book in books}))
    shown = {read_keys(row.keys, [group]) for row in kept}
    left = [book for book in books if keys_of([group], book) not in shown]
    assert bool(others) == bool(left)
    for row in others:
        assert row.keys == (OTHER,)
        check(row.all, [number], world, left)
    for row in kept:
        check(row.all, [number], world, [b for b in books if keys_of([group], b) == read_keys(row.keys, [group])])
