"""What has to be done to go from one release to another: derived from both, hence the same again after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from dougong_metadata.expressions.checked import Literal, Truth
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.releases.columns import storage_of
from dougong_platform.releases.conversions import conversion, literal
from dougong_platform.releases.counting import Counting, countings
from dougong_platform.releases.fills import Fill
from dougong_platform.releases.rebuild import Rebuild
from dougong_platform.releases.release import Release
from dougong_platform.storage.structure import ForeignKey, Index, Structure, TableStructure, quote, structure

Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class Work:
    """All in physical names. `created` are tables no release sees yet; `columns` go to tables in use.

    `keys_carried` are the added keys that say what the base says too, of a table that is rebuilt.
    """

    base: Release
    target: Release
    created: tuple[TableStructure, ...]
    rebuilt: tuple[Rebuild, ...]
    columns: Mapping[str, tuple[tuple[str, str], ...]]  # table -> (column, definition)
    sequences: Mapping[str, tuple[str, ...]]  # table -> new sequences
    defaults: tuple[tuple[str, str], ...]  # (table, column) with a default until the switch
    fills: tuple[Fill, ...]
    keys_added: tuple[ForeignKey, ...]
    keys_dropped: tuple[ForeignKey, ...]
    keys_carried: frozenset[str]
    indexes_added: tuple[Index, ...]
    indexes_dropped: tuple[Index, ...]
    countings: tuple[Counting, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether only metadata changes."""
        return not (
            self.created
            or self.rebuilt
            or self.columns
            or self.fills
            or self.keys_added
            or self.keys_dropped
            or self.indexes_added
            or self.indexes_dropped
            or self.countings
        )


def derive(base: Release, target: Release, zone: str) -> Work:
    """The work between two releases; `zone` is the tenant's time zone, in which dates and times meet."""
    old, new = structure(base.model, base.catalogue), structure(target.model, target.catalogue)
    created = tuple(t for name, t in new.tables.items() if name not in old.tables)
    rebuilt: list[Rebuild] = []
    columns: dict[str, tuple[tuple[str, str], ...]] = {}
    defaults: list[tuple[str, str]] = []
    fills: list[Fill] = []
    for name, table in new.tables.items():
        if name not in old.tables:
            continue
        added = {c: d for c, d in table.columns.items() if c not in old.tables[name].columns}
        for field in target.model.objects[name].stored_fields:
            column = target.catalogue.column(name, field.name)
            if column not in added:
                continue
            before = base.model.objects[name].fields.get(field.name)
            if before is not None and (not before.is_stored or before.rollup != field.rollup):
                before = None  # its values are no data of this field's
            fill = _fill(base, target, before, field, zone)
            constant = None if before is not None or fill is not None else initial(field)
            if fill is not None:
                fills.append(fill)
            if constant is not None:
                added[column] += f" default {constant}"
                defaults.append((table.name, column))
        source = old.tables[name].name
        if source != table.name:
            rebuilt.append(Rebuild(source, replace(table, columns={**table.columns, **added})))
        elif added:
            columns[table.name] = tuple(added.items())
    moved = {r.source: r.table.name for r in rebuilt}
    return Work(
        base,
        target,
        created,
        tuple(rebuilt),
        columns,
        _sequences(old, new),
        tuple(defaults),
        tuple(fills),
        _missing(new.foreign_keys, old.foreign_keys),
        _missing(old.foreign_keys, new.foreign_keys),
        _carried(old, new, moved),
        tuple(i for i in _missing(new.indexes, old.indexes) if not _of(i.table, created)),
        tuple(i for i in _missing(old.indexes, new.indexes) if i.table not in moved),
        countings(base, target),
    )


def _carried(old: Structure, new: Structure, moved: Mapping[str, str]) -> frozenset[str]:
    """Names of the new keys that are keys of the base, but for the tables' names."""
    before = {(moved.get(k.table, k.table), k.column, moved.get(k.target, k.target)) for k in old.foreign_keys.values()}
    return frozenset(n for n, k in new.foreign_keys.items() if (k.table, k.column, k.target) in before)


def _missing(left: Mapping[str, Named], right: Mapping[str, Named]) -> tuple[Named, ...]:
    return tuple(value for name, value in left.items() if name not in right)


def _of(table: str, tables: tuple[TableStructure, ...]) -> bool:
    return any(t.name == table for t in tables)


def _sequences(old: Structure, new: Structure) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, table in new.tables.items():
        before = old.tables.get(name)
        if before is not None:
            missing = tuple(s for s in table.sequences if s not in before.sequences)
            if missing:
                found[table.name] = missing
    return found


def _fill(base: Release, target: Release, before: FieldModel | None, field: FieldModel, zone: str) -> Fill | None:
    """How the new column gets its data, if existing rows have any for it."""
    object = target.model.objects[field.object]
    table, column = target.catalogue.table(object.name), target.catalogue.column(object.name, field.name)
    if before is not None and not before.system:
        found = conversion(before, field, base.model, base.catalogue, zone)
        if found is None:
            return None
        source = base.catalogue.column(object.name, field.name)
        value = f"{{r}}.{quote(source)}"
        refused = None if found.safe else found.refused(value, f"{{r}}.{quote(column)}")
        return Fill(
            object.name, field.name, table, column, found.convert(value), source, refused, when=f"{value} is not null"
        )
    if field.type.name == "auto_number":
        return _numbers(target, object, field, zone)
    return None


def _numbers(target: Release, object: ObjectModel, field: FieldModel, zone: str) -> Fill:
    """Existing records get their numbers in the order in which they were made."""
    from dougong_platform.storage.numbering import next_number

    column = target.catalogue.column(object.name, field.name)
    value = next_number(target.catalogue, field, literal(zone)).replace('"§".', "")
    return Fill(
        object.name,
        field.name,
        target.catalogue.table(object.name),
        column,
        value,
        when=f"{{r}}.{quote(column)} is null",
    )


def initial(field: FieldModel) -> str | None:
    """What existing rows hold in a new field, as SQL: a constant default where a value is required or is yes or no;
    else they stay blank. The value lies in PostgreSQL's catalogue, no row is written."""
    if field.default is None or not (field.required or field.type.pg_type == "boolean"):
        return None
    found = field.default.typed
    if isinstance(found, Truth):
        return str(found.value).lower()
    if isinstance(found, Literal) and found.value is not None and not found.conversion.zoned:
        return f"{literal(found.value)}::{field.type.pg_type}"
    return None


def changed_storage(before: FieldModel, after: FieldModel) -> bool:
    """Whether a field needs another column."""
    return before.is_stored != after.is_stored or storage_of(before) != storage_of(after)
