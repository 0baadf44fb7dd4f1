"""Metadata as files: a tenant's documents to a folder and back. Used by `dougong metadata` and the builder."""

from __future__ import annotations

from pathlib import Path

from dougong_metadata.documents import Document
from dougong_metadata.folders import document_path, read_folder, write_folder
from dougong_metadata.kinds import by_folder
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.release import documents_of
from dougong_tenants import Database, Tenant


def export_folder(database: Database, tenant: Tenant, folder: Path, *, draft: bool = False) -> list[str]:
    """Write the current release (or the draft) to `folder`, one file per document; the paths written.

    A document's file that the tenant no longer has is removed; other files are left alone.
    """
    with database.transaction(tenant, read_only=True) as tx:
        number = tx.entry.release
        documents = list(drafts.documents(tx, number).values()) if draft else documents_of(tx, number)
    folder.mkdir(parents=True, exist_ok=True)
    kept = {document_path(d) for d in documents}
    for name in by_folder():
        for path in (folder / name).glob("*.yaml"):
            if f"{name}/{path.name}" not in kept:
                path.unlink()
    return write_folder(folder, documents)


def folder_model(folder: Path) -> Model:
    """What publishing a folder would give. Raises InvalidDocuments with file and line of every problem."""
    return compile_model(read_folder(folder))


def folder_to_draft(database: Database, tenant: Tenant, folder: Path, *, by: str | None = None) -> int:
    """Make the draft say what the folder says: the number of documents that differ from the current release."""
    wanted = {d.key: d for d in read_folder(folder)}
    with database.transaction(tenant, read_only=True) as tx:
        present = drafts.documents(tx, tx.entry.release)
    changed: list[Document] = [d for key, d in wanted.items() if present.get(key) != d]
    drafts.put(database, tenant, changed, by=by)
    drafts.delete(database, tenant, [key for key in present if key not in wanted], by=by)
    with database.transaction(tenant, read_only=True) as tx:
        return len(drafts.entries(tx))
