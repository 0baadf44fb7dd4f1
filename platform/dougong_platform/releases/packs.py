"""Packs in a tenant: installed and upgraded through the draft, recorded when that is published.

An upgrade merges three ways: what the pack held when it came, what it holds now, and what the tenant made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.merging import Conflict, merge
from dougong_metadata.packs import FILE, Pack, load_pack, pack_names, read_pack
from dougong_metadata.problems import Problem
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.draft import GONE, Key
from dougong_platform.releases.release import Reads
from dougong_tenants import Database, Tenant


@dataclass(frozen=True, slots=True)
class Merge:
    """What putting a pack into the draft did. At the places of `conflicts`, which both changed, the tenant's stays."""

    added: tuple[Key, ...]
    changed: tuple[Key, ...]
    removed: tuple[Key, ...]
    conflicts: tuple[Conflict, ...]


_shipped = lru_cache(maxsize=20)(load_pack)


def find_pack(name: str) -> Pack:
    """A shipped pack by name, or any folder with a pack.yaml. Raises UnknownName, InvalidDocuments."""
    if name not in pack_names() and (Path(name) / FILE).is_file():
        return read_pack(Path(name))
    return _shipped(name)


def record(pack: Pack) -> dict[str, Any]:
    """What `_pack` remembers once it is published: {name, version, label, documents: [[kind, name, hash]]}."""
    return {
        "name": pack.name,
        "version": pack.version,
        "label": {"en": pack.label.en, "zh": pack.label.zh},
        "documents": [[d.kind, d.name, d.hash] for d in pack.documents],
    }


def together(packs: Iterable[Iterable[Document]]) -> list[Document]:
    """The documents of several packs. Raises InvalidDocuments where two disagree on a document."""
    found: dict[Key, Document] = {}
    problems = [
        Problem(
            "twice",
            f"Another pack has a different {d.kind} {d.name}.",
            f"另一个扩展包含有不同的 {d.kind} {d.name}。",
            kind=d.kind,
            name=d.name,
        )
        for documents in packs
        for d in documents
        if found.setdefault(d.key, d) != d
    ]
    if problems:
        raise InvalidDocuments(problems)
    return list(found.values())


def require(packs: Iterable[Pack], there: Iterable[str] = ()) -> None:
    """InvalidDocuments naming every pack that one of these requires and that is neither among them nor `there`."""
    given = list(packs)
    known = {*there, *(pack.name for pack in given)}
    problems = [
        Problem(
            "pack_missing",
            f"The pack {pack.name} needs the pack {name}: install that one first.",
            f"扩展包 {pack.name} 依赖扩展包 {name}，请先安装后者。",
            FILE,
            kind="pack",
            name=pack.name,
            path="requires",
            hint=name,
        )
        for pack in given
        for name in pack.requires
        if name not in known
    ]
    if problems:
        raise InvalidDocuments(problems)


def installed(tx: Reads) -> dict[str, str]:
    """Versions of the published packs by name."""
    return dict(tx.execute("select name, version from _pack order by name").fetchall())


def put_in_draft(database: Database, tenant: Tenant, pack: Pack, *, by: str | None = None) -> Merge:
    """Install or upgrade a pack in the draft; publishing the draft then records the pack's version.

    Raises InvalidDocuments if a pack that it requires is neither installed nor in the draft.
    """
    with database.transaction(tenant, read_only=True) as tx:
        there = {*installed(tx), *(name for (name,) in tx.rows("select name from _pack_pending"))}
        require([pack], there)
        present = drafts.documents(tx, tx.entry.release)
        ancestors = _ancestors(tx, pack.name)
    merged, conflicts = merge(ancestors, present.values(), pack.documents)
    wanted = {d.key: d for d in merged}
    added = tuple(key for key in wanted if key not in present)
    changed = tuple(key for key in wanted if key in present and wanted[key] != present[key])
    removed = tuple(key for key in present if key not in wanted)
    seen = {key: present[key].hash if key in present else GONE for key in (*added, *changed, *removed)}
    drafts.put(database, tenant, [wanted[key] for key in (*added, *changed)], by=by, expected=seen)
    drafts.delete(database, tenant, removed, by=by, expected=seen)
    _remember(database, tenant, pack)
    return Merge(added, changed, removed, tuple(conflicts))


def _remember(database: Database, tenant: Tenant, pack: Pack) -> None:
    columns: list[list[str]] = [
        [d.hash for d in pack.documents],
        [d.kind for d in pack.documents],
        [d.name for d in pack.documents],
        [d.text for d in pack.documents],
    ]
    with database.transaction(tenant) as tx:
        tx.execute(
            "insert into _document (hash, kind, name, body) select * from unnest(%s::text[], %s::text[],"
            " %s::text[], %s::text[]) on conflict do nothing",
            columns,
        )
        tx.execute(
            "insert into _pack_pending (name, record) values (%s, %s::jsonb) on conflict (name) do update"
            " set record = excluded.record",
            [pack.name, orjson.dumps(record(pack)).decode()],
        )


def _ancestors(tx: Reads, pack: str) -> list[Document]:
    rows = tx.execute(
        "select p.kind, p.name, d.body from _pack_document p join _document d using (hash) where p.pack = %s", [pack]
    ).fetchall()
    return [Document.stored(kind, name, body) for kind, name, body in rows]


def conflict_json(conflict: Conflict) -> Mapping[str, Any]:
    """As the API answers it."""
    return {
        "kind": conflict.kind,
        "name": conflict.name,
        "path": conflict.path,
        "base": conflict.base,
        "mine": conflict.mine,
        "theirs": conflict.theirs,
    }
