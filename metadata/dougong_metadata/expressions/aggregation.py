"""The typing rules of aggregates (SUM, COUNT …), which stand in queries with groups. Called for every function call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.checked import Application, Typed
from dougong_metadata.expressions.coercion import adapt
from dougong_metadata.expressions.functions import AGGREGATES, NAMES
from dougong_metadata.expressions.types import BOOLEAN, NUMBER, Type

if TYPE_CHECKING:
    from dougong_metadata.expressions.checking import Checker


def is_aggregate(checker: Checker, node: nodes.Call) -> bool:
    """Whether this call is an aggregate here: MIN and MAX also compare several values, such as two aggregates."""
    if checker.scope.mode != "aggregate" or node.name not in AGGREGATES:
        return False
    if node.name not in NAMES:
        return True
    if checker.in_aggregate or not 1 <= len(node.arguments) <= 2:
        return False
    below = [found for argument in node.arguments for found in nodes.walk(argument)]
    return not any(isinstance(n, nodes.Call) and n.name in AGGREGATES for n in below) and any(
        isinstance(n, nodes.Path) for n in nodes.walk(node.arguments[0])
    )


def check_aggregate(checker: Checker, node: nodes.Call) -> Typed:
    """AGGREGATE(value, condition?); COUNT(condition?); PERCENTILE(value, share, condition?)."""
    function = AGGREGATES[node.name]
    if checker.in_aggregate:
        checker.wrong(
            node, f"{node.name}() cannot stand inside another aggregate.", f"{node.name}() 不能放在另一个聚合函数内。"
        )
    if not function.least <= len(node.arguments) <= len(function.parameters):
        checker.wrong(
            node,
            f"{function.usage} is given {len(node.arguments)} values.",
            f"{function.usage} 收到 {len(node.arguments)} 个值。",
        )
    checker.functions.add(function.name)
    checker.in_aggregate = True
    try:
        arguments = checker.visit_all(node.arguments)
        children = _arguments(checker, node, arguments)
    finally:
        checker.in_aggregate = False
    result = children[0].type if function.result == "first" else Type(function.result)
    return Application(result, node, function, children=children)


def _arguments(checker: Checker, node: nodes.Call, arguments: tuple[Typed, ...]) -> tuple[Typed, ...]:
    if not arguments:
        return ()
    value, *others = arguments
    share = [_share(checker, others.pop(0))] if node.name == "PERCENTILE" else []
    return (aggregated(checker, node, value), *share, *(_condition(checker, c) for c in others))


def _share(checker: Checker, typed: Typed) -> Typed:
    """Which part of the values lies below: the same for all records, so a number and no field."""
    if not isinstance(typed.node, (nodes.Number, nodes.Placeholder)) or not typed.type.is_number:
        checker.wrong(
            typed.node,
            "The share is a number from 0 to 1, such as 0.9.",
            "分位须为 0 到 1 之间的数字，例如 0.9。",
        )
    return typed


def aggregated(checker: Checker, node: nodes.Call, value: Typed) -> Typed:
    """`value` as what the aggregate `node` is of, or an error."""
    if node.name == "COUNT":
        return _condition(checker, value) if value.type.name == "boolean" else value
    refused = value.type.name in ("list", "json", "place") or (
        node.name in ("MIN", "MAX") and value.type.name in ("record", "boolean")
    )
    if refused or (AGGREGATES[node.name].parameters[0].kind == "number" and adapt(value, NUMBER) is None):
        words = checker.words(value.node)
        checker.wrong(
            value.node,
            f"{node.name}() cannot take `{words}`, which is {value.type.words('en')}.",
            f"{node.name}() 不能用于“{words}”，它是{value.type.words('zh')}。",
        )
    return value


def _condition(checker: Checker, typed: Typed) -> Typed:
    fitting = adapt(typed, BOOLEAN)
    if fitting is None:
        checker.wrong(
            typed.node,
            f"`{checker.words(typed.node)}` is {typed.type.words('en')}; a condition is needed here.",
            f"“{checker.words(typed.node)}”是{typed.type.words('zh')}；这里需要一个条件。",
        )
    return fitting
