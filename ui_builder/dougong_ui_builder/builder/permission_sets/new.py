"""A new permission set: empty, or a copy of another one to begin from."""

from __future__ import annotations

from typing import Any

from flask import request

from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw, problem_links
from dougong_ui_builder.builder.permission_sets.page_of import BASE, KIND, Answer
from dougong_ui_builder.builder.permission_sets.routes import blueprint
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.get("/new")
@page("metadata")
def new_set(caller: Caller) -> str:
    """?copy= names the set that it begins as."""
    view = read_draft(caller)
    return _page(caller, view, {}, request.args.get("copy", ""))


@blueprint.post("/new")
@page("metadata")
def create_set(caller: Caller) -> Answer:
    """Into the draft; nobody holds it until it is published and granted."""
    view = read_draft(caller)
    label = {key: text for key in ("en", "zh") if (text := request.form.get(f"label/{key}", "").strip())}
    copied = view.documents.get((KIND, request.form.get("copy", "")))
    body: dict[str, Any] = {k: v for k, v in copied.json().items() if k not in ("kind", "name")} if copied else {}
    taken = {name for kind, name in view.documents if kind == KIND} | {"new", "compare", "administrator"}
    name = request.form.get("@name", "").strip() or free_name(label, taken, KIND)
    made = make(KIND, name, {**body, **({"label": label} if label else {})})
    problems = list(made) if isinstance(made, tuple) else own_problems(view, made)
    texts = [link["text"] for link in problem_links(problems)]
    if not label:
        texts.append(gettext("Give it a label."))
    if request.form.get("@name", "").strip() in taken:
        texts.append(gettext("There is already a permission set of this name."))
    if texts or isinstance(made, tuple):
        return _page(caller, view, label, request.form.get("copy", ""), texts), 422
    save(caller, [made], {made.key: drafts.GONE})
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{BASE}/{made.name}")


def _page(caller: Caller, view: DraftView, label: dict[str, str], copy: str, errors: list[str] | None = None) -> str:
    sets = [(one.name, document_label(one)) for one in view.of_kind(KIND)]
    return draw(
        caller,
        view,
        "permission_sets/new.html",
        label=label,
        copy=copy,
        sets=sets,
        errors=errors or [],
        typed_name=request.form.get("@name", ""),
    )
