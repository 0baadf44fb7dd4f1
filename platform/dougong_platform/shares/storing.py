"""Shares as they are held: read and locked together with the records that the caller sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access import predicate
from dougong_platform.records.action import Writing
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import Statement, fragment, quoted
from dougong_platform.shares.terms import Terms
from dougong_platform.storage import tables

_COLUMNS = "id, record, subject, access, role, relations, expires_at, note, created_at, created_by"
_TERMS = ("access", "role", "relations", "expires_at", "note")


@dataclass(frozen=True, slots=True)
class Held:
    """A share that is there, or shall be. `created_at` None: now."""

    id: str
    record: str
    subject: str
    terms: Terms
    created_at: str | None
    created_by: str

    def json(self) -> dict[str, Any]:
        """As history keeps it."""
        return {
            "id": self.id,
            "subject": self.subject,
            **asdict(self.terms),
            "created_at": self.created_at,
            "created_by": self.created_by,
        }


def from_history(record: str, said: Mapping[str, Any]) -> Held:
    """What `Held.json` said of a record's share."""
    terms = Terms(**{name: said[name] for name in _TERMS} | {"relations": tuple(said["relations"])})
    return Held(said["id"], record, said["subject"], terms, said["created_at"], said["created_by"])


@dataclass(frozen=True, slots=True)
class Move:
    """One share of one record: from `before` to `after`; None where there is none."""

    record: str
    version: int
    before: Held | None
    after: Held | None


@dataclass(frozen=True, slots=True)
class Open:
    """A live record that the caller sees: its version, and whether he may update it."""

    version: int
    editable: bool


def seen(writing: Writing, object: ObjectModel, ids: Sequence[str]) -> dict[str, Open]:
    """The live records among `ids` that the caller sees, held so that none is purged meanwhile."""
    caller = writing.caller
    made = tables(caller.release.model, caller.release.catalogue)
    row = made[object.name].alias("t")
    table = quoted(caller.release.catalogue.table(object.name))
    may = []
    for action in ("read", "update"):
        condition = predicate(made, caller.rights, object.name, action, row)
        may.append("true" if condition is None else f"coalesce({fragment(condition)}, false)")
    rows = writing.run(
        Statement(
            f'select t.id, t.version, {may[1]} from "§".{table} t where t.id = any(%(ids)s::uuid[])'
            f" and t.deleted_at is null and {may[0]} order by t.id for key share of t"
        ),
        {"ids": array_text(ids)},
    )
    return {id: Open(version, editable) for id, version, editable in rows}


def held(writing: Writing, object: ObjectModel, where: str, values: Mapping[str, Any]) -> list[Held]:
    """The shares of the object's records that fit a condition, locked."""
    rows = writing.tx.rows(
        f"select {_COLUMNS} from _share where object = %(object)s and {where} order by id for update",
        {"object": object.name, **values},
    )
    return [_held(row) for row in rows]


def _held(row: Sequence[Any]) -> Held:
    id, record, subject, access, role, relations, expires_at, note, at, by = row
    return Held(id, record, subject, Terms(access, role, tuple(relations), expires_at, note), at, by)
