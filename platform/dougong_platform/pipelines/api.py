"""HTTP endpoints of pipelines: a record's stages, the ticks of its checklists, and boards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.pipelines import checklist
from dougong_platform.pipelines.gate import Gate, gates
from dougong_platform.pipelines.lanes import CARDS, MOST_CARDS, Lane, board_pipeline, lanes, total_field
from dougong_platform.pipelines.schema import BoardShape, Stages, Ticked
from dougong_platform.pipelines.serving import pipelines_of, serving
from dougong_platform.pipelines.stays import Stay, is_stalled, stays
from dougong_platform.query import get
from dougong_platform.query.fields import may_read_rule, shown_paths
from dougong_platform.saved_views import list_views

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import ChecklistItem, PipelineModel, StageModel

blueprint = Blueprint("pipelines", __name__)
_RECORD = "/api/v1/records/<object>/<id>"
_ITEM = f"{_RECORD}/checklist/<stage>/<item>"


@blueprint.get(f"{_RECORD}/stages")
@endpoint("The stages of a record, and what is missing for each", answers=Stages, errors=(403, 404))
def stages(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"pipelines": […]}, one for each field that has a pipeline for the record's type."""
    known = pipelines_of(caller, object)
    fields = dict.fromkeys(p.field for p in known)
    type_shown = caller.rights.field(object, "record_type") != "none"
    record = get(caller, object, id, ["id", *(["record_type"] if type_shown else []), *fields])
    found = (serving(caller, object, record.get("record_type"), field) for field in fields)
    return {"pipelines": [_stages(caller, one, record) for one in found if one is not None]}


@blueprint.put(_ITEM)
@endpoint("Tick an item of a stage's checklist", answers=Ticked, errors=(403, 404))
def tick(caller: Caller, object: str, id: str, stage: str, item: str) -> dict[str, Any]:
    """{"ticked": true, "changed"}."""
    return {"ticked": True, "changed": checklist.tick(caller, object, id, stage, item)}


@blueprint.delete(_ITEM)
@endpoint("Take back the tick of an item", answers=Ticked, errors=(403, 404))
def untick(caller: Caller, object: str, id: str, stage: str, item: str) -> dict[str, Any]:
    """{"ticked": false, "changed"}."""
    return {"ticked": False, "changed": checklist.tick(caller, object, id, stage, item, ticked=False)}


@blueprint.get("/api/v1/boards/<object>")
@endpoint(
    "A board: the records of a pipeline by stage",
    answers=BoardShape,
    errors=(400, 403, 404),
    parameters=(
        Parameter("pipeline", "Its name; without, the one for the record type that new records get."),
        Parameter("view", "A list view's name or a saved view's id, whose filter, order and columns apply."),
        Parameter("filter", "An expression, in place of the view's."),
        Parameter("sort", "Sort keys, in place of the view's."),
        Parameter("fields", "Paths that the cards carry, in place of the view's columns."),
        Parameter("total", "The number or amount that lanes sum; the first amount without."),
        Parameter("limit", "Cards of each lane.", {"type": "integer", "minimum": 1, "maximum": MOST_CARDS}),
    ),
)
def board(caller: Caller, object: str) -> dict[str, Any]:
    """{"pipeline", "field", "total", "lanes": […]}."""
    given = Arguments(request, ("pipeline", "view", "filter", "sort", "fields", "total", "limit"))
    pipeline = board_pipeline(caller, object, given.text("pipeline"))
    filter, sort, columns = _view(caller, object, given.text("view"))
    model = caller.model.objects[object]
    total = total_field(caller, object, given.text("total"))
    own = [f.name for f in model.own_fields]
    found = lanes(
        caller,
        pipeline,
        fields=given.names("fields") or columns or shown_paths(caller.rights, object, own)[:5],
        filter=given.text("filter") or filter,
        sort=given.names("sort") or sort,
        total=total,
        limit=max(1, min(given.whole("limit", CARDS), MOST_CARDS)),
    )
    return {
        "pipeline": pipeline.name,
        "field": pipeline.field,
        "total": total.name if total is not None else None,
        "lanes": [_lane(caller, lane) for lane in found.lanes],
    }


def _view(caller: Caller, object: str, key: str | None) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Filter, order and columns of a view."""
    if key is None:
        return None, (), ()
    for view in caller.model.list_views[object]:
        if view.name == key and (view.filter is None or may_read_rule(caller.rights, object, view.filter)):
            columns = shown_paths(caller.rights, object, view.columns)
            return view.filter.text if view.filter else None, view.sort, columns
    for saved in list_views(caller, object):
        if saved.id == key:
            return saved.filter, saved.sort, saved.columns
    raise BadRequest(en="There is no such view here.", zh="没有这个视图。")


def _stages(caller: Caller, pipeline: PipelineModel, record: dict[str, Any]) -> dict[str, Any]:
    id, now = str(record["id"]), record[pipeline.field]
    ways = gates(caller, pipeline, id)
    ticked = checklist.ticks(caller, pipeline.object, id, pipeline)
    spent = stays(caller, pipeline.object, id, pipeline.field)
    return {
        "pipeline": pipeline.name,
        "label": pipeline.label.text(caller.locale),
        "field": pipeline.field,
        "value": now,
        "stages": [
            {
                **_stage(caller, stage, spent, here=value == now),
                "checklist": [_item(caller, item, ticked.get((value, item.name))) for item in stage.checklist],
                **_gate(caller, ways.get(value)),
            }
            for value, stage in pipeline.stages.items()
        ],
        "stays": [{"value": s.value, "since": s.since, "until": s.until, "days": s.days} for s in spent],
    }


def _stage(caller: Caller, stage: StageModel, spent: list[Stay], *, here: bool) -> dict[str, Any]:
    standing = next((s.days for s in spent if s.until is None and s.value == stage.value), 0)
    return {
        "value": stage.value,
        "label": stage.label.text(caller.locale),
        "outcome": stage.outcome,
        "probability": stage.probability,
        "forecast": stage.forecast,
        "guidance": stage.guidance.text(caller.locale) if stage.guidance else None,
        "stall_days": stage.stall_days,
        "limit": stage.limit,
        "days": sum(s.days for s in spent if s.value == stage.value),
        "current": here,
        "stalled": here and is_stalled(stage, standing),
    }


def _item(caller: Caller, item: ChecklistItem, mark: checklist.Tick | None) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label.text(caller.locale),
        "required": item.required,
        "ticked_at": mark.at if mark else None,
        "ticked_by": mark.by if mark else None,
        "ticked_by.name": mark.name if mark else None,
    }


def _gate(caller: Caller, gate: Gate | None) -> dict[str, Any]:
    if gate is None:
        return {"allowed": False, "needs": []}
    needs = [
        {
            "kind": need.kind,
            "stage": need.stage,
            "name": need.name,
            "label": need.label.text(caller.locale),
            "met": need.met,
            "reason": need.reason,
        }
        for need in gate.needs
    ]
    return {"allowed": gate.allowed, "needs": needs}


def _lane(caller: Caller, lane: Lane) -> dict[str, Any]:
    stage = lane.stage
    return {
        "stage": stage.value if stage else None,
        "label": stage.label.text(caller.locale) if stage else None,
        "outcome": stage.outcome if stage else None,
        "probability": stage.probability if stage else None,
        "limit": stage.limit if stage else None,
        "over": lane.over,
        "count": lane.count,
        "sums": {unit: str(value) for unit, value in lane.sums.items()},
        "cards": [{"record": card.record, "days": card.days, "stalled": card.stalled} for card in lane.cards],
    }
