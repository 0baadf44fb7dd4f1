"""Which records leave together with others: details with their parents, and who stands in the way. Used by delete,
restore and purge; a level of details costs one statement, however many records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dougong_metadata.model.types import FieldModel, Model, ObjectModel
from dougong_platform.access import predicate
from dougong_platform.records.action import Writing
from dougong_platform.records.arrays import array_text
from dougong_platform.records.remembered import cached
from dougong_platform.records.statement import Statement, fragment, quoted
from dougong_platform.storage.tables import tables


@dataclass(slots=True)
class Leaving:
    """`levels`: (object, {id: id of the root it leaves with}), parents before details."""

    levels: list[tuple[ObjectModel, dict[str, str]]] = field(default_factory=list)

    def ids(self, object: str) -> list[str]:
        """All leaving records of an object."""
        return [id for model, ids in self.levels if model.name == object for id in ids]

    def without(self, roots: Iterable[str]) -> Leaving:
        """The same without these roots and what leaves with them."""
        gone = set(roots)
        return Leaving(
            [(model, {id: root for id, root in ids.items() if root not in gone}) for model, ids in self.levels]
        )


def referring(model: Model, object: str) -> tuple[FieldModel, ...]:
    """All fields with a foreign key to `object`, details first; also the object's own."""

    def find() -> tuple[FieldModel, ...]:
        found = [
            f
            for o in model.objects.values()
            if not o.system
            for f in o.own_fields
            if f.to == object and f.type.pg_type == "uuid"
        ]
        return tuple(sorted(found, key=lambda f: f.type.name != "detail"))

    return cached(("referring", model.hash, object), find)


def gather(writing: Writing, object: ObjectModel, ids: Sequence[str], condition: str) -> Leaving:
    """`ids` and all details below them for which `condition` on the detail `t` holds, locked in id order."""
    model, names = writing.caller.model, writing.caller.release.catalogue
    leaving = Leaving([(object, {id: id for id in ids})])
    seen: dict[str, set[str]] = defaultdict(set)
    seen[object.name].update(ids)
    for above, roots in leaving.levels:  # grows while it is read
        for link in referring(model, above.name):
            if link.type.name != "detail" or not roots:
                continue
            column = quoted(names.column(link.object, link.name))
            rows = writing.run(
                Statement(
                    f'select t.id, t.{column} from "§".{quoted(names.table(link.object))} t'
                    f" where t.{column} = any(%(ids)s::uuid[]) and {condition} order by t.id for update of t"
                ),
                {"ids": array_text(list(roots))},
            )
            found = {id: roots[parent] for id, parent in rows if id not in seen[link.object]}
            seen[link.object].update(found)
            if found:
                leaving.levels.append((model.objects[link.object], found))
    return leaving


def blocked(writing: Writing, leaving: Leaving, *, live_only: bool) -> Mapping[str, tuple[FieldModel, int]]:
    """Root id -> (the blocking lookup, how many records outside that the caller may see point here by it)."""
    model, names = writing.caller.model, writing.caller.release.catalogue
    found: dict[str, tuple[FieldModel, int]] = {}
    for object, roots in leaving.levels:
        for link in referring(model, object.name):
            if not roots or link.type.name == "detail" or link.on_delete != "block":
                continue
            column = f"t.{quoted(names.column(link.object, link.name))}"
            rows = writing.run(
                Statement(
                    f"select {column}, count(*) filter (where {_seen(writing, link)})"
                    f' from "§".{quoted(names.table(link.object))} t'
                    f" where {column} = any(%(ids)s::uuid[]) and t.id <> all(%(leaving)s::uuid[])"
                    f"{' and t.deleted_at is null' if live_only else ''} group by 1"
                ),
                {"ids": array_text(list(roots)), "leaving": array_text(leaving.ids(link.object))},
            )
            for id, count in rows:
                found.setdefault(roots[id], (link, count))
    return found


def _seen(writing: Writing, link: FieldModel) -> str:
    """Whether the caller may see that `t`, a row of the link's object, points here."""
    caller = writing.caller
    if caller.rights.field(link.object, link.name) == "none":
        return "false"
    known = tables(caller.model, caller.release.catalogue)
    allowed = predicate(known, caller.rights, link.object, "read", known[link.object].alias("t"))
    return "true" if allowed is None else fragment(allowed)
