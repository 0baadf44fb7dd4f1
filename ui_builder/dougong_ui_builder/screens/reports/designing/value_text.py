"""A value's text as one aggregate that a form can show (SUM of a path, of which records), and back. Whatever says more
than that is a formula and stays a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

FUNCTIONS = ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "MEDIAN", "PERCENTILE")
OF_NUMBERS = ("SUM", "AVG", "MIN", "MAX", "MEDIAN", "PERCENTILE", "COUNT_DISTINCT")
OF_DATES = ("MIN", "MAX", "COUNT_DISTINCT")
OF_WORDS = ("COUNT_DISTINCT",)
MIDDLE = "0.5"  # of a percentile that nobody has given yet
_CALL = re.compile(r"\s*([A-Za-z_]+)\s*\((.*)\)\s*", re.DOTALL)
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_NUMBER = re.compile(r"\d*\.?\d+")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`path` is a field, or a relation whose records are counted; "" = the records themselves. `where` is a condition
    of the records that are taken: of the relation's, if the path goes through one."""

    function: str
    path: str = ""
    fraction: str = ""
    where: str = ""


def aggregate_of(text: str) -> Aggregate | None:
    """The aggregate that the text is; None for a formula."""
    found = _CALL.fullmatch(text)
    if found is None or found.group(1).upper() not in FUNCTIONS:
        return None
    function, given = found.group(1).upper(), arguments(found.group(2))
    if given is None:
        return None
    if function == "COUNT":
        return _count(given)
    if not given or not _PATH.fullmatch(given[0]):
        return None
    path, rest = given[0], given[1:]
    fraction = ""
    if function == "PERCENTILE":
        if not rest or not _NUMBER.fullmatch(rest[0]):
            return None
        fraction, rest = rest[0], rest[1:]
    return Aggregate(function, path, fraction, rest[0] if rest else "") if len(rest) < 2 else None


def _count(given: list[str]) -> Aggregate | None:
    if not given:
        return Aggregate("COUNT")
    is_path = _PATH.fullmatch(given[0]) is not None
    if len(given) == 1:
        return Aggregate("COUNT", given[0]) if is_path else Aggregate("COUNT", where=given[0])
    return Aggregate("COUNT", given[0], where=given[1]) if len(given) == 2 and is_path else None


def text_of(aggregate: Aggregate) -> str:
    """The text that says it."""
    given = [aggregate.path] if aggregate.path else []
    if aggregate.function == "PERCENTILE":
        given.append(aggregate.fraction or MIDDLE)
    if aggregate.where.strip():
        given.append(aggregate.where.strip())
    return f"{aggregate.function}({', '.join(given)})"


def arguments(inside: str) -> list[str] | None:
    """What stands between the commas of a call; None where its parentheses or quotes do not close."""
    found, depth, start, quoted = [], 0, 0, False
    for at, character in enumerate(inside):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif character == "," and depth == 0:
            found.append(inside[start:at].strip())
            start = at + 1
    if depth or quoted:
        return None
    found.append(inside[start:].strip())
    return [] if found == [""] else found
