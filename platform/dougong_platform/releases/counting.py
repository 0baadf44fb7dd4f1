"""Roll-ups that come with a release: worked out before the switch while others write, and once more behind it.

Before the switch no release sees the columns; rows that somebody holds are passed over. Behind it every writer keeps
them, so that going over all rows once more finds what was written meanwhile, and nothing can slip through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.releases.batches import Batches, Mark
from dougong_platform.releases.release import Release
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.rollups import counted, read_by
from dougong_platform.storage.structure import quote


@dataclass(frozen=True, slots=True)
class Counting:
    """Roll-ups of one object that existing records do not have yet; `values` are SQL over the row `r`, by column."""

    object: str
    table: str
    values: tuple[tuple[str, str], ...]

    def run(self, connection: Owner, after: str | None, mark: Mark, *, exactly: bool) -> None:
        """Work them out for all records in committed batches; `exactly`: until none is wrong."""
        sets = ", ".join(f"{quote(column)} = {value}" for column, value in self.values)
        wrong = " or ".join(f"r.{quote(column)} is distinct from {value}" for column, value in self.values)
        table = quote(self.table)
        action = f"update {table} as r set {sets} from batch where r.id = batch.id and ({wrong}) returning 1"
        due = f"({wrong})" if exactly else "false"
        Batches(table, "r.id", action.replace("%", "%%"), due.replace("%", "%%")).run(connection, after, mark)


def countings(base: Release, target: Release) -> tuple[Counting, ...]:
    """What is to be worked out when `target` follows `base`: roll-ups whose column the base does not keep; those that
    others read come first."""
    fresh: dict[str, list[FieldModel]] = {}
    for object in target.model.objects.values():
        for field in object.rollups:
            before = (
                base.model.objects[object.name].fields.get(field.name) if object.name in base.model.objects else None
            )
            same = before is not None and before.rollup is not None and before.is_stored
            if not same or base.catalogue.column(object.name, field.name) != target.catalogue.column(
                object.name, field.name
            ):
                fresh.setdefault(object.name, []).append(field)
    return tuple(_counting(target, name, fields) for name, fields in _in_order(target.model, fresh))


def recountings(target: Release, changed: set[tuple[str, str]]) -> tuple[Counting, ...]:
    """What is to be worked out again where a publish has changed these fields (object, name) of existing records."""
    rollups = [field for object in target.model.objects.values() for field in object.rollups]
    stale: dict[tuple[str, str], FieldModel] = {}
    while found := [
        field
        for field in rollups
        if (field.object, field.name) not in stale and _needs(target.model, field) & (changed | stale.keys())
    ]:
        stale.update({(field.object, field.name): field for field in found})
    by_object: dict[str, list[FieldModel]] = {}
    for field in stale.values():
        by_object.setdefault(field.object, []).append(field)
    return tuple(_counting(target, name, fields) for name, fields in _in_order(target.model, by_object))


def every_counting(release: Release) -> tuple[Counting, ...]:
    """All roll-ups of a release, those that others read first."""
    every = {o.name: list(o.rollups) for o in release.model.objects.values() if o.rollups}
    return tuple(_counting(release, name, fields) for name, fields in _in_order(release.model, every))


def _counting(target: Release, object: str, fields: list[FieldModel]) -> Counting:
    names = target.catalogue
    values = [
        (
            names.column(object, field.name),
            counted(target.model, names, field, "r").replace('"§".', "").replace("%%", "%"),
        )
        for field in fields
    ]
    return Counting(object, names.table(object), tuple(values))


def _in_order(model: Model, fresh: dict[str, list[FieldModel]]) -> Iterator[tuple[str, list[FieldModel]]]:
    """Object by object, and an object again where its roll-ups wait for others (publishing refused circles)."""
    waiting = {(f.object, f.name): f for fields in fresh.values() for f in fields}
    while waiting:
        ready = [f for f in waiting.values() if not _needs(model, f) & waiting.keys()]
        by_object: dict[str, list[FieldModel]] = {}
        for field in ready:
            by_object.setdefault(field.object, []).append(field)
            del waiting[field.object, field.name]
        yield from by_object.items()


def _needs(model: Model, field: FieldModel) -> set[tuple[str, str]]:
    assert field.rollup is not None
    return {(field.rollup.object, name) for name in read_by(model, field.rollup)}
