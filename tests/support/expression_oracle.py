"""What an expression means, read plainly in Python from its syntax tree: the oracle of the tests of expressions.

A row is a mapping from dotted paths to values; under a relation's path it holds the list of its records' rows.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from dougong_metadata.expressions import nodes as n

STRICT: dict[str, Any] = {
    "ABS": abs,
    "FLOOR": lambda x: x.to_integral_value(ROUND_DOWN),
    "CEILING": lambda x: x.to_integral_value(ROUND_UP),
    "MFLOOR": lambda x: Decimal(x.__floor__()),
    "MCEILING": lambda x: Decimal(x.__ceil__()),
    "ROUND": lambda x, places=Decimal(0): x.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP),
    "MOD": lambda x, y: None if y == 0 else x % y,
    "TRUNC": lambda x: x.to_integral_value(ROUND_DOWN),
    "YEAR": lambda d: Decimal(d.year),
    "MONTH": lambda d: Decimal(d.month),
    "DAY": lambda d: Decimal(d.day),
    "WEEKDAY": lambda d: Decimal(d.isoweekday() % 7 + 1),
    "QUARTER": lambda d: Decimal((d.month + 2) // 3),
    "DAYOFYEAR": lambda d: Decimal(d.timetuple().tm_yday),
    "ISOWEEK": lambda d: Decimal(d.isocalendar().week),
    "ISOYEAR": lambda d: Decimal(d.isocalendar().year),
    "ISWORKDAY": lambda d: d.isoweekday() < 6,
    "WORKDAYS": lambda a, b: Decimal(workdays(a, b)),
    "ADDWORKDAYS": lambda d, k: add_workdays(d, int(k)),
    "EOMONTH": lambda d, k: month_start(d.year * 12 + d.month + int(k)) - timedelta(1),
    "UPPER": str.upper,
    "LOWER": str.lower,
    "REVERSE": lambda t: t[::-1],
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


def workdays(a: date, b: date) -> int:
    """Monday to Friday, counted one by one."""
    if b < a:
        return -workdays(b, a)
    return sum((a + timedelta(k)).isoweekday() < 6 for k in range((b - a).days + 1))


def add_workdays(day: date, many: int) -> date:
    step = timedelta(1 if many > 0 else -1)
    for _ in range(abs(many)):
        day += step
        while day.isoweekday() > 5:
            day += step
    return day


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
            value = row[".".join(node.names)]
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


def named_in(node: n.Node) -> list[str]:
    """The paths in it, but for those inside aggregates."""
    if isinstance(node, n.Path):
        return [".".join(node.names)]
    if isinstance(node, n.Call) and node.name in AGGREGATES:
        return []
    return [path for child in n.children(node) for path in named_in(child)]


def gather(node: n.Call, row: dict[str, Any]) -> tuple[list[Any]] | None:
    """The values of an aggregate's records that fit its condition; None where it is none. 1 stands for each record."""
    first = node.arguments[0] if node.arguments else None
    paths = [] if first is None else named_in(first)
    relation = next((r for p in paths for r in row if p.startswith(f"{r}.") and isinstance(row[r], list)), None)
    counted = len(paths) == 1 and isinstance(row.get(paths[0]), list)
    if relation is None and not counted:
        return None
    records = row[paths[0] if counted else str(relation)]
    fitting = [one for one in records if len(node.arguments) < 2 or read(node.arguments[1], one) is True]
    if counted:
        return ([Decimal(1)] * len(fitting),)
    named = [{f"{relation}.{name}": value for name, value in one.items()} for one in fitting]
    return ([value for value in (read(first, one) for one in named) if value is not None],)  # type: ignore[arg-type]


AGGREGATES: dict[str, Any] = {
    "COUNT": lambda values: Decimal(len(values)),
    "SUM": lambda values: sum(values, Decimal(0)),
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
}


def call(node: n.Call, row: dict[str, Any]) -> Any:
    if node.name in AGGREGATES and (found := gather(node, row)) is not None:
        return AGGREGATES[node.name](found[0])
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
