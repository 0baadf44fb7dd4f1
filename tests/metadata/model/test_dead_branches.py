"""Branches that no record ever takes: found by example, and random trees of conditions against trying every record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import problems_of

BOOK: Mapping[str, Any] = {
    "kind": "object",
    "name": "book",
    "name_field": "title",
    "fields": {
        "title": {"type": "text"},
        "price": {"type": "currency"},
        "pages": {"type": "integer"},
        "due": {"type": "date"},
        "rare": {"type": "boolean"},
        "genre": {"type": "picklist", "values": ["novel", "poem", "essay"]},
    },
}


def branch(conditions: Sequence[str], name: str = "by", inside: Sequence[Any] = ()) -> dict[str, Any]:
    """A condition node with these conditions and otherwise; `inside` are the nodes of its first branch."""
    branches: list[dict[str, Any]] = [{"name": f"b{i}", "if": text} for i, text in enumerate(conditions)]
    branches.append({"name": "other"})
    if inside:
        branches[0]["nodes"] = list(inside)
    return {"name": name, "kind": "branch", "branches": branches}


def dead(*nodes: Mapping[str, Any], code: str = "never_holds") -> list[str]:
    """Where branches are refused; there is no other problem."""
    flow = {"object": "book", "nodes": list(nodes)}
    found = problems_of([Document.of(BOOK), Document("approval", "release", flow)])
    assert {problem.code for problem in found} <= {code}, found
    return [problem.path for problem in found]


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "1 > 2",
        '"a" = "b"',
        "ISBLANK(5)",
        "NOT(true)",
        "price > 10 and price < 5",
        "price > 10 and price <= 10",
        "price = 1 and price = 2",
        "price in (1, 2) and price > 2",
        "price != 1 and price = 1",
        "pages > 5 and pages < 6",
        'due > "2026-01-01" and due < "2026-01-02"',
        'genre = "novel" and genre = "poem"',
        'genre in ("novel", "poem") and genre = "essay"',
        'genre = "novel" and ISBLANK(genre)',
        'ISPICKVAL(genre, "novel") and genre != "novel"',
        "price > 5 and ISBLANK(price)",
        "rare and not rare",
        "rare = false and rare",
        'CONTAINS(title, "x") and NOT(CONTAINS(title, "x"))',
        "price > 10 and (price < 5 or price = 7)",
        'NOT(genre = "novel" or ISBLANK(genre)) and genre = "novel"',
        "price > 1000000 and NOT(price > 10)",
    ],
)
def test_a_condition_that_contradicts_itself_is_refused_where_it_stands(text: str) -> None:
    assert dead(branch([text])) == ["nodes[0].branches[0].if"]


@pytest.mark.parametrize(
    "text",
    [
        "price > 10 or price < 5",
        "price >= 10 and price <= 10",
        "pages > 5 and pages < 7",
        "price > 5 and price < 6",
        "NOT(price > 5) and NOT(price <= 5) or rare",
        'genre != "novel" and genre != "poem" and genre != "essay"',  # a value that the list had once
        "ISBLANK(price) and ISBLANK(genre)",
        'CONTAINS(title, "x") and NOT(CONTAINS(title, "y"))',
        "price > 5 and price + 1 < 5",  # more than is looked at
        "title > 'b' and title < 'a'",  # the database knows the order of texts
        "due > TODAY() and due < TODAY() - 1",
        "rare = true",
        "price in (1, 2) and price != 1",
    ],
)
def test_a_condition_that_may_hold_or_is_not_understood_is_left_alone(text: str) -> None:
    assert dead(branch([text])) == []


def test_unknown_is_no_way_round_a_condition() -> None:
    """Neither price > 5 nor its opposite holds for a blank price: the third way is open."""
    assert dead(branch(["price > 5", "price <= 5"])) == []
    assert dead(branch(["price > 5", "price <= 5", "price = 3"])) == ["nodes[0].branches[2].if"]
    assert dead(branch(["price > 5", "price <= 5", "ISBLANK(price)"])) == ["nodes[0].branches[3]"]


def test_what_an_earlier_branch_takes_never_comes_to_a_later_one() -> None:
    assert dead(branch(["price > 5", "price > 10"])) == ["nodes[0].branches[1].if"]
    assert dead(branch(["price > 10", "price > 5"])) == []
    assert dead(branch(["price > 5 or rare", "rare and genre = 'poem'"])) == ["nodes[0].branches[1].if"]
    assert dead(branch(["price > 5 and rare", "price > 7"])) == []
    assert dead(branch(["true", "price > 7"])) == ["nodes[0].branches[1].if", "nodes[0].branches[2]"]
    assert dead(branch(['CONTAINS(title, "x")', 'contains( title , "x" ) and rare'])) == ["nodes[0].branches[1].if"]


def test_a_branch_inside_another_is_held_against_the_conditions_around_it() -> None:
    inner = branch(["price > 10", "price < 3"], "inner")
    assert dead(branch(["price <= 5"], inside=[inner])) == ["nodes[0].branches[0].nodes[0].branches[0].if"]
    asks = {"name": "ask", "kind": "approve", "by": [{"manager": 1}]}
    assert dead(branch(["price <= 5"], inside=[asks, inner])) == [], "whoever is asked may take his time"
    mark = {"name": "mark", "kind": "action", "do": [{"update": {"set": {"price": "12"}}}]}
    assert dead(branch(["price <= 5"], inside=[mark, inner])) == []
    told = {"name": "told", "kind": "cc", "to": ["owner"]}
    assert dead(branch(["price <= 5"], inside=[told, inner])) == ["nodes[0].branches[0].nodes[1].branches[0].if"]


def test_inside_a_branch_that_is_never_taken_nothing_more_is_said() -> None:
    assert dead(branch(["false"], inside=[branch(["false"], "inner")])) == ["nodes[0].branches[0].if"]


def test_the_branches_of_a_parallel_node_are_no_alternatives() -> None:
    asks = [{"name": "ask", "kind": "approve", "by": [{"manager": 1}]}]
    branches = [{"name": "a", "if": "price > 5", "nodes": asks}, {"name": "b", "if": "price > 10"}, {"name": "c"}]
    assert dead({"name": "p", "kind": "parallel", "branches": branches}) == []
    branches = [{"name": "a", "if": "price > 5 and price < 3"}, {"name": "b"}]
    assert dead({"name": "p", "kind": "parallel", "branches": branches}) == ["nodes[0].branches[0].if"]


def test_conditions_with_very_many_cases_are_not_looked_at_forever() -> None:
    parts = " and ".join(f"(price = {n} or pages = {n} or rare)" for n in range(40))
    assert dead(branch([parts, parts])) == []


# --- against trying every record --------------------------------------------------------------------------------------

PRICES = (None, 0, 1, 2, 3)
FLAGS = (None, True, False)
GENRES = (None, "novel", "poem", "essay", "gone")
Row = Mapping[str, Any]
Tree = tuple[Any, ...]


def rows() -> Iterator[Row]:
    for price, pages, rare, genre in product(PRICES, PRICES, FLAGS, GENRES):
        yield {"price": price, "pages": pages, "rare": rare, "genre": genre}


NUMBERS = st.integers(0, 3)
COMPARED = st.tuples(
    st.just("compare"), st.sampled_from(["price", "pages"]), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), NUMBERS
)
WORD = st.tuples(st.just("compare"), st.just("genre"), st.sampled_from(["=", "!="]), st.sampled_from(GENRES[1:4]))
AMONG = st.tuples(
    st.just("among"),
    st.just("genre"),
    st.booleans(),
    st.lists(st.sampled_from(GENRES[1:4]), min_size=1, max_size=3, unique=True),
)
BLANK = st.tuples(st.just("blank"), st.sampled_from(["price", "pages", "rare", "genre"]))
ATOMS = st.one_of(COMPARED, COMPARED, WORD, AMONG, BLANK, st.just(("rare",)), st.tuples(st.just("is"), st.booleans()))
TREES: st.SearchStrategy[Tree] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)


def text(tree: Tree) -> str:
    match tree:
        case ("compare", name, operator, value):
            return f"{name} {operator} {value!r}"
        case ("among", name, negated, values):
            return f"{name} {'not in' if negated else 'in'} ({', '.join(map(repr, values))})"
        case ("blank", name):
            return f"ISBLANK({name})"
        case ("is", value):
            return "true" if value else "false"
        case ("not", inner):
            return f"NOT({text(inner)})"
        case ("and" | "or" as joined, parts):
            return "(" + f" {joined} ".join(map(text, parts)) + ")"
    return "rare"


COMPARE = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def value(tree: Tree, row: Row) -> bool | None:
    """As SQL would say it."""
    match tree:
        case ("compare", name, operator, other):
            return None if row[name] is None else COMPARE[operator](row[name], other)
        case ("among", name, negated, values):
            return None if row[name] is None else (row[name] in values) != negated
        case ("blank", name):
            return row[name] is None
        case ("is", said):
            return bool(said)
        case ("not", inner):
            found = value(inner, row)
            return None if found is None else not found
        case ("and" | "or" as joined, parts):
            decides = joined == "or"
            found_all = [value(part, row) for part in parts]
            return decides if decides in found_all else None if None in found_all else not decides
    return row["rare"]  # type: ignore[no-any-return]  # one of FLAGS


@settings(max_examples=300, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=3), st.lists(TREES, min_size=1, max_size=2))
def test_no_record_takes_a_branch_that_is_refused(outer: list[Tree], inner: list[Tree]) -> None:
    refused = set(dead(branch([text(t) for t in outer], inside=[branch([text(t) for t in inner], "inner")])))
    taken = set()
    for row in rows():
        first = next((i for i, tree in enumerate(outer) if value(tree, row) is True), len(outer))
        taken.add(f"nodes[0].branches[{first}]")
        if first == 0:
            second = next((i for i, tree in enumerate(inner) if value(tree, row) is True), len(inner))
            taken.add(f"nodes[0].branches[0].nodes[0].branches[{second}]")
    assert not {path.removesuffix(".if") for path in refused} & taken
    if all(len(text(tree)) < 40 for tree in outer):  # short ones are understood whole: nothing is overlooked
        for index, tree in enumerate(outer):
            if f"nodes[0].branches[{index}]" not in taken and not numbers_between(outer):
                assert f"nodes[0].branches[{index}].if" in refused, text(tree)


def numbers_between(trees: Sequence[Tree]) -> bool:
    """Whether a price that no row here has (0.5, -1, 4) might make a difference."""
    return any("price" in text(tree) or "pages" in text(tree) for tree in trees)
