"""Tells the audit log which documents changed, in a draft or by a release, with the values before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from dougong_metadata.documents import Document
from dougong_platform.releases.publication import Publication
from dougong_platform.releases.release import Reads
from dougong_platform.storage.ddl import Owner
from dougong_tenants import TenantTransaction, audit

# What one entry may hold: documents, paths of one and of all documents, characters of a value.
_MOST_DOCUMENTS, _MOST_PATHS, _MOST_PATHS_OF_ALL, _LONGEST = 200, 40, 400, 200
_GRANTING = ("permission_set", "sharing")
_MISSING = object()
_CHANGED = """
select kind, name, before.body, after.body
  from (select * from _release_document where release = %(base)s) b
  full join (select * from _release_document where release = %(target)s) t using (kind, name)
  left join (select hash, body from _document) before on before.hash = b.hash
  left join (select hash, body from _document) after on after.hash = t.hash
 where b.hash is distinct from t.hash order by kind, name
"""


def document_changes(pairs: Iterable[tuple[Document | None, Document | None]]) -> dict[str, Any]:
    """{"documents": [{"kind", "name", "change": add|change|delete, "changes": {path: [before, after]}}]}, and "more"
    with the number of those left out. Pairs of what was and what is; equal ones are passed over."""
    found: list[dict[str, Any]] = []
    left = _MOST_PATHS_OF_ALL
    for before, after in pairs:
        if before != after:
            found.append(_entry(before, after, min(left, _MOST_PATHS)))
            left -= len(found[-1].get("changes", ()))
    about: dict[str, Any] = {"documents": found[:_MOST_DOCUMENTS]}
    return about if len(found) <= _MOST_DOCUMENTS else about | {"more": len(found) - _MOST_DOCUMENTS}


def note_draft(
    tx: TenantTransaction, action: str, pairs: Iterable[tuple[Document | None, Document | None]], by: str | None
) -> None:
    """An entry for what was written into the draft at once; none if nothing differs."""
    about = document_changes(pairs)
    if not about["documents"]:
        return
    first = about["documents"][0] if len(about["documents"]) == 1 else {"kind": None, "name": None}
    audit.note(
        tx, action, actor=by, target_kind=first["kind"], target=first["name"], label=first["name"], details=about
    )


def release_changes(connection: Reads, base: int, target: int) -> dict[str, Any]:
    """What release `target`, whose documents are stored, changes in `base` (0 = nothing was there)."""
    rows = connection.execute(_CHANGED, {"base": base, "target": target}).fetchall()
    return document_changes(
        (_document(kind, name, before), _document(kind, name, after)) for kind, name, before, after in rows
    )


def note_release(connection: Owner, publication: Publication, changes: Mapping[str, Any]) -> None:
    """An entry for a release, within the transaction that puts it in force; one more for each document that grants."""
    about: dict[str, Any] = {"note": publication.note} if publication.note else {}
    if publication.restored is not None:
        about["restored"] = publication.restored
    packs = [f"{pack['name']} {pack['version']}" for pack in (publication.pack or {}).get("packs", ())]
    if packs:
        about["packs"] = packs
    audit.note(
        connection,
        "metadata.published" if publication.restored is None else "metadata.restored",
        actor=publication.by,
        target_kind="release",
        target=str(publication.target),
        details=about | dict(changes),
    )
    for one in changes["documents"] if publication.base else ():  # of the first release everything is new
        if one["kind"] in _GRANTING:
            audit.note(
                connection,
                f"{one['kind']}.changed",
                actor=publication.by,
                target_kind=one["kind"],
                target=one["name"],
                label=one["name"],
                details={"release": publication.target, "documents": [one]},
            )


def _document(kind: str, name: str, body: str | None) -> Document | None:
    return None if body is None else Document.stored(kind, name, body)


def _entry(before: Document | None, after: Document | None, most: int) -> dict[str, Any]:
    known = after or before
    assert known is not None
    entry: dict[str, Any] = {"kind": known.kind, "name": known.name}
    if before is None or after is None:
        return entry | {"change": "add" if before is None else "delete"}
    changes: dict[str, list[Any]] = {}
    for path, old, new in _differences(before.body, after.body, ""):
        if len(changes) == most:
            entry["more"] = entry.get("more", 0) + 1
            continue
        changes[path or "."] = [_short(old), _short(new)]
    return entry | {"change": "change", "changes": changes}


def _differences(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        if before != after:
            yield path, before, after
        return
    keys = list(dict.fromkeys((*before, *after)))
    for key in keys:
        yield from _differences(before.get(key, _MISSING), after.get(key, _MISSING), f"{path}.{key}".lstrip("."))
    if before == after and list(before) != list(after):
        yield f"{path}.*".lstrip("."), list(before), list(after)  # only their order, which is content too


def _short(value: Any) -> Any:
    if value is _MISSING:
        return None
    plain = _plain(value)
    if isinstance(plain, str | dict | list):
        text = plain if isinstance(plain, str) else orjson.dumps(plain).decode()
        if len(text) > _LONGEST:
            return text[:_LONGEST] + "…"
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
