"""Drawn expressions give in SQL, over rows of all kinds, what a plain reading of the reference gives in Python."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.expressions import check, format, lift_literals, parse
from dougong_metadata.expressions import nodes as n
from expression_drawing import WORDS, Vocabulary, day, number, text, truth
from expression_oracle import read

BOOK = Vocabulary(("price", "weight", "pages", "stock"), ("title", "note"), ("due", "bought"), ("lent",), "genre")


def some_rows() -> list[dict[str, Any]]:
    pick = random.Random(7)

    def maybe(value: Any) -> Any:
        return None if pick.random() < 0.25 else value

    return [
        {
            "price": maybe(Decimal(pick.randint(-300, 300)) / 4),
            "weight": maybe(Decimal(pick.randint(-30, 30)) / 10),
            "pages": maybe(pick.randint(-5, 5)),
            "stock": maybe(pick.randint(-3, 3)),
            "title": maybe(pick.choice(WORDS) + pick.choice(WORDS)),
            "note": maybe(pick.choice(WORDS)),
            "genre": maybe(pick.choice(("novel", "poetry", "essay"))),
            "lent": maybe(pick.random() < 0.5),
            "due": maybe(date(2026, 1, 1) + timedelta(pick.randint(-400, 400))),
            "bought": maybe(pick.choice((date(2024, 2, 29), date(2026, 1, 31), date(2026, 3, 1)))),
        }
        for _ in range(60)
    ]


ROWS = some_rows()


@pytest.fixture(scope="module")
def filled(library):
    library.execute("TRUNCATE book")
    names = ", ".join(ROWS[0])
    with library.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO book ({names}) VALUES ({', '.join(['%s'] * len(ROWS[0]))})",
            [list(row.values()) for row in ROWS],
        )
    return library


def in_reach(node: n.Node) -> bool:
    """Whether Python's dates can hold every step of the answer."""
    try:
        with localcontext() as context:
            context.prec = 60
            for row in ROWS:
                read(node, row)
    except (OverflowError, ValueError):
        return False
    return True


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(node=st.one_of(truth(BOOK, 3), truth(BOOK, 2), number(BOOK, 3), text(BOOK, 3), day(BOOK, 3)))
def test_a_drawn_expression_means_in_sql_what_the_reference_says(filled, answers_over, node):
    if not in_reach(node):
        return
    written = format(node)
    assert parse(written) == node
    with localcontext() as context:
        context.prec = 60
        wanted = [read(node, row) for row in ROWS]
    direct, lifted = answers_over(filled, written)
    assert direct == wanted
    assert lifted == wanted


@pytest.fixture(scope="session")
def answers_over(answers_class, scope):
    def run(connection: Any, written: str) -> tuple[list[Any], list[Any]]:
        answers = answers_class(connection)
        shape, values = lift_literals(written)
        lifted = check(shape, scope("value"))
        return answers.rows(check(written, scope("value"))), answers.rows(lifted, lifted.bind(values))

    return run
