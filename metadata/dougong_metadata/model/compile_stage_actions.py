"""What is done when a record enters or leaves a stage: automations that no document of their own says. Called by
`compile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dougong_metadata.actions import registered
from dougong_metadata.label import Label
from dougong_metadata.model.compile_automation import compile_actions
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import AutomationModel, PipelineModel, StageModel, Trigger
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded

POSITION = 1_000_000  # after the automations that have documents
_WORDS = {"on_enter": ("enter", "on entering", "进入"), "on_exit": ("exit", "on leaving", "离开")}


def stage_automations(
    loaded: Sequence[Loaded], pipelines: Mapping[str, PipelineModel], names: Names, expressions: ExpressionCheck
) -> dict[str, AutomationModel]:
    """By name: "sale-draft-enter", and "sale-draft-enter-set" for what belongs to the save. Problems are recorded."""
    documents = {(one.kind.name, one.name): one for one in loaded}
    made = {}
    for one in loaded:
        pipeline = pipelines.get(one.name) if one.kind.name == "pipeline" else None
        if pipeline is None:
            continue
        types = _record_types(pipeline, pipelines, names)
        for stage in pipeline.stages.values():
            for key in _WORDS:
                for automation in _of(one, pipeline, stage, key, types, expressions, documents):
                    made[automation.name] = automation
    return made


def _of(
    one: Loaded,
    pipeline: PipelineModel,
    stage: StageModel,
    key: str,
    types: tuple[str, ...],
    expressions: ExpressionCheck,
    documents: Mapping[tuple[str, str], Loaded],
) -> Iterator[AutomationModel]:
    steps = one.body["stages"][stage.value].get(key, ())
    if not steps:
        return
    path = ("stages", stage.value, key)
    trigger = Trigger("saved" if key == "on_enter" else "updated", (pipeline.field,))
    actions = compile_actions(one, path, steps, pipeline.object, trigger.kind, expressions, documents, mixed=True)
    side = pipeline.field if key == "on_enter" else f"PRIOR({pipeline.field})"
    value = stage.value.replace("\\", "\\\\").replace('"', '\\"')
    condition = expressions.condition(
        one, path, f'CHANGED({pipeline.field}) and {side} = "{value}"', pipeline.object, saving=True
    )
    word, en, zh = _WORDS[key]
    label = Label(f"{pipeline.label.en}: {en} “{stage.label.en}”", f"{pipeline.label.zh}：{zh}「{stage.label.zh}」")
    for before, suffix in ((True, "-set"), (False, "")):
        chosen = tuple(action for action in actions if registered()[action.kind].in_write is before)
        if chosen:
            yield AutomationModel(
                f"{pipeline.name}-{stage.value}-{word}{suffix}",
                pipeline.object,
                label,
                trigger,
                condition,
                chosen,
                POSITION + stage.position,
                before,
                types,
                f"pipeline/{pipeline.name}",
            )


def _record_types(pipeline: PipelineModel, pipelines: Mapping[str, PipelineModel], names: Names) -> tuple[str, ...]:
    """The record types that it serves; () = all."""
    if pipeline.record_types:
        return pipeline.record_types
    others = {
        name
        for other in pipelines.values()
        if (other.object, other.field) == (pipeline.object, pipeline.field)
        for name in other.record_types
    }
    return tuple(name for name in names.record_types[pipeline.object] if name not in others) if others else ()
