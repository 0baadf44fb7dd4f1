"""A document as YAML: shown, edited, read back into the same document."""

from __future__ import annotations

from flask import Response, request

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.kinds import Kind
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.documents.routes import blueprint
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_url, draw, kind_of_folder
from dougong_ui_builder.builder.saving import own_problems, save
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.get("/builder/<folder>/<name>/yaml")
@page("metadata")
def show_yaml(caller: Caller, folder: str, name: str) -> str:
    """The document's file."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    document = view.document(kind.name, name)
    return _page(caller, view, kind, document, document.yaml(), [])


@blueprint.post("/builder/<folder>/<name>/yaml")
@page("metadata")
def save_yaml(caller: Caller, folder: str, name: str) -> str | Response | tuple[str, int]:
    """Read the text; what is wrong with it is told with its line."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    document = view.document(kind.name, name)
    text = request.form.get("yaml", "").replace("\r\n", "\n")
    made, problems = _read(view, text, document, caller.locale)
    if made is None or (problems and request.form.get("@do") != "keep"):
        return _page(caller, view, kind, document, text, problems), 422
    save(caller, [made], {made.key: request.form.get("@seen", document.hash)})
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(document_url(kind.name, name) + "/yaml")


def _read(view: DraftView, text: str, document: Document, locale: str) -> tuple[Document | None, list[str]]:
    try:
        found = read_documents(text)
    except InvalidDocuments as fault:
        return None, [_with_line(p.message(locale), p.line) for p in fault.problems]
    if len(found) != 1 or found[0].key != document.key:
        return None, [gettext("The text has to hold one document with the same kind and name.")]
    problems = own_problems(view, found[0])
    return found[0], [_with_line(p.message(locale), p.line) + (f" ({p.path})" if p.path else "") for p in problems]


def _with_line(text: str, line: int | None) -> str:
    return gettext("Line %(line)s: %(text)s", line=line, text=text) if line else text


def _page(caller: Caller, view: DraftView, kind: Kind, document: Document, text: str, problems: list[str]) -> str:
    seen = request.form.get("@seen") or document.hash
    return draw(
        caller, view, "builder/yaml.html", kind=kind, document=document, text=text, problems=problems, seen=seen
    )
