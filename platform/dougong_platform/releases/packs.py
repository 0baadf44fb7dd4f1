"""Packs: folders of documents that ship with the product, or a tenant's own. Installed and upgraded through the draft.

An upgrade merges three ways: what the pack held when it came, what it holds now, and what the tenant made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import yaml

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.folders import read_folder
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem, unknown
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.merging import merge
from dougong_platform.releases.release import Reads
from dougong_tenants import Database, Tenant

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it lies in its folder."""

    name: str
    version: str
    label: Label
    documents: tuple[Document, ...]
    description: Label | None = None

    def record(self) -> dict[str, Any]:
        """What `_pack` remembers once it is published: {name, version, label, documents: [[kind, name, hash]]}."""
        return {"name": self.name, "version": self.version, "label": {"en": self.label.en, "zh": self.label.zh},
                "documents": [[d.kind, d.name, d.hash] for d in self.documents]}


@dataclass(slots=True)
class Merge:
    """What putting a pack into the draft did. `conflicts`: "kind/name path" where the tenant's own value stays."""

    added: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def shipped() -> dict[str, Path]:
    """The packs that come with the product, by name."""
    root = Path(str(files("dougong_metadata").joinpath("packs")))
    return {path.parent.name: path.parent for path in sorted(root.glob("*/pack.yaml"))}


def read_pack(name: str) -> Pack:
    """A pack by name, or a folder with a pack.yaml. Raises UnknownName, InvalidDocuments."""
    folder = shipped().get(name)
    if folder is None and (Path(name) / "pack.yaml").is_file():
        folder = Path(name)
    if folder is None:
        raise unknown(name, "a pack", "扩展包", shipped())
    return _read(folder, max(p.stat().st_mtime_ns for p in (folder, *folder.glob("*/*.yaml"), folder / "pack.yaml")))


@lru_cache(maxsize=20)
def _read(folder: Path, changed: int) -> Pack:
    try:
        about = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
        name, version = str(about["name"]), str(about["version"])
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as fault:
        raise InvalidDocuments([Problem("bad_pack", "pack.yaml needs a name and a version.",
                                        "pack.yaml 需要 name 和 version。", "pack.yaml")]) from fault
    description = about.get("description")
    return Pack(name, version, Label.of(about.get("label"), name), tuple(read_folder(folder)),
                Label.of(description, "") if description else None)


def together(packs: Iterable[Pack]) -> list[Document]:
    """The documents of several packs. Raises InvalidDocuments where two disagree on a document."""
    found: dict[Key, Document] = {}
    problems = []
    for pack in packs:
        for document in pack.documents:
            other = found.setdefault(document.key, document)
            if other != document:
                problems.append(Problem("twice", f"Another pack has a different {document.kind} {document.name}.",
                                        f"另一个扩展包含有不同的 {document.kind} {document.name}。", kind=document.kind,
                                        name=document.name))
    if problems:
        raise InvalidDocuments(problems)
    return list(found.values())


def installed(tx: Reads) -> dict[str, str]:
    """Versions of the published packs by name."""
    return dict(tx.execute("select name, version from _pack order by name").fetchall())


def put_in_draft(database: Database, tenant: Tenant, pack: Pack, *, by: str | None = None) -> Merge:
    """Install or upgrade a pack in the draft; publishing the draft then records the pack's version."""
    with database.transaction(tenant, read_only=True) as tx:
        present = drafts.documents(tx, tx.entry.release)
        ancestors = _ancestors(tx, pack.name)
    result, changed, deleted = merged(pack, present, ancestors)
    drafts.put(database, tenant, changed, by=by, expected={d.key: _hash(present.get(d.key)) for d in changed})
    drafts.delete(database, tenant, deleted, by=by, expected={key: _hash(present.get(key)) for key in deleted})
    with database.transaction(tenant) as tx:
        hashes = [d.hash for d in pack.documents]
        tx.execute("insert into _document (hash, kind, name, body) select * from unnest(%s::text[], %s::text[], %s::text[],"
                   " %s::text[]) on conflict do nothing",
                   [hashes, [d.kind for d in pack.documents], [d.name for d in pack.documents],
                    [d.text for d in pack.documents]])
        tx.execute("insert into _pack_pending (name, record) values (%s, %s::jsonb) on conflict (name) do update"
                   " set record = excluded.record", [pack.name, orjson.dumps(pack.record()).decode()])
    return result


def merged(pack: Pack, present: dict[Key, Document], ancestors: dict[Key, Document],
           ) -> tuple[Merge, list[Document], list[Key]]:
    """(what happens, documents to write, documents to delete) when the pack meets what is there."""
    result, changed = Merge(), []
    for theirs in pack.documents:
        mine, base = present.get(theirs.key), ancestors.get(theirs.key)
        if mine is None:
            if base is None:
                result.added.append(theirs.key)
                changed.append(theirs)
            elif base != theirs:  # the tenant has deleted what the pack goes on developing: it stays deleted
                result.conflicts.append(f"{theirs.kind}/{theirs.name}")
            continue
        conflicts: list[str] = []
        body = merge(_plain(base), _plain(mine), _plain(theirs), "", conflicts)
        result.conflicts += [f"{theirs.kind}/{theirs.name} {path}".rstrip() for path in conflicts]
        joined = Document(theirs.kind, theirs.name, body)
        if joined != mine:
            result.changed.append(theirs.key)
            changed.append(joined)
    kept = {d.key for d in pack.documents}
    for key, base in ancestors.items():
        if key not in kept and key in present:
            if present[key] == base:
                result.removed.append(key)
            else:
                result.conflicts.append("/".join(key))
    return result, changed, result.removed


def _ancestors(tx: Reads, pack: str) -> dict[Key, Document]:
    rows = tx.execute("select p.kind, p.name, d.body from _pack_document p join _document d using (hash)"
                      " where p.pack = %s", [pack]).fetchall()
    return {(kind, name): Document.stored(kind, name, body) for kind, name, body in rows}


def _plain(document: Document | None) -> dict[str, Any]:
    if document is None:
        return {}
    whole = document.json()
    return {key: value for key, value in whole.items() if key not in ("kind", "name")}


def _hash(document: Document | None) -> str:
    return drafts.GONE if document is None else document.hash
