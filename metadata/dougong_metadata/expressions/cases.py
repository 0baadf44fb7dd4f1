"""When a condition holds: as cases, in each of which some fields have values out of a region. Exact for comparisons of
fields with constants; everything else is a fact of its own, true, false or unknown. Used to find branches that can
never be taken: an answer of “never” is certain."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from dougong_metadata.expressions.checked import Blank, Column, Literal, Operation, Truth, Typed
from dougong_metadata.expressions.regions import Point, Region, Span, Spans, Values, Words

Case = Mapping[Hashable, Region]  # by what is asked about; what is not in it may be anything
ALWAYS: tuple[Case, ...] = ({},)
NEVER: tuple[Case, ...] = ()
MOST = 50  # cases of a condition

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = ("text", "record", "boolean")


class TooMany(Exception):
    """The condition falls into more cases than are looked at: nothing is known of it."""


def holds(typed: Typed) -> tuple[Case, ...]:
    """The cases in which a condition is true. Raises TooMany."""
    return _cases(typed, True, False)


def fails(typed: Typed) -> tuple[Case, ...]:
    """The cases in which it is not: false or unknown. Raises TooMany."""
    return _cases(typed, True, True)


def both(some: Iterable[Case], others: tuple[Case, ...]) -> tuple[Case, ...]:
    """The cases in which one of each side is given. Raises TooMany."""
    found: list[Case] = []
    for one in some:
        for other in others:
            case = _met(one, other)
            if case is not None:
                found.append(case)
                if len(found) > MOST:
                    raise TooMany
    return tuple(found)


def _met(one: Case, other: Case) -> Case | None:
    made = dict(one)
    for about, region in other.items():
        made[about] = made[about].cut(region) if about in made else region
        if made[about].is_empty:
            return None
    return made


def _cases(typed: Typed, wanted: bool, turned: bool) -> tuple[Case, ...]:
    """When `typed` is `wanted` (true or false); `turned`: when it is anything else."""
    if isinstance(typed, Operation) and typed.operator == "not":
        return _cases(typed.children[0], not wanted, turned)
    if isinstance(typed, Operation) and typed.operator in ("and", "or"):
        parts = [_cases(child, wanted, turned) for child in typed.children]
        every = ((typed.operator == "and") == wanted) != turned
        return _every(parts) if every else _any(parts)
    known = _constant(typed)
    if known is not None:
        return ALWAYS if (known == wanted) != turned else NEVER
    about, true, false = _asked(typed)
    region = true if wanted else false
    if turned:
        region = region.turned()
    return NEVER if region.is_empty else ({about: region},)


def _every(parts: list[tuple[Case, ...]]) -> tuple[Case, ...]:
    found = ALWAYS
    for part in parts:
        found = both(found, part)
    return found


def _any(parts: list[tuple[Case, ...]]) -> tuple[Case, ...]:
    found = tuple(case for part in parts for case in part)
    if len(found) > MOST:
        raise TooMany
    return found


Asked = tuple[Hashable, Region, Region]  # about what, where it is true, where it is false

_ALL = Words(others=True)


def _asked(typed: Typed) -> Asked:
    """One question: what it is about, and the values with which the answer is true, and false."""
    found: Asked | None = None
    if isinstance(typed, Operation) and typed.operator in ("isblank", "notblank"):
        found = _blank(typed.children[0], typed.operator == "isblank")
    elif isinstance(typed, Operation) and typed.operator in _FLIPPED:
        left, right = typed.children
        found = _compared(left, typed.operator, right) or _compared(right, _FLIPPED[typed.operator], left)
    elif isinstance(typed, Operation) and typed.operator in ("in", "not in"):
        found = _among(typed)
    elif isinstance(typed, Column) and typed.type.name == "boolean":
        found = typed.names, Region(Words(frozenset((True,)))), Region(Words(frozenset((False,))))
    return found or (("?", typed.node), Region(Words(frozenset((True,)))), Region(Words(frozenset((False,)))))


def _constant(typed: Typed) -> bool | None:
    """Whether it is true whatever the record says, or false; None where that depends."""
    if isinstance(typed, Truth):
        return typed.value
    if not isinstance(typed, Operation):
        return None
    if typed.operator in ("isblank", "notblank") and isinstance(typed.children[0], (Blank, Literal, Truth)):
        return isinstance(typed.children[0], Blank) == (typed.operator == "isblank")
    if typed.operator in _FLIPPED:
        left, right = (_point(child) for child in typed.children)
        if left is not None and right is not None and type(left) is type(right):
            return _compare(left, typed.operator, right)
    return None


def _compare(left: Hashable, operator: str, right: Hashable) -> bool | None:
    if operator in ("=", "!="):
        return (left == right) == (operator == "=")
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]
    return None  # in which order texts stand is the database's to say


def _blank(typed: Typed, wanted: bool) -> Asked | None:
    everything = _everything(typed)
    if everything is None:
        return None
    blank, filled = Region(everything.turned(), True), Region(everything)
    return _names(typed), blank if wanted else filled, filled if wanted else blank


def _compared(left: Typed, operator: str, right: Typed) -> Asked | None:
    everything, point = _everything(left), _point(right)
    if everything is None or point is None:
        return None
    values: Values
    if isinstance(everything, Words):
        if operator not in ("=", "!="):
            return None
        values = Words(frozenset((point,)), operator == "!=")
    else:
        assert isinstance(everything, Spans)
        assert isinstance(point, (Decimal, date))
        values = Spans.of(_spans(operator, point), everything.whole)
    return _names(left), Region(values), Region(everything.cut(values.turned()))


def _spans(operator: str, at: Point) -> tuple[Span, ...]:
    match operator:
        case "=":
            return (Span(at, at, True, True),)
        case "!=":
            return (Span(None, at), Span(at, None))
        case "<" | "<=":
            return (Span(None, at, False, operator == "<="),)
    return (Span(at, None, operator == ">="),)


def _among(typed: Operation) -> Asked | None:
    operand, *options = typed.children
    everything, points = _everything(operand), [_point(option) for option in options]
    if everything is None or None in points:
        return None
    values: Values = Words(frozenset(points))
    if isinstance(everything, Spans):
        spans = (Span(point, point, True, True) for point in points if isinstance(point, (Decimal, date)))
        values = Spans.of(spans, everything.whole)
    inside, outside = Region(values), Region(everything.cut(values.turned()))
    return _names(operand), *((inside, outside) if typed.operator == "in" else (outside, inside))


def _everything(typed: Typed) -> Values | None:
    """All values that a field may have; None for what is no field, or of a type whose order is not known here."""
    if not isinstance(typed, Column):
        return None
    if typed.type.is_number or typed.type.name == "date":
        return Spans(whole=typed.is_integer or typed.type.name == "date")
    return _ALL if typed.type.name in _WORDS else None


def _names(typed: Typed) -> tuple[str, ...]:
    assert isinstance(typed, Column)
    return typed.names


def _point(typed: Typed) -> Point | str | bool | None:
    """A constant; None for what depends on the record, and for moments, which depend on the time zone."""
    if isinstance(typed, Truth):
        return typed.value
    if not isinstance(typed, Literal) or typed.value is None:
        return None
    if typed.type.is_number:
        return Decimal(typed.value)
    if typed.type.name == "date":
        return date.fromisoformat(typed.value)
    return typed.value if typed.type.name in ("text", "record") else None
