"""Adding, changing, ordering and removing stages: writes the pipeline, and the picklist behind it, into the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request

from dougong_metadata.documents import Document
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.releases.draft_stages import put_stage_moves
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.automations.steps import add_step, step_keys, take_steps
from dougong_ui_builder.builder.forms import act, read_body, tree_of
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, pipeline_page, stages_of
from dougong_ui_builder.builder.pipelines.routes import blueprint
from dougong_ui_builder.builder.pipelines.shown import Inspected, stage_part, stage_schema
from dougong_ui_builder.builder.pipelines.taking_away import without_value
from dougong_ui_builder.builder.pipelines.values import Entry
from dougong_ui_builder.builder.pipelines.views import inspect, inspect_removal, stages_page
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]


@blueprint.post("/<name>")
@page("metadata", "pipeline")
def change_stage(caller: Caller, name: str) -> Answer:
    """Save the inspector's form into the draft, and the stage's label into its value."""
    made = pipeline_page(caller, name)
    value = request.form.get("@stage", "")
    if value not in made.stages:
        raise NotFound
    old, tree, schema = made.stages[value], tree_of(request.form), stage_schema()
    asked = request.form.get("@do", "")
    asked_again = add_step(tree, asked) or act(tree, asked) or asked == "again"
    steps = {key: tree.pop(key) for key in step_keys(stage_part()) if key in tree}
    read = take_steps(stage_part(), steps, old, read_body(schema, tree, old, keep=True), keep=True)
    typed = _with_targets(made, value, read)
    if asked_again:
        return stages_page(made, inspect(made, value, typed, [], **_typed()))
    read = take_steps(stage_part(), steps, old, read_body(schema, tree, old))
    body = _with_targets(made, value, read)
    others = _relabelled(made, value)
    problems = [others] if isinstance(others, Problem) else made.write({**made.stages, value: body}, *others)
    if problems:
        shown = inspect(made, value, typed, problems, **_typed())
        path = f"stages.{value}"
        shown.others = problem_links([p for p in problems if p.name != name or not p.path.startswith(path)])
        return stages_page(made, shown), 422
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{made.url}?stage={value}")


@blueprint.post("/<name>/add")
@page("metadata", "pipeline")
def add_stage(caller: Caller, name: str) -> Answer:
    """A new stage before the closed ones: a value of the picklist, and a stage of the pipeline."""
    made = pipeline_page(caller, name)
    if made.values is None:
        raise NotFound
    label, typed = _label(), request.form.get("@value", "").strip()
    value = typed or free_name(label, {entry["value"] for entry in made.values.entries}, "stage")
    if value in made.stages:
        problem = Problem("given_twice", f"“{value}” is a stage already.", f"「{value}」已是阶段。", path="value")
        return stages_page(made, Inspected(others=problem_links([problem]), typed=_typed())), 422
    stages = made.stages
    at = next((n for n, stage in enumerate(stages.values()) if stage.get("outcome", "open") != "open"), len(stages))
    order = [*list(stages)[:at], value, *list(stages)[at:]]
    changed: list[Document] = []
    if value not in made.values.labels:
        entry: Entry = {"value": value, **({"label": label} if label else {})}
        found = made.values.changed(lambda entries: [*entries, entry])
        if isinstance(found, tuple):
            return stages_page(made, Inspected(others=problem_links(list(found)), typed=_typed())), 422
        changed = [found]
    problems = made.write({one: stages.get(one, {}) for one in order}, *changed)
    if problems:
        return stages_page(made, Inspected(others=problem_links(problems), typed=_typed())), 422
    toasts.say(gettext("Stage added in the draft"))
    more = request.form.get("@do") == "more"
    return redirect_to(f"{made.url}?add=" if more else f"{made.url}?stage={value}")


@blueprint.post("/<name>/remove")
@page("metadata", "pipeline")
def remove_stage(caller: Caller, name: str) -> Answer:
    """Take a stage away in the draft, and keep where its records go; of one that is gone already, only the latter."""
    made = pipeline_page(caller, name)
    value, goes = request.form.get("@stage", ""), request.form.get("@goes", "") or None
    if value in made.stages:
        stages = {one: _without_target(stage, value) for one, stage in made.stages.items() if one != value}
        problems = made.write(stages, *without_value(made, value))
        if problems:
            return stages_page(made, inspect_removal(made, value, problem_links(problems))), 422
    if goes is None or goes in made.stages:
        put_stage_moves(caller.database, caller.tenant, {f"{name}.{value}": goes}, by=caller.user)
    toasts.say(gettext("Stage removed in the draft"))
    return redirect_to(made.url)


@blueprint.post("/<name>/restore")
@page("metadata", "pipeline")
def restore_stage(caller: Caller, name: str) -> Response:
    """Put a stage that the draft takes away back where it was."""
    made = pipeline_page(caller, name)
    value = request.form.get("@stage", "")
    before = stages_of(made.view.released("pipeline", name))
    if value not in before:
        raise NotFound
    order = [*before, *(one for one in made.stages if one not in before)]
    stages = {**made.stages, value: before[value]}
    documents: list[Document] = []
    if made.values is not None and value not in made.values.labels:
        released = made.view.base.model.objects[made.object].fields[made.field].picklist
        known = released.values.get(value) if released else None
        entry: Entry = {"value": value}
        if known is not None:
            entry |= {"label": {"en": known.label.en, "zh": known.label.zh}, "colour": known.colour}
        found = made.values.changed(lambda entries: [*entries, entry])
        documents = [] if isinstance(found, tuple) else [found]
    made.write({one: stages[one] for one in order if one in stages}, *documents)
    put_stage_moves(caller.database, caller.tenant, {f"{name}.{value}": None}, by=caller.user)
    return redirect_to(f"{made.url}?stage={value}")


@blueprint.post("/<name>/order")
@page("metadata", "pipeline")
def order_stages(caller: Caller, name: str) -> Response:
    """The stages in another order: {"ids": [value, …]}, or a form's `move` "up value" without JavaScript."""
    made = pipeline_page(caller, name)
    given = request.get_json(silent=True)
    ids = given.get("ids") if isinstance(given, dict) else None
    if ids is None:
        ids = _moved(list(made.stages), request.form.get("move", ""))
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadRequest(en="Stages are expected.", zh="需要阶段。")
    wanted = [one for one in dict.fromkeys(ids) if one in made.stages]
    made.write({one: made.stages[one] for one in [*wanted, *(v for v in made.stages if v not in wanted)]})
    if given is not None:
        return jsonify({"ids": wanted})
    return redirect_to(f"{made.url}?stage={request.form.get('move', '').partition(' ')[2]}")


def _moved(names: list[str], move: str) -> list[str]:
    way, _, value = move.partition(" ")
    if value in names:
        at = names.index(value)
        names.insert(max(0, min(len(names) - 1, at + (1 if way == "down" else -1))), names.pop(at))
    return names


def _typed() -> dict[str, str]:
    """What was typed beside the stage's own keys, for showing it again."""
    names = ("@label/zh", "@label/en", "@value")
    return {name: request.form[name] for name in names if name in request.form}


def _label() -> dict[str, str]:
    found = {locale: request.form.get(f"@label/{locale}", "").strip() for locale in ("en", "zh")}
    return {locale: text for locale, text in found.items() if text}


def _with_targets(made: PipelinePage, value: str, body: dict[str, Any]) -> dict[str, Any]:
    """With the stage's own targets, its own colour, or without them."""
    body.pop("to", None)
    if request.form.get("@moves") == "own":
        wanted = set(request.form.getlist("@to"))
        body["to"] = [one for one in made.stages if one in wanted and one != value]
    colour = request.form.get("@colour")
    if colour is not None:
        body.pop("colour", None)
        if colour:
            body["colour"] = colour
    return body


def _relabelled(made: PipelinePage, value: str) -> list[Document] | Problem:
    """The document of the values, where the stage is called something else now."""
    label = _label()
    here = made.label(value)
    if made.values is None or not label or Label.of(label, value) == here:
        return []

    def change(entries: list[Entry]) -> list[Entry]:
        return [{**entry, "label": label} if entry["value"] == value else entry for entry in entries]

    found = made.values.changed(change)
    return found[0] if isinstance(found, tuple) else [found]


def _without_target(stage: Mapping[str, Any], value: str) -> dict[str, Any]:
    targets = stage.get("to")
    if isinstance(targets, (list, tuple)) and value in targets:
        return {**stage, "to": [one for one in targets if one != value]}
    return dict(stage)
