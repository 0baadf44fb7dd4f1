"""A value's text as one aggregate of a form, and back; what says more stays a formula. Problems find their items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_metadata.problems import Problem
from dougong_ui_builder.screens.reports.designing.problems import address_of, by_address
from dougong_ui_builder.screens.reports.designing.reading import labelled
from dougong_ui_builder.screens.reports.designing.value_text import (
    FUNCTIONS,
    MIDDLE,
    Aggregate,
    aggregate_of,
    arguments,
    text_of,
)


@pytest.mark.parametrize(
    ("text", "aggregate"),
    [
        ("COUNT()", Aggregate("COUNT")),
        ("count( )", Aggregate("COUNT")),
        ("COUNT(lines)", Aggregate("COUNT", "lines")),
        ("COUNT(lines, qty > 5)", Aggregate("COUNT", "lines", where="qty > 5")),
        ('COUNT(stage = "won, lost")', Aggregate("COUNT", where='stage = "won, lost"')),
        ("SUM(lines.amount)", Aggregate("SUM", "lines.amount")),
        ("SUM(total, ROUND(total, 2) > 5)", Aggregate("SUM", "total", where="ROUND(total, 2) > 5")),
        ("PERCENTILE(total, 0.9)", Aggregate("PERCENTILE", "total", "0.9")),
        ("PERCENTILE(total, 0.9, total > 1)", Aggregate("PERCENTILE", "total", "0.9", "total > 1")),
    ],
)
def test_an_aggregate_is_recognised(text: str, aggregate: Aggregate) -> None:
    assert aggregate_of(text) == aggregate
    assert aggregate_of(text_of(aggregate)) == aggregate


@pytest.mark.parametrize(
    "text",
    [
        *("", "n", "total / n", "SUM(total) / COUNT()", "SUM()", "SUM(total + 1)", "SUM(total, a, b)", "(COUNT())"),
        *("PERCENTILE(total)", "ROUND(total)", "SUM(total", 'COUNT("', "COUNT(a) + COUNT(b)", "COUNT(lines, a, b)"),
    ],
)
def test_what_says_more_is_a_formula(text: str) -> None:
    assert aggregate_of(text) is None


_PATH = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z][a-z0-9_]{0,8}){0,2}", fullmatch=True)
_WHERE = st.sampled_from(["", "a > 1", 'b = "x, (y"', "COUNT(lines, c) > 0", "ISBLANK(d) or [e] = 1"])


@given(st.sampled_from(FUNCTIONS), _PATH, _WHERE)
def test_any_aggregate_comes_back_from_its_text(function: str, path: str, where: str) -> None:
    made = Aggregate(function, path, MIDDLE if function == "PERCENTILE" else "", where)
    assert aggregate_of(text_of(made)) == made


@given(st.text(max_size=40))
def test_any_text_has_arguments_or_none(text: str) -> None:
    found = arguments(text)
    assert found is None or all(isinstance(one, str) for one in found)
    aggregate_of(text)
    aggregate_of(f"SUM({text})")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("rows[0].by", "rows.0"),
        ("columns[12]", "columns.12"),
        ("values.total.value", "values.total"),
        ("cross[1].where", "cross.1"),
        ("fields[3]", "fields.3"),
        ("funnel.steps.signed.where", "steps.signed"),
        ("funnel.field", "funnel"),
        ("compare", "period"),
        ("where", "where"),
        ("values", ""),
        ("for[0]", ""),
        ("", ""),
    ],
)
def test_a_problem_is_said_where_it_is(path: str, address: str) -> None:
    assert address_of(path) == address


def test_the_same_sentence_is_said_once() -> None:
    twice = [Problem("x", "Wrong.", "错误。", path="rows[0].by"), Problem("y", "Wrong.", "错误。", path="rows[0]")]
    assert by_address(twice, "zh") == {"rows.0": ["错误。"]}


def test_a_label_changes_in_one_language_alone() -> None:
    both = {"en": "Orders", "zh": "订单"}
    assert labelled(both, "Sales", "en") == {"en": "Sales", "zh": "订单"}
    assert labelled(both, "订单", "zh") is both
    assert labelled("Orders", "订单", "zh") == {"en": "订单", "zh": "订单"}  # it was one text for both
    assert labelled(None, "New", "en") == {"en": "New", "zh": "New"}
    assert labelled(both, "", "en") is None
