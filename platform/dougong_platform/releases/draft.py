"""The draft: documents changed since the current release, by whom and when. A tenant has one for all administrators.

The builder, the API and packs write it; `publish` empties it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.keys import NAME
from dougong_metadata.kinds import registered
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problem, shown
from dougong_platform.errors import DraftChanged, NotFound, PublishConflict
from dougong_platform.releases.draft_stages import Moves, forget_stage_moves, stage_moves
from dougong_platform.releases.noting import note_draft
from dougong_platform.releases.release import Reads, Release, documents_of
from dougong_tenants import Database, Tenant, TenantTransaction

Key = tuple[str, str]
GONE = ""  # the hash of a document that is not there


@dataclass(frozen=True, slots=True)
class Entry:
    """One changed document; `document` None = it is deleted. `base` is the hash of the released one it came from."""

    kind: str
    name: str
    document: Document | None
    hash: str
    base: str | None
    by: str | None
    at: str

    def json(self) -> dict[str, Any]:
        """What the API lists; without the body."""
        change = "delete" if self.document is None else "change" if self.base else "add"
        return {
            "kind": self.kind,
            "name": self.name,
            "change": change,
            "hash": self.hash,
            "base": self.base,
            "by": self.by,
            "at": self.at,
        }


def entries(tx: Reads) -> list[Entry]:
    """All entries, by kind and name."""
    rows = tx.execute("select kind, name, body, hash, base, by, at from _draft order by kind, name").fetchall()
    return [
        Entry(kind, name, None if body is None else Document.stored(kind, name, body), *rest)
        for kind, name, body, *rest in rows
    ]


def hash_of(found: Iterable[Entry], moves: Moves | None = None) -> str:
    """Names exactly this draft, with its moves: a publish says which one was planned. "" for an empty one."""
    lines = [f"{e.kind}/{e.name} {e.hash}" for e in found]
    lines += [f"{place} -> {new}" for place, new in sorted((moves or {}).items())]
    return sha256("\n".join(lines).encode()).hexdigest()[:32] if lines else ""


def get(database: Database, tenant: Tenant, kind: str, name: str) -> tuple[Document, Entry | None]:
    """A document as the draft has it (or the release, where the draft does not mention it). Raises NotFound."""
    with database.transaction(tenant, read_only=True) as tx:
        found = {(e.kind, e.name): e for e in entries(tx)}.get((kind, name))
        document = found.document if found is not None else _released(tx, tx.entry.release, kind, name)
    if document is None:
        raise NotFound
    return document, found


def documents(tx: Reads, number: int) -> dict[Key, Document]:
    """The documents of release `number` with the draft over them."""
    return overlay(documents_of(tx, number), entries(tx))


def overlay(released: Iterable[Document], found: Iterable[Entry]) -> dict[Key, Document]:
    """Released documents with draft entries over them."""
    all_documents = {d.key: d for d in released}
    for entry in found:
        if entry.document is None:
            all_documents.pop((entry.kind, entry.name), None)
        else:
            all_documents[entry.kind, entry.name] = entry.document
    return all_documents


def put(
    database: Database,
    tenant: Tenant,
    changed: Iterable[Document],
    *,
    by: str | None = None,
    expected: Mapping[Key, str] | None = None,
) -> None:
    """Write documents into the draft. A document equal to the released one is no change and leaves the draft.

    `expected`: the hash of each document as the writer saw it, GONE for one that was not there. Raises DraftChanged;
    InvalidDocuments for what cannot be kept under its kind and name. All else is told by the plan.
    """
    documents = list(changed)
    problems = [
        Problem("bad_name", f"“{shown(d.name)}” is not a name.", f"「{shown(d.name)}」不是合法名称。", kind=d.kind)
        for d in documents
        if not NAME.match(d.name) or d.kind not in registered()
    ]
    if problems:
        raise InvalidDocuments(problems)
    _write(database, tenant, [(d.kind, d.name, d) for d in documents], by, expected or {})


def delete(
    database: Database,
    tenant: Tenant,
    keys: Iterable[Key],
    *,
    by: str | None = None,
    expected: Mapping[Key, str] | None = None,
) -> None:
    """Delete documents in the draft. Raises NotFound for one that does not exist, DraftChanged."""
    _write(database, tenant, [(kind, name, None) for kind, name in keys], by, expected or {})


def discard(database: Database, tenant: Tenant, keys: Iterable[Key] | None = None, *, by: str | None = None) -> int:
    """Forget the changes of these documents, or of all; how many there were."""
    with database.transaction(tenant) as tx:
        tx.execute("lock table _draft in share row exclusive mode")
        wanted = None if keys is None else set(keys)
        gone = [entry for entry in entries(tx) if wanted is None or (entry.kind, entry.name) in wanted]
        if wanted is None:
            tx.execute("delete from _pack_pending")
        forget_stage_moves(tx, None if wanted is None else [name for kind, name in wanted if kind == "pipeline"])
        for entry in gone:
            tx.execute("delete from _draft where kind = %s and name = %s", (entry.kind, entry.name))
        pairs = [(entry.document, _released(tx, tx.entry.release, entry.kind, entry.name)) for entry in gone]
        note_draft(tx, "metadata.draft_discarded", pairs, by)
    return len(gone)


def compile_draft(tx: Reads, base: Release, draft_hash: str | None = None) -> Model:
    """The model that publishing the draft would give. Raises InvalidDocuments; PublishConflict if `draft_hash` names
    another draft than the present one."""
    found = entries(tx)
    if draft_hash is not None and draft_hash != hash_of(found, stage_moves(tx)):
        raise PublishConflict
    return compile_model(list(overlay(documents_of(tx, base.number), found).values()))


def _released(tx: Reads, number: int, kind: str, name: str) -> Document | None:
    row = tx.execute(
        "select d.body from _release_document r join _document d using (hash)"
        " where r.release = %s and r.kind = %s and r.name = %s",
        [number, kind, name],
    ).fetchone()
    return None if row is None else Document.stored(kind, name, row[0])


def _write(
    database: Database,
    tenant: Tenant,
    changes: Iterable[tuple[str, str, Document | None]],
    by: str | None,
    expected: Mapping[Key, str],
) -> None:
    with database.transaction(tenant) as tx:
        tx.execute("lock table _draft in share row exclusive mode")
        release = tx.execute("select coalesce(max(number), 0) from _release").fetchone()
        number = int(release[0]) if release else 0
        present = {(e.kind, e.name): e for e in entries(tx)}
        pairs: list[tuple[Document | None, Document | None]] = []
        for kind, name, document in changes:
            released = _released(tx, number, kind, name)
            entry = present.get((kind, name))
            here = entry.document if entry is not None else released
            if expected.get((kind, name), here.hash if here else GONE) != (here.hash if here else GONE):
                raise DraftChanged(kind=kind, name=name, by=entry.by if entry else None)
            if document is None and here is None:
                raise NotFound
            base = entry.base if entry is not None else released.hash if released else None
            _enter(tx, (kind, name), document, released, base, by)
            pairs.append((here, document))
        note_draft(tx, "metadata.draft_changed", pairs, by)


def _enter(
    tx: TenantTransaction,
    key: Key,
    document: Document | None,
    released: Document | None,
    base: str | None,
    by: str | None,
) -> None:
    """Write one entry, or take it out where it says what the release does."""
    if (document.hash if document else None) == (released.hash if released else None):
        tx.execute("delete from _draft where kind = %s and name = %s", key)
        return
    tx.execute(
        "insert into _draft (kind, name, body, hash, base, by) values (%s, %s, %s, %s, %s, %s)"
        " on conflict (kind, name) do update set body = excluded.body, hash = excluded.hash, by = excluded.by,"
        " at = now()",
        [*key, document.text if document else None, document.hash if document else GONE, base, by],
    )
