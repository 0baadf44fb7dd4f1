"""What groups of numbers are called: whole numbers by their first and last, others from and up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bookshop import Bookshop, make_bookshop
from dougong_metadata.model.compile_report import report_of
from dougong_platform import records
from dougong_platform.reports import run
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import AS_IT_SAYS


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), books=0)
    numbers = (-3, 0, 1, 2, 30, 31, 60, 61, 1000)
    given = [{"title": str(n), "pages": n, "weight": f"{n}.5", "price": f"{n * 10_000}"} for n in numbers]
    records.create(made.admin, "book", given)
    yield made
    made.database.close()


def names(shop: Bookshop, locale: str = "en", **group: Any) -> list[str]:
    body = {"object": "book", "rows": [group], "values": {"n": "COUNT()"}}
    answer = run(replace(shop.admin, locale=locale), report_of(shop.admin.model, "any", body), AS_IT_SAYS)
    assert isinstance(answer, Answer)
    return [row.labels[0] for row in answer.rows]


def test_whole_numbers_are_called_by_the_first_and_the_last(shop: Bookshop) -> None:
    assert names(shop, by="pages", edges=[1, 2, 31, 61]) == ["0 or less", "1", "2 – 30", "31 – 60", "61 or more"]
    assert names(shop, by="pages", step=1000) == ["−1,000 – −1", "0 – 999", "1,000 – 1,999"]


def test_other_numbers_go_up_to_where_the_next_begin(shop: Bookshop) -> None:
    assert names(shop, by="weight", edges=[1, 31]) == ["Below 1", "1 – 31", "31 or more"]
    assert names(shop, by="weight", step=1000) == ["−1,000 – 0", "0 – 1,000", "1,000 – 2,000"]


def test_edges_between_whole_numbers_are_said_as_they_are(shop: Bookshop) -> None:
    assert names(shop, by="pages", edges=[0.5, 2]) == ["Below 0.5", "0.5 – 2", "2 or more"]
    assert names(shop, by="pages", edges=[0.5, 30.5]) == ["Below 0.5", "0.5 – 30.5", "30.5 or more"]


def test_amounts_have_their_units_where_those_say_them_whole(shop: Bookshop) -> None:
    group = {"by": "price", "edges": [50, 20_000, 305_000, 1_500_000]}
    assert names(shop, "en", **group) == [
        "Below 50",
        "50 – 20,000",
        "20,000 – 305,000",
        "305,000 – 1.5m",
        "1.5m or more",
    ]
    assert names(shop, "zh", **group) == ["50 以下", "50 – 2 万", "2 万 – 30.5 万", "30.5 万 – 150 万", "150 万及以上"]
