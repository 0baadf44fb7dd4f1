"""Three-way merge of documents: what a pack changed since it was installed joins what the tenant changed. Used by packs.

Where both changed the same thing differently, the tenant's stays and the place is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "absent"})()
# How the items of a list of mappings are told apart, first match counts.
_IDENTITY = ("value", "name", "object", "field")


def merge(base: Any, mine: Any, theirs: Any, path: str = "", conflicts: list[str] | None = None) -> Any:
    """The merged value; paths on which both differ are added to `conflicts`."""
    conflicts = conflicts if conflicts is not None else []
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _merge_mappings(base if isinstance(base, Mapping) else {}, mine, theirs, path, conflicts)
    if _named(mine) and _named(theirs):
        known = {_identity(item): item for item in base} if _named(base) else {}
        merged = _merge_mappings(known, {_identity(i): i for i in mine}, {_identity(i): i for i in theirs}, path, conflicts)
        return list(merged.values())
    conflicts.append(path)
    return mine


def _merge_mappings(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], path: str,
                    conflicts: list[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in _order(list(mine), list(theirs)):
        value = merge(base.get(key, _ABSENT), mine.get(key, _ABSENT), theirs.get(key, _ABSENT),
                      f"{path}.{key}" if path else str(key), conflicts)
        if value is not _ABSENT:
            merged[key] = value
    return merged


def _order(mine: list[str], theirs: list[str]) -> list[str]:
    """My keys in my order; each of theirs that I lack follows the key it follows there."""
    order = list(mine)
    before = None
    for key in theirs:
        if key not in order:
            order.insert(order.index(before) + 1 if before in order else 0, key)
        before = key
    return order


def _named(value: Any) -> bool:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    names = [_identity(item) for item in value]
    return None not in names and len(set(names)) == len(names)


def _identity(item: Any) -> Any:
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in _IDENTITY if key in item), None)
    return None
