"""The stages of a pipeline with the inspector beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.releases.draft_stages import stage_moves
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, pipeline_page, stages_of
from dougong_ui_builder.builder.pipelines.routes import blueprint
from dougong_ui_builder.builder.pipelines.rules import targets_by_rule
from dougong_ui_builder.builder.pipelines.shown import (
    GATE,
    NUMBERS,
    Inspected,
    lines_of,
    mark_of,
    stage_form,
    steps_shown,
)
from dougong_ui_builder.builder.pipelines.standing import standing
from dougong_ui_builder.page import page


@blueprint.get("/<name>")
@page("metadata", "pipeline")
def show_stages(caller: Caller, name: str) -> str:
    """?stage= looks into one, ?add= begins one, ?remove= asks where the records of one go."""
    made = pipeline_page(caller, name)
    wanted, removed = request.args.get("stage"), request.args.get("remove")
    if removed is not None and removed in {**made.stages, **stages_of(made.view.released("pipeline", name))}:
        return stages_page(made, inspect_removal(made, removed))
    if request.args.get("add") is not None:
        return stages_page(made, Inspected())
    if wanted is not None and wanted in made.stages:
        return stages_page(made, inspect(made, wanted, made.stages[wanted], made.problems()))
    return stages_page(made, None)


def inspect(
    made: PipelinePage, value: str, body: Mapping[str, Any], problems: Sequence[Problem], **typed: str
) -> Inspected:
    """The inspector of a stage that is there."""
    released = stages_of(made.view.released("pipeline", made.name))
    by_rule = targets_by_rule(made.document.body, made.stages)
    own = body.get("to")
    return Inspected(
        value,
        made.label(value),
        stage_form(made, value, body, problems),
        tuple(own) if isinstance(own, (list, tuple)) else None,
        by_rule.get(value, ()),
        mark=mark_of(value, made.stages.get(value, {}), released),
        typed=typed,
    )


def inspect_removal(made: PipelinePage, value: str, others: Sequence[Mapping[str, str]] = ()) -> Inspected:
    """Where do the records of a stage go that is to be taken away?"""
    with made.caller.database.transaction(made.caller.tenant, read_only=True) as tx:
        goes = stage_moves(tx).get(f"{made.name}.{value}")
    return Inspected(value, made.label(value), removing=True, others=others, goes=goes)


def stages_page(made: PipelinePage, inspected: Inspected | None) -> str:
    """The list and, where something is inspected, the inspector."""
    held = standing(made)
    with made.caller.database.transaction(made.caller.tenant, read_only=True) as tx:
        moves = stage_moves(tx)
    if inspected is not None and inspected.value:
        inspected.held = held.get(inspected.value, 0) if held else None
    return made.draw(
        "pipelines/stages.html",
        "stages",
        lines=lines_of(made, held, moves),
        inspected=inspected,
        labels={value: made.label(value) for value in made.stages},
        goes_choices=[
            (value, made.label(value).text(made.caller.locale))
            for value in made.stages
            if inspected is not None and value != inspected.value
        ],
        numbers=NUMBERS,
        gate=GATE,
        **steps_shown(made, inspected),
    )
