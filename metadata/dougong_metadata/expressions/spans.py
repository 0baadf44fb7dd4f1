"""IN_PERIOD(date) in the value of a report: what stands there once the reader's days are known. Called by the engine
when a report is opened, and by the checks of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import nodes
from dougong_metadata.expressions.parsing import parse

IN_PERIOD = "IN_PERIOD"


def asks_for_period(text: str) -> bool:
    """Whether IN_PERIOD() stands in an expression; of what is none, no."""
    return len(_parts(text)) > 1


def in_span(text: str, holds: Callable[[str], str]) -> str:
    """The text with each IN_PERIOD(date) replaced by the condition that `holds(date)` is. What is no expression stays
    as it is: whoever checks it says what is wrong."""
    return "".join(f"({holds(in_span(part, holds))})" if index % 2 else part for index, part in enumerate(_parts(text)))


@lru_cache(maxsize=2000)
def _parts(text: str) -> tuple[str, ...]:
    """What stands between the calls of IN_PERIOD(), and by turns what these are given; one part without any."""
    if IN_PERIOD not in text.upper():
        return (text,)
    try:
        calls = list(_calls(parse(text)))
    except ExpressionError:
        return (text,)
    found, at = [], 0
    for call in calls:
        written = text[call.position : call.end]
        found += [text[at : call.position], written[written.index("(") + 1 : written.rindex(")")].strip()]
        at = call.end
    return (*found, text[at:])


def _calls(node: nodes.Node) -> Iterator[nodes.Call]:
    """The outermost calls, in the order of the text."""
    if isinstance(node, nodes.Call) and node.name == IN_PERIOD and len(node.arguments) == 1:
        yield node
        return
    for child in nodes.children(node):
        yield from _calls(child)
