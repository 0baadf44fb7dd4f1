"""A filter's text to a condition: checked under the reader's rights once per shape, its values bound at every call."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check, lift_literals
from dougong_metadata.expressions.checked import Column, Operation
from dougong_metadata.expressions.scope import past_of
from dougong_metadata.expressions.walking import conjuncts
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadFilter
from dougong_platform.query.visible import visible_objects


@dataclass(frozen=True, slots=True)
class Filter:
    """`shape` is the checked expression with placeholders, `params` the values of this call (lit_1, …)."""

    shape: Checked
    params: Mapping[str, Any]


_KEPT = 5000
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">=", "notblank"})  # of a blank operand none of them is true
_checked: OrderedDict[Hashable, Checked] = OrderedDict()
_lock = Lock()


def parse_filter(rights: Rights, object: str, text: str | None) -> Filter | None:
    """The filter of a list; None for an empty one. Raises BadFilter with the position in `text`."""
    if text is None or not text.strip():
        return None
    try:
        shape, values = lift_literals(text)
        key = (rights.model.hash, rights.shape, object, shape)
        with _lock:
            checked = _checked.get(key)
        if checked is None:
            checked = check(shape, scope(rights, object), source=text)
            with _lock:
                _checked[key] = checked
                if len(_checked) > _KEPT:
                    _checked.popitem(last=False)
        return Filter(checked, checked.bind(values, source=text))
    except ExpressionError as error:
        raise bad_filter(error) from error


def bad_filter(error: ExpressionError) -> BadFilter:
    """The 400 that an expression's error is when it comes in a request."""
    return BadFilter(error.data["en"], error.data["zh"], error.position, error.length, error.hint)


def scope(rights: Rights, object: str, mode: Any = "condition", **names: Any) -> Scope:
    """What an expression of this reader may see."""
    visible = visible_objects(rights)

    def lookup(name: str) -> Mapping[str, FieldModel]:
        return visible[name].fields

    def links(name: str) -> Sequence[FieldModel]:
        return visible[name].referrers

    past = past_of(rights.model)
    return Scope(lookup, object, mode, links=links, calendar=rights.model.working_days, past=past, **names)


def needs_value(filter: Filter, path: tuple[str, ...]) -> bool:
    """Whether the filter compares the field at the path, so that no record fits in which it is blank."""
    return any(
        isinstance(part, Operation)
        and part.operator in _COMPARISONS
        and any(isinstance(child, Column) and child.names == path for child in part.children)
        for part in conjuncts(filter.shape.typed)
    )
