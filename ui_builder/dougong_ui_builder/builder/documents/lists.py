"""The builder's first page, and the list of documents of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from dougong_metadata.documents import Document
from dougong_metadata.kinds import registered
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_platform.releases.listing import list_releases
from dougong_ui_builder.builder.documents.routes import blueprint
from dougong_ui_builder.builder.draft_view import DraftView, Key, read_draft
from dougong_ui_builder.builder.frame import document_label, draw, kind_of_folder
from dougong_ui_builder.builder.vocabulary import label_of
from dougong_ui_builder.page import page


@dataclass(frozen=True, slots=True)
class Line:
    """One document of a list. `mark`: add, change, delete or "" (see DraftView.mark)."""

    document: Document
    en: str
    zh: str
    object: str
    mark: str
    by: str
    at: str | None


@blueprint.get("/builder")
@page("metadata", ANY_KIND)
def overview(caller: Caller) -> str:
    """Kinds with their counts, what the draft changes, the last releases."""
    view = read_draft(caller)
    kinds = [
        (kind, len(view.of_kind(kind.name))) for kind in registered().values() if caller.rights.may_shape(kind.name)
    ]
    releases = list_releases(caller.database, caller.tenant, limit=5)
    return draw(
        caller, view, "builder/overview.html", kinds=kinds, releases=releases, may_shape=caller.rights.may_shape
    )


@blueprint.get("/builder/<folder>")
@page("metadata")
def list_documents(caller: Caller, folder: str) -> str:
    """All documents of a kind, found by label or api name, of one object if ?object= says so."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    words, object = request.args.get("q", "").strip().lower(), request.args.get("object", "")
    changed = last_changes(caller, kind.name)
    found = [line(view, document, changed) for document in view.of_kind(kind.name)]
    gone = [
        line(view, old, changed)
        for key, entry in view.entries.items()
        if key[0] == kind.name and entry.document is None and (old := view.released(*key))
    ]
    lines = [one for one in [*found, *gone] if _matches(one, words, object)]
    objects = sorted({one.object for one in found if one.object})
    return draw(
        caller,
        view,
        "builder/documents.html",
        kind=kind,
        lines=lines,
        total=len(found),
        words=words,
        object=object,
        objects=[(name, document_label(view.documents.get(("object", name)), name)) for name in objects],
    )


def line(view: DraftView, document: Document, changed: Mapping[Key, tuple[str, str]]) -> Line:
    """How a list shows a document."""
    label = label_of(document.body, document.name)
    entry = view.entries.get(document.key)
    by, at = changed.get(document.key, ("", None))
    if entry is not None:
        by, at = view.names.get(entry.by or "", ""), entry.at
    object = document.body.get("object")
    return Line(
        document, label.en, label.zh, object if isinstance(object, str) else "", view.mark(*document.key), by, at
    )


def last_changes(caller: Caller, kind: str, name: str | None = None) -> dict[Key, tuple[str, str]]:
    """(who, when) of the release that brought each document of a kind to what it is now."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        rows = tx.execute(
            "select distinct on (d.name) d.name, coalesce(u.name, ''), r.at from _release_document now"
            " join _release_document d using (kind, name, hash) join _release r on r.number = d.release"
            ' left join "user" u on u.id = r.by where now.release = %s and now.kind = %s and (%s::text is null or'
            " now.name = %s) order by d.name, d.release",
            [caller.release.number, kind, name, name],
        ).fetchall()
    return {(kind, found): (who, at) for found, who, at in rows}


def _matches(one: Line, words: str, object: str) -> bool:
    texts = (one.en.lower(), one.zh.lower(), one.document.name)
    return (not object or one.object == object) and (not words or any(words in text for text in texts))
