"""The typing rules of comparisons, `in`, `&` and arithmetic. Called by the Checker."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.checked import Blank, Column, Literal, Operation, Typed
from dougong_metadata.expressions.coercion import adapt, converted, unify
from dougong_metadata.expressions.conversions import DAYS, whole_number
from dougong_metadata.expressions.types import BOOLEAN, DATE, MONEY, NUMBER, TEXT

if TYPE_CHECKING:
    from dougong_metadata.expressions.checking import Checker

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def check_comparison(checker: Checker, node: nodes.Compare) -> Typed:
    """`a = b` and its like; comparing with blank asks ISBLANK."""
    left, right = checker.visit(node.left), checker.visit(node.right)
    ordering = node.operator not in ("=", "!=")
    if isinstance(left, Blank) or isinstance(right, Blank):
        other = right if isinstance(left, Blank) else left
        if ordering:
            checker.wrong(node, "Blank is neither smaller nor larger; use ISBLANK().", "空值没有大小；请用 ISBLANK()。")
        return Operation(BOOLEAN, node, "isblank" if node.operator == "=" else "notblank", children=(other,))
    for side in (left, right):
        if side.type.name == "list":
            _refuse_list(checker, side)
        if side.type.is_structured or (ordering and side.type.name in ("boolean", "record")):
            checker.wrong(
                side.node,
                f"`{checker.words(side.node)}` is {side.type.words('en')}; `{node.operator}` cannot compare it.",
                f"“{checker.words(side.node)}”是{side.type.words('zh')}，不能用“{node.operator}”比较。",
            )
    return Operation(BOOLEAN, node, node.operator, children=_pair(checker, node, left, right))


def _pair(checker: Checker, node: nodes.Compare, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    united = unify((left, right))
    if united is None:
        _mismatch(checker, node, left, right)
    left, right = united[1]
    return (_beside_integer(left, right, _FLIPPED[node.operator]), _beside_integer(right, left, node.operator))


def _beside_integer(typed: Typed, other: Typed, operator: str) -> Typed:
    """A number compared with a whole-number column takes the column's type, so that its index serves."""
    if isinstance(typed, Literal) and not typed.is_text and isinstance(other, Column) and other.is_integer:
        return converted(typed, whole_number(operator), typed.type)
    return typed


def _refuse_list(checker: Checker, side: Typed) -> NoReturn:
    words = checker.words(side.node)
    checker.wrong(
        side.node,
        f'`{words}` holds several values; use INCLUDES({words}, "value") or ISBLANK({words}).',
        f'“{words}”有多个值；请用 INCLUDES({words}, "值") 或 ISBLANK({words})。',
        "INCLUDES",
    )


def _mismatch(checker: Checker, node: nodes.Node, left: Typed, right: Typed) -> NoReturn:
    a, b = checker.words(left.node), checker.words(right.node)
    checker.wrong(
        node,
        f"`{a}` is {left.type.words('en')}; `{b}` is {right.type.words('en')}.",
        f"“{a}”是{left.type.words('zh')}；“{b}”是{right.type.words('zh')}。",
    )


def check_member(checker: Checker, node: nodes.Member) -> Typed:
    """`a in (b, c)`."""
    operand, options = checker.visit(node.operand), checker.visit_all(node.options)
    if operand.type.name == "list":
        _refuse_list(checker, operand)
    for option in options:
        if isinstance(option, Blank):
            checker.wrong(
                option.node,
                "Blank cannot stand in a list; add `or ISBLANK(…)`.",
                "列表中不能有空值；请另加 or ISBLANK(…)。",
                "ISBLANK",
            )
        if option.type.is_structured or unify((operand, option)) is None:
            _mismatch(checker, option.node, operand, option)
    united = unify((operand, *options))
    if united is None:
        _mismatch(checker, node, operand, options[0])
    operand, *rest = united[1]
    children = (operand, *(_beside_integer(option, operand, "=") for option in rest))
    return Operation(BOOLEAN, node, "not in" if node.negated else "in", children=children)


def check_join(checker: Checker, node: nodes.Join) -> Typed:
    """`a & b`: texts only."""
    operands = []
    for given in node.operands:
        typed = checker.visit(given)
        text = adapt(typed, TEXT)
        if text is None:
            words = checker.words(given)
            checker.wrong(
                given,
                f"`&` joins texts; `{words}` is {typed.type.words('en')}: write TEXT({words}).",
                f"“&”连接文本；“{words}”是{typed.type.words('zh')}：请写作 TEXT({words})。",
                f"TEXT({words})",
            )
        operands.append(text)
    return Operation(TEXT, node, "&", children=tuple(operands))


def check_arithmetic(checker: Checker, node: nodes.Arithmetic) -> Typed:
    """+ - * / on numbers, and dates plus or minus days."""
    left, right = checker.visit(node.left), checker.visit(node.right)
    operator = node.operator
    if operator in "+-" and (left.type.is_moment or right.type.is_moment):
        done = _moments(node, left, right)
        if done is not None:
            return done
    a, b = adapt(left, NUMBER), adapt(right, NUMBER)
    if a is None or b is None:
        _not_numbers(checker, node, left if a is None else right)
    money = "money" in (left.type.name, right.type.name)
    ratio = operator == "/" and left.type.name == right.type.name == "money"
    return Operation(MONEY if money and not ratio else NUMBER, node, operator, children=(a, b))


def _moments(node: nodes.Arithmetic, left: Typed, right: Typed) -> Typed | None:
    """date ± days, and the days between two dates; None when it is neither."""
    if node.operator == "+" and left.type.is_number:
        left, right = right, left
    if left.type.is_moment and right.type.is_number:
        if isinstance(right, Literal) and left.type == DATE:
            right = converted(right, DAYS[node.operator], NUMBER)
        return Operation(left.type, node, f"days{node.operator}", children=(left, right))
    if node.operator == "-" and not isinstance(left, Blank) and not isinstance(right, Blank):
        united = unify((left, right))
        if united is not None and united[0].is_moment:
            kind = "date-date" if united[0] == DATE else "datetime-datetime"
            return Operation(NUMBER, node, kind, children=united[1])
    return None


def _not_numbers(checker: Checker, node: nodes.Arithmetic, side: Typed) -> NoReturn:
    words, operator = checker.words(side.node), node.operator
    both_text = operator == "+" and side.type.name == "text"
    checker.wrong(
        side.node,
        f"`{operator}` needs numbers; `{words}` is {side.type.words('en')}"
        + (": join texts with `&`." if both_text else "."),
        f"“{operator}”需要数字；“{words}”是{side.type.words('zh')}" + ("：连接文本请用“&”。" if both_text else "。"),
        "&" if both_text else None,
    )
