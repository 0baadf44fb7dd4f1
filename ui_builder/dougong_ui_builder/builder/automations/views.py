"""The page of an automation: When … If … Do …, saved into the draft; and what is said of it while it is written."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template, request

from dougong_metadata.documents import Document
from dougong_metadata.kinds import registered
from dougong_metadata.kinds.automation import OUTCOMES
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_platform.automations import hooks
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import organisation_for
from dougong_platform.releases import draft as drafts
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.automations import cron_words, recipients, sentence, triggers
from dougong_ui_builder.builder.automations.frame import draw_automation
from dougong_ui_builder.builder.automations.routes import blueprint
from dougong_ui_builder.builder.automations.steps import (
    add_step,
    named_documents,
    offered_steps,
    read_steps,
    steps_of,
)
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.forms import Form, act, read_body, tree_of
from dougong_ui_builder.builder.forms.shapes import Schema
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.builder.sharing.choices import condition_fields
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
KIND, BASE = "automation", "/builder/automations"
PLAIN = ("object", "label", "description", "active", "position", "record_types", "if")
RESERVED = {"new", "said", "fields", "runs"}  # words that addresses below BASE have


@blueprint.get("/new")
@page("metadata", KIND)
def new_automation(caller: Caller) -> str:
    """?object= fills in what it is about."""
    body: dict[str, Any] = {"object": request.args["object"]} if request.args.get("object") else {}
    return _page(caller, read_draft(caller), None, {**body, "on": "saved"})


@blueprint.post("/new")
@page("metadata", KIND)
def create_automation(caller: Caller) -> Answer:
    """Into the draft; it does nothing until it is published."""
    return _posted(caller, read_draft(caller), None)


@blueprint.get("/<name>")
@page("metadata", KIND)
def show_automation(caller: Caller, name: str) -> str:
    """The automation as the draft has it."""
    view = read_draft(caller)
    document = view.document(KIND, name)
    problems = [p for p in view.problems if (p.kind, p.name) == document.key]
    return _page(caller, view, document, body_of(document), problems)


@blueprint.post("/<name>")
@page("metadata", KIND)
def change_automation(caller: Caller, name: str) -> Answer:
    """Save the form into the draft."""
    view = read_draft(caller)
    return _posted(caller, view, view.document(KIND, name))


@blueprint.post("/said")
@page("metadata", KIND)
def say(caller: Caller) -> str:
    """The fragment with the sentences and the next times, of a form that is being filled in."""
    words = Vocabulary(read_draft(caller), caller.locale)
    body = posted_body({})
    return render_template("automations/said.html", **_said(caller, words, body))


@blueprint.get("/fields")
@page("metadata", KIND)
def show_fields(caller: Caller) -> Response:
    """[{name, label, …}]: what a condition on ?object= may speak of."""
    words = Vocabulary(read_draft(caller), caller.locale)
    return jsonify(condition_fields(words, request.args.get("object", "")))


def body_of(document: Document) -> dict[str, Any]:
    """Without kind and name."""
    return {key: value for key, value in document.json().items() if key not in ("kind", "name")}


def posted_body(old: dict[str, Any], *, keep: bool = False) -> dict[str, Any]:
    """The body that the form says; keys keep their order in `old`, and blank rows stay with `keep`."""
    return _body_from(tree_of(request.form), old, keep)


def _body_from(tree: dict[str, Any], old: dict[str, Any], keep: bool) -> dict[str, Any]:
    schema = kind_schema(registered()[KIND])
    properties = schema["properties"]
    plain = {**schema, "properties": {key: properties[key] for key in PLAIN}, "required": []}
    made = read_body(plain, {key: part for key, part in tree.items() if key in PLAIN}, old, keep=keep)
    on = triggers.read_trigger(request.form, properties["on"], tree.get("on", {}), old.get("on"), keep=keep)
    steps = read_steps(properties["do"], tree.get("do"), old.get("do"), keep=keep)
    made = {key: value for key, value in made.items() if key not in ("on", "do")}
    if on is not None:
        made["on"] = on
    made["do"] = steps
    order = list(old) if old else ["label", "object", "on", "if", "do"]
    return {key: made[key] for key in [*(k for k in order if k in made), *(k for k in made if k not in order)]}


def _posted(caller: Caller, view: DraftView, document: Document | None) -> Answer:
    old = body_of(document) if document else {}
    tree, asked = tree_of(request.form), request.form.get("@do", "")
    if add_step(tree, asked) or act(tree, asked) or asked == "again":
        return _page(caller, view, document, _body_from(tree, old, keep=True))
    body = posted_body(old)
    taken = {name for kind, name in view.documents if kind == KIND} | RESERVED
    typed = request.form.get("@name", "").strip()
    name = document.name if document else typed or free_name(body.get("label"), taken, KIND)
    made = make(KIND, name, body)
    problems = list(made) if isinstance(made, tuple) else own_problems(view, made)
    if isinstance(made, tuple) or (problems and asked != "keep"):
        return _page(caller, view, document, posted_body(old, keep=True), problems), 422
    seen = request.form.get("@seen") if document else drafts.GONE
    save(caller, [made], {made.key: seen} if seen is not None else None)
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{BASE}/{name}")


def _said(caller: Caller, words: Vocabulary, body: dict[str, Any]) -> dict[str, Any]:
    on = triggers.inputs_of(body.get("on"))
    zone = ZoneInfo(caller.tenant.timezone)
    return {
        "when": sentence.when(words, body),
        "condition": sentence.condition(words, body),
        "steps_said": sentence.steps(words, body.get("do"), body.get("object")),
        "next_times": cron_words.next_times(on.cron, zone) if on.kind == "cron" else [],
        "cron": on.cron if on.kind == "cron" else "",
        "zone": caller.tenant.timezone,
    }


def _page(
    caller: Caller,
    view: DraftView,
    document: Document | None,
    body: dict[str, Any],
    problems: list[Problem] | None = None,
) -> str:
    words, found = Vocabulary(view, caller.locale), problems or []
    properties = kind_schema(registered()[KIND])["properties"]
    known = [p for p in found if document is None or (p.kind, p.name) == document.key]
    top = [p for p in known if not p.path.startswith(("on", "do["))]
    form = Form(kind_schema(registered()[KIND]), body, words, top, keys=PLAIN)
    others = [p for p in found if p not in known] + [p for p in form.general if p.path != "do"]
    return draw_automation(
        caller,
        view,
        document,
        "flow",
        "automations/automation.html",
        body=body,
        form=form,
        node={node.child_key: node for node in form.nodes},
        objects=[(o.name, o.label.text(caller.locale)) for o in words.objects.values()],
        others=problem_links(others),
        wrong=bool(found),
        typed_name=request.form.get("@name", ""),
        seen=request.form.get("@seen") or (document.hash if document else ""),
        address=_address(caller, document) if triggers.inputs_of(body.get("on")).kind == "incoming" else None,
        **_trigger_shown(words, properties["on"], body, known),
        **_steps_shown(caller, words, properties["do"], body, known),
        **_said(caller, words, body),
    )


def _trigger_shown(words: Vocabulary, schema: Schema, body: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The trigger's inputs, and the fields that it and the condition may speak of."""
    on, object = triggers.inputs_of(body.get("on")), str(body.get("object") or "")
    keys = {"type": "object", "properties": triggers.incoming_keys(schema)}
    mine = [p for p in problems if p.path == "on" or p.path.startswith("on.")]
    calls = Form(keys, dict(on.incoming or {}), words, mine, object=object, path="on", name="b/on")
    fields = list(words.objects[object].fields.values()) if object in words.objects else []
    dates = [f for f in fields if words.value_type(f) in ("date", "datetime")]
    return {
        "on": on,
        "calls": calls.nodes,
        "kinds": [(key, *said) for key, said in triggers.KINDS.items()],
        "flows": named_documents(words, "approval", "", object),
        "outcomes": [(word, Label(*said).text(words.locale)) for word, said in OUTCOMES.items()],
        "fields": [(f.name, f.label.text(words.locale)) for f in fields],
        "dates": [(f.name, f.label.text(words.locale)) for f in dates],
        "condition_fields": json.dumps(condition_fields(words, object), ensure_ascii=False),
        "usual_crons": cron_words.USUAL,
        "on_errors": [p.message(words.locale) for p in mine],
    }


def _steps_shown(
    caller: Caller, words: Vocabulary, schema: Schema, body: dict[str, Any], problems: list[Problem]
) -> dict[str, Any]:
    """The steps, those that may be added, and who may be told."""
    object = str(body.get("object") or "") or None
    return {
        "steps": steps_of(words, schema, body.get("do"), object, problems),
        "actions": offered_steps(schema),
        "told": recipients.told(words, organisation_for(caller), object),
        "do_errors": [p.message(words.locale) for p in problems if p.path == "do"],
    }


def _address(caller: Caller, document: Document | None) -> dict[str, Any]:
    """{"there", "created_at", "used_at", "published"} of the address for calls."""
    name = document.name if document else ""
    known = caller.model.automations.get(name)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        found = hooks.hooks(tx).get(name)
    published = known is not None and known.trigger.kind == "incoming"
    return {"there": found is not None, "published": published, "created_at": None, "used_at": None, **(found or {})}
