"""What every page of the builder is drawn with: its navigation with counts, the draft bar, links to documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import render_template, request

from dougong_metadata.documents import Document
from dougong_metadata.kinds import Kind, by_folder, registered
from dougong_metadata.problems import Problem
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.builder.vocabulary import label_of
from dougong_ui_builder.builder_navigation import builder_groups
from dougong_ui_builder.languages import current_locale

ICONS = {"field": "forms", "user": "user"}


def draw(caller: Caller, view: DraftView, template: str, **context: Any) -> str:
    """A page of the builder."""
    return render_template(
        template,
        draft=view,
        builder_nav=builder_groups(caller, request.path, view.documents),
        view=view,
        document_url=document_url,
        document_label=document_label,
        kind_words=kind_words,
        **context,
    )


def kind_of_folder(folder: str) -> Kind:
    """The kind whose documents /builder/<folder> lists. Raises NotFound."""
    found = by_folder().get(folder)
    if found is None:
        raise NotFound
    return found


def document_url(kind: str, name: str, path: str = "") -> str:
    """Where a document is edited; `path` inside it (a problem's or a use's) leads to its input or its field."""
    base = f"/builder/{registered()[kind].folder}/{name}" if kind in registered() else "/builder"
    if kind == "object" and path.startswith("fields."):
        return f"{base}?field={path.split('.')[1].split('[', maxsplit=1)[0]}"
    if kind == "object" and path.startswith(("record_types", "unique_keys", "indexes")):
        return f"{base}/{'types' if path.startswith('record_types') else 'keys'}"
    if kind == "pipeline" and path.startswith("stages."):
        return f"{base}?stage={quote(path.split('.')[1].split('[', maxsplit=1)[0])}"
    if kind == "approval" and path:
        part = path.replace("[", ".").partition(".")[0]
        return f"{base}?at={quote(path)}" if part == "nodes" else f"{base}/{'outcomes' if part == 'on' else 'submit'}"
    return base


def document_label(document: Document | None, name: str = "") -> str:
    """In the page's language."""
    return label_of(document.body, document.name).text(current_locale()) if document is not None else name


def kind_words(kind: str, many: bool = False) -> str:
    """What a kind is called in the page's language; one of it, or many."""
    found = registered().get(kind)
    return (found.plural if many else found.label)[current_locale()] if found else kind


def problem_links(problems: list[Problem]) -> list[Mapping[str, str]]:
    """[{text, where, url}] of problems, for lists that lead to their places."""
    locale = current_locale()
    return [
        {
            "text": p.message(locale),
            "where": f"{kind_words(p.kind)} {p.name}",
            "url": document_url(p.kind, p.name, p.path),
        }
        for p in problems
    ]
