"""What a model's tables look like in PostgreSQL: columns, indexes, foreign keys and sequences by their physical names.

Publishing compares the structure of two releases; writers ask it which unique key an index name stands for. Names carry
a hash of the definition, so "it exists" means "it exists just so".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from dougong_metadata.model.types import FieldModel, Model, ObjectModel, SharingRule
from dougong_platform.storage.catalogue import Catalogue, shorten
from dougong_platform.storage.rule_index import asking_columns, index_condition
from dougong_platform.storage.tables import Named, sorted_by_key

_SYSTEM_DEFINITIONS = {
    "id": "not null primary key",
    "created_at": "not null default now()",
    "updated_at": "not null default now()",
    "version": "not null default 1",
}
_LIVE = "deleted_at is null"
INDEX_NAMES = ("_ix_", "_uq_")  # what names of indexes that releases make begin with
_GIN = frozenset({"jsonb", "text[]", "uuid[]"})
# What the index of somebody's own rows carries: short types, and so few of them that their longest values fit into it.
_CARRIED = frozenset({"boolean", "smallint", "integer", "bigint", "numeric", "date", "time", "timestamptz", "text"})
_MOST_CARRIED = 6


@dataclass(frozen=True, slots=True)
class Index:
    """`definition` is what follows `on "table"`; `key` and `fields` are set for unique ones (key None = one field)."""

    name: str
    table: str
    definition: str
    columns: tuple[str, ...]
    unique: bool = False
    key: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    table: str
    column: str
    target: str  # table


@dataclass(frozen=True, slots=True)
class TableStructure:
    """`columns`: physical name -> type and constraints, in order."""

    object: str
    name: str
    columns: Mapping[str, str]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    sequences: tuple[str, ...]


class Structure:
    """All tables that publishing keeps; the system objects' tables belong to the tenants package and are left alone."""

    def __init__(self, model: Model, catalogue: Catalogue) -> None:
        kept = [o for o in model.objects.values() if not o.system]
        self.tables = {o.name: _table(o, catalogue, model.sharing.get(o.name, ())) for o in kept}
        self.indexes = {i.name: i for t in self.tables.values() for i in t.indexes}
        self.foreign_keys = {k.name: k for t in self.tables.values() for k in t.foreign_keys}
        self.sequences = tuple(s for t in self.tables.values() for s in t.sequences)

    def unique(self, index_name: str) -> Index | None:
        """The unique key behind a violated index, or None (an index of a release that is being prepared)."""
        found = self.indexes.get(index_name)
        return found if found is not None and found.unique else None


def structure(model: Model, catalogue: Catalogue) -> Structure:
    """The structure of a model under these physical names, cached by (model.hash, catalogue.key)."""
    return _structure(Named(model.hash, catalogue.key, model, catalogue))


@lru_cache(maxsize=500)
def _structure(named: Named) -> Structure:
    return Structure(named.model, named.catalogue)


def _table(object: ObjectModel, names: Catalogue, rules: Sequence[SharingRule]) -> TableStructure:
    table = names.table(object.name)
    columns = {}
    stored = (f for f in object.fields.values() if f.is_stored)
    for field in sorted(stored, key=lambda f: not f.system):
        columns[names.column(object.name, field.name)] = column_definition(field)
    return TableStructure(
        object.name,
        table,
        columns,
        (*_indexes(object, table, names), *_rule_indexes(object, table, names, rules)),
        tuple(_foreign_keys(object, table, names)),
        tuple(names.sequence(object.name, f.name) for f in object.own_fields if f.type.name == "auto_number"),
    )


def column_definition(field: FieldModel) -> str:
    """Type and constraints of a field's column."""
    rule = _SYSTEM_DEFINITIONS.get(field.name, "") if field.system else ""
    if field.rollup is not None and field.rollup.kind in ("count", "sum"):
        rule = "not null default 0"  # of no records
    return f"{field.type.pg_type} {rule}".strip()


def references(field: FieldModel) -> bool:
    """Whether the field has a foreign key: every own lookup, and the owner. Who created or changed a row is written by
    the engine alone and users are never deleted, so those columns go without one (each costs a check per row)."""
    return field.to is not None and field.type.pg_type == "uuid" and (not field.system or field.name == "owner")


def _foreign_keys(object: ObjectModel, table: str, names: Catalogue) -> Iterator[ForeignKey]:
    for field in object.fields.values():
        if references(field) and field.to is not None:
            column, target = names.column(object.name, field.name), names.table(field.to)
            yield ForeignKey(_named("_fk", table, column, target), table, column, target)


def _indexes(object: ObjectModel, table: str, names: Catalogue) -> Iterator[Index]:
    yield _index(table, ("created_at", "id"), "(created_at, id)")  # the order of a list that names none
    # The same list as a rep sees it, with what he filters by: a count of what he owns never leaves the index.
    yield _index(table, ("owner", "created_at", "id"), f"(owner, created_at, id){_include(_carried(object, names))}")
    yield _index(table, ("deleted_at",), "(deleted_at)", where="deleted_at is not null")  # the recycle bin
    # With it a count of what somebody's people own never leaves the index; a detail is as open as its parent.
    owner = "" if object.parent is not None else _include([names.column(object.name, "owner")])
    for field in object.stored_fields:
        column = names.column(object.name, field.name)
        if references(field):  # over deleted rows too: a purge checks them
            yield _index(table, (column,), f"({quote(column)})", where=f"{quote(column)} is not null")
        elif field.unique:  # orders an external key too: keys of other systems are looked up rather than paged through
            yield _unique(table, (column,), None, (field.name,))
        if (field.index or field.name == object.name_field) and field.type.name != "external_key":
            yield from _ordered(table, column, field, owner)
    yield from _date_indexes(object, table, names, owner)
    for key in object.unique_keys.values():
        columns = tuple(names.column(object.name, f) for f in key.fields)
        yield _unique(table, columns, key.name, key.fields)
    for index in object.indexes.values():
        fields = [object.fields[f] for f in index.fields]
        columns = tuple(names.column(object.name, f) for f in index.fields)
        parts = ", ".join(_key(c, f) for c, f in zip(columns, fields, strict=True))
        yield _index(table, (*columns, "id"), f"({parts}, id){owner}")


def _carried(object: ObjectModel, names: Catalogue) -> list[str]:
    """Columns of fields with an index that compares them as they are; none of a detail, which its parent opens."""
    indexed = {name for index in object.indexes.values() for name in index.fields}
    fields = (f for f in object.stored_fields if f.index or f.name in indexed)
    plain = (f for f in fields if f.type.pg_type in _CARRIED and not sorted_by_key(f) and f.type.name != "external_key")
    return [] if object.parent is not None else [names.column(object.name, f.name) for f in plain][:_MOST_CARRIED]


def _include(columns: Sequence[str]) -> str:
    return f" include ({', '.join(map(quote, columns))})" if columns else ""


def _date_indexes(object: ObjectModel, table: str, names: Catalogue, owner: str) -> Iterator[Index]:
    """Of the dates that automations wait for: who looks at the clock reads the due ones alone."""
    waited = {one.trigger.field for one in object.automations if one.trigger.kind == "date"}
    for field in object.fields.values():
        if field.name in waited and field.is_stored and field.name != "created_at" and not field.index:
            yield from _ordered(table, names.column(object.name, field.name), field, owner)


def _rule_indexes(object: ObjectModel, table: str, names: Catalogue, rules: Sequence[SharingRule]) -> Iterator[Index]:
    """One per condition: two rules that say the same share it."""
    found = {index_condition(object, names, rule) for rule in rules}
    for condition in sorted(one for one in found if one is not None):
        yield _index(table, ("rule", "id"), "(id)", where=f"{_LIVE} and {condition}")
    for name in sorted({name for rule in rules for name in asking_columns(object, rule)}):
        field = object.fields[name]
        if not references(field):  # the others have theirs
            column = names.column(object.name, name)
            yield _index(table, (column,), f"({quote(column)})")


def _ordered(table: str, column: str, field: FieldModel, owner: str) -> Iterator[Index]:
    if references(field):
        return
    if field.type.pg_type in _GIN:
        yield _index(table, (column,), f"using gin ({quote(column)})")
    else:
        yield _index(table, (column, "id"), f"({_key(column, field)}, id){owner}")


def _key(column: str, field: FieldModel) -> str:
    return f"sort_key({quote(column)})" if sorted_by_key(field) else quote(column)


def _index(table: str, columns: tuple[str, ...], body: str, *, where: str = _LIVE) -> Index:
    definition = f"{body} where {where}"
    return Index(_named("_ix", table, *columns, salt=definition), table, definition, columns)


def _unique(table: str, columns: tuple[str, ...], key: str | None, fields: tuple[str, ...]) -> Index:
    """Blank values never collide, as in SQL; nor do rows in the recycle bin."""
    definition = f"({', '.join(map(quote, columns))}) where {_LIVE}"
    return Index(_named("_uq", table, *columns, salt=definition), table, definition, columns, True, key, fields)


def _named(prefix: str, *parts: str, salt: str = "") -> str:
    tag = blake2b("\0".join((*parts, salt)).encode(), digest_size=4).hexdigest()
    return shorten("_".join((prefix, *parts)), tag)


def quote(name: str) -> str:
    """A name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'
