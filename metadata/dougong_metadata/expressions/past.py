"""The typing rules of what looks back: STOOD(), ENTERED(), WENT_ON() and VALUE_ON(). Called for their calls, which only
filters and reports may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.checked import Column, Recollection, Typed
from dougong_metadata.expressions.functions import Function
from dougong_metadata.expressions.types import Type

if TYPE_CHECKING:
    from dougong_metadata.expressions.checking import Checker
    from dougong_metadata.expressions.scope import Past
    from dougong_metadata.model.types import FieldModel

# What a value of the past can be read as.
_READABLE = frozenset({"text", "number", "money", "boolean", "date", "datetime", "record"})
_TOLD_OF_SYSTEM = frozenset({"owner", "record_type"})


def check_past(checker: Checker, node: nodes.Call, function: Function, arguments: list[Typed]) -> Typed:
    """The typed form of a call whose values fit their parameters already."""
    column = arguments[0]
    assert isinstance(column, Column), "the first parameter is a field"
    field = checker.walk(column.node, checker.scope.object, column.names, column.node.position)
    assert checker.scope.past is not None, "asked before"
    past = checker.scope.past(field.object)
    if function.name == "VALUE_ON":
        _check_told(checker, column, field, past)
    elif field.name not in past.staged:
        words = checker.words(column.node)
        checker.wrong(
            column.node,
            f"`{words}` has no pipeline, so its stays are not kept; ask VALUE_ON({words}, …).",
            f"“{words}”没有业务流程，未保存停留记录；请使用 VALUE_ON({words}, …)。",
            f"VALUE_ON({words}, …)",
        )
    base = column.names[:-1]
    if base:
        checker.walk(column.node, checker.scope.object, (*base, "id"), column.node.position)
        checker.paths[(*base, "id")] = None
    days = sum(parameter.kind == "day" for parameter in function.parameters)
    named = [a for i, a in enumerate(arguments[1:], 1) if function.parameter(i).kind != "day"]
    dated = [a for i, a in enumerate(arguments[1:], 1) if function.parameter(i).kind == "day"]
    result = column.type if function.result == "first" else Type(function.result)
    return Recollection(
        result, node, function, base, field.object, field.name, column.pg_type, days, children=(*named, *dated)
    )


def is_told(field: FieldModel) -> bool:
    """Whether history tells what the field was, if the object keeps it: not of what is worked out or counted."""
    told = field.is_stored and field.rollup is None and (not field.system or field.name in _TOLD_OF_SYSTEM)
    return told and Type.of(field).name in _READABLE


def _check_told(checker: Checker, column: Column, field: FieldModel, past: Past) -> None:
    words = checker.words(column.node)
    if not past.history:
        checker.wrong(
            column.node,
            f"`{field.object}` keeps no history, so nobody knows what `{words}` was.",
            f"“{field.object}”未保存历史，无法得知“{words}”过去的值。",
        )
    if not is_told(field):
        checker.wrong(
            column.node,
            f"History does not tell what `{words}` was: it tells of fields that are filled in, with single values.",
            f"历史记录中没有“{words}”过去的值：只记录由用户填写的单值字段。",
        )
