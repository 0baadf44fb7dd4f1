"""The stages of a field as funnels and trends show them: a picklist's values in order, without those that are lost."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.expressions.printing import quoted
from dougong_metadata.model.types import FieldModel
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.rows import field_at


def staged_field(caller: Caller, object: str, name: str, *, stays: bool) -> FieldModel:
    """The picklist field; with `stays`, one whose stays are kept. Raises BadField, BadRequest."""
    field = field_at(caller.rights, object, (name,))
    if field.picklist is None or field.type.pg_type != "text":
        raise BadRequest(en=f"“{name}” is no picklist.", zh=f"「{name}」不是选项字段。")
    if stays and all(p.field != name for p in caller.model.object(object).pipelines):
        raise BadRequest(
            en=f"“{name}” has no pipeline, so nothing tells where records stood.",
            zh=f"「{name}」没有阶段流程，无法得知记录过去所处的阶段。",
        )
    return field


def stages_of(caller: Caller, field: FieldModel, given: Sequence[str], *, lost: bool) -> tuple[str, ...]:
    """Those of `given` that are values of the field; without any, all values, those that end in a loss if `lost`."""
    known = () if field.picklist is None else tuple(field.picklist.values)
    if given:
        return tuple(value for value in dict.fromkeys(given) if value in known)
    ends = frozenset[str]() if lost else ends_of(caller, field, "lost")
    return tuple(value for value in known if value not in ends)


def ends_of(caller: Caller, field: FieldModel, *outcomes: str) -> frozenset[str]:
    """Stages of the field that end in one of the outcomes (won, lost)."""
    return frozenset(
        stage.value
        for pipeline in caller.model.object(field.object).pipelines
        if pipeline.field == field.name
        for stage in pipeline.stages.values()
        if stage.outcome in outcomes
    )


def one_of(field: str, stages: Sequence[str]) -> str:
    """That the field holds one of them, as a condition."""
    return f"{field} in ({', '.join(quoted(value) for value in stages)})" if stages else "FALSE"
