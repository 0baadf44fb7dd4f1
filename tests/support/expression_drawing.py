"""Draws expressions as syntax trees, of what a vocabulary names: for tests that compare what they mean in several
places. `expression_oracle.read` says what one means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from dougong_metadata.expressions import nodes as n

WORDS = ("a", "ab", "ba", "Ab", "书架", "50%", "_", "a'b", 'q"', "\\", "x y", "%s", ":p", "§")


@dataclass(frozen=True)
class Vocabulary:
    """Dotted paths by type; `genre` is a picklist of novel, poetry and essay. `relations`: the path of each with what
    can be said of its records."""

    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    dates: tuple[str, ...]
    truths: tuple[str, ...]
    genre: str
    relations: tuple[tuple[str, Vocabulary], ...] = ()


def path(dotted: str) -> n.Path:
    return n.Path(tuple(dotted.split(".")))


@st.composite
def gathered(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    """COUNT(lines, …), SUM(lines.qty, …), MIN and MAX."""
    relation, inner = draw(st.sampled_from(v.relations))
    condition = (draw(truth(inner, min(depth - 1, 1))),) if draw(st.booleans()) else ()
    how = draw(st.sampled_from(("COUNT", "SUM", "MIN", "MAX")))
    if how == "COUNT":
        return n.Call("COUNT", (path(relation), *condition))
    value: n.Node = path(f"{relation}.{draw(st.sampled_from(inner.numbers))}")
    if draw(st.booleans()):
        value = n.Arithmetic("*", value, path(f"{relation}.{draw(st.sampled_from(inner.numbers))}"))
    return n.Call(how, (value, *condition))


def leaf_number(v: Vocabulary) -> st.SearchStrategy[n.Node]:
    literal = st.sampled_from(("0", "1", "2", "3", "2.5", "10", "0.25", "7.125")).map(n.Number)
    return st.one_of(st.sampled_from(v.numbers).map(path), literal)


@st.composite
def number(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaf_number(v))
    return draw(st.one_of(calculation(v, depth), count(v, depth)))


@st.composite
def calculation(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    a = draw(number(v, depth - 1))
    match draw(st.integers(0, 8)):
        case 0 | 1:
            return n.Arithmetic(draw(st.sampled_from("+-*")), a, draw(number(v, depth - 1)))
        case 2:
            return n.Arithmetic("/", a, n.Number(draw(st.sampled_from(("0", "2", "5", "10")))))
        case 3:
            return n.Minus(a)
        case 4:
            return n.Call(
                draw(st.sampled_from(("ABS", "FLOOR", "CEILING", "MFLOOR", "MCEILING", "ROUND", "TRUNC"))), (a,)
            )
        case 5:
            return n.Call("ROUND", (a, n.Number(draw(st.sampled_from(("0", "1", "2"))))))
        case 6:
            return n.Call(draw(st.sampled_from(("MIN", "MAX", "BLANKVALUE", "MOD"))), (a, draw(number(v, depth - 1))))
        case 7:
            return n.Call("IF", (draw(truth(v, depth - 1)), a, draw(number(v, depth - 1))))
        case _:
            return n.Call("CASE", (a, n.Number("1"), n.Number("10"), n.Number("2"), draw(number(v, depth - 1)), a))


@st.composite
def count(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    if v.relations and draw(st.integers(0, 2)) == 0:
        return draw(gathered(v, depth))
    match draw(st.integers(0, 4)):
        case 0:
            return n.Call("LEN", (draw(text(v, depth - 1)),))
        case 1:
            return n.Call("FIND", (draw(text(v, 0)), draw(text(v, depth - 1)), draw(number(v, depth - 1))))
        case 2:
            parts = ("YEAR", "MONTH", "DAY", "WEEKDAY", "QUARTER", "DAYOFYEAR", "ISOWEEK", "ISOYEAR")
            return n.Call(draw(st.sampled_from(parts)), (draw(day(v, depth - 1)),))
        case 3:
            return n.Call("WORKDAYS", (path(draw(st.sampled_from(v.dates))), path(draw(st.sampled_from(v.dates)))))
        case _:
            return n.Arithmetic("-", draw(day(v, depth - 1)), draw(day(v, depth - 1)))


@st.composite
def text(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.one_of(st.sampled_from(v.texts).map(path), st.sampled_from(WORDS).map(n.Text)))
    a = draw(text(v, depth - 1))
    match draw(st.integers(0, 8)):
        case 0 | 1:
            return n.Join((a, draw(text(v, depth - 1)), draw(text(v, depth - 1))))
        case 2:
            return n.Call(draw(st.sampled_from(("LEFT", "RIGHT"))), (a, draw(number(v, depth - 1))))
        case 3:
            return n.Call("MID", (a, draw(number(v, depth - 1)), draw(leaf_number(v))))
        case 4:
            return n.Call("SUBSTITUTE", (a, draw(text(v, 0)), draw(st.sampled_from((n.Text(""), n.Text("zz"))))))
        case 5:
            return n.Call(draw(st.sampled_from(("TRIM", "UPPER", "LOWER", "REVERSE"))), (a,))
        case 6:
            return n.Call(draw(st.sampled_from(("LPAD", "RPAD"))), (a, draw(number(v, depth - 1)), n.Text("-+")))
        case 7:
            return n.Call("IF", (draw(truth(v, depth - 1)), a, draw(text(v, depth - 1))))
        case _:
            return n.Call("BLANKVALUE", (a, draw(text(v, depth - 1))))


@st.composite
def day(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return path(draw(st.sampled_from(v.dates)))
    a = draw(day(v, depth - 1))
    match draw(st.integers(0, 4)):
        case 0:
            return n.Arithmetic(draw(st.sampled_from("+-")), a, draw(number(v, depth - 1)))
        case 1:
            how = draw(st.sampled_from(("ADDMONTHS", "EOMONTH", "ADDWORKDAYS")))
            return n.Call(how, (a, draw(leaf_number(v))))
        case 2:
            return n.Call("IF", (draw(truth(v, depth - 1)), a, draw(day(v, depth - 1))))
        case 3:
            return n.Call(draw(st.sampled_from(("MIN", "MAX"))), (a, draw(day(v, depth - 1))))
        case _:
            return n.Call("DATE", (n.Number("2026"), draw(leaf_number(v)), draw(leaf_number(v))))


COMPARISONS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))


@st.composite
def truth(draw: Any, v: Vocabulary, depth: int) -> n.Node:
    if depth == 0:
        return path(draw(st.sampled_from(v.truths)))
    match draw(st.integers(0, 12)):
        case 11:
            return n.Call("ISWORKDAY", (draw(day(v, depth - 1)),))
        case 0 | 1:
            many = tuple(draw(st.lists(truth(v, depth - 1), min_size=2, max_size=3)))
            return n.Logic(draw(st.sampled_from(("and", "or"))), many)
        case 2:
            return n.Not(draw(truth(v, depth - 1)))
        case 3 | 4:
            return n.Compare(draw(COMPARISONS), draw(number(v, depth - 1)), draw(number(v, depth - 1)))
        case 5:
            return n.Compare(
                draw(st.sampled_from(("=", "!=", "<"))), draw(text(v, depth - 1)), draw(text(v, depth - 1))
            )
        case 6:
            return n.Compare(
                draw(COMPARISONS),
                draw(day(v, depth - 1)),
                draw(st.one_of(day(v, depth - 1), st.just(n.Text("2026-01-31")))),
            )
        case 7:
            options = tuple(draw(st.lists(number(v, 0), min_size=1, max_size=3)))
            return n.Member(draw(number(v, depth - 1)), options, draw(st.booleans()))
        case 8:
            values = (n.Text("novel"), n.Text("essay"))
            return draw(
                st.sampled_from(
                    (
                        n.Member(path(v.genre), values, True),
                        n.Compare("!=", path(v.genre), n.Text("poetry")),
                        n.Compare("=", n.Text("essay"), path(v.genre)),
                    )
                )
            )
        case 9:
            return n.Call(
                draw(st.sampled_from(("CONTAINS", "BEGINS", "ENDS"))), (draw(text(v, depth - 1)), draw(text(v, 0)))
            )
        case 10:
            inner = draw(st.one_of(number(v, depth - 1), text(v, depth - 1), day(v, depth - 1)))
            return draw(st.sampled_from((n.Call("ISBLANK", (inner,)), n.Compare("!=", inner, n.Null()))))
        case _:
            return n.Compare("=", draw(truth(v, depth - 1)), n.Truth(True))
