"""What rows are sorted by: a value or group by name, "-" in front for descending; beside a value also what stands with
it (total@before, total@change, total@share); of a matrix one column alone, whose keys follow: -total@["2026-01-01"].
Used by reports that are grids, by their documents, and by screens that link to orders."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import orjson

BESIDE = ("before", "change", "share")  # what a value is sorted by besides itself
_MOST = 10  # keys of one order
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class SortKey:
    """`role`: value, or one of BESIDE. `column`: the keys of the column whose cells count, as an answer's heads have
    them; None: the row over all columns."""

    name: str
    descending: bool = False
    column: tuple[Any, ...] | None = None
    role: str = "value"

    @property
    def text(self) -> str:
        """As `Asked.sort` has it."""
        column = "" if self.column is None else f"@{orjson.dumps(list(self.column)).decode()}"
        role = "" if self.role == "value" else f"@{self.role}"
        return f"{'-' if self.descending else ''}{self.name}{role}{column}"


def sort_key(text: str) -> SortKey | None:
    """What one text says; None for keys that no column has, and for what stands beside no value."""
    said, at, keys = text.partition("@[")
    name, _, role = said.removeprefix("-").partition("@")
    if role and role not in BESIDE:
        return None
    plain = SortKey(name, text.startswith("-"), None, role or "value")
    if not at:
        return plain
    try:
        found = orjson.loads(f"[{keys}")
    except orjson.JSONDecodeError:
        return None
    if any(isinstance(one, list | dict) or (isinstance(one, str) and "\0" in one) for one in found):
        return None
    return replace(plain, column=tuple(found))


def sort_texts(text: str) -> tuple[str, ...]:
    """The keys of an order in one text, commas between them: "-total@["a, b"],title"."""
    found: list[str] = []
    at = 0
    while at < len(text) and len(found) < _MOST:
        end, keys = text.find(",", at), text.find("@[", at)
        if -1 < keys < (len(text) if end < 0 else end):
            with suppress(json.JSONDecodeError, RecursionError):  # no keys: whoever reads them drops them
                end = text.find(",", _decoder.raw_decode(text, keys + 1)[1])
        end = len(text) if end < 0 else end
        found.append(text[at:end].strip())
        at = end + 1
    return tuple(one for one in found if one)
