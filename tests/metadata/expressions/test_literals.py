"""Lifting literals changes how an expression travels, never what it asks; no literal can become anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import check, lift_literals
from dougong_metadata.expressions.printing import quoted

USER = "0190b5d4-0000-7000-8000-000000000001"
HOSTILE = (
    "'; drop table book; --",
    "\\",
    "\\'",
    "\\\\",
    "%",
    "%s",
    "%(x)s",
    "%%",
    ":x",
    "::text",
    '"§"',
    "§",
    '"',
    "'",
    "$1",
    "?1s",
    "{}",
    "{x}",
    "\n",
    "\t",
    "*/",
    "/*",
    "E'",
    "U&'\\0041'",
    "𠮷野家",
    "é",
    "\u2028",
    "\x7f",
    "\x01",
    "`",
    "it''s",
    '""',
    "‘quoted’",
    "a\\u0027b",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_a_text(answer, text):
    literal = quoted(text)
    assert answer(f"LEN({literal})") == len(text)
    answer.put({"title": text}, {"title": "other"})
    assert answer(f"title = {literal}") is True
    assert answer(f"CONTAINS(title, {literal})") is True
    assert answer(f"title & {literal}") == text * 2


def test_a_hostile_text_leaves_nothing_to_replace_in_the_statement(sql_of):
    for text in HOSTILE:
        written = sql_of(f"title = {quoted(text)}")
        assert not set(written) & set("§%:{}?$;")
        assert written.count("'") == 2


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30))
def test_any_text_comes_back_as_it_was(answer, text):
    assert answer(f"{quoted(text)} & {quoted('|')}") == text + "|"


def test_lifting_takes_literals_and_leaves_everything_else():
    shape, values = lift_literals("""a1 = "x\\"y" and b.c2 in ('it''s', 2.50, .5) and d = "" and not f(TRUE, NULL)""")
    assert shape == 'a1 = ?1s and b.c2 in (?2s, ?3n, ?4n) and d = "" and not f(TRUE, NULL)'
    assert values == ('x"y', "it's", "2.50", ".5")


def test_expressions_that_differ_in_literals_only_share_their_shape():
    one, two = lift_literals('price > 5 and title = "a"'), lift_literals('price > 7.25 and title = "b\'c"')
    assert one[0] == two[0]
    assert one[1] != two[1]


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("pages > 2.5", {"lit_1": "2"}),
        ("pages >= 2.5", {"lit_1": "3"}),
        ("2.5 > pages", {"lit_1": "3"}),
        ("pages < -2.5", {"lit_1": "-2"}),
        ("pages = 2.0", {"lit_1": "2"}),
        ("pages = 2.5", {"lit_1": str(-(2**63))}),
        ("pages < " + "9" * 30, {"lit_1": str(2**63 - 1)}),
        ("price > 2.50", {"lit_1": "2.50"}),
        ('due = "2026/1/2"', {"lit_1": "2026-01-02"}),
        ('created_at > "2026-01-02"', {"lit_1": "2026-01-02T00:00:00", "lit_1_zone": None}),
        ('created_at > "2026-01-02T08:00:00+08:00"', {"lit_1": "2026-01-02T00:00:00", "lit_1_zone": "UTC"}),
        ("due > TODAY() - 30", {"lit_1": "30"}),
        ("due > TODAY() + -1.5", {"lit_1": "-2"}),
    ],
)
def test_a_literal_takes_the_form_of_its_place(scope, text, parameters):
    shape, values = lift_literals(text)
    assert check(shape, scope()).bind(values) == parameters


def test_parameters_take_the_prefix_of_their_expression(scope, sql_of):
    shape, values = lift_literals("price > 5")
    checked = check(shape, scope())
    assert checked.bind(values, prefix="where") == {"where_1": "5"}
    assert "%(where_1)s" in sql_of(shape, prefix="where")


def test_a_column_is_never_cast_in_a_comparison(sql_of):
    for text in (
        "pages > 2",
        "price = 1",
        'due < "2026-01-01"',
        'created_at >= "2026-01-01"',
        'title = "a"',
        'genre in ("novel", "essay")',
        "owner = $user",
        "due < TODAY() - 30",
        "pages in (1, 2)",
    ):
        written = sql_of(text)
        assert written.startswith("(book."), written
        assert "CAST(book." not in written


def test_a_value_that_does_not_fit_is_refused_at_its_place_in_the_original(scope):
    text = 'title = "long text before" and genre = "nvel"'
    shape, values = lift_literals(text)
    checked = check(shape, scope())
    with pytest.raises(ExpressionError) as caught:
        checked.bind(values, source=text)
    assert text[caught.value.position :] == '"nvel"'
    assert caught.value.hint == "novel"


@pytest.mark.parametrize(
    "text",
    [
        "pages > 2.5",
        "pages = 2",
        "pages in (1, 2)",
        'due = "2026-01-02"',
        "due < TODAY() - 30",
        'title = "a"',
        'created_at >= "2026-01-02"',
        "created_at < TODAY()",
        "owner = $user",
        "price >= 5",
        'BEGINS(title, "ab")',
    ],
)
def test_a_comparison_with_a_literal_uses_the_index_of_the_column(library, sql_of, scope, text):
    field = check(text, scope()).paths[0][0]
    shape, values = lift_literals(text)
    parameters = check(shape, scope()).bind(values) | {"env_user": USER, "env_timezone": "Asia/Shanghai"}
    with library.transaction(force_rollback=True):
        library.execute(f"CREATE INDEX ON book ({field})")
        library.execute("SET LOCAL enable_seqscan = off")
        plan = library.execute("EXPLAIN SELECT 1 FROM book WHERE " + sql_of(shape), parameters).fetchall()
    assert any("Index Cond" in line for (line,) in plan), plan
