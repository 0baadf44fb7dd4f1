"""Rows as callers give them become a Batch: one list of wire texts per field, and every error that needs no database.

Works column by column, because that is how the statements take the values and what keeps 10,000 rows cheap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from itertools import chain
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_metadata.problems import nearest, shown
from dougong_platform.errors import FieldError
from dougong_platform.http.caller import Caller
from dougong_platform.records.intake import Column, Intake, intake
from dougong_platform.records.messages import error, type_error, veiled

is_uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
MOST_TEXT = 1_000_000  # characters of one value, whatever its type allows
Row = Mapping[str, Any]
# Rows whose lookup is given by key: row index -> (field of the target, value)
Keys = dict[int, tuple[str, Any]]


@dataclass(slots=True)
class Batch:
    """`wires`: one text (or None) per row and given field; `gave`: which rows gave a field that not all rows give."""

    object: ObjectModel
    count: int
    wires: dict[str, list[str | None]] = attribute(default_factory=dict)
    values: dict[str, list[Any]] = attribute(default_factory=dict)  # canonical, of searched fields only
    gave: dict[str, list[bool]] = attribute(default_factory=dict)
    keys: dict[str, Keys] = attribute(default_factory=dict)
    errors: dict[int, list[FieldError]] = attribute(default_factory=dict)

    def refuse(self, index: int, fault: FieldError) -> None:
        """Note an error of one row."""
        self.errors.setdefault(index, []).append(fault)

    def refused_at(self, index: int, name: str | None) -> bool:
        """Whether this row already has an error at this field."""
        return any(e.field == name for e in self.errors.get(index, ()))


def load(
    caller: Caller,
    object: ObjectModel,
    rows: Sequence[Any],
    *,
    apart: Iterable[str] = (),
    creating: bool,
    trusted: bool = False,
    loaded: Collection[str] = (),
) -> Batch:
    """Check and convert the given values. `apart` are keys of the rows that the caller deals with itself (id, version);
    `trusted` writes read-only fields too (undo and restores of the engine's own); the values of `loaded` fields are
    canonical already (an import read them from text by their types)."""
    batch = Batch(object, len(rows))
    rows = [row if isinstance(row, Mapping) else _no_record(caller, batch, i) for i, row in enumerate(rows)]
    names, uniform = _names(rows)
    names.difference_update(apart)
    plan = intake(caller, object, names, creating=creating, trusted=trusted)
    for column in plan.columns:
        name = column.field.name
        if not uniform:
            gave = [name in row for row in rows]
            if not all(gave):
                batch.gave[name] = gave
        given = [row.get(name) for row in rows]
        if name in loaded:
            _take_column(caller, batch, column, given)
        else:
            _load_column(caller, batch, column, given)
    if plan.refused or plan.unknown:
        _refuse_names(caller, batch, rows, plan)
    for field in plan.absent:
        _require_given(caller, batch, rows, field)
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


def _refuse_names(caller: Caller, batch: Batch, rows: Sequence[Row], plan: Intake) -> None:
    for index, row in enumerate(rows):
        for field, code in plan.refused:
            if field.name in row and code != "unknown_field":
                batch.refuse(index, error(code, caller.locale, index, field))
    unknown = [*plan.unknown, *(field.name for field, code in plan.refused if code == "unknown_field")]
    readable = caller.rights.fields(batch.object.name)
    for name in unknown:
        hint = nearest(str(name), readable)
        hints = {
            "hint_en": f"; did you mean “{hint}”?" if hint else "",
            "hint_zh": f"；是不是「{hint}」？" if hint else "",
        }
        text = shown(name)
        for index, row in enumerate(rows):
            if name in row:
                found = error("unknown_field", caller.locale, index, None, name=text, **hints)
                batch.refuse(index, FieldError(text, found.code, found.message, index))


def _take_column(caller: Caller, batch: Batch, column: Column, values: list[Any]) -> None:
    """A column whose values are canonical already."""
    wires = batch.wires[column.field.name] = list(map(column.field.type.wire, values))
    if column.searched:
        batch.values[column.field.name] = values
    if column.required and None in wires:
        _require(caller, batch, column.field, wires)


def _load_column(caller: Caller, batch: Batch, column: Column, given: list[Any]) -> None:
    field = column.field
    clean_already = _is_clean(given)
    if field.to is not None and field.type.pg_type == "uuid":
        one = _lookup(field, batch.keys.setdefault(field.name, {}))
    else:
        one = _plain(field)
    wire = field.type.wire
    wires: list[str | None] = []
    values: list[Any] = []
    for index, value in enumerate(given):
        if value is not None:
            try:
                if not clean_already:
                    _check(value)
                value = one(value, index)
            except FieldValueError as fault:
                batch.refuse(index, type_error(fault, caller.locale, index, field))
                value = None
        wires.append(None if value is None else wire(value))
        if column.searched:
            values.append(value)
    batch.wires[field.name] = wires
    if column.searched:
        batch.values[field.name] = values
    if column.required and None in wires:
        _require(caller, batch, field, wires)


def _plain(field: FieldModel) -> Callable[[Any, int], Any]:
    load_value = field.type.load
    return lambda value, index: load_value(value, field)


def _lookup(field: FieldModel, keys: Keys) -> Callable[[Any, int], Any]:
    """How a lookup is loaded: keys of the target are noted in `keys` and stay None until resolved."""
    load_value = field.type.load

    def lookup(value: Any, index: int) -> Any:
        if isinstance(value, str):
            if is_uuid(value):
                return value
            if field.to == "user" and "@" in value:
                keys[index] = ("email", value)
                return None
            if field.to in ("department", "team") and value.strip() and not is_uuid(value.strip().lower()):
                keys[index] = ("name", value.strip())
                return None
        elif isinstance(value, Mapping):
            keys[index] = next(iter(value.items())) if len(value) == 1 else ("", None)
            return None
        return load_value(value, field)

    return lookup


def _is_clean(given: list[Any]) -> bool:
    """Whether the whole column is text that can be stored, or links by key, told in a few passes at C speed."""
    parts = [value for value in given if value is not None]
    try:
        if parts and type(parts[0]) is dict:
            parts = list(chain.from_iterable(chain(value, value.values()) for value in parts))
        text = "".join(parts)
        if not text.isascii():
            text.encode()
    except (TypeError, AttributeError, UnicodeEncodeError):
        return False
    return "\0" not in text and (len(text) <= MOST_TEXT or max(map(len, parts)) <= MOST_TEXT)


def _check(value: Any) -> None:
    if isinstance(value, bool | int | float):
        return
    clean(value)
    if isinstance(value, str) and len(value) > MOST_TEXT:
        raise FieldValueError("too_long", max=MOST_TEXT, length=len(value))


def _require(caller: Caller, batch: Batch, field: FieldModel, wires: list[str | None]) -> None:
    gave, keys = batch.gave.get(field.name), batch.keys.get(field.name, {})
    for index, wire in enumerate(wires):
        if (
            wire is None
            and index not in keys
            and (gave is None or gave[index])
            and not batch.refused_at(index, field.name)
        ):
            batch.refuse(index, error("required", caller.locale, index, field))


def _require_given(caller: Caller, batch: Batch, rows: Sequence[Row], field: FieldModel) -> None:
    """A required field that a new row leaves out and that nothing fills in."""
    name, known = field.name, caller.rights.field(field.object, field.name) != "none"
    if name in batch.gave or name not in batch.wires:
        for index, row in enumerate(rows):
            if name not in row and not batch.refused_at(index, None):
                missing = error("required", caller.locale, index, field)
                batch.refuse(index, missing if known else veiled("required", caller.locale, index))
