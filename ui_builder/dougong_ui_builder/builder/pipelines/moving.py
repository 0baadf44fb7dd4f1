"""The matrix of moves: from which stage one may go to which, by the pipeline's rules or as a stage says itself."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from dougong_platform.http.caller import Caller
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.frame import problem_links
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, pipeline_page
from dougong_ui_builder.builder.pipelines.routes import blueprint
from dougong_ui_builder.builder.pipelines.rules import RULES, rule, targets_by_rule
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext


@blueprint.get("/<name>/moves")
@page("metadata", "pipeline")
def show_moves(caller: Caller, name: str) -> str:
    """Rules and matrix as the draft has them."""
    return _moves_page(pipeline_page(caller, name))


@blueprint.post("/<name>/moves")
@page("metadata", "pipeline")
def change_moves(caller: Caller, name: str) -> str | Response | tuple[str, int]:
    """Save both. A row that says what the rules say anyway is no row of its own."""
    made = pipeline_page(caller, name)
    rules = {key: request.form.get(f"@{key}") == "true" for key in RULES}
    body = {**made.document.body, **rules}
    before, after = targets_by_rule(made.document.body, made.stages), targets_by_rule(body, made.stages)
    stages = {value: dict(stage) for value, stage in made.stages.items()}
    for index, (value, stage) in enumerate(stages.items()):
        wanted = set(request.form.getlist(f"@to/{index}"))
        targets = [one for one in stages if one in wanted and one != value]
        untouched = "to" not in stage and tuple(targets) == before[value]
        stage.pop("to", None)
        if not untouched and tuple(targets) != after[value]:
            stage["to"] = targets
    problems = made.write(stages, **_said(made, rules))
    if problems:
        return _moves_page(made, [link["text"] for link in problem_links(problems)]), 422
    toasts.say(gettext("Saved in the draft"))
    return redirect_to(f"{made.url}/moves")


def _said(made: PipelinePage, rules: dict[str, bool]) -> dict[str, Any]:
    """Rules that differ from what they are when nobody says anything, or that the document says already."""
    return {key: value for key, value in rules.items() if key in made.document.body or value != rule({}, key)}


def _moves_page(made: PipelinePage, errors: list[str] | None = None) -> str:
    by_rule = targets_by_rule(made.document.body, made.stages)
    rows = [
        {
            "value": value,
            "label": made.label(value),
            "colour": made.colour(value),
            "own": "to" in stage,
            "to": set(stage["to"] if "to" in stage else by_rule[value]),
        }
        for value, stage in made.stages.items()
    ]
    words = {
        "back": (gettext("May go back"), gettext("To any earlier stage.")),
        "skip": (gettext("May pass over stages"), gettext("The gates on the way count all the same.")),
        "reopen": (gettext("May reopen"), gettext("A closed stage may be left again.")),
    }
    rules = [(key, *words[key], rule(made.document.body, key)) for key in RULES]
    return made.draw("pipelines/moves.html", "moves", rows=rows, rules=rules, errors=errors or [])
