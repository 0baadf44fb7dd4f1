"""Parts of a checked expression, for those who compile it piece by piece: sharing rules and their indexes."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_metadata.expressions.checked import Operation, Typed


def conjuncts(typed: Typed) -> Iterator[Typed]:
    """The parts of which all must hold: of `a and (b and c)` a, b and c."""
    if isinstance(typed, Operation) and typed.operator == "and":
        for child in typed.children:
            yield from conjuncts(child)
    else:
        yield typed
