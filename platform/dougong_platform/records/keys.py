"""Lookups given by a key of their target ({"isbn": "…"}, a user's e-mail, a department's name) become ids: one
statement per field and key, however many rows. Used by create and update before their own statement."""

from __future__ import annotations

from collections import defaultdict

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.access import predicate
from dougong_platform.records.action import Writing
from dougong_platform.records.arrays import array_text
from dougong_platform.records.load import Batch
from dougong_platform.records.messages import error
from dougong_platform.records.remembered import cached
from dougong_platform.records.statement import Statement, fragment, quoted
from dougong_platform.storage.tables import tables

_NO_KEYS = ("jsonb", "uuid[]", "text[]")


def resolve(writing: Writing, batch: Batch) -> None:
    """Put ids in place of keys, or errors: lookup_not_found, lookup_ambiguous, lookup_key."""
    for name, keys in batch.keys.items():
        by_field: dict[str, list[int]] = defaultdict(list)
        for index, (key, _) in keys.items():
            by_field[str(key)].append(index)
        for key, indexes in by_field.items():
            _resolve_by(writing, batch, batch.object.fields[name], key, indexes)
    batch.keys.clear()


def _resolve_by(writing: Writing, batch: Batch, column: FieldModel, key: str, indexes: list[int]) -> None:
    caller = writing.caller
    target = caller.model.object(str(column.to))
    by = target.fields.get(key)
    if by is None or caller.rights.field(target.name, key) == "none" or by.type.pg_type in _NO_KEYS:
        for index in indexes:
            batch.refuse(index, error("lookup_key", caller.locale, index, column))
        return
    wires: dict[int, str] = {}
    known: dict[str, str | None] = {}  # many rows name the same few targets
    for index in indexes:
        value = batch.keys[column.name][index][1]
        if not isinstance(value, str):
            wire = _wire(value, by)
        elif (wire := known.get(value)) is None:
            wire = known[value] = _wire(value, by)
        if wire is None:
            batch.refuse(index, error("lookup_not_found", caller.locale, index, column))
        else:
            wires[index] = wire
    found = _ids(writing, target, by, sorted(set(wires.values())))
    ids = batch.wires[column.name]
    for index, wire in wires.items():
        match = found.get(wire, (None, 0))
        if match[1] == 1:
            ids[index] = match[0]
        else:
            code = "lookup_ambiguous" if match[1] else "lookup_not_found"
            batch.refuse(index, error(code, caller.locale, index, column, key=by.label.text(caller.locale), value=wire))


def _wire(value: object, by: FieldModel) -> str | None:
    """The key's canonical text; None for what no record can have."""
    if value is None:
        return None
    try:
        clean(value)
        return by.type.wire(by.type.load(value, by))
    except FieldValueError:
        return None


def _ids(writing: Writing, target: ObjectModel, by: FieldModel, wires: list[str]) -> dict[str, tuple[str | None, int]]:
    """Key text -> (id, how many readable live records have it)."""
    if not wires:
        return {}
    caller = writing.caller
    names, known = caller.release.catalogue, tables(caller.model, caller.release.catalogue)

    def compile_statement() -> Statement:
        allowed = predicate(known, caller.rights, target.name, "read", known[target.name].alias("t"))
        key = quoted(names.column(target.name, by.name))
        return Statement(
            f"select k.i, min(t.id::text), count(*) from unnest(%(keys)s::{by.type.pg_type}[]) with ordinality k(v, i)"
            f' join "§".{quoted(names.table(target.name))} t on t.{key} = k.v where t.deleted_at is null'
            + (f" and ({fragment(allowed)})" if allowed is not None else "")
            + " group by k.i"
        )

    statement = cached(
        ("key", caller.model.hash, names.key, caller.rights.shape, target.name, by.name), compile_statement
    )
    return {wires[number - 1]: (id, count) for number, id, count in writing.run(statement, {"keys": array_text(wires)})}
