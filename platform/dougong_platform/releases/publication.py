"""The row of one publish: from what to what, how far it is, and the marks by which whoever comes next goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from dougong_metadata.documents import Document
from dougong_metadata.model.types import Model
from dougong_platform.releases.columns import ColumnRow
from dougong_platform.releases.release import Release, compiled, documents_of
from dougong_platform.storage import Catalogue
from dougong_platform.storage.ddl import Owner
from dougong_tenants.identifiers import new_id

_BATCHED = (
    "update _publish set done = done || %s::jsonb, rows_done = least(coalesce(rows, rows_done + %s), rows_done + %s)"
    " where id = %s"
)
_COLUMNS = "id, base, target, state, model_hash, catalogue, note, by, restored, pack, done, error, stages"


@dataclass(slots=True)
class Publication:
    """`state`: preparing → switched → done, or failed. `done`: step key -> true, or the last id of a fill."""

    id: str
    base: int
    target: int
    state: str
    model_hash: str
    catalogue: Catalogue
    note: str = ""
    by: str | None = None
    restored: int | None = None
    pack: Mapping[str, Any] | None = None
    done: dict[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    stages: Mapping[str, str] = field(default_factory=dict)  # "pipeline.stage" -> where its records go

    def mark(self, connection: Owner, key: str, value: Any = True) -> None:
        """Remember that a step is done (or how far it is)."""
        self.done[key] = value
        connection.execute(
            "update _publish set done = done || %s::jsonb where id = %s", [orjson.dumps({key: value}).decode(), self.id]
        )

    def marking(self, connection: Owner, key: str) -> Callable[[str, int], None]:
        """What a step in batches calls within each: the last id it has done, and how many rows it changed."""

        def mark(last: str, count: int) -> None:
            self.done[key] = last
            connection.execute(_BATCHED, [orjson.dumps({key: last}).decode(), count, count, self.id])

        return mark

    def estimated(self, connection: Owner, steps: int, rows: int) -> None:
        """Write down how much there is to be done, for those who watch."""
        connection.execute("update _publish set steps = %s, rows = %s where id = %s", [steps, rows, self.id])

    def target_release(self, connection: Owner) -> Release:
        """What is being published, from the documents put aside when it began."""
        return Release(self.target, compiled(documents_of(connection, self.target), self.model_hash), self.catalogue)


def begin(
    connection: Owner,
    base: int,
    model: Model,
    catalogue: Catalogue,
    columns: tuple[ColumnRow, ...],
    *,
    note: str = "",
    by: str | None = None,
    restored: int | None = None,
    pack: Mapping[str, Any] | None = None,
    stages: Mapping[str, str] | None = None,
) -> Publication:
    """Put the documents aside, and write the row from which the publish can be taken up again. One transaction."""
    made = Publication(
        str(new_id()), base, base + 1, "preparing", model.hash, catalogue, note, by, restored, pack, stages=stages or {}
    )
    with connection.transaction():
        store(connection, made.target, model.documents.values())
        register(connection, columns)
        connection.execute(
            "insert into _publish (id, base, target, model_hash, catalogue, note, by, restored, pack, stages)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                made.id,
                base,
                made.target,
                model.hash,
                _json(catalogue.json()),
                note,
                by,
                restored,
                None if pack is None else _json(pack),
                _json(made.stages),
            ],
        )
    return made


def store(connection: Owner, release: int, documents: Any) -> None:
    """Keep documents by their content and note which of them make up a release."""
    rows: list[Document] = list(documents)
    hashes, kinds, names = [d.hash for d in rows], [d.kind for d in rows], [d.name for d in rows]
    connection.execute(
        "insert into _document (hash, kind, name, body)"
        " select * from unnest(%s::text[], %s::text[], %s::text[], %s::text[]) on conflict (hash) do nothing",
        [hashes, kinds, names, [d.text for d in rows]],
    )
    connection.execute("delete from _release_document where release = %s", [release])
    connection.execute(
        "insert into _release_document (release, kind, name, hash)"
        " select %s, * from unnest(%s::text[], %s::text[], %s::text[])",
        [release, kinds, names, hashes],
    )


def register(connection: Owner, columns: tuple[ColumnRow, ...]) -> None:
    """Write down columns (and tables) that are about to be made."""
    if columns:
        connection.cursor().executemany(
            "insert into _column (object, field, physical, storage, state, since) values (%s, %s, %s, %s, %s, %s)"
            " on conflict do nothing",
            [(c.object, c.field, c.physical, c.storage, c.state, c.since) for c in columns],
        )


def unfinished(connection: Owner) -> Publication | None:
    """The publish that somebody began and nobody ended, if there is one."""
    return _one(connection, "state in ('preparing', 'switched')")


def latest(connection: Owner) -> Publication | None:
    """The publish that began last, whatever became of it."""
    return _one(connection, "true")


def _one(connection: Owner, condition: str) -> Publication | None:
    row = connection.execute(
        f"select {_COLUMNS} from _publish where {condition} order by started desc limit 1".encode()
    ).fetchone()
    if row is None:
        return None
    id, base, target, state, model_hash, catalogue, *about = row
    return Publication(str(id), base, target, state, model_hash, Catalogue.from_json(catalogue), *about)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
