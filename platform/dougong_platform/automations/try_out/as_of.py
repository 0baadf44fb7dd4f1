"""Records as they were, as SQL: the present row, with what history says was written later taken back.

Alias `b` holds what is asked for: id, _at (the moment), and of a save _seq, _version and _changes. What lies behind
lookups, and roll-ups, are taken as they are now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel
from dougong_platform.records.from_json import from_json
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import literal, quoted
from dougong_platform.releases.release import Release

# Text literals stand as they are; outside them the clock and the asker are those of the moment.
_OF_THE_MOMENT = re.compile(r"'(?:[^']|'')*'|\bnow\(\)|%\(env_user\)s|%\(env_timezone\)s")
_THEN = {
    "now()": "n._at",
    "%(env_user)s": "n._actor",
    "%(env_timezone)s": "coalesce(n._zone, %(tenant_timezone)s::text)",
}
_KEPT_BY_THE_WRITE = {
    "id": "b.id",
    "updated_at": "b._at",
    "deleted_at": "null::timestamptz",
    "deleted_by": "null::uuid",
}


@dataclass(frozen=True, slots=True)
class AsOf:
    """`of_saves`: `b` has saves, whose rows are seen after and, by `_old_` names, before them; else the rows are seen
    at the moment, or `of_versions` (where `b` has a _version) as that version was."""

    release: Release
    object: str
    of_saves: bool
    of_versions: bool = False

    def row(self, *, creating: bool = False) -> NewRow:
        """The columns that expressions are compiled over."""
        kept = None if creating else (lambda name: not self.of_saves)
        return NewRow(self.release.model, self.release.catalogue, self.object, "n", kept=kept)

    def rows(self, base: str, used: Iterable[FieldModel], columns: str) -> str:
        """`b as (…), n as (…)`: the fields that were asked for, and `columns` of `b` besides."""
        fields = [field for field in used if field.name != "id"]
        wanted, joins = ["b.id", columns, "b._at", "b._actor", "u.timezone as _zone"], []
        for number, field in enumerate(fields):
            wanted += self._sides(field, number)
            if self._is_told(field):
                joins.append(self._later(field, number))
        table = f'"§".{quoted(self.release.catalogue.table(self.object))}'
        return (
            f"b as materialized ({base}), n as materialized (select {', '.join(w for w in wanted if w)} from b"
            f' left join {table} t on t.id = b.id left join "§"."user" u on u.id = b._actor {" ".join(joins)})'
        )

    def _sides(self, field: FieldModel, number: int) -> list[str]:
        after = self._after(field, number)
        sides = [f"{after} as {quoted(field.name)}"]
        if self.of_saves:
            before = after
            if self._is_told(field):
                name = literal(field.name)
                past = from_json(f"(b._changes -> {name} -> 0)", field.type.pg_type)
                before = f"case when b._changes ? {name} then {past} else {after} end"
            elif field.name == "version":
                before = "b._version - 1"
            sides.append(f"{before} as {quoted(f'_old_{field.name}')}")
        return sides

    def _after(self, field: FieldModel, number: int) -> str:
        physical = f"t.{quoted(self.release.catalogue.column(self.object, field.name))}"
        if not self._is_told(field):
            if self.of_saves and field.name in ("version", "updated_by"):
                return {"version": "b._version", "updated_by": "b._actor"}[field.name]
            return _KEPT_BY_THE_WRITE.get(field.name, physical)
        name, kind = literal(field.name), field.type.pg_type
        later = f"when l{number}.v is not null then {from_json(f'l{number}.v', kind)}"
        own = ""
        if self.of_saves:
            own = f"when b._changes ? {name} then {from_json(f'(b._changes -> {name} -> 1)', kind)}"
        return f"case {own} {later} else {physical} end"

    def _later(self, field: FieldModel, number: int) -> str:
        """What the next save that changed the field found in it."""
        name = literal(field.name)
        behind = "x.seq > b._seq" if self.of_saves else "x.at > b._at"
        if self.of_versions:
            behind = "case when b._version is null then x.at > b._at else x.version > b._version end"
        return (
            f'left join lateral (select x.changes -> {name} -> 0 as v from "§"._history x where x.record = b.id'
            f" and x.object = {literal(self.object)} and {behind} and x.changes ? {name} order by x.seq limit 1)"
            f" l{number} on true"
        )

    @staticmethod
    def _is_told(field: FieldModel) -> bool:
        """Whether history tells of it."""
        return field.rollup is None and (not field.system or field.name in ("owner", "record_type"))


def of_the_moment(text: str) -> str:
    """An expression over `n` with the clock and the asker of the row's own moment."""
    return _OF_THE_MOMENT.sub(lambda found: _THEN.get(found[0], found[0]), text)
