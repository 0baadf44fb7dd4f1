"""Which pipeline serves a record, and which stages a person may know. Asked by the other files of this folder and by
the record page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller


def pipelines_of(caller: Caller, object: str) -> tuple[PipelineModel, ...]:
    """The object's pipelines whose field the caller may read."""
    return tuple(p for p in caller.model.object(object).pipelines if caller.rights.field(object, p.field) != "none")


def serving(caller: Caller, object: str, record_type: str | None, field: str | None = None) -> PipelineModel | None:
    """The pipeline for records of a type (of `field`, or of the first field that has one); None where there is none."""
    found = (p for p in pipelines_of(caller, object) if field in (None, p.field))
    return next((p for p in found if serves(caller.model.objects[object], p, record_type)), None)


def serves(object: ObjectModel, pipeline: PipelineModel, record_type: str | None) -> bool:
    """Whether the pipeline is for records of the type: one of its own, or one that no other of the field names."""
    if pipeline.record_types:
        return record_type in pipeline.record_types
    return record_type not in other_types(object, pipeline)


def other_types(object: ObjectModel, pipeline: PipelineModel) -> tuple[str, ...]:
    """The record types that other pipelines of the same field name."""
    return tuple(
        kind for p in object.pipelines if p.field == pipeline.field and p is not pipeline for kind in p.record_types
    )
