"""What stands beside a number in a cell, and what rows are sorted by. Used by `grid`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from dougong_metadata.expressions import Scope, nodes, parse
from dougong_metadata.expressions.facts import split
from dougong_metadata.expressions.types import Type

_EXACT = Context(prec=200_000)  # sums have as many digits as they need


@dataclass(frozen=True, slots=True)
class Descending:
    """A key that sorts the other way round."""

    key: tuple[Any, ...]

    def __lt__(self, other: Descending) -> bool:
        return other.key < self.key


def ranked(value: Any, descending: bool, type: Type) -> tuple[int, Any]:
    """What a number, a day or a word sorts by, blank last."""
    if value is None:
        return (1, ())
    if isinstance(value, Fraction):
        key: Any = value
    elif type.is_number:
        key = Decimal(str(value))
    else:
        key = str(value).lower()[:200].encode("gb18030")
    return (0, Descending((key,)) if descending else (key,))


def change_of(now: Any, before: Any, type: Type, by_gap: bool = False) -> str | None:
    """By which fraction a number has grown, None where it came from nothing; `by_gap` by how much. None of what is no
    number."""
    if now is None or before is None or not type.is_number:
        return None
    earlier = Decimal(str(before))
    gap = _EXACT.subtract(Decimal(str(now)), earlier)
    return _fraction(gap, Decimal(1) if by_gap else earlier.copy_abs())


def share_of(now: Any, whole: Any, type: Type) -> str | None:
    """Which fraction of the whole a number is."""
    if now is None or whole is None or not type.is_number:
        return None
    return _fraction(Decimal(str(now)), Decimal(str(whole)))


def beside(role: str, now: Any, before: Any, whole: Any, type: Type, by_gap: bool = False) -> Any:
    """What a row is sorted by: a number, or exactly what `change_of` and `share_of` say rounded."""
    if role in ("value", "before"):
        return now if role == "value" else before
    if now is None or not type.is_number:
        return None
    less, base = (before, before) if role == "change" else (0, whole)
    if role == "change" and by_gap and before is not None:
        base = 1
    if base is None or Decimal(str(base)) == 0:
        return None
    divisor = Fraction(str(base))
    return (Fraction(str(now)) - Fraction(str(less))) / (abs(divisor) if role == "change" else divisor)


def added(sum: Decimal, now: Any) -> Decimal:
    """The sum with one number more."""
    return sum if now is None else _EXACT.add(sum, Decimal(str(now)))


def adds_up(name: str, texts: Mapping[str, str], scope: Scope) -> bool:
    """Whether the value over several groups is the sum of what it is over each: counts and sums, and what is worked out
    of them by + and -, or by a fixed factor. `texts`: all values by name; none speaks of itself in a circle."""
    parts = split(texts[name], scope, texts.keys() - {name})

    def adds(node: nodes.Node) -> bool:
        match node:
            case nodes.Path(names=names):
                word = ".".join(names)
                if word in texts:
                    return adds_up(word, texts, scope)
                call = parse(parts.measures[int(word.removeprefix("_"))].text)
                return isinstance(call, nodes.Call) and call.name in ("COUNT", "SUM")
            case nodes.Minus(operand=operand):
                return adds(operand)
            case nodes.Arithmetic(operator="+" | "-", left=left, right=right):
                return adds(left) and adds(right)
            case nodes.Arithmetic(operator="*", left=nodes.Number(), right=right):
                return adds(right)
            case nodes.Arithmetic(operator="*" | "/", left=left, right=nodes.Number()):
                return adds(left)
        return False

    return adds(parse(parts.formula))


def _fraction(part: Decimal, whole: Decimal) -> str | None:
    """To six digits; blank of nothing, and where it has more digits than anybody reads."""
    if whole == 0:
        return None
    try:
        return f"{(part / whole).quantize(Decimal('0.000001')):f}"
    except InvalidOperation:
        return None
