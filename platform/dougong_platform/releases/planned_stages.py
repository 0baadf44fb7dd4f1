"""What a plan says about stages: where the records go of a stage that is taken away, and which stays are opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dougong_metadata.label import Label
from dougong_platform.releases import impact as cost
from dougong_platform.releases.draft_stages import Moves
from dougong_platform.releases.impact import Counter, Impact
from dougong_platform.releases.leaving import Leaving
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release
from dougong_platform.releases.restaging import Restaging, restaging
from dougong_platform.storage.structure import quote


def stage_steps(counter: Counter, base: Release, target: Release, moves: Moves) -> Iterator[PlannedStep]:
    """One per value at which records stand and that will be no stage, then one per field that gets or loses its stays.

    `moves` that make no sense count as not said.
    """
    pipelines = target.model.pipelines
    known = {
        place: new
        for place, new in moves.items()
        if (pipeline := pipelines.get(place.partition(".")[0])) is not None and new in pipeline.stages
    }
    work = restaging(base, target, known)
    for one in work.leaving:
        for value, rows in (one.standing(counter) or {}).items():
            yield _move(base, one, value, rows)
    yield from _stays(counter, base, work)


def settled(steps: Sequence[PlannedStep], staged: Sequence[PlannedStep]) -> list[PlannedStep]:
    """The other steps; a narrower picklist whose records the plan asks about hinders nobody by itself."""
    asked = {(step.object, step.field) for step in staged if step.action == "move_stage"}
    return [
        replace(step, impact=replace(step.impact, bad=0, examples=(), note=None))
        if step.action == "narrow" and (step.object, step.field) in asked
        else step
        for step in steps
    ]


def _move(base: Release, one: Leaving, value: str, rows: int) -> PlannedStep:
    pipeline, chosen = one.pipeline, one.moves.get(value)
    field = base.model.objects[pipeline.object].fields[pipeline.field]
    known = field.picklist.values.get(value) if field.picklist else None
    name = known.label if known else Label(value, value)
    choices = {stage.value: stage.label for stage in pipeline.stages.values()}
    if chosen is None:
        says = Label(f"Say where the records at “{name.en}” go", f"请指定「{name.zh}」的记录移至哪个阶段")
        note = Label(
            f"{rows} records stand at a stage that “{pipeline.label.en}” has no more",
            f"{rows} 条记录所处的阶段已不在「{pipeline.label.zh}」中",
        )
        impact = Impact(rows, bad=rows, refused=True, note=note)
    else:
        there = choices[chosen]
        says = Label(f"Move the records at “{name.en}” to “{there.en}”", f"将「{name.zh}」的记录移至「{there.zh}」")
        note = Label(
            "history tells it; gates and automations are passed over", "写入历史；不检查阶段条件，不触发自动化"
        )
        impact = Impact(rows, lock="rows", seconds=cost.staying(rows), note=note)
    return PlannedStep(
        "move_stage", pipeline.object, says, impact, pipeline.field, f"{pipeline.name}.{value}", (), (), choices, chosen
    )


def _stays(counter: Counter, base: Release, work: Restaging) -> Iterator[PlannedStep]:
    for field in work.opened:
        rows = counter.rows(quote(base.catalogue.table(field.object)))
        if rows != 0:
            says = Label("Note since when records are at their stage", "记录各条数据处于当前阶段的起始时间")
            note = Label("as history tells it, else since their last change", "依据变更历史，否则以最后修改时间为准")
            impact = Impact(rows, lock="rows", seconds=cost.staying(rows), note=note)
            yield PlannedStep("open_stays", field.object, says, impact, field.field)
    for object, name in work.closed:
        if object in base.model.objects:
            says = Label("Note no longer how long records are at their stage", "不再记录各条数据在阶段的停留时间")
            yield PlannedStep("end_stays", object, says, Impact(), name)
