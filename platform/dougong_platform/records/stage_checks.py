"""What a pipeline demands of a record that moves: the moves it allows, and the gate of every stage entered or passed.

Whoever brings in records as they are elsewhere (imports, demo data, undo) is not asked: see `UNGATED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dougong_metadata.label import Label
from dougong_metadata.model.flow_types import PipelineModel, StageModel
from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.check import Check
from dougong_platform.records.from_json import from_json
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import literal, quoted

UNGATED = frozenset({"import", "demo", "undo", "publish", "restore"})  # causes
_BETWEEN = "\x1f"
_GATED = "%(gated)s::boolean"


def stage_checks(
    object: ObjectModel, row: NewRow, changed: Callable[[str], str | None], *, creating: bool
) -> Iterator[Check]:
    """The checks of all pipelines of the object, as conditions over the new row `n`."""
    for pipeline in object.pipelines:
        moves = changed(pipeline.field)
        if moves is None:
            continue
        row.used.update({name: object.fields[name] for name in (pipeline.field, "record_type")})
        under = " and ".join((_GATED, *([moves] if moves != "true" else []), *_types(object, pipeline)))
        if not creating:
            yield from _moves(object, pipeline, under)
        for stage in pipeline.stages.values():
            entering = _entering(pipeline, stage, creating=creating)
            if entering is not None:
                yield from _gate(object, pipeline, stage, row, f"{under} and {entering}")


def _types(object: ObjectModel, pipeline: PipelineModel) -> list[str]:
    """The records that this pipeline is for: those of its types, or all that no other one of the field names."""
    kind = f"n.{quoted('record_type')}"
    if pipeline.record_types:
        return [f"{kind} = any({literal(list(pipeline.record_types))}::text[])"]
    others = [t for p in object.pipelines if p.field == pipeline.field for t in p.record_types]
    return [f"not coalesce({kind} = any({literal(others)}::text[]), false)"] if others else []


def _moves(object: ObjectModel, pipeline: PipelineModel, under: str) -> Iterator[Check]:
    """One check per stage: from here one may go to these."""
    now, before = f"n.{quoted(pipeline.field)}", f"n.{quoted('_old_' + pipeline.field)}"
    field = object.fields[pipeline.field]
    for value, stage in pipeline.stages.items():
        allowed = list(pipeline.targets(value))
        if len(allowed) >= len(pipeline.stages) - 1:
            continue
        names = [pipeline.stages[one].label for one in allowed]
        targets = Label(", ".join(f"“{n.en}”" for n in names), "、".join(f"「{n.zh}」" for n in names))
        code = "stage_move" if names else "stage_end"
        wrong = f"{before} = {literal(value)} and not coalesce({now} = any({literal(allowed)}::text[]), false)"
        yield Check(code, f"{under} and {wrong}", field, {"stage": stage.label, "targets": targets})


def _entering(pipeline: PipelineModel, stage: StageModel, *, creating: bool) -> str | None:
    """SQL for "this save enters the stage, or passes over it"; None where no save does."""
    now, before = f"n.{quoted(pipeline.field)}", f"n.{quoted('_old_' + pipeline.field)}"
    fresh = [after for after in pipeline.stages if stage in pipeline.passed(None, after)]
    if creating:
        return f"{now} = any({literal(fresh)}::text[])" if fresh else None
    pairs = [
        f"{old}{_BETWEEN}{new}"
        for old in pipeline.stages
        for new in pipeline.stages
        if old != new and stage in pipeline.passed(old, new)
    ]
    if not pairs and not fresh:
        return None
    known = literal(list(pipeline.stages))
    moved = f"{before} || '{_BETWEEN}' || {now} = any({literal(pairs)}::text[])"
    entered = f"{now} = any({literal(fresh)}::text[])"
    return f"case when {before} = any({known}::text[]) then {moved} else {entered} end"


def _gate(
    object: ObjectModel, pipeline: PipelineModel, stage: StageModel, row: NewRow, entering: str
) -> Iterator[Check]:
    field, said = object.fields[pipeline.field], {"stage": stage.label}
    for name in dict.fromkeys((*stage.required, *([stage.reason] if stage.reason else []))):
        one = object.fields[name]
        blank = f"{row.text_at((name,))} is null"
        if one.type.pg_type.endswith("[]"):
            blank = f"coalesce(cardinality({row.text_at((name,))}), 0) = 0"
        yield Check("stage_required", f"{entering} and {blank}", one, said)
    items = [item.name for item in stage.checklist if item.required]
    key = f"k.record = n.id and k.pipeline = {literal(pipeline.name)} and k.stage = {literal(stage.value)}"
    if items:
        ticked = f'select count(*) from "§"._checklist k where {key} and k.item = any({literal(items)}::text[])'
        yield Check("stage_checklist", f"{entering} and ({ticked}) < {len(items)}", field, said)
    if stage.approval is not None:
        passes = f'exists (select from "§"._stage_pass k where {key}{_unchanged(object, stage.approval, row)})'
        yield Check("stage_approval", f"{entering} and {_taken(object, stage, row)} and not {passes}", field, said)
    if stage.must is not None:
        roots = frozenset(path[0] for path in stage.must.paths)
        wrong = f"not coalesce({row.text(stage.must)}, false)"
        yield Check("stage_gate", f"{entering} and {wrong}", field, said, message=stage.message, roots=roots)


def _taken(object: ObjectModel, stage: StageModel, row: NewRow) -> str:
    """SQL for "the flow that the gate asks for is one for this record": of others no approval could ever be had."""
    flow = next((flow for flow in object.approvals if flow.name == stage.approval), None)
    if flow is None:
        return "true"
    found = []
    if flow.record_types:
        found.append(f"n.{quoted('record_type')} = any({literal(list(flow.record_types))}::text[])")
    if flow.entry is not None:
        found.append(f"coalesce({row.text(flow.entry)}, false)")
    return " and ".join(found) or "true"


def _unchanged(object: ObjectModel, approval: str, row: NewRow) -> str:
    """SQL for "and what was approved still holds": the fields by which the flow's approvals lapse are as they were."""
    flow = next((one for one in object.approvals if one.name == approval), None)
    parts = []
    for name in flow.lapses if flow is not None else ():
        seen = from_json(f"(k.seen -> {literal(name)})", object.fields[name].type.pg_type)
        same = f"{seen} is not distinct from {row.text_at((name,))}"
        parts.append(f" and (not coalesce(k.seen ? {literal(name)}, false) or {same})")
    return "".join(parts)
