"""Sort keys, parsed from "-amount" or "shelf.name"; blank comes last in both directions. Used by lists and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadField, BadSort
from dougong_platform.query.rows import field_at
from dougong_platform.query.visible import visible_objects
from dougong_platform.storage.tables import column_type, sort_key, sorted_by_key

MOST_KEYS = 5
_NEVER_BLANK = frozenset({"id", "created_at", "updated_at", "version"})


@dataclass(frozen=True, slots=True)
class SortKey:
    """`words`: compared by `sort_key` (pinyin, no case) instead of by the value itself."""

    path: tuple[str, ...]
    descending: bool
    words: bool
    nullable: bool
    type: TypeEngine[Any]

    def ordered(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The expression that is compared and indexed."""
        return sort_key(value) if self.words else value


def sort_keys(rights: Rights, object: str, sort: Sequence[str]) -> tuple[SortKey, ...]:
    """The keys of a sort, ended by the id so that the order is total. Raises BadSort, BadField."""
    if len(sort) > MOST_KEYS:
        raise BadSort(name=", ".join(sort)[:100])
    keys: list[SortKey] = []
    for text in sort or _usual(rights, object):
        key = _key(rights, object, text)
        if all(key.path != other.path for other in keys):
            keys.append(key)
        if key.path == ("id",):
            return tuple(keys)
    keys.append(_key(rights, object, "-id" if keys[-1].descending else "id"))
    return tuple(keys)


def _usual(rights: Rights, object: str) -> tuple[str, ...]:
    return ("-created_at",) if rights.field(object, "created_at") != "none" else ("-id",)


def _key(rights: Rights, object: str, text: str) -> SortKey:
    descending = text.startswith("-")
    name = text[1:] if descending else text.removeprefix("+")
    path = tuple(name.split("."))
    try:
        field = field_at(rights, object, path)
        while field.to is not None and field.type.pg_type == "uuid" and field.name != "id":
            path, field = _by_name(rights, object, path, field)
    except BadField as error:
        raise BadSort(name=name[:100]) from error
    if not field.type.sortable:
        raise BadSort(name=name[:100])
    nullable = len(path) > 1 or field.name not in _NEVER_BLANK
    return SortKey(path, descending, sorted_by_key(field), nullable, column_type(field.type.pg_type))


def _by_name(
    rights: Rights, object: str, path: tuple[str, ...], field: FieldModel
) -> tuple[tuple[str, ...], FieldModel]:
    """People sort links by the name they read, not by the id behind it."""
    target = visible_objects(rights)[str(field.to)]
    path = (*path, target.name_field)
    return path, field_at(rights, object, path)
