"""What the wizard's pages show of an import. Called by the views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.imports import steps, store
from dougong_platform.imports.suggest import Suggestion, open_fields, suggest
from dougong_platform.imports.values import ColumnValues, column_values
from dougong_ui_builder.components import label_text

SAMPLE_ROWS = 200
ENCODINGS = ("utf-8", "gb18030", "utf-16", "cp1252", "big5", "shift_jis")
NUMBERS = {"draft": 2, "checking": 3, "checked": 3, "running": 4, "done": 4, "undoing": 4, "undone": 4, "failed": 3}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file on the mapping page; `values` where its texts have to be mapped."""

    place: int
    header: str
    sample: str
    filled: float
    field: FieldModel | None
    by: str | None
    by_options: tuple[tuple[str, str], ...]
    unmatched: str
    confidence: str
    values: ColumnValues | None


def column_rows(caller: Caller, job: store.Import) -> list[ColumnRow]:
    """All columns in the file's order. Raises FileUnreadable."""
    object = caller.model.object(job.object)
    table = steps.open_import(job)
    rows = steps.samples(table, SAMPLE_ROWS)
    sure = {s.header: s for s in suggest(caller, object, job.header, rows[:50])}
    chosen: dict[str, Any] = dict(job.mapping.get("columns") or {})
    analysed = {found.header: found for found in column_values(caller, job)} if chosen else {}
    return [
        _row(caller, object, place, header, [cells[place] for cells in rows], chosen.get(header), sure, analysed)
        for place, header in enumerate(job.header)
    ]


def _row(
    caller: Caller,
    object: ObjectModel,
    place: int,
    header: str,
    texts: Sequence[str],
    column: Any,
    sure: dict[str, Suggestion],
    analysed: dict[str, ColumnValues],
) -> ColumnRow:
    column = {"field": column} if isinstance(column, str) else column or {}
    field = object.fields.get(column.get("field", ""))
    filled = [text for text in texts if text.strip()]
    suggestion = sure.get(header)
    agrees = suggestion is not None and field is not None and suggestion.field == field.name
    confidence = suggestion.confidence if suggestion is not None and agrees else "high" if field else "none"
    return ColumnRow(
        place,
        header,
        filled[0] if filled else "",
        len(filled) / len(texts) if texts else 0.0,
        field,
        column.get("by") or (_default_by(caller, field) if field is not None and field.to else None),
        _by_options(caller, field) if field is not None and field.to else (),
        column.get("unmatched") or "error",
        confidence,
        analysed.get(header),
    )


def _default_by(caller: Caller, field: FieldModel) -> str:
    other = caller.model.objects[field.to or ""]
    return "email" if other.name == "user" else other.name_field


def _by_options(caller: Caller, field: FieldModel) -> tuple[tuple[str, str], ...]:
    """The fields by which a lookup may find its record: names, keys and unique ones, and the id."""
    other = caller.model.objects[field.to or ""]
    readable = [f for f in other.fields.values() if not f.system and caller.rights.field(other.name, f.name) != "none"]
    useful = [f for f in readable if f.name == other.name_field or f.unique or f.type.name in ("external_key", "email")]
    return (*((f.name, label_text(f)) for f in useful), ("id", "id"))


def field_options(caller: Caller, job: store.Import) -> list[tuple[str, str]]:
    """The fields that a column may go into, in the object's order."""
    return [(field.name, label_text(field)) for field in open_fields(caller, caller.model.object(job.object))]


def key_options(caller: Caller, job: store.Import) -> list[tuple[str, str]]:
    """Unique fields that a column fills: by these existing records are recognised."""
    object = caller.model.object(job.object)
    columns = (job.mapping.get("columns") or {}).values()
    mapped = {column if isinstance(column, str) else column.get("field") for column in columns}
    return [
        (f.name, label_text(f))
        for f in object.own_fields
        if (f.unique or f.type.name == "external_key") and f.name in mapped
    ]


def required_unmapped(caller: Caller, job: store.Import) -> list[str]:
    """Labels of required fields that neither a column nor a default fills."""
    object = caller.model.object(job.object)
    columns = (job.mapping.get("columns") or {}).values()
    mapped = {column if isinstance(column, str) else column.get("field") for column in columns}
    return [
        label_text(f)
        for f in object.own_fields
        if f.required and f.default is None and f.name not in mapped and f.type.name != "auto_number"
    ]
