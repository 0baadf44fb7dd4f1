"""Which physical column holds which field: kept forever, given once, retired instead of dropped. Used by publishing.

A field keeps its column while its storage stays the same. Otherwise it takes back a retired column of that storage, or
gets a new one under the next free name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from dougong_metadata.model.flow_types import RollupModel
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.releases.release import Release
from dougong_platform.storage import Catalogue
from dougong_platform.storage.ddl import Owner

MOST_COLUMNS = 1_500  # PostgreSQL counts 1,600 in the life of a table, dropped ones included


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A row of `_column`; `field` "" is the table itself. `state`: preparing, live, retired, or (a table that was
    rebuilt under another name and waits to be dropped) replaced."""

    object: str
    field: str
    physical: str
    storage: str
    state: str
    since: int
    retired: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Physical names for a new release, and the rows `_column` does not have yet."""

    catalogue: Catalogue
    added: tuple[ColumnRow, ...]
    full: tuple[str, ...]  # objects whose table has no room for another column
    rebuilt: tuple[str, ...] = ()  # objects whose table is made anew, to be rid of dropped columns


@dataclass(frozen=True, slots=True)
class Stored:
    """What the tenant's schema holds: `_column`, all relation names, columns and column counts by table."""

    rows: tuple[ColumnRow, ...]
    relations: frozenset[str]
    columns: Mapping[str, frozenset[str]]
    used: Mapping[str, int]  # columns in the life of each table


def storage_of(field: FieldModel) -> str:
    """What the data in a field's column means: equal storage, same column."""
    kind = field.type.pg_type
    if field.rollup is not None:
        return f"rollup:{kind}:{_definition(field.rollup)}"
    if kind == "uuid":
        return f"uuid:{field.to}"
    return f"jsonb:{field.type.name}" if kind == "jsonb" else kind


def _definition(rollup: RollupModel) -> str:
    """What a roll-up says, as a short tag."""
    where = rollup.where.text if rollup.where is not None else ""
    said = (rollup.object, rollup.link, rollup.kind, rollup.field or "", rollup.by or "", where, *rollup.basis)
    return blake2b("\0".join(said).encode(), digest_size=6).hexdigest()


def read_stored(connection: Owner) -> Stored:
    """Read what is there, on a connection whose search_path is the tenant's schema."""
    rows = connection.execute("select object, field, physical, storage, state, since, retired from _column").fetchall()
    relations = connection.execute(
        "select relname from pg_class where relnamespace = current_schema()::regnamespace"
    ).fetchall()
    counts = connection.execute(
        "select c.relname, max(a.attnum)::int, array_agg(a.attname::text) filter (where not a.attisdropped)"
        " from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
        " where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' group by c.relname"
    ).fetchall()
    return Stored(
        tuple(ColumnRow(*row) for row in rows),
        frozenset(r[0] for r in relations),
        {name: frozenset(columns) for name, _, columns in counts},
        {name: used for name, used, _ in counts},
    )


def assign(base: Release, model: Model, stored: Stored, number: int, most: int | None = None) -> Assignment:
    """Physical names for `model` as release `number`, following `base`. `most`: columns in the life of a table."""
    most = MOST_COLUMNS if most is None else most
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    added: list[ColumnRow] = []
    full: list[str] = []
    rebuilt: list[str] = []
    taken = set(stored.relations)
    known = {(r.object, r.field, r.physical) for r in stored.rows}
    for object in model.objects.values():
        if object.system:
            continue
        name = _table(base, object.name, stored, taken)
        tables[object.name] = name
        if (object.name, "", name) not in known:
            added.append(ColumnRow(object.name, "", name, "table", "preparing", number))
        used = set(stored.columns.get(name, ())) | {f.name for f in object.fields.values() if f.system}
        new = 0
        for field in object.stored_fields:
            column = _column(base, field, stored, used)
            used.add(column)
            columns[object.name, field.name] = column
            if (object.name, field.name, column) not in known:
                added.append(ColumnRow(object.name, field.name, column, storage_of(field), "preparing", number))
                new += 1
        if stored.used.get(name, len(object.fields) - new) + new <= most:
            continue
        if object.name not in base.model.objects or len(stored.columns[name]) + new > most:
            full.append(object.name)
            continue
        tables[object.name] = free(object.name, taken)
        taken.add(tables[object.name])
        added.append(ColumnRow(object.name, "", tables[object.name], "table", "preparing", number))
        rebuilt.append(object.name)
    return Assignment(Catalogue.of(tables, columns), tuple(added), tuple(full), tuple(rebuilt))


def _table(base: Release, object: str, stored: Stored, taken: set[str]) -> str:
    if object in base.model.objects:
        return base.catalogue.table(object)
    for row in stored.rows:
        if row.object == object and row.field == "" and row.state != "replaced":
            return row.physical
    name = free(object, taken)
    taken.add(name)
    return name


def _column(base: Release, field: FieldModel, stored: Stored, used: set[str]) -> str:
    before = base.model.objects.get(field.object)
    old = before.fields.get(field.name) if before is not None else None
    if old is not None and not old.system and old.is_stored and storage_of(old) == storage_of(field):
        return base.catalogue.column(field.object, field.name)
    retired = [r for r in stored.rows if r.object == field.object and r.field == field.name and r.state == "retired"]
    if old is None and retired:  # the field returns: only what it held last is its data
        retired = [max(retired, key=lambda r: r.retired or 0)]
    fitting = [r for r in retired if r.storage == storage_of(field)]
    return max(fitting, key=lambda r: r.retired or 0).physical if fitting else free(field.name, used)


def free(name: str, taken: Iterable[str]) -> str:
    """`name`, or `name_2`, `name_3` … if it is taken."""
    taken = set(taken)
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
