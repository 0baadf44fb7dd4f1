"""Outcome actions: what is done when a request was submitted, approved, rejected, returned or recalled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from dougong_metadata.model.approval_types import EVENTS
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.approvals.inspecting import step_list
from dougong_ui_builder.builder.approvals.node_form import flow_schema
from dougong_ui_builder.builder.approvals.page_of import KIND, FlowPage, flow_page
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.builder.automations.recipients import told
from dougong_ui_builder.builder.automations.steps import add_step, read_steps
from dougong_ui_builder.builder.forms import act, tree_of
from dougong_ui_builder.builder.forms.shapes import Schema
from dougong_ui_builder.builder.forms.tree import Tree
from dougong_ui_builder.builder.saving import make, own_problems
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

ICONS = {
    "submitted": "send",
    "approved": "circle-check",
    "rejected": "circle-x",
    "returned": "arrow-back-up",
    "recalled": "arrow-forward-up",
}


@blueprint.get("/<name>/outcomes")
@page("metadata", KIND)
def show_outcomes(caller: Caller, name: str) -> str:
    """A list of steps per outcome."""
    made = flow_page(caller, name)
    return _outcomes(made, made.body, made.problems)


@blueprint.post("/<name>/outcomes")
@page("metadata", KIND)
def change_outcomes(caller: Caller, name: str) -> str | Response | tuple[str, int]:
    """Save them into the draft."""
    made = flow_page(caller, name)
    tree, asked = tree_of(request.form), request.form.get("@do", "")
    again = add_step(tree, asked) or act(tree, asked) or asked == "again"
    if again:
        return _outcomes(made, read_outcomes(tree, made.body, keep=True), [])
    body = read_outcomes(tree, made.body)
    document = make(KIND, name, body)
    problems = list(document) if isinstance(document, tuple) else own_problems(made.view, document)
    mine = [p for p in problems if p.path == "on" or p.path.startswith("on.")]
    if isinstance(document, tuple) or (mine and asked != "keep"):
        return _outcomes(made, read_outcomes(tree, made.body, keep=True), mine or problems), 422
    made.write(body, request.form.get("@seen"))
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{made.url}/outcomes")


def event_schema(event: str) -> Schema:
    """The schema of an outcome's steps."""
    found: Schema = flow_schema()["properties"]["on"]["properties"][event]
    return found


def read_outcomes(tree: Tree, old: Mapping[str, Any], *, keep: bool = False) -> dict[str, Any]:
    """The flow's body with the steps that the form says; an outcome without steps is not written."""
    given = tree["on"] if isinstance(tree.get("on"), dict) else {}
    before = old["on"] if isinstance(old.get("on"), Mapping) else {}
    on = dict(before)
    for event in EVENTS:
        if event in given:
            on[event] = read_steps(event_schema(event), given[event], before.get(event), keep=keep)
    on = {event: steps for event, steps in on.items() if steps}
    made = {key: value for key, value in old.items() if key != "on" or on}
    return made | ({"on": on} if on else {})


def _outcomes(made: FlowPage, body: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    on = body["on"] if isinstance(body.get("on"), Mapping) else {}
    lists = [
        (
            event,
            ICONS[event],
            step_list(made, event_schema(event), on.get(event), problems, f"b/on/{event}", f"on.{event}"),
        )
        for event in EVENTS
    ]
    return made.draw(
        "approval_flows/outcomes.html",
        "outcomes",
        lists=lists,
        told=told(made.words, made.organisation, made.object),
        wrong=any(p.path.startswith("on") for p in problems),
        asked=request.form.get("@do", ""),
        seen=request.form.get("@seen") or made.document.hash,
    )
