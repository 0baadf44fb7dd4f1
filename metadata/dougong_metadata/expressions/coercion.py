"""Which value fits where: literals and blanks take the type of their place, a date becomes the start of its day.

Nothing else converts by itself; TEXT(), VALUE() and DATEVALUE() say so when it is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dougong_metadata.expressions.checked import Blank, Literal, Operation, Typed
from dougong_metadata.expressions.conversions import Conversion, ValueRefused, text_as
from dougong_metadata.expressions.types import DATETIME, MONEY, TEXT, Type


def adapt(typed: Typed, target: Type, *, choices: bool = True) -> Typed | None:
    """`typed` as a `target`, or None when it is none. A literal that has the right kind but a wrong value raises
    ExpressionError. `choices`: a text literal must be a value of the target's picklist."""
    if isinstance(typed, Blank):
        return replace(typed, type=target)
    if isinstance(typed, Literal) and typed.is_text:
        conversion = text_as(target if choices else replace(target, picklist=None))
        if conversion is None or target.name == "list":
            return None
        return converted(typed, conversion, target)
    if typed.type.name == target.name:
        if target.name == "record" and None not in (target.to, typed.type.to) and target.to != typed.type.to:
            return None
        return typed
    if typed.type.is_number and target.is_number:
        return typed
    if typed.type.name == "date" and target.name == "datetime":
        return Operation(DATETIME, typed.node, "instant", children=(typed,))
    return None


def converted(literal: Literal, conversion: Conversion, target: Type) -> Literal:
    """`literal` through `conversion`; its value, where it is known, is checked now."""
    value = None
    if literal.index is None:
        try:
            value = conversion.convert(literal.raw, literal.negative)
        except ValueRefused as refusal:
            raise refusal.at(literal.node.position, literal.node.length) from None
    return replace(literal, conversion=conversion, value=value, type=target)


def is_loose(typed: Typed) -> bool:
    """Whether the type is still to be taken from the neighbours."""
    return isinstance(typed, Blank) or (isinstance(typed, Literal) and typed.is_text)


def common_type(items: Sequence[Typed]) -> Type | None:
    """The one type that all of `items` can have, or None."""
    firm = [item.type for item in items if not is_loose(item)]
    if not firm:
        return TEXT
    names = {t.name for t in firm}
    first = next((t for t in firm if t.picklist is not None), firm[0])
    if names == {"record"}:
        to = {t.to for t in firm if t.to is not None}
        return first if len(to) <= 1 else None
    if len(names) == 1:
        return first
    if names == {"number", "money"}:
        return MONEY
    if names == {"date", "datetime"}:
        return DATETIME
    return None


def unify(items: Sequence[Typed], *, choices: bool = True) -> tuple[Type, tuple[Typed, ...]] | None:
    """`items` with one common type, or None. `choices` as for `adapt`."""
    target = common_type(items)
    if target is None:
        return None
    if not choices:
        target = replace(target, picklist=None)
    out = [adapt(item, target, choices=choices) for item in items]
    fitting = tuple(item for item in out if item is not None)
    return (target, fitting) if len(fitting) == len(items) else None
