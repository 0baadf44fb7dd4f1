"""Drawn expressions give in SQL, over rows of all kinds, what a plain reading of the reference gives in Python."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.expressions import check, format, lift_literals, parse
from dougong_metadata.expressions import nodes as n

NUMBERS, TEXTS, DATES = ("price", "weight", "pages", "stock"), ("title", "note"), ("due", "bought")
WORDS = ("a", "ab", "ba", "Ab", "书架", "50%", "_", "a'b", 'q"', "\\", "x y", "%s", ":p", "§")


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


# ---- drawing ------------------------------------------------------------------------------------------------------


def leaf_number() -> st.SearchStrategy[n.Node]:
    literal = st.sampled_from(("0", "1", "2", "3", "2.5", "10", "0.25", "7.125")).map(n.Number)
    return st.one_of(st.sampled_from(NUMBERS).map(lambda name: n.Path((name,))), literal)


@st.composite
def number(draw: Any, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaf_number())
    return draw(st.one_of(calculation(depth), count(depth)))


@st.composite
def calculation(draw: Any, depth: int) -> n.Node:
    a = draw(number(depth - 1))
    match draw(st.integers(0, 8)):
        case 0 | 1:
            return n.Arithmetic(draw(st.sampled_from("+-*")), a, draw(number(depth - 1)))
        case 2:
            return n.Arithmetic("/", a, n.Number(draw(st.sampled_from(("0", "2", "5", "10")))))
        case 3:
            return n.Minus(a)
        case 4:
            return n.Call(draw(st.sampled_from(("ABS", "FLOOR", "CEILING", "MFLOOR", "MCEILING", "ROUND"))), (a,))
        case 5:
            return n.Call("ROUND", (a, n.Number(draw(st.sampled_from(("0", "1", "2"))))))
        case 6:
            return n.Call(draw(st.sampled_from(("MIN", "MAX", "BLANKVALUE", "MOD"))), (a, draw(number(depth - 1))))
        case 7:
            return n.Call("IF", (draw(truth(depth - 1)), a, draw(number(depth - 1))))
        case _:
            return n.Call("CASE", (a, n.Number("1"), n.Number("10"), n.Number("2"), draw(number(depth - 1)), a))


@st.composite
def count(draw: Any, depth: int) -> n.Node:
    match draw(st.integers(0, 3)):
        case 0:
            return n.Call("LEN", (draw(text(depth - 1)),))
        case 1:
            return n.Call("FIND", (draw(text(0)), draw(text(depth - 1)), draw(number(depth - 1))))
        case 2:
            return n.Call(draw(st.sampled_from(("YEAR", "MONTH", "DAY", "WEEKDAY"))), (draw(day(depth - 1)),))
        case _:
            return n.Arithmetic("-", draw(day(depth - 1)), draw(day(depth - 1)))


@st.composite
def text(draw: Any, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(
            st.one_of(st.sampled_from(TEXTS).map(lambda name: n.Path((name,))), st.sampled_from(WORDS).map(n.Text))
        )
    a = draw(text(depth - 1))
    match draw(st.integers(0, 8)):
        case 0 | 1:
            return n.Join((a, draw(text(depth - 1)), draw(text(depth - 1))))
        case 2:
            return n.Call(draw(st.sampled_from(("LEFT", "RIGHT"))), (a, draw(number(depth - 1))))
        case 3:
            return n.Call("MID", (a, draw(number(depth - 1)), draw(leaf_number())))
        case 4:
            return n.Call("SUBSTITUTE", (a, draw(text(0)), draw(st.sampled_from((n.Text(""), n.Text("zz"))))))
        case 5:
            return n.Call("TRIM", (a,))
        case 6:
            return n.Call(draw(st.sampled_from(("LPAD", "RPAD"))), (a, draw(number(depth - 1)), n.Text("-+")))
        case 7:
            return n.Call("IF", (draw(truth(depth - 1)), a, draw(text(depth - 1))))
        case _:
            return n.Call("BLANKVALUE", (a, draw(text(depth - 1))))


@st.composite
def day(draw: Any, depth: int) -> n.Node:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return n.Path((draw(st.sampled_from(DATES)),))
    a = draw(day(depth - 1))
    match draw(st.integers(0, 4)):
        case 0:
            return n.Arithmetic(draw(st.sampled_from("+-")), a, draw(number(depth - 1)))
        case 1:
            return n.Call("ADDMONTHS", (a, draw(leaf_number())))
        case 2:
            return n.Call("IF", (draw(truth(depth - 1)), a, draw(day(depth - 1))))
        case 3:
            return n.Call(draw(st.sampled_from(("MIN", "MAX"))), (a, draw(day(depth - 1))))
        case _:
            return n.Call("DATE", (n.Number("2026"), draw(leaf_number()), draw(leaf_number())))


COMPARISONS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))


@st.composite
def truth(draw: Any, depth: int) -> n.Node:
    if depth == 0:
        return n.Path(("lent",))
    match draw(st.integers(0, 11)):
        case 0 | 1:
            many = tuple(draw(st.lists(truth(depth - 1), min_size=2, max_size=3)))
            return n.Logic(draw(st.sampled_from(("and", "or"))), many)
        case 2:
            return n.Not(draw(truth(depth - 1)))
        case 3 | 4:
            return n.Compare(draw(COMPARISONS), draw(number(depth - 1)), draw(number(depth - 1)))
        case 5:
            return n.Compare(draw(st.sampled_from(("=", "!=", "<"))), draw(text(depth - 1)), draw(text(depth - 1)))
        case 6:
            return n.Compare(
                draw(COMPARISONS), draw(day(depth - 1)), draw(st.one_of(day(depth - 1), st.just(n.Text("2026-01-31"))))
            )
        case 7:
            options = tuple(draw(st.lists(number(0), min_size=1, max_size=3)))
            return n.Member(draw(number(depth - 1)), options, draw(st.booleans()))
        case 8:
            values = (n.Text("novel"), n.Text("essay"))
            return draw(
                st.sampled_from(
                    (
                        n.Member(n.Path(("genre",)), values, True),
                        n.Compare("!=", n.Path(("genre",)), n.Text("poetry")),
                        n.Compare("=", n.Text("essay"), n.Path(("genre",))),
                    )
                )
            )
        case 9:
            return n.Call(draw(st.sampled_from(("CONTAINS", "BEGINS", "ENDS"))), (draw(text(depth - 1)), draw(text(0))))
        case 10:
            inner = draw(st.one_of(number(depth - 1), text(depth - 1), day(depth - 1)))
            return draw(st.sampled_from((n.Call("ISBLANK", (inner,)), n.Compare("!=", inner, n.Null()))))
        case _:
            return n.Compare("=", draw(truth(depth - 1)), n.Truth(True))


# ---- reading it in Python -----------------------------------------------------------------------------------------

STRICT: dict[str, Any] = {
    "ABS": abs,
    "FLOOR": lambda x: x.to_integral_value(ROUND_DOWN),
    "CEILING": lambda x: x.to_integral_value(ROUND_UP),
    "MFLOOR": lambda x: Decimal(x.__floor__()),
    "MCEILING": lambda x: Decimal(x.__ceil__()),
    "ROUND": lambda x, places=Decimal(0): x.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP),
    "MOD": lambda x, y: None if y == 0 else x % y,
    "YEAR": lambda d: Decimal(d.year),
    "MONTH": lambda d: Decimal(d.month),
    "DAY": lambda d: Decimal(d.day),
    "WEEKDAY": lambda d: Decimal(d.isoweekday() % 7 + 1),
    "LEFT": lambda t, k: t[: whole(k)] or None,
    "RIGHT": lambda t, k: (t[-whole(k) :] if whole(k) else "") or None,
    "MID": lambda t, s, k: t[whole(s, 1) - 1 : whole(s, 1) - 1 + whole(k)] or None,
    "TRIM": lambda t: t.strip(" \t\r\n　") or None,
    "LPAD": lambda t, k, p: padding(t, k, p) + t[: whole(k)] or None,
    "RPAD": lambda t, k, p: t[: whole(k)] + padding(t, k, p) or None,
    "CONTAINS": lambda t, p: p in t,
    "BEGINS": lambda t, p: t.startswith(p),
    "ENDS": lambda t, p: t.endswith(p),
    "FIND": lambda p, t, s: Decimal(t.find(p, whole(s, 1) - 1) + 1),
    "ADDMONTHS": lambda d, k: add_months(d, int(k)),
    "DATE": lambda y, m, d: month_start(int(y) * 12 + int(m) - 1) + timedelta(int(d) - 1),
}
PASSING = {"MIN": min, "MAX": max}


def whole(number: Decimal, least: int = 0) -> int:
    return max(number.__floor__(), least)


def padding(t: str, length: Decimal, fill: str) -> str:
    missing = min(whole(length), 10_000) - len(t)  # the documented limit of LPAD and RPAD
    return (fill * (missing // len(fill) + 1))[:missing] if missing > 0 else ""


def month_start(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def add_months(start: date, months: int) -> date:
    first = month_start(start.year * 12 + start.month - 1 + months)
    last = month_start(first.year * 12 + first.month) - timedelta(1)
    if (start + timedelta(1)).day == 1:
        return last
    return min(first.replace(day=1) + timedelta(start.day - 1), last)


def read(node: n.Node, row: dict[str, Any]) -> Any:
    match node:
        case n.Logic():
            return logic(node.operator, [read(o, row) for o in node.operands])
        case n.Not():
            value = read(node.operand, row)
            return None if value is None else not value
        case n.Minus():
            value = read(node.operand, row)
            return None if value is None else -value
        case n.Join():
            return "".join(read(o, row) or "" for o in node.operands) or None
        case n.Arithmetic():
            return calculate(node.operator, read(node.left, row), read(node.right, row))
        case n.Compare() if isinstance(node.right, n.Null):
            return read(node.left, row) is not None
        case n.Compare():
            return compare(node.operator, read(node.left, row), read(node.right, row))
        case n.Member():
            value = read(node.operand, row)
            found = logic("or", [compare("=", value, read(o, row)) for o in node.options])
            return found if not node.negated or found is None else not found
        case n.Call():
            return call(node, row)
    return leaf(node, row)


def leaf(node: n.Node, row: dict[str, Any]) -> Any:
    match node:
        case n.Path():
            value = row[node.names[0]]
            return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        case n.Number():
            return Decimal(node.digits)
        case n.Text() | n.Truth():
            return None if node.value == "" else node.value
    raise TypeError(node)


def logic(operator: str, values: list[bool | None]) -> bool | None:
    decisive = operator == "or"
    return decisive if decisive in values else None if None in values else not decisive


def calculate(operator: str, a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    if isinstance(a, date):
        if isinstance(b, date):
            return Decimal((a - b).days)
        return a + timedelta((b if operator == "+" else -b).__floor__())
    if operator == "/":
        return None if b == 0 else a / b
    return {"+": a + b, "-": a - b, "*": a * b}[operator]


def compare(operator: str, a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(a, date) and isinstance(b, str):
        b = date.fromisoformat(b)
    if isinstance(a, str):
        a, b = a.encode(), b.encode()
    return {
        "=": a == b,
        "!=": a != b,
        "<": operator == "<" and a < b,
        "<=": operator == "<=" and a <= b,
        ">": operator == ">" and a > b,
        ">=": operator == ">=" and a >= b,
    }[operator]


def call(node: n.Call, row: dict[str, Any]) -> Any:
    values = [read(a, row) for a in node.arguments]
    there = [v for v in values if v is not None]
    match node.name:
        case "IF":
            return values[1] if values[0] else values[2]
        case "CASE":
            pairs = zip(values[1:-1:2], values[2:-1:2], strict=True)
            return next((r for m, r in pairs if values[0] is not None and m == values[0]), values[-1])
        case "ISBLANK":
            return values[0] is None
        case "BLANKVALUE":
            return there[0] if there else None
        case "MIN" | "MAX":
            return PASSING[node.name](there) if there else None
        case "LEN":
            return Decimal(len(values[0] or ""))
        case "SUBSTITUTE":
            if values[0] is None:
                return None
            return (values[0].replace(values[1], values[2] or "") if values[1] else values[0]) or None
    return STRICT[node.name](*values) if len(there) == len(values) else None


# ---- the property -------------------------------------------------------------------------------------------------


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
@given(node=st.one_of(truth(3), truth(2), number(3), text(3), day(3)))
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
