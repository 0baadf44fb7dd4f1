"""The filter builder's rows and the expressions they stand for say the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import parse
from dougong_metadata.expressions.conditions import Group, Row, Value, from_rows, to_rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
VALUES = st.one_of(
    TEXTS.map(lambda t: Value("text", t)),
    st.sampled_from(("5", "-5", "0.25", "12.50")).map(lambda t: Value("number", t)),
    st.sampled_from(("true", "false")).map(lambda t: Value("boolean", t)),
    st.sampled_from(("", "department", "manager.name")).map(lambda t: Value("user", t)),
    st.sampled_from(("0", "30", "-7")).map(lambda t: Value("today", t)),
)
PATHS = st.sampled_from(("title", "shelf.name", "owner.manager.id"))
ROWS = st.one_of(
    st.builds(Row, PATHS, st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), VALUES.map(lambda v: (v,))),
    st.builds(Row, PATHS, st.sampled_from(("in", "not in")), st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Row, PATHS, st.sampled_from(("blank", "not blank"))),
    st.builds(
        Row,
        PATHS,
        st.sampled_from(
            ("contains", "not contains", "begins", "not begins", "ends", "not ends", "includes", "excludes")
        ),
        TEXTS.map(lambda t: (Value("text", t),)),
    ),
)
GROUPS = st.recursive(
    st.builds(Group, st.sampled_from(("all", "any")), st.lists(ROWS, min_size=2, max_size=3).map(tuple)),
    lambda inner: st.builds(
        Group, st.sampled_from(("all", "any")), st.lists(st.one_of(ROWS, inner), min_size=2, max_size=3).map(tuple)
    ),
    max_leaves=4,
)


@settings(deadline=None)  # the machine may be busy
@given(group=GROUPS)
def test_rows_come_back_from_their_expression(group):
    assert to_rows(from_rows(group)) == group


@settings(deadline=None)
@given(row=ROWS)
def test_a_single_row_comes_back_as_a_group_of_one(row):
    assert to_rows(from_rows(Group("any", (row,)))) == Group("all", (row,))


SAME = [
    ('genre = "novel" and price > 5', 'genre = "novel" and price > 5'),
    ("5 < price", "price > 5"),
    ("lent and not lent", "lent = TRUE and lent = FALSE"),
    ('title = NULL or note != ""', "ISBLANK(title) or not ISBLANK(note)"),
    ('ISPICKVAL(genre, "novel")', 'genre = "novel"'),
    ('not ENDS(title, "x") and not INCLUDES(tags, "new")', 'not ENDS(title, "x") and not INCLUDES(tags, "new")'),
    ("due >= TODAY() - 30 and owner = $user", "due >= TODAY() - 30 and owner = $user"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "again"), SAME)
def test_an_expression_that_rows_can_say_comes_back(text, again):
    group = to_rows(text)
    assert group is not None
    assert from_rows(group) == again


@pytest.mark.parametrize(
    "text",
    [
        "price > weight",
        "price * 2 > 5",
        "LEN(title) > 3",
        'not (genre = "a" and lent)',
        "IF(lent, lent, lent)",
        "1 = 1",
        "due > TODAY() + 1.5",
        'CONTAINS(title, "")',
        "not not lent",
        "due > NOW()",
    ],
)
def test_what_rows_cannot_say_stays_an_expression(text):
    assert to_rows(text) is None


@pytest.mark.parametrize(
    "row",
    [
        Row("title = 1 or x", "=", (Value("text", "a"),)),
        Row("title", "=", ()),
        Row("title", "or", (Value("text", "a"),)),
        Row("title", "=", (Value("number", "1 or TRUE"),)),
        Row("title", "=", (Value("user", "a) or (b"),)),
        Row("a", "in"),
        Row("title", "=", (Value("today", "1.5"),)),
        Row("title", "=", (Value("boolean", "maybe"),)),
    ],
)
def test_a_row_that_means_nothing_is_refused(row):
    with pytest.raises(ExpressionError):
        from_rows(Group("all", (row,)))


def test_an_empty_group_inside_is_left_out():
    row = Row("title", "=", (Value("text", "a"),))
    assert parse(from_rows(Group("all", (Group("any", ()), row)))) == parse('title = "a"')
    assert from_rows(Group("all", (Group("any", ()),))) == ""
