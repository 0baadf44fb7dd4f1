"""Numbers over many records, taken apart: which single aggregates a text is made of, and over whose records each is.

Called by the compiler of reports and by the engine that runs them. `SUM(lines.price) / COUNT()` of an order is one sum
over the lines and one count over the orders: each is asked where its records are, so that no join counts one twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NoReturn

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.checking import Checker
from dougong_metadata.expressions.functions import AGGREGATES, NAMES
from dougong_metadata.expressions.gathering import first_relation, seen_from
from dougong_metadata.expressions.literals import Shape
from dougong_metadata.expressions.parsing import parse
from dougong_metadata.expressions.printing import format
from dougong_metadata.expressions.scope import Scope
from dougong_metadata.expressions.types import Type

MAX_UP = 3  # relations of relations


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate, said of a record of `object`. `up`: the links from there to the object of the whole text
    (() = it is that object). `position`: where it stands in the whole text; `written`: it stands there literally."""

    object: str
    up: tuple[str, ...]
    text: str
    position: int
    length: int
    written: bool


@dataclass(frozen=True, slots=True)
class Split:
    """`formula` is the text with stand-ins for its measures, padded, so that what follows stays where it was."""

    formula: str
    measures: tuple[Measure, ...]


def split(text: str, scope: Scope, names: Collection[str] = (), stand_in: str = "_") -> Split:
    """Takes a number's text apart. `names`: what other numbers are called that it may speak of. A Shape stays one. The
    formula calls the measures `stand_in` and their number, from 0.

    Raises ExpressionError for what is no expression, and for records of which nothing tells whose they are.
    """
    checker = Checker(text, scope)
    found: list[nodes.Call] = []
    _collect(checker, parse(text), frozenset(names), found)
    measures = [_measure(checker, call) for call in found]
    formula = str(text)
    for number, call in reversed(list(enumerate(found))):
        formula = formula[: call.position] + f"{stand_in}{number}".ljust(call.length) + formula[call.end :]
    return Split(_like(text, formula), tuple(measures))


def said_from(text: str, up: tuple[str, ...], scope: Scope) -> str:
    """A condition of `scope.object` as it is said of records whose links `up` lead to it."""
    if not up:
        return text
    return _like(text, format(_prefixed(parse(text), up, Checker(text, scope))))


def _collect(checker: Checker, node: nodes.Node, names: frozenset[str], found: list[nodes.Call]) -> None:
    if isinstance(node, nodes.Call) and _is_aggregate(checker, node, names):
        found.append(node)
        return
    if isinstance(node, nodes.Path) and ".".join(node.names) not in names:
        _outside(checker, node)
    for child in nodes.children(node):
        _collect(checker, child, names, found)


def _is_aggregate(checker: Checker, node: nodes.Call, names: frozenset[str]) -> bool:
    """MIN and MAX also compare several numbers, such as two aggregates. Of a single field they are of the records, also
    where a number is called like it."""
    if node.name not in AGGREGATES:
        return False
    if node.name not in NAMES:
        return True
    below = [found for argument in node.arguments for found in nodes.walk(argument)]
    if any(isinstance(n, nodes.Call) and n.name in AGGREGATES for n in below):
        return False
    first = [n for n in nodes.walk(node.arguments[0]) if isinstance(n, nodes.Path)] if node.arguments else []
    alone = len(node.arguments) == 1 and isinstance(node.arguments[0], nodes.Path)
    return bool(first) and (
        (alone and first[0].names[0] in _fields(checker)) or not any(".".join(path.names) in names for path in first)
    )


def _fields(checker: Checker) -> Collection[str]:
    try:
        return checker.scope.lookup(checker.scope.object).keys()
    except KeyError:
        return ()


def _outside(checker: Checker, node: nodes.Path) -> NoReturn:
    words = checker.words(node)
    if node.names[0] in _fields(checker):
        checker.wrong(
            node,
            f"`{words}` stands outside an aggregate; write for example SUM({words}).",
            f"“{words}”不在聚合函数内；请写成 SUM({words}) 之类的形式。",
        )
    checker.wrong(
        node,
        f"`{words}` is neither a value of this report nor an aggregate such as COUNT().",
        f"“{words}”既不是此报表的数值，也不是 COUNT() 之类的聚合。",
    )


def _measure(checker: Checker, call: nodes.Call) -> Measure:
    scope, said = checker.scope, call
    steps: tuple[str, ...] = ()
    while (found := first_relation(checker, said)) is not None:
        base, name, link = found
        if base:
            _many_to_many(checker, call, base, name, link.object)
        if len(steps) == MAX_UP:
            checker.wrong(call, f"At most {MAX_UP} relations can follow each other.", f"关联记录最多连续 {MAX_UP} 层。")
        said = _inside(checker, said, (name,), link.object)
        steps = (link.name, *steps)
        checker = Checker(checker.text, replace(checker.scope, object=link.object))
    if not steps:
        written = checker.text[call.position : call.end]
        return Measure(scope.object, (), _like(checker.text, written), call.position, call.length, True)
    return Measure(checker.scope.object, steps, _like(checker.text, format(said)), call.position, call.length, False)


def _many_to_many(checker: Checker, call: nodes.Call, base: tuple[str, ...], name: str, object: str) -> NoReturn:
    path = ".".join((*base, name))
    checker.wrong(
        call,
        f"`{path}` belongs to what `{'.'.join(base)}` points to, not to these records: several of them would count it. "
        f"Make a report of `{object}`, or of what `{'.'.join(base)}` points to.",
        f"“{path}”属于“{'.'.join(base)}”所指的记录，而不属于本报表的记录：会被重复计算。"
        f"请以“{object}”或“{'.'.join(base)}”所指的对象建立报表。",
    )


def _inside(checker: Checker, call: nodes.Call, relation: tuple[str, ...], object: str) -> nodes.Call:
    """The call as it is said of the relation's records: COUNT(lines, qty > 1) is there COUNT(qty > 1)."""
    first, *others = call.arguments
    if isinstance(first, nodes.Path) and first.names == relation:
        if call.name == "COUNT":
            return replace(call, arguments=tuple(others))
        words = checker.words(first)
        checker.wrong(
            first,
            f"{call.name}() needs a value of these records: {call.name}({words}.…).",
            f"{call.name}() 需要这些记录的某个值：{call.name}({words}.…)。",
        )
    value = seen_from(checker, first, relation)
    said = replace(call, arguments=(value, *others))
    there = Checker(checker.text, replace(checker.scope, object=object))
    if call.name != "COUNT" or not others or first_relation(there, said) is not None:
        return said
    filled = value if _is_truth(checker.scope, object, value) else nodes.Not(nodes.Call("ISBLANK", (value,)))
    return replace(call, arguments=(nodes.Logic("and", (filled, *others)),))


def _is_truth(scope: Scope, object: str, value: nodes.Node) -> bool:
    """Whether a value is itself a condition: a comparison, or a field that is true or false."""
    if not isinstance(value, nodes.Path):
        return True
    field = None
    for name in value.names:
        try:
            field = scope.lookup(object)[name]
        except KeyError:
            return False
        object = Type.of(field).to or ""
    return field is not None and Type.of(field).name == "boolean"


def _prefixed(node: nodes.Node, up: tuple[str, ...], checker: Checker) -> nodes.Node:
    match node:
        case nodes.Path():
            return replace(node, names=(*up, *node.names))
        case nodes.Call() if node.name in AGGREGATES and node.arguments and first_relation(checker, node) is not None:
            return replace(node, arguments=(_prefixed(node.arguments[0], up, checker), *node.arguments[1:]))
    return nodes.with_children(node, tuple(_prefixed(child, up, checker) for child in nodes.children(node)))


def _like(text: str, made: str) -> str:
    return Shape(made) if isinstance(text, Shape) else made


def placed(fault: ExpressionError, measure: Measure) -> ExpressionError:
    """The fault of a measure's text as one of the text that it was taken from."""
    en, zh = fault.message("en"), fault.message("zh")
    if measure.written:
        return ExpressionError(en, zh, fault.position + measure.position, fault.length, fault.hint)
    return ExpressionError(en, zh, measure.position, measure.length, fault.hint)
