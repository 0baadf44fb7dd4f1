"""What a batch may bring, decided once per set of given names: which columns are loaded how, which names are refused.

Used by `load`, which then only loops over values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.records.before import set_before
from dougong_platform.records.remembered import cached

GIVEABLE = ("owner", "record_type")  # the only system fields a caller may give


@dataclass(frozen=True, slots=True)
class Column:
    """A given field that is loaded; `required`: blank is refused whatever else the row says."""

    field: FieldModel
    required: bool
    searched: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """`refused`: known fields with the code of their refusal; `absent`: required fields that nothing fills in."""

    columns: tuple[Column, ...]
    refused: tuple[tuple[FieldModel, str], ...]
    unknown: tuple[str, ...]
    absent: tuple[FieldModel, ...]


def intake(caller: Caller, object: ObjectModel, names: Iterable[str], *, creating: bool, trusted: bool) -> Intake:
    """The intake of rows that give these names, for this caller's rights."""
    given = frozenset(names)
    importing = caller.cause in ("import", "demo")  # which bring what was given elsewhere: numbers, moments of moves
    key = ("intake", caller.model.hash, caller.rights.shape, object.name, given, creating, trusted, importing)
    return cached(key, lambda: _make(caller, object, given, creating, trusted, importing))


def _make(
    caller: Caller, object: ObjectModel, given: frozenset[str], creating: bool, trusted: bool, importing: bool
) -> Intake:
    columns, refused = [], []
    for name in [n for n in object.fields if n in given]:
        field = object.fields[name]
        refusal = None if trusted else _refusal(caller, field, importing)
        if refusal is not None:
            refused.append((field, refusal))
        else:
            columns.append(Column(field, _required(field, creating), field.searchable or name == object.name_field))
    filled = set_before(object, creating=True)  # whether they are, the statement finds out
    absent = [
        f
        for f in object.own_fields
        if creating
        and _required(f, creating)
        and f.default is None
        and f.type.name != "auto_number"
        and f.name not in filled
    ]
    unknown = sorted((name for name in given if name not in object.fields), key=str)
    return Intake(tuple(columns), tuple(refused), tuple(unknown), tuple(absent))


def _refusal(caller: Caller, field: FieldModel, importing: bool) -> str | None:
    """Why this caller may not give this field at all, or None."""
    level = caller.rights.field(field.object, field.name)
    if level == "none":
        return "unknown_field"
    if importing and any(p.since == field.name for p in caller.model.objects[field.object].pipelines):
        return None
    if (field.system and field.name not in GIVEABLE) or field.read_only:
        return "read_only"
    if field.type.name == "auto_number" and not importing:
        return "read_only"
    return "not_editable" if level != "edit" else None


def _required(field: FieldModel, creating: bool) -> bool:
    """Whether blank is refused whatever the other fields say. Owner and record type fall back on creation."""
    if field.name in GIVEABLE:
        return not creating and field.name == "owner"
    return field.required and field.visible_when is None
