"""Between expressions and the filter builder's rows: (field, operator, values) in groups of all or any.

Called by the list screens and the layout designer. What the rows cannot say stays an expression (`to_rows` is None).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal as Choice

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.nodes import (
    Arithmetic,
    Call,
    Compare,
    Logic,
    Member,
    Minus,
    Node,
    Not,
    Null,
    Number,
    Path,
    Text,
    Truth,
    User,
)
from dougong_metadata.expressions.parsing import parse
from dougong_metadata.expressions.printing import format

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CALLS = {"CONTAINS": "contains", "BEGINS": "begins", "ENDS": "ends", "INCLUDES": "includes", "ISPICKVAL": "="}
_NEGATED = {
    "contains": "not contains",
    "begins": "not begins",
    "ends": "not ends",
    "includes": "excludes",
    "blank": "not blank",
}
_POSITIVE = {negated: positive for positive, negated in _NEGATED.items()}
_FUNCTIONS = {operator: name for name, operator in _CALLS.items() if operator != "="}
OPERATORS = (*_FLIPPED, "in", "not in", *_NEGATED, *_POSITIVE)

Kind = Choice["text", "number", "boolean", "user", "today"]


@dataclass(frozen=True, slots=True)
class Value:
    """`text` holds, by kind: the text · the number's digits · "true" or "false" · a path behind `$user`, or "" ·
    days from today ("-30", "0")."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the filter builder. `path` is dotted; `operator` one of OPERATORS; blank operators have no values,
    in and not in any number, the others one."""

    path: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """`joined` is "all" or "any" of the items."""

    joined: Choice["all", "any"]
    items: tuple[Row | Group, ...]


def to_rows(text: str) -> Group | None:
    """`text` as rows, or None when it says more than rows can. Raises ExpressionError when it cannot be parsed.

    An empty text is a group without rows.
    """
    if not text.strip():
        return Group("all", ())
    found = _group(parse(text))
    return Group("all", (found,)) if isinstance(found, Row) else found


def from_rows(group: Group) -> str:
    """The expression that `group` stands for; "" for a group without rows. Empty groups inside are left out."""
    node = _node(group)
    return "" if node is None else format(node)


def _group(node: Node) -> Row | Group | None:
    if not isinstance(node, Logic):
        return _row(node)
    items = tuple(_group(operand) for operand in node.operands)
    fitting = tuple(item for item in items if item is not None)
    if len(fitting) < len(items):
        return None
    return Group("all" if node.operator == "and" else "any", fitting)


def _row(node: Node) -> Row | None:
    match node:
        case Path():
            return Row(_dotted(node), "=", (Value("boolean", "true"),))
        case Not(operand=Path() as path):
            return Row(_dotted(path), "=", (Value("boolean", "false"),))
        case Not(operand=Call() as call):
            row = _call(call)
            negated = _NEGATED.get(row.operator) if row else None
            return Row(row.path, negated, row.values) if row and negated else None
        case Call():
            return _call(node)
        case Compare():
            return _comparison(node)
        case Member(operand=Path() as path):
            return _with_values(path, "not in" if node.negated else "in", *node.options)
    return None


def _call(call: Call) -> Row | None:
    match call:
        case Call(name="ISBLANK" | "ISNULL", arguments=(Path() as path,)):
            return Row(_dotted(path), "blank")
        case Call(arguments=(Path() as path, Text() as text)) if call.name in _CALLS and text.value:
            return Row(_dotted(path), _CALLS[call.name], (Value("text", text.value),))
    return None


def _comparison(node: Compare) -> Row | None:
    left, right, operator = node.left, node.right, node.operator
    if not isinstance(left, Path):
        left, right, operator = right, left, _FLIPPED[operator]
    if not isinstance(left, Path):
        return None
    if isinstance(right, Null) or right == Text(""):
        return Row(_dotted(left), "blank" if operator == "=" else "not blank") if operator in ("=", "!=") else None
    return _with_values(left, operator, right)


def _with_values(path: Path, operator: str, *given: Node) -> Row | None:
    values = [_value(node) for node in given]
    fitting = tuple(value for value in values if value is not None)
    return Row(_dotted(path), operator, fitting) if len(fitting) == len(values) else None


def _dotted(path: Path) -> str:
    return ".".join(path.names)


def _value(node: Node) -> Value | None:
    match node:
        case Text() if node.value:
            return Value("text", node.value)
        case Number():
            return Value("number", node.digits)
        case Minus(operand=Number() as number):
            return Value("number", "-" + number.digits)
        case Truth():
            return Value("boolean", "true" if node.value else "false")
        case User():
            return Value("user", ".".join(node.names))
        case Call(name="TODAY", arguments=()):
            return Value("today", "0")
        case Arithmetic(operator="+" | "-", left=Call(name="TODAY", arguments=()), right=Number() as days):
            if days.digits.isdigit():
                return Value("today", days.digits if node.operator == "+" else "-" + days.digits)
    return None


def _node(item: Row | Group) -> Node | None:
    if isinstance(item, Row):
        return _condition(item)
    operands = tuple(node for node in map(_node, item.items) if node is not None)
    if len(operands) < 2:
        return operands[0] if operands else None
    return Logic("and" if item.joined == "all" else "or", operands)


def _condition(row: Row) -> Node:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", row.path, re.ASCII):
        raise _wrong(f"“{row.path}” is not a field.", f"“{row.path}”不是字段。")
    path = Path(tuple(row.path.split(".")))
    values = tuple(_literal(value) for value in row.values)
    if row.operator in _POSITIVE:
        return Not(_condition(Row(row.path, _POSITIVE[row.operator], row.values)))
    if row.operator == "blank":
        return Call("ISBLANK", (path,))
    if row.operator in ("in", "not in") and values:
        return Member(path, values, row.operator == "not in")
    if len(values) != 1:
        raise _wrong(f"“{row.path}” needs a value.", f"“{row.path}”需要一个值。")
    if row.operator in _FUNCTIONS:
        return Call(_FUNCTIONS[row.operator], (path, values[0]))
    if row.operator in _FLIPPED:
        return Compare(row.operator, path, values[0])
    raise _wrong(f"“{row.operator}” is not an operator.", f"没有运算符“{row.operator}”。")


def _literal(value: Value) -> Node:
    text = value.text
    match value.kind:
        case "text":
            return Text(text)
        case "number" if re.fullmatch(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)", text):
            return Minus(Number(text[1:])) if text.startswith("-") else Number(text)
        case "boolean" if text in ("true", "false"):
            return Truth(text == "true")
        case "user" if re.fullmatch(r"([A-Za-z_]\w*(\.[A-Za-z_]\w*)*)?", text, re.ASCII):
            return User(tuple(text.split(".")) if text else ())
        case "today" if re.fullmatch(r"-?[0-9]{1,6}", text):
            if int(text) == 0:
                return Call("TODAY", ())
            return Arithmetic("-" if text.startswith("-") else "+", Call("TODAY", ()), Number(text.lstrip("-")))
    raise _wrong(f"“{text}” is not a value of this kind.", f"“{text}”不是这种类型的值。")


def _wrong(en: str, zh: str) -> ExpressionError:
    return ExpressionError(en, zh, 0)
