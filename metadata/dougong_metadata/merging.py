"""The three-way merge of documents: what a pack changed and what the tenant changed both stand, field by field; where
both changed the same place differently, the tenant's stays and a conflict is told. Used when a pack is upgraded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.problems import Path, path_text

_ABSENT: Any = object()  # what a side that lacks a key has there


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place changed by both sides differently. `path` "" is the whole document; a value that is not there is None."""

    kind: str
    name: str
    path: str
    base: Any
    mine: Any
    theirs: Any


def merge(
    base: Iterable[Document], mine: Iterable[Document], theirs: Iterable[Document]
) -> tuple[list[Document], list[Conflict]]:
    """Mine with what changed from base to theirs. Documents of mine that neither of the others has are kept."""
    sides = [{document.key: document for document in side} for side in (base, mine, theirs)]
    merged: list[Document] = []
    conflicts: list[Conflict] = []
    for key in dict.fromkeys([*sides[1], *sides[2], *sides[0]]):
        document = _merge_document(sides[0].get(key), sides[1].get(key), sides[2].get(key), conflicts)
        if document is not None:
            merged.append(document)
    return merged, conflicts


def _merge_document(
    base: Document | None, mine: Document | None, theirs: Document | None, conflicts: list[Conflict]
) -> Document | None:
    if mine == theirs or base == theirs:
        return mine
    if base == mine:
        return theirs
    if mine is None or theirs is None:
        there = mine or theirs
        assert there is not None
        conflicts.append(Conflict(there.kind, there.name, "", *(_body(side) for side in (base, mine, theirs))))
        return mine
    found: list[tuple[Path, Any, Any, Any]] = []
    body = _merge_value(_body(base) if base else {}, _body(mine), _body(theirs), (), found)
    conflicts.extend(
        Conflict(mine.kind, mine.name, path_text(path), *(None if v is _ABSENT else v for v in values))
        for path, *values in found
    )
    return Document(mine.kind, mine.name, body)


def _body(document: Document | None) -> Any:
    return None if document is None else {k: v for k, v in document.json().items() if k not in ("kind", "name")}


def _merge_value(base: Any, mine: Any, theirs: Any, path: Path, conflicts: list[tuple[Path, Any, Any, Any]]) -> Any:
    if _same(mine, theirs) or _same(base, theirs):
        return mine
    if _same(base, mine):
        return theirs
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _merge_mapping(base if isinstance(base, Mapping) else {}, mine, theirs, path, conflicts)
    if isinstance(mine, list) and isinstance(theirs, list):
        of_base = _by_name(base if isinstance(base, list) else [])
        of_mine, of_theirs = _by_name(mine), _by_name(theirs)
        if of_base is not None and of_mine is not None and of_theirs is not None:
            return list(_merge_mapping(of_base, of_mine, of_theirs, path, conflicts).values())
    conflicts.append((path, base, mine, theirs))
    return mine


def _merge_mapping(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    path: Path,
    conflicts: list[tuple[Path, Any, Any, Any]],
) -> dict[str, Any]:
    kept = {
        key: _merge_value(
            base.get(key, _ABSENT), mine.get(key, _ABSENT), theirs.get(key, _ABSENT), (*path, key), conflicts
        )
        for key in {**mine, **theirs}
    }
    return {key: kept[key] for key in _order(list(base), list(mine), list(theirs)) if kept[key] is not _ABSENT}


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Theirs, unless the tenant has moved things; what only the other side has comes after what it followed there."""
    in_base, in_mine = set(base), set(mine)
    moved = [key for key in mine if key in in_base] != [key for key in base if key in in_mine]
    order, follow = (list(mine), theirs) if moved else (list(theirs), mine)
    known = set(order)
    for index, key in enumerate(follow):
        if key not in known:
            order.insert(order.index(follow[index - 1]) + 1 if index else 0, key)
            known.add(key)
    return order


def _by_name(items: Sequence[Any]) -> dict[str, Any] | None:
    """A list as a mapping, where its items are names or have a value, name, page or object of their own; else None."""
    named: dict[str, Any] = {}
    for item in items:
        key = (
            item
            if isinstance(item, str)
            else next((item[k] for k in ("value", "name", "page", "object") if isinstance(item.get(k), str)), None)
            if isinstance(item, Mapping)
            else None
        )
        if key is None or key in named:
            return None
        named[key] = item
    return named


def _same(one: Any, other: Any) -> bool:
    """Equal, the order of keys included."""
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return json.dumps(one) == json.dumps(other)
