"""The board's page, further cards of a lane, the heads of the lanes after a move, and where a card may go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, jsonify, render_template, request

from dougong_metadata.expressions.printing import quoted
from dougong_platform.errors import BadCursor, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.pipelines.gate import gates
from dougong_platform.pipelines.lanes import Board, Lane, board_pipeline, lane_cards, lanes, numbers, total_field
from dougong_platform.pipelines.serving import pipelines_of, serves
from dougong_platform.query.allowed import allowed_actions
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.boards import cards
from dougong_ui_builder.screens.boards.routes import BOARD, blueprint
from dougong_ui_builder.screens.lists.chips import Chip, chips_of
from dougong_ui_builder.screens.lists.columns import read_paths
from dougong_ui_builder.screens.lists.state import ListState, state_of
from dougong_ui_builder.screens.record_values.reading import editable, read
from dougong_ui_builder.screens.records.gate import hint
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel
    from dougong_metadata.model.types import FieldModel

DEFAULT_ORDER = ("-updated_at",)


@blueprint.get(BOARD)
@page()
def show(caller: Caller, object: str) -> str:
    """The lanes with their first cards, filtered as the view and the address say."""
    state = state_of(caller, object)
    pipeline = board_pipeline(caller, object, state.board)
    total = _total(caller, state)
    parts = cards.parts_of(caller, state, pipeline.field, total)
    board, problem = None, None
    try:
        board = lanes(
            caller,
            pipeline,
            fields=read_paths(caller, parts.all),
            filter=state.filter or None,
            sort=state.sort or DEFAULT_ORDER,
            total=total,
        )
    except BadRequest as fault:  # a filter or order that this reader may not ask, or that a release outdated
        problem = fault.message(caller.locale)
    field = state.object.fields[pipeline.field]
    return render_template(
        "boards/board.html",
        state=state,
        object=state.object,
        pipeline=pipeline,
        pipelines=sorted(pipelines_of(caller, object), key=lambda one: bool(one.record_types)),
        others=replace(state, board=None),
        of=lambda one: replace(state, board=one.name),
        board=board,
        problem=problem,
        chips=_chips(caller, state),
        rights=caller.rights.object(object),
        may_move=caller.rights.may(object, "update") and editable(caller, field),
        **_tools(state, pipeline, board, parts, total),
    )


@blueprint.get(f"{BOARD}/cards")
@page()
def more(caller: Caller, object: str) -> str:
    """Further cards of the lane `stage`, behind `cursor`."""
    state = state_of(caller, object)
    pipeline = board_pipeline(caller, object, state.board)
    total = _total(caller, state)
    parts = cards.parts_of(caller, state, pipeline.field, total)
    cursor = request.args.get("cursor")
    if not cursor:
        raise BadCursor
    lane = lane_cards(
        caller,
        pipeline,
        request.args.get("stage", ""),
        fields=read_paths(caller, parts.all),
        filter=state.filter or None,
        sort=state.sort or DEFAULT_ORDER,
        cursor=cursor,
    )
    return render_template(
        "boards/cards.html", state=state, object=state.object, lane=lane, **_tools(state, pipeline, None, parts, total)
    )


@blueprint.get(f"{BOARD}/heads")
@page()
def heads(caller: Caller, object: str) -> Response:
    """{stage: HTML of its lane's head}: counts and sums as they are now."""
    state = state_of(caller, object)
    pipeline = board_pipeline(caller, object, state.board)
    total = _total(caller, state)
    found = numbers(caller, pipeline, state.filter or None, total)
    tools = _tools(state, pipeline, None, cards.parts_of(caller, state, pipeline.field, total), total)
    rights = caller.rights.object(object)
    drawn = {
        lane.value: render_template(
            "boards/head.html", lane=lane, object=state.object, pipeline=pipeline, rights=rights, **tools
        )
        for lane in found
    }
    return jsonify(drawn)


@blueprint.get(f"{BOARD}/ways/<uuid:id>")
@page()
def ways(caller: Caller, object: str, id: UUID) -> Response:
    """{stage: {"open", "text"}}: whether the card may be dropped there, and what is missing."""
    found = read(caller, object, str(id))
    pipeline = board_pipeline(caller, object, request.args.get("pipeline"))
    field = found.object.fields[pipeline.field]
    may = editable(caller, field) and "update" in allowed_actions(caller, object, str(id))
    if not may or not serves(found.object, pipeline, found.record.get("record_type")):
        text = gettext("You may not move this record.")
        return jsonify({value: {"open": False, "text": text} for value in pipeline.stages})
    now = pipeline.stages.get(str(found.record.get(pipeline.field)))
    ends = now is not None and now.is_closed
    return jsonify(
        {
            value: {"open": gate.allowed, "text": hint(gate, ends)}
            for value, gate in gates(caller, pipeline, str(id)).items()
        }
    )


def _total(caller: Caller, state: ListState) -> FieldModel | None:
    """What the lanes sum: the view's first total that can be, or the first amount."""
    for name in state.view.totals:
        try:
            return total_field(caller, state.object.name, name)
        except BadRequest:
            continue
    return total_field(caller, state.object.name)


def _tools(
    state: ListState, pipeline: PipelineModel, board: Board | None, parts: cards.Parts, total: FieldModel | None
) -> dict[str, Any]:
    """What the templates of lanes and cards ask."""

    def listed(lane: Lane) -> str:
        there = f"{pipeline.field} = {quoted(lane.value)}" if lane.stage is not None else f"ISBLANK({pipeline.field})"
        return replace(state, board=None).url(filter=f"({state.filter}) and {there}" if state.filter else there)

    return {
        "parts": parts,
        "listed": listed,
        "total": total,
        "count": sum(lane.count for lane in board.lanes) if board is not None else 0,
        "flag": cards.flag,
        "shown": cards.shown,
        "lane_name": cards.lane_name,
        "sums_said": cards.sums_said,
        "weighted_said": cards.weighted_said,
    }


def _chips(caller: Caller, state: ListState) -> list[Chip]:
    try:
        return chips_of(caller, state)
    except BadRequest:
        return []
