"""Submit and recall: who may submit what, when it submits itself, what is locked meanwhile and what approvers see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.approvals.inspecting import SETTINGS, choices
from dougong_ui_builder.builder.approvals.node_form import flow_schema
from dougong_ui_builder.builder.approvals.page_of import KIND, FlowPage, flow_page
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.builder.approvals.rules import number, read_recipients, recipient_rows
from dougong_ui_builder.builder.forms import Form, act, read_body, tree_of
from dougong_ui_builder.builder.forms.tree import Tree
from dougong_ui_builder.builder.saving import make, own_problems
from dougong_ui_builder.builder.sharing.choices import condition_fields
from dougong_ui_builder.builder.vocabulary import NUMBERS
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

PLAIN = ("label", "description", "active", "entry", "settings", "recall", "lock", "title")
CHOSEN = ("record_types", "open", "shown", "lapses")
PLACED = (*PLAIN, *CHOSEN, "submit")


@blueprint.get("/<name>/submit")
@page("metadata", KIND)
def show_submission(caller: Caller, name: str) -> str:
    """The form of everything that is no node and no action."""
    made = flow_page(caller, name)
    return _submission(made, made.body, made.problems)


@blueprint.post("/<name>/submit")
@page("metadata", KIND)
def change_submission(caller: Caller, name: str) -> str | Response | tuple[str, int]:
    """Save it into the draft."""
    made = flow_page(caller, name)
    tree, asked = tree_of(request.form), request.form.get("@do", "")
    again = act(tree, asked)
    body = read_submission(request.form, tree, made.body)
    if again:
        return _submission(made, body, [])
    document = make(KIND, name, body)
    problems = list(document) if isinstance(document, tuple) else own_problems(made.view, document)
    mine = [p for p in problems if p.path.replace("[", ".").partition(".")[0] in PLACED]
    if isinstance(document, tuple) or (mine and asked != "keep"):
        return _submission(made, body, mine or problems), 422
    made.write(body, request.form.get("@seen"))
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{made.url}/submit")


def read_submission(form: MultiDict[str, str], tree: Tree, old: Mapping[str, Any]) -> dict[str, Any]:
    """The flow's body as the form says it; nodes and actions stay."""
    made = read_body(plain_schema(), {key: part for key, part in tree.items() if key in PLAIN}, old)
    for key in form.getlist("@has"):
        values = [one for one in dict.fromkeys(form.getlist(f"@{key}")) if one]
        if key in CHOSEN and (values or key in old):
            made[key] = values
        if key in CHOSEN and not values:
            made.pop(key, None)
    submit = _submit(form, tree.get("submit"), old.get("submit"))
    made.pop("submit", None)
    if submit:
        made["submit"] = submit
    order = [*(key for key in old if key in made), *(key for key in made if key not in old)]
    return {key: made[key] for key in order}


def _submit(form: MultiDict[str, str], tree: Any, old: Any) -> dict[str, Any]:
    before: Mapping[str, Any] = old if isinstance(old, Mapping) else {}
    if not isinstance(tree, dict):
        return dict(before)
    made: dict[str, Any] = {}
    people = read_recipients(tree.get("by"), before.get("by"))
    if people:
        made["by"] = people
    if form.get("@created") == "true":
        made["created"] = True
    field = form.get("@crosses_field", "")
    if field:
        made["crosses"] = {field: number(form.get("@crosses_above", ""), 0)}
    if form.get("@gate") == "true":
        made["gate"] = True
    order = [*(key for key in before if key in made), *(key for key in made if key not in before)]
    return {key: made[key] for key in order}


def plain_schema() -> Mapping[str, Any]:
    """The schema of the keys that are read as every form of the builder is."""
    properties = flow_schema()["properties"]
    return {"type": "object", "properties": {key: properties[key] for key in PLAIN}}


def _submission(made: FlowPage, body: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    locale = made.caller.locale
    mine = [p for p in problems if p.path.replace("[", ".").partition(".")[0] in PLACED]
    plain = [p for p in mine if not p.path.startswith(("submit", *CHOSEN))]
    form = Form(plain_schema(), body, made.words, plain, object=made.object)
    submit = body["submit"] if isinstance(body.get("submit"), Mapping) else {}
    found = made.words.objects.get(made.object)
    numbers = [f for f in found.own_fields if made.words.value_type(f) in NUMBERS] if found else []
    crosses = next(iter(submit["crosses"].items()), None) if isinstance(submit.get("crosses"), Mapping) else None
    rest = [p for p in mine if p.path.startswith(("submit", *CHOSEN)) and not p.path.startswith("submit.by[")]
    return made.draw(
        "approval_flows/submit.html",
        "submit",
        body=body,
        part={node.child_key: node for node in form.nodes},
        settings=SETTINGS,
        form=form,
        errors=[p.message(locale) for p in rest],
        wrong=bool(mine),
        by=recipient_rows(submit.get("by"), mine, locale, name="b/submit/by", path="submit.by"),
        submit=submit,
        crosses=crosses or ("", ""),
        numbers=[(f.name, f.label.text(locale)) for f in numbers],
        types=made.words.options("record_type", made.object) or [],
        choices=choices(made),
        condition_fields=json.dumps(condition_fields(made.words, made.object), ensure_ascii=False),
        seen=request.form.get("@seen") or made.document.hash,
    )
