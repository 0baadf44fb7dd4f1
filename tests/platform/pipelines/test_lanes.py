"""Boards: lanes with their first cards, counts, sums and what stands still; under access, against a count by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from bindery import DOCUMENTS, a_book, stands
from dougong_platform.errors import BadFilter, BadRequest
from dougong_platform.pipelines.lanes import Board, board_pipeline, lane_cards, lanes, total_field
from dougong_platform.query import list_records
from dougong_platform.records import create
from reading import Reading, make_reading

STAGES = ("idea", "draft", "proof", "sold", "pulped")


@pytest.fixture(scope="module")
def full(module_database_url: str) -> Iterator[Reading]:
    """Sixty books over all stages; ten of them are Bob's."""
    made = make_reading(module_database_url, DOCUMENTS, "full")
    for n in range(50):
        stage = STAGES[n % 5] if n % 7 else None
        kind = "manual" if n % 11 == 0 else "novel"
        a_book(
            made, f"Book {n:02}", stage=stage, price=str(n), currency="EUR" if n % 10 == 0 else "CNY", record_type=kind
        )
    create(made.caller(made.bob, "reader"), "book", [{"title": f"Bob {n}"} for n in range(10)])
    yield made
    made.database.close()


def board(caller: Any, name: str = "making", **more: Any) -> Board:
    total = total_field(caller, "book")
    return lanes(caller, board_pipeline(caller, "book", name), fields=["title", "price"], total=total, **more)


def test_lanes_hold_what_a_list_says(full: Reading) -> None:
    caller = full.admin
    made = board(caller, sort=["title"], limit=3)
    assert [lane.value for lane in made.lanes] == ["", *STAGES]
    for lane in made.lanes:
        there = f'stage = "{lane.value}"' if lane.value else "ISBLANK(stage)"
        page = list_records(
            caller, "book", fields=["title", "price", "currency"], sort=["title"], limit=1000,
            filter=f'record_type = "novel" and {there}',
        )  # fmt: skip
        assert lane.count == len(page.records)
        assert [card.record["title"] for card in lane.cards] == [r["title"] for r in page.records[:3]]
        sums: dict[str, Decimal] = {}
        for row in page.records:
            if row["price"] is not None:
                sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + Decimal(row["price"])
        assert {unit: value for unit, value in lane.sums.items() if value} == {u: v for u, v in sums.items() if v}
        assert (lane.more is not None) == (lane.count > 3)


def test_the_next_cards_of_a_lane_follow(full: Reading) -> None:
    caller = full.admin
    pipeline = board_pipeline(caller, "book")
    seen: list[str] = []
    lane = next(lane for lane in board(caller, sort=["title"], limit=4).lanes if lane.value == "draft")
    expected = lane.count
    while True:
        seen += [card.record["title"] for card in lane.cards]
        if lane.more is None:
            break
        lane = lane_cards(caller, pipeline, "draft", fields=["title"], sort=["title"], limit=4, cursor=lane.more)
    assert len(seen) == len(set(seen)) == expected
    assert seen == sorted(seen)


def test_each_record_is_on_the_board_of_its_type(full: Reading) -> None:
    both = [board(full.admin, name, limit=200) for name in ("making", "manuals")]
    ids = [card.id for one in both for lane in one.lanes for card in lane.cards]
    assert len(ids) == len(set(ids)) == 60


def test_a_board_shows_what_the_reader_may_see(full: Reading) -> None:
    cat = full.caller(full.cat, "owner")
    create(cat, "book", [{"title": "Cat's"}])
    made = board(cat, limit=200)
    assert [card.record["title"] for lane in made.lanes for card in lane.cards] == ["Cat's"]
    assert sum(lane.count for lane in made.lanes) == 1


def test_a_filter_narrows_counts_and_sums_too(full: Reading) -> None:
    made = board(full.admin, filter="price >= 40 or ISBLANK(price)")
    assert sum(lane.count for lane in made.lanes) < 60
    assert all(
        card.record["price"] is None or Decimal(card.record["price"]) >= 40
        for lane in made.lanes
        for card in lane.cards
    )
    with pytest.raises(BadFilter):
        board(full.reader, filter="cost > 1")
    with pytest.raises(BadRequest):
        total_field(full.reader, "book", "cost")
    with pytest.raises(BadRequest):
        board_pipeline(full.admin, "shelf")


def test_what_stands_for_too_long_is_marked(bindery: Reading) -> None:
    old, new, closed = a_book(bindery), a_book(bindery), a_book(bindery, stage="sold")
    for book in (old, closed):
        stands(bindery, book, 6)
    made = lanes(bindery.admin, board_pipeline(bindery.admin, "book"), fields=["title"])
    cards = {card.id: card for lane in made.lanes for card in lane.cards}
    assert (cards[old].days, cards[old].stalled) == (6, True)
    assert (cards[new].days, cards[new].stalled) == (0, False)
    assert not cards[closed].stalled


def test_a_lane_over_its_limit_says_so(bindery: Reading) -> None:
    for _ in range(3):
        a_book(bindery, stage="draft")
    made = lanes(bindery.admin, board_pipeline(bindery.admin, "book"), fields=["title"])
    assert {lane.value for lane in made.lanes if lane.over} == {"draft"}
