"""Rows as callers give them become a Batch: one list of wire texts per field, and every error that needs no database.

Works column by column, because that is how the statements take the values and what keeps 10,000 rows cheap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_metadata.problems import nearest, shown
from dougong_platform.errors import FieldError
from dougong_platform.http.caller import Caller
from dougong_platform.records.messages import error, type_error

is_uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
MOST_TEXT = 1_000_000  # characters of one value, whatever its type allows
GIVEABLE = ("owner", "record_type")  # the only system fields a caller may give
Row = Mapping[str, Any]
# Rows whose lookup is given by key: row index -> (field of the target, value)
Keys = dict[int, tuple[str, Any]]


@dataclass(slots=True)
class Batch:
    """`wires`: one text (or None) per row and given field; `gave`: which rows gave a field that not all rows give."""

    object: ObjectModel
    count: int
    wires: dict[str, list[str | None]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)  # canonical, of searched fields only
    gave: dict[str, list[bool]] = field(default_factory=dict)
    keys: dict[str, Keys] = field(default_factory=dict)
    errors: dict[int, list[FieldError]] = field(default_factory=dict)

    def refuse(self, index: int, fault: FieldError) -> None:
        """Note an error of one row."""
        self.errors.setdefault(index, []).append(fault)

    def refused_at(self, index: int, name: str | None) -> bool:
        """Whether this row already has an error at this field."""
        return any(e.field == name for e in self.errors.get(index, ()))


def load(caller: Caller, object: ObjectModel, rows: Sequence[Row], *, apart: Iterable[str] = (), creating: bool,
         trusted: bool = False) -> Batch:
    """Check and convert the given values. `apart` are keys of the rows that the caller deals with itself (id, version);
    `trusted` writes read-only fields too (undo and restores of the engine's own)."""
    batch = Batch(object, len(rows))
    rows = [row if isinstance(row, Mapping) else _no_record(caller, batch, i) for i, row in enumerate(rows)]
    names, uniform = _names(rows)
    names.difference_update(apart)
    for name in [n for n in object.fields if n in names]:
        names.discard(name)
        column = object.fields[name]
        refusal = None if trusted else _refusal(caller, column)
        if refusal is not None:
            _refuse_given(caller, batch, rows, column, refusal)
            continue
        if not uniform:
            gave = [name in row for row in rows]
            if not all(gave):
                batch.gave[name] = gave
        _load_column(caller, batch, column, [row.get(name) for row in rows], creating)
    for unknown in sorted(names, key=str):
        _refuse_unknown(caller, batch, rows, unknown)
    if creating:
        _require_absent(caller, batch, rows)
    return batch


def _no_record(caller: Caller, batch: Batch, index: int) -> Row:
    batch.refuse(index, error("not_a_record", caller.locale, index))
    return {}


def _names(rows: Sequence[Row]) -> tuple[set[Any], bool]:
    """Every name given by any row, and whether all rows give the same ones."""
    if not rows:
        return set(), True
    first = rows[0].keys()
    if all(row.keys() == first for row in rows):
        return set(first), True
    return set().union(*rows), False


def _refusal(caller: Caller, column: FieldModel) -> str | None:
    """Why this caller may not give this field at all, or None."""
    level = caller.rights.field(column.object, column.name)
    if level == "none":
        return "unknown_field"
    if (column.system and column.name not in GIVEABLE) or column.read_only:
        return "read_only"
    if column.type.name == "auto_number" and caller.cause != "import":  # an import brings numbers given elsewhere
        return "read_only"
    return "not_editable" if level != "edit" else None


def _refuse_given(caller: Caller, batch: Batch, rows: Sequence[Row], column: FieldModel, code: str) -> None:
    for index, row in enumerate(rows):
        if column.name not in row:
            continue
        if code == "unknown_field":
            _refuse_unknown(caller, batch, [row], column.name, index)
        else:
            batch.refuse(index, error(code, caller.locale, index, column))


def _refuse_unknown(caller: Caller, batch: Batch, rows: Sequence[Row], name: Any, start: int = 0) -> None:
    readable = caller.rights.fields(batch.object.name)
    hint = nearest(str(name), readable)
    hints = {"hint_en": f"; did you mean “{hint}”?" if hint else "", "hint_zh": f"；是不是「{hint}」？" if hint else ""}
    text = shown(name)
    for index, row in enumerate(rows, start):
        if name in row:
            found = error("unknown_field", caller.locale, index, None, name=text, **hints)
            batch.refuse(index, FieldError(text, found.code, found.message, index))


def _load_column(caller: Caller, batch: Batch, column: FieldModel, given: list[Any], creating: bool) -> None:
    wires: list[str | None] = []
    searched = column.searchable or column.name == batch.object.name_field
    values: list[Any] = []
    one = _loader(column, batch.keys.setdefault(column.name, {}) if column.to else None)
    checked = _is_clean(given)
    wire = column.type.wire
    for index, value in enumerate(given):
        loaded = None
        if value is not None:
            try:
                if not checked:
                    _check(value)
                loaded = one(index, value)
            except FieldValueError as fault:
                batch.refuse(index, type_error(fault, caller.locale, index, column))
        values.append(loaded)
        wires.append(None if loaded is None else wire(loaded))
    batch.wires[column.name] = wires
    if searched:
        batch.values[column.name] = values
    if _always_required(column, creating) and None in wires:
        _require(caller, batch, column, wires)


def _loader(column: FieldModel, keys: Keys | None) -> Callable[[int, Any], Any]:
    """How one value of this field is loaded; lookups by key are noted in `keys` and stay None until resolved."""
    load_value = column.type.load
    if keys is None:
        return lambda index, value: load_value(value, column)

    def lookup(index: int, value: Any) -> Any:
        if isinstance(value, str):
            if is_uuid(value):
                return value
            if column.to == "user" and "@" in value:
                keys[index] = ("email", value)
                return None
            if column.to in ("department", "team") and value.strip() and not is_uuid(value.strip().lower()):
                keys[index] = ("name", value.strip())
                return None
        elif isinstance(value, Mapping):
            keys[index] = next(iter(value.items())) if len(value) == 1 else ("", None)
            return None
        return load_value(value, column)

    return lookup


def _is_clean(given: list[Any]) -> bool:
    """Whether the whole column is text that can be stored, told in two passes at C speed."""
    try:
        text = "".join([value for value in given if value is not None])
        text.encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return "\0" not in text and len(text) <= MOST_TEXT


def _check(value: Any) -> None:
    clean(value)
    if isinstance(value, str) and len(value) > MOST_TEXT:
        raise FieldValueError("too_long", max=MOST_TEXT, length=len(value))


def _always_required(column: FieldModel, creating: bool) -> bool:
    """Whether blank is refused whatever the other fields say. Owner and record type fall back on creation."""
    if column.name in GIVEABLE:
        return not creating
    return column.required and column.visible_when is None


def _require(caller: Caller, batch: Batch, column: FieldModel, wires: list[str | None]) -> None:
    gave, keys = batch.gave.get(column.name), batch.keys.get(column.name, {})
    for index, wire in enumerate(wires):
        if wire is None and index not in keys and (gave is None or gave[index]) \
                and not batch.refused_at(index, column.name):
            batch.refuse(index, error("required", caller.locale, index, column))


def _require_absent(caller: Caller, batch: Batch, rows: Sequence[Row]) -> None:
    """Required fields that a new row leaves out and that nothing fills in."""
    for column in batch.object.own_fields:
        if not _always_required(column, creating=True) or column.default is not None \
                or column.type.name == "auto_number":
            continue
        name = column.name
        if name in batch.gave or name not in batch.wires:
            for index, row in enumerate(rows):
                if name not in row and not batch.refused_at(index, None):
                    batch.refuse(index, error("required", caller.locale, index, column))
