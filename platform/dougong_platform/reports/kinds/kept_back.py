"""Whether totals count more than the rows that are shown: what `having` leaves out may be nothing. Used by `grid`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dougong_metadata.expressions import Scope, nodes, parse
from dougong_metadata.expressions.facts import split
from dougong_platform.reports.kinds.cells import added, adds_up

Numbers = Sequence[Any]


def counts_more(
    texts: Mapping[str, str], shown: Collection[str], scope: Scope, rows: Iterable[Numbers], whole: Numbers
) -> bool:
    """Whether `whole`, the numbers of all groups by the values `texts`, is more than those of `rows` together in what
    is `shown`. True too where that cannot be told: of averages, largest values and what is worked out of such."""
    sums = dict.fromkeys(_added(texts, shown, scope), Decimal(0))
    if "" in sums:
        return True
    names = list(texts)
    for numbers in rows:
        sums |= {name: added(sum, numbers[names.index(name)]) for name, sum in sums.items()}
    return any(sum != Decimal(str(whole[names.index(name)] or 0)) for name, sum in sums.items())


def _added(texts: Mapping[str, str], shown: Collection[str], scope: Scope) -> list[str]:
    """The values that add up of which all that is shown is made; "" stands for one that is made of anything else."""
    found, waiting = [], list(shown)
    while waiting:
        name = waiting.pop()
        if adds_up(name, texts, scope):
            found.append(name)
            continue
        parts = split(texts[name], scope, texts.keys() - {name})
        if parts.measures:
            return [""]
        waiting += [".".join(node.names) for node in nodes.walk(parse(parts.formula)) if isinstance(node, nodes.Path)]
    return found
