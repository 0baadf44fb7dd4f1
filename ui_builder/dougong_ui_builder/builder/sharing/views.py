"""The page of a sharing rule, its savings, and what is said of it while it is edited."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, jsonify, render_template, request

from dougong_metadata.documents import Document
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import organisation_for
from dougong_platform.releases import draft as drafts
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw, problem_links
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.builder.sharing.choices import condition_fields, recipients_offered
from dougong_ui_builder.builder.sharing.opened import opened
from dougong_ui_builder.builder.sharing.routes import blueprint
from dougong_ui_builder.builder.sharing.sentence import sentence
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
KIND, BASE = "sharing", "/builder/sharing"
LISTS = ("departments_below", "departments", "teams", "permission_sets", "users")


@blueprint.get("/new")
@page("metadata", KIND)
def new_rule(caller: Caller) -> str:
    """?object= fills in what it is about."""
    return _page(caller, read_draft(caller), None, {"object": request.args.get("object", "")})


@blueprint.post("/new")
@page("metadata", KIND)
def create_rule(caller: Caller) -> Answer:
    """Into the draft; it opens nothing until it is published."""
    return _posted(caller, read_draft(caller), None)


@blueprint.get("/<name>")
@page("metadata", KIND)
def show_rule(caller: Caller, name: str) -> str:
    """The rule as the draft has it."""
    view = read_draft(caller)
    document = view.document(KIND, name)
    problems = [p for p in view.problems if (p.kind, p.name) == document.key]
    return _page(caller, view, document, _body(document), problems)


@blueprint.post("/<name>")
@page("metadata", KIND)
def change_rule(caller: Caller, name: str) -> Answer:
    """Save the form into the draft."""
    view = read_draft(caller)
    return _posted(caller, view, view.document(KIND, name))


@blueprint.post("/said")
@page("metadata", KIND)
def say(caller: Caller) -> str:
    """The fragment with the sentence, the counts and the warnings, of a form that is being filled in."""
    view = read_draft(caller)
    body = posted_rule({})
    known = organisation_for(caller)
    words = Vocabulary(view, caller.locale)
    return render_template(
        "sharing/said.html", sentence=sentence(words, body), opened=opened(caller, view, known, body)
    )


@blueprint.get("/fields")
@page("metadata", KIND)
def show_fields(caller: Caller) -> Response:
    """[{name, label, …}]: what a condition on ?object= may speak of."""
    words = Vocabulary(read_draft(caller), caller.locale)
    return jsonify(condition_fields(words, request.args.get("object", "")))


def posted_rule(old: dict[str, Any]) -> dict[str, Any]:
    """The body that the form says; keys keep their order in `old`."""
    label = {key: text for key in ("en", "zh") if (text := request.form.get(f"label/{key}", "").strip())}
    reached: dict[str, Any] = {"everyone": True} if request.form.get("everyone") == "true" else {}
    reached |= {key: names for key in LISTS if (names := [n for n in request.form.getlist(key) if n])}
    made: dict[str, Any] = {
        "label": label,
        "object": request.form.get("object", ""),
        "when": request.form.get("when", "").replace("\r\n", "\n").strip(),
        "with": reached,
        "access": "edit" if request.form.get("access") == "edit" else "read",
    }
    if "true" not in request.form.getlist("active"):
        made["active"] = False
    elif "active" in old:
        made["active"] = True
    kept = {key: value for key, value in made.items() if value or key in ("active", "with")}
    return {key: kept[key] for key in [*(k for k in old if k in kept), *(k for k in kept if k not in old)]}


def _posted(caller: Caller, view: DraftView, document: Document | None) -> Answer:
    body = posted_rule(_body(document) if document else {})
    taken = {name for kind, name in view.documents if kind == KIND} | {"new", "said", "fields"}
    typed = request.form.get("@name", "").strip()
    name = document.name if document else typed or free_name(body.get("label"), taken, KIND)
    made = make(KIND, name, body)
    problems = list(made) if isinstance(made, tuple) else own_problems(view, made)
    if isinstance(made, tuple) or (problems and request.form.get("@do") != "keep"):
        return _page(caller, view, document, body, problems), 422
    seen = request.form.get("@seen") if document else drafts.GONE
    save(caller, [made], {made.key: seen} if seen is not None else None)
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{BASE}/{name}")


def _body(document: Document) -> dict[str, Any]:
    return {key: value for key, value in document.json().items() if key not in ("kind", "name")}


def _page(
    caller: Caller,
    view: DraftView,
    document: Document | None,
    body: dict[str, Any],
    problems: list[Problem] | None = None,
) -> str:
    words = Vocabulary(view, caller.locale)
    known = organisation_for(caller)
    label, found = body.get("label"), problems or []
    object = str(body.get("object", ""))
    at_input = {"when": [p for p in found if p.path == "when"], "with": [p for p in found if p.path.startswith("with")]}
    return draw(
        caller,
        view,
        "sharing/rule.html",
        document=document,
        title=document_label(document) if document else gettext("New sharing rule"),
        line=line(view, document, last_changes(caller, KIND, document.name)) if document else None,
        body=body,
        label={"en": label, "zh": ""} if isinstance(label, str) else label or {},
        reached=body.get("with") if isinstance(body.get("with"), dict) else {},
        objects=[(o.name, o.label.text(caller.locale)) for o in words.objects.values() if not o.system],
        offered=recipients_offered(words, known, body),
        fields=json.dumps(condition_fields(words, object), ensure_ascii=False),
        sentence=sentence(words, body),
        opened=opened(caller, view, known, body),
        errors={key: [p.message(caller.locale) for p in some] for key, some in at_input.items()},
        others=problem_links([p for p in found if not any(p in some for some in at_input.values())]),
        wrong=bool(found),
        typed_name=request.form.get("@name", ""),
        seen=request.form.get("@seen") or (document.hash if document else ""),
    )
