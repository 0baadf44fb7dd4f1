"""The form of one document of any kind, made from the kind's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from dougong_metadata.documents import Document
from dougong_metadata.kinds import Kind
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.model.types import Use
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_platform.reports.uses import used_by_people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.documents.routes import blueprint
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.forms import Form, act, read_body, tree_of, with_variants
from dougong_ui_builder.builder.frame import document_url, draw, kind_of_folder, problem_links
from dougong_ui_builder.builder.message_templates.previewing import previewed
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.builder.validations.trying import tried
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
# Keys that the designers edit, and that the form of the whole document therefore leaves as they are.
DESIGNED = {"object": ("fields",), "approval": ("nodes", "on")}
# Kinds whose form has a page of its own over the same inputs, and what stands beside them there.
PAGES = {"validation": "validations/validation.html", "template": "message_templates/template.html"}
BESIDE: dict[str, Callable[[Caller, Mapping[str, Any]], dict[str, Any]]] = {
    "validation": lambda caller, body: {"tried": tried(caller, body)},
    "template": lambda caller, body: {"previewed": previewed(caller, body)},
}


@blueprint.get("/builder/layouts/new", defaults={"folder": "layouts"})  # else the designer would take it for a name
@blueprint.get("/builder/<folder>/new")
@page("metadata")
def new(caller: Caller, folder: str) -> str:
    """An empty form; ?object= fills in what it is about."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    object = request.args.get("object", "")
    body = {"object": object} if object and "object" in kind.schema().fields else {}
    return _page(caller, view, kind, None, body)


@blueprint.post("/builder/<folder>/new")
@page("metadata")
def create(caller: Caller, folder: str) -> Answer:
    """A new document of the draft."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    return _posted(caller, view, kind, None)


@blueprint.get("/builder/<folder>/<name>/form")
@blueprint.get("/builder/<folder>/<name>")
@page("metadata")
def show(caller: Caller, folder: str, name: str) -> str:
    """The document as the draft has it."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    document = view.document(kind.name, name)
    problems = [p for p in view.problems if (p.kind, p.name) == document.key]
    return _page(caller, view, kind, document, document.json(), problems)


@blueprint.post("/builder/<folder>/<name>/form")
@blueprint.post("/builder/<folder>/<name>")
@page("metadata")
def change(caller: Caller, folder: str, name: str) -> Answer:
    """Save the form into the draft."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    return _posted(caller, view, kind, view.document(kind.name, name))


@blueprint.post("/builder/<folder>/<name>/delete")
@page("metadata")
def delete(caller: Caller, folder: str, name: str) -> Response:
    """Delete in the draft: people see it until the draft is published."""
    kind = kind_of_folder(folder)
    drafts.delete(caller.database, caller.tenant, [(kind.name, name)], by=caller.user)
    text = gettext("Deleted in the draft")
    toasts.say(text, undo=f"/builder/{folder}/{name}/revert")
    return redirect_to(f"/builder/{folder}")


@blueprint.post("/builder/<folder>/<name>/revert")
@page("metadata")
def revert(caller: Caller, folder: str, name: str) -> Response:
    """As released again."""
    kind = kind_of_folder(folder)
    drafts.discard(caller.database, caller.tenant, [(kind.name, name)])
    toasts.say(gettext("As released again"))
    there = (kind.name, name) in read_draft(caller).documents
    return redirect_to(document_url(kind.name, name) if there else f"/builder/{folder}")


@blueprint.get("/builder/<folder>/<name>/uses")
@page("metadata")
def uses(caller: Caller, folder: str, name: str) -> str:
    """Every place that refers to the document, and what people keep of it."""
    kind = kind_of_folder(folder)
    view = read_draft(caller)
    document = view.document(kind.name, name)
    return draw(
        caller,
        view,
        "builder/uses.html",
        kind=kind,
        document=document,
        places=places_of(view, kind.name, name),
        own=used_by_people(caller, kind.name, name),
    )


def places_of(view: DraftView, kind: str, name: str) -> list[Use]:
    """Where the draft (or the release, while the draft does not compile) refers to a document."""
    model = view.model or view.base.model
    return list(model.uses.get(name if kind == "object" else f"{kind}/{name}", ()))


def _posted(caller: Caller, view: DraftView, kind: Kind, document: Document | None) -> Answer:
    old: dict[str, Any] = dict(document.json()) if document else {}
    tree, schema = tree_of(request.form), with_variants(kind_schema(kind))
    if act(tree, request.form.get("@do", "")):
        return _page(caller, view, kind, document, read_body(schema, tree, old, keep=True))
    body = {k: v for k, v in read_body(schema, tree, old).items() if k not in ("kind", "name")}
    name = document.name if document else _new_name(view, kind, body)
    made = make(kind.name, name, body)
    problems = list(made) if isinstance(made, tuple) else own_problems(view, made)
    if isinstance(made, tuple) or (problems and request.form.get("@do") != "keep"):
        shown = read_body(schema, tree, old, keep=True)
        return _page(caller, view, kind, document, shown, problems), 422
    seen = request.form.get("@seen") if document else drafts.GONE
    save(caller, [made], {made.key: seen} if seen is not None else None)
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(document_url(kind.name, name))


def _new_name(view: DraftView, kind: Kind, body: dict[str, Any]) -> str:
    """As typed; without one, from the labels."""
    typed = request.form.get("@name", "").strip()
    taken = {name for of, name in view.documents if of == kind.name}
    return typed or free_name(body.get("label") or body.get("message"), taken, kind.name)


def _page(
    caller: Caller,
    view: DraftView,
    kind: Kind,
    document: Document | None,
    body: dict[str, Any],
    problems: list[Problem] | None = None,
) -> str:
    words = Vocabulary(view, caller.locale)
    mine: list[Problem] = []
    others: list[Problem] = []
    for problem in problems or ():
        known = document is None or (problem.kind, problem.name) == document.key
        (mine if known and problem.path != "name" else others).append(problem)
    form = Form(
        with_variants(kind_schema(kind)),
        body,
        words,
        mine,
        leave=("kind", "name", *DESIGNED.get(kind.name, ())),
        object=document.name if document and kind.name == "object" else None,
    )
    return draw(
        caller,
        view,
        PAGES.get(kind.name, "builder/document.html"),
        kind=kind,
        document=document,
        form=form,
        others=problem_links(others),
        typed_name=request.form.get("@name", ""),
        seen=request.form.get("@seen") or (document.hash if document else ""),
        line=line(view, document, last_changes(caller, kind.name, document.name)) if document else None,
        uses=places_of(view, kind.name, document.name) if document else [],
        object=body.get("object") if isinstance(body.get("object"), str) else "",
        **(BESIDE[kind.name](caller, body) if kind.name in BESIDE else {}),
    )
