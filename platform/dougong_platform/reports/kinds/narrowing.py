"""Numbers of some of the records: each aggregate of a value's text with one more condition. A funnel's steps are so
many numbers of one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Scope, check, format, nodes, parse
from dougong_metadata.expressions.facts import Measure, said_from, split
from dougong_platform.access.rights import Rights
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.filter import bad_filter, scope

_narrowed: Remembered[str] = Remembered(5000)


def narrowed(rights: Rights, object: str, text: str, condition: str, names: Mapping[str, str]) -> str:
    """The number `text` of those records of the object for which `condition` holds. `names`: what other numbers that it
    speaks of are called among those of the same records. Raises BadFilter."""
    key = (rights.model.hash, rights.shape, object, text, condition, tuple(names.items()))
    try:
        return _narrowed.get(key, lambda: _narrow(rights, object, text, condition, names))
    except ExpressionError as error:
        raise bad_filter(error) from error


def _narrow(rights: Rights, object: str, text: str, condition: str, names: Mapping[str, str]) -> str:
    base = scope(rights, object, "aggregate")
    parts = split(text, base, names)
    calls: dict[str, nodes.Node] = {}
    for number, measure in enumerate(parts.measures):
        written = parse(text[measure.position : measure.position + measure.length])
        assert isinstance(written, nodes.Call), "split() finds calls"
        said = parse(said_from(condition, measure.up, scope(rights, object)))
        inside = scope(rights, measure.object, "aggregate")
        calls[f"_{number}"] = replace(written, arguments=_arguments(written, measure, said, inside))
    return format(_put(parse(parts.formula), calls, names))


def _arguments(written: nodes.Call, measure: Measure, said: nodes.Node, inside: Scope) -> tuple[nodes.Node, ...]:
    """The call's, with the condition as its last."""
    first, conditions = written.arguments[:1], written.arguments[1:]
    if written.name == "PERCENTILE":
        first, conditions = written.arguments[:2], written.arguments[2:]
    if written.name == "COUNT" and not measure.up:
        if not first:
            return (said,)
        counted = check(measure.text, inside).typed.children[0]
        filled = first[0] if counted.type.name == "boolean" else nodes.Not(nodes.Call("ISBLANK", first))
        return (nodes.Logic("and", (filled, said)),)
    return (*first, nodes.Logic("and", (*conditions, said)) if conditions else said)


def _put(node: nodes.Node, calls: Mapping[str, nodes.Node], names: Mapping[str, str]) -> nodes.Node:
    if isinstance(node, nodes.Path):
        name = ".".join(node.names)
        return calls.get(name) or replace(node, names=(names.get(name, name),))
    return nodes.with_children(node, tuple(_put(child, calls, names) for child in nodes.children(node)))
