"""Filters as lines and back: what a filter says is never changed by looking at it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import read_documents
from dougong_metadata.expressions import format as printed
from dougong_metadata.expressions import parse
from dougong_metadata.model.compile import compile_model
from dougong_platform.access import rights_for
from dougong_ui_builder.screens.lists.lines import Block, Line, fields_of, read, written
from shelving import DOCUMENTS

FIND = fields_of(rights_for(compile_model(read_documents(DOCUMENTS)), (), True), "book")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('state = "open"', [("state", "in")]),
        ('state in ("open", "late") and price >= 50', [("state", "in"), ("price", ">=")]),
        ("price >= 5 and price <= 9", [("price", "between")]),
        ("due >= TODAY() - 7 and due <= TODAY()", [("due", "between")]),
        ('read_at >= "2026-01-05" and read_at < "2026-01-06"', [("read_at", "on")]),
        ("read_at >= TODAY() and read_at < TODAY() + 8", [("read_at", "between")]),
        ('INCLUDES(tags, "rare") or INCLUDES(tags, "old")', [("tags", "has any"), ("tags", "has any")]),
        ('price > 1 and (INCLUDES(tags, "rare") and INCLUDES(tags, "old"))', [("price", ">"), ("tags", "has all")]),
        ("owner = $user", [("owner", "in")]),
        ("not ISBLANK(shelf.keeper)", [("shelf.keeper", "not blank")]),
        ("in_print", [("in_print", "=")]),
    ],
)
def test_a_filter_reads_as_people_say_it(text: str, lines: list[tuple[str, str]]) -> None:
    block = read(text, FIND)
    assert block is not None
    assert [(line.path, line.operator) for line in block.lines] == lines


@pytest.mark.parametrize(
    "text", ["price > cost", "LEN(title) > 3", "read_at < NOW()", "(a = 1)", "price > 1 and x.y = 2"]
)
def test_what_lines_cannot_say_stays_a_formula(text: str) -> None:
    assert read(text, FIND) is None


CONDITIONS = st.sampled_from(
    [
        'state = "open"',
        'state not in ("open", "done")',
        "price >= 5 and price <= 9",
        "price < 7",
        'title != "x"',
        'CONTAINS(title, "x")',
        'not BEGINS(title, "y")',
        "owner = $user",
        "due < TODAY() - 3",
        'due = "2026-01-05"',
        'read_at >= "2026-01-05" and read_at < "2026-01-09"',
        'INCLUDES(tags, "rare")',
        "ISBLANK(shelf)",
        "discount = 0.25",
        "in_print = TRUE",
        "in_print = FALSE",
        'shelf.room = "1"',
        'read_at >= "2026-01-05"',
        "price >= 5",
    ]
)


@settings(deadline=None)
@given(
    st.recursive(
        CONDITIONS,
        lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
            lambda items: st.sampled_from([" and ", " or "]).map(lambda word: "(" + word.join(items) + ")")
        ),
        max_leaves=6,
    )
)
def test_reading_and_writing_keeps_the_meaning(text: str) -> None:
    block = read(text, FIND)
    if block is not None:
        again = written(block, FIND)
        assert flat(again) == flat(text)


def flat(text: str) -> str:
    """The text with groups inside groups of the same kind made one, as they mean the same."""
    from dougong_metadata.expressions.nodes import Logic, Node

    def walk(node: Node) -> Node:
        if not isinstance(node, Logic):
            return node
        operands: list[Node] = []
        for operand in map(walk, node.operands):
            same = isinstance(operand, Logic) and operand.operator == node.operator
            operands.extend(operand.operands if isinstance(operand, Logic) and same else [operand])
        return Logic(node.operator, tuple(operands))

    return printed(walk(parse(text)))


def test_a_line_without_its_value_does_not_filter() -> None:
    assert written(Block("all", [Line("price", ">"), Line("state", "in")]), FIND) == ""
