"""In which order keys of groups are shown, for a statement that keeps only those that come first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, cast, select

from dougong_metadata.expressions.sql import inline, sql
from dougong_metadata.model.types import FieldModel, PicklistModel
from dougong_platform.access.rights import Rights
from dougong_platform.query.rows import ReadRows
from dougong_platform.reports.grouped.group import Group
from dougong_platform.storage import sort_key
from dougong_platform.storage.tables import Tables

AFTER_NAMES = b"\xff"  # where records stand whose names the reader may not know


def linked_object(field: FieldModel) -> str | None:
    """The object whose records a field's values are ids of; of a record's own id its object."""
    if field.name == "id":
        return field.object
    return field.to if field.to is not None and field.type.pg_type == "uuid" else None


def shown_order(tables: Tables, rights: Rights, group: Group, lines: FromClause, name: str) -> ColumnElement[Any]:
    """What the keys in column `name` of `lines` are sorted by, as `labels.KeyLabels.order` has it: values of a picklist
    as they stand there, records by what they are called."""
    key, by = lines.c[name], group.by
    if by.every is None and not by.step and not by.edges:
        if group.field.picklist is not None:
            return _place(group.field.picklist, key)
        linked = linked_object(group.field)
        if linked is not None:
            return _name(tables, rights, linked, lines, key)
    return group.ordered(key)


def _place(picklist: PicklistModel, key: ColumnElement[Any]) -> ColumnElement[Any]:
    values = ", ".join(["{}"] * len(picklist.values))
    place = f"coalesce(array_position(CAST(ARRAY[{values}] AS text[]), CAST({{}} AS text)), {len(picklist.values) + 1})"
    known = [inline(value, "text") for value in picklist.values]
    return sql(f"(CASE WHEN {{}} IS NOT NULL THEN {place} END)", key, *known, key)


def _name(
    tables: Tables, rights: Rights, object: str, lines: FromClause, key: ColumnElement[Any]
) -> ColumnElement[Any]:
    field = rights.model.objects[object].name_field
    if rights.object(object).read == "none" or field not in rights.shown(object):
        return key
    rows, conditions = ReadRows(tables, rights, object).apart(object, "called")
    said = sort_key(cast(rows.shown((field,)), Text))
    found = select(said).select_from(rows.source).where(rows.base.c.id == key, *conditions)
    name = f"coalesce({{}}, CAST('\\x{AFTER_NAMES.hex()}' AS bytea))"
    return sql(f"(CASE WHEN {{}} IS NOT NULL THEN {name} END)", key, found.correlate(lines).scalar_subquery())
