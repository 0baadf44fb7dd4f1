"""A new pipeline from a picklist field: its values become the stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.draft_view import DraftView, problems_with, read_draft
from dougong_ui_builder.builder.frame import draw, problem_links
from dougong_ui_builder.builder.pipelines.routes import blueprint
from dougong_ui_builder.builder.pipelines.values import Entry, values_of
from dougong_ui_builder.builder.saving import make, save
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

OUTCOME = {"good": "won", "bad": "lost"}  # what a value's colour says of it


@blueprint.get("/new")
@page("metadata", "pipeline")
def new(caller: Caller) -> str:
    """?object= and ?field= choose what it is about."""
    view = read_draft(caller)
    return _new_page(caller, view, {"@field": f"{request.args.get('object', '')}.{request.args.get('field', '')}"})


@blueprint.post("/new")
@page("metadata", "pipeline")
def create(caller: Caller) -> str | Response | tuple[str, int]:
    """A pipeline in the draft whose stages are the field's values."""
    view = read_draft(caller)
    given = request.form
    object, _, field = given.get("@field", "").partition(".")
    values = values_of(view, object, field)
    label = {locale: text for locale in ("en", "zh") if (text := given.get(f"@label/{locale}", "").strip())}
    if values is None:
        problem = Problem("required", "Choose a picklist field.", "请选择一个选项字段。", path="field")
        return _new_page(caller, view, given, [problem]), 422
    taken = {name for kind, name in view.documents if kind == "pipeline"}
    name = given.get("@name", "").strip() or free_name(label or field, taken, "pipeline")
    types = [one for one in given.getlist("@types") if one]
    stages = first_stages(_allowed(view, object, field, types, values.entries))
    body: dict[str, Any] = {**({"label": label} if label else {}), "object": object, "field": field}
    made = make("pipeline", name, {**body, **({"record_types": types} if types else {}), "stages": stages})
    if isinstance(made, tuple):
        return _new_page(caller, view, given, list(made)), 422
    before = {(p.kind, p.name, p.path, p.code) for p in view.problems}
    problems = [p for p in problems_with(view, made) if (p.kind, p.name, p.path, p.code) not in before]
    if problems:
        return _new_page(caller, view, given, problems), 422
    save(caller, [made], {made.key: drafts.GONE})
    toasts.say(gettext("Pipeline added in the draft"))
    return redirect_to(f"/builder/pipelines/{name}")


def first_stages(entries: tuple[Entry, ...]) -> dict[str, dict[str, Any]]:
    """A stage per active value: green ones end well, red ones badly, the others grow likelier on the way."""
    active = [entry for entry in entries if entry.get("active", True) is not False]
    outcomes = {entry["value"]: OUTCOME.get(str(entry.get("colour")), "open") for entry in active}
    if "open" not in outcomes.values():
        outcomes = dict.fromkeys(outcomes, "open")
    open_ones = [value for value, outcome in outcomes.items() if outcome == "open"]
    likely = {value: round(100 * (n + 1) / (len(open_ones) + 1) / 5) * 5 for n, value in enumerate(open_ones)}
    return {
        value: {"probability": likely[value]} if outcome == "open" else {"outcome": outcome}
        for value, outcome in outcomes.items()
    }


def _allowed(
    view: DraftView, object: str, field: str, types: list[str], entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """The values that records of these types may have."""
    if not types:
        return entries
    said = view.documents["object", object].body.get("record_types")
    known = said if isinstance(said, Mapping) else {}
    allowed: set[str] = set()
    for name in types:
        listed = (known.get(name) or {}).get("picklists", {}).get(field)
        allowed |= {entry["value"] for entry in entries} if listed is None else set(listed)
    return tuple(entry for entry in entries if entry["value"] in allowed)


def _new_page(caller: Caller, view: DraftView, given: Mapping[str, str], problems: list[Problem] | None = None) -> str:
    words = Vocabulary(view, caller.locale)
    only = given.get("@field", "").partition(".")[0]
    fields = [
        (f"{o.name}.{f.name}", f"{o.label.text(caller.locale)} · {f.label.text(caller.locale)}")
        for o in sorted(words.objects.values(), key=lambda o: o.name != only)
        if not o.system
        for f in o.own_fields
        if f.type == "picklist"
    ]
    found = words.objects.get(only)
    types = [(name, label.text(caller.locale)) for name, label in found.record_types.items()] if found else []
    return draw(
        caller,
        view,
        "pipelines/new.html",
        fields=fields,
        types=types,
        given=given,
        chosen_types=request.form.getlist("@types"),
        problems=problem_links(problems or []),
        object=found,
    )
