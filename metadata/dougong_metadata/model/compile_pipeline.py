"""Pipelines: the stages of picklist fields, with the checks that need the object. The write path, the boards and the
designer read what is made here; called by `compile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.expressions.scope import Past
from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import ChecklistItem, PipelineModel, StageModel
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, PicklistModel, RecordType
from dougong_metadata.problems import Problems
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

PROBABILITY = {"won": 100, "lost": 0}  # what a closed stage has that says nothing
FORECAST = {"open": "pipeline", "won": "closed", "lost": "omitted"}
WRITABLE_SYSTEM = ("owner", "record_type")  # the system fields that people fill in


def compile_pipelines(
    loaded: Sequence[Loaded], names: Names, expressions: ExpressionCheck, problems: Problems
) -> dict[str, PipelineModel]:
    """Every pipeline by name, in the order of their objects' names; one that is wrong is left out (recorded)."""
    made: dict[str, PipelineModel] = {}
    serving: dict[tuple[str, str, str], str] = {}  # object, field, record type ("" = the others) -> pipeline
    documents = [one for one in loaded if one.kind.name == "pipeline"]
    for one in sorted(documents, key=lambda one: (str(one.body.get("object")), one.name)):
        of, name = one.body.get("object"), one.body.get("field")
        field = names.fields.get(of, {}).get(name) if isinstance(of, str) and isinstance(name, str) else None
        if field is None or field.picklist is None or "stages" not in one.body:
            continue  # told where the reference is
        if of in SYSTEM_OBJECTS:
            problems.add(
                one.document,
                ("object",),
                "system_object",
                f"Records of “{of}” are kept by the system and have no pipeline.",
                f"「{of}」是系统对象，不能有阶段流程。",
            )
            continue
        _check_serving(one, serving, problems)
        _check_values(one, field.picklist, _values_needed(one, field, documents, names), problems)
        _check_fields(one, names, problems)
        made[one.name] = _pipeline(one, field, expressions)
    return made


def past_of(loaded: Sequence[Loaded]) -> dict[str, Past]:
    """What will be known of how each object's records were: by its history, and by the fields that have a pipeline."""
    staged: dict[str, set[str]] = {}
    for one in loaded:
        of, field = one.body.get("object"), one.body.get("field")
        if one.kind.name == "pipeline" and isinstance(of, str) and isinstance(field, str):
            staged.setdefault(of, set()).add(field)
    return {
        one.name: Past(one.body.get("history", True), frozenset(staged.get(one.name, ())))
        for one in loaded
        if one.kind.name == "object"
    }


def by_object(pipelines: Mapping[str, PipelineModel]) -> dict[str, tuple[PipelineModel, ...]]:
    """The pipelines of each object, those for named record types before the one for the others."""
    found: dict[str, list[PipelineModel]] = {}
    for pipeline in sorted(pipelines.values(), key=lambda p: (p.object, p.field, not p.record_types, p.name)):
        found.setdefault(pipeline.object, []).append(pipeline)
    return {of: tuple(pipelines) for of, pipelines in found.items()}


def _check_serving(one: Loaded, serving: dict[tuple[str, str, str], str], problems: Problems) -> None:
    """At most one pipeline for a field and a record type."""
    for index, record_type in enumerate(one.body.get("record_types") or ("",)):
        other = serving.setdefault((one.body["object"], one.body["field"], record_type), one.name)
        if other == one.name:
            continue
        en = f"of the record type “{record_type}” " if record_type else ""
        zh = f"记录类型「{record_type}」的" if record_type else ""
        problems.add(
            one.document,
            ("record_types", index) if record_type else ("field",),
            "second_pipeline",
            f"Records {en}have the pipeline “{other}” for “{one.body['field']}” already.",
            f"{zh}记录的「{one.body['field']}」已有阶段流程「{other}」。",
        )


def _values_needed(one: Loaded, field: FieldModel, documents: Sequence[Loaded], names: Names) -> Iterator[str]:
    """The active values that a record of the pipeline's types may have."""
    types = {name: found for name, found in names.record_types[field.object].items() if isinstance(found, RecordType)}
    served: Sequence[str] = one.body.get("record_types") or _left_over(one, documents, types)
    allowed = [types[name].picklists.get(field.name) for name in served if name in types]
    assert field.picklist is not None
    for value in field.picklist.values.values():
        if value.active and (not allowed or any(values is None or value.value in values for values in allowed)):
            yield value.value


def _left_over(one: Loaded, documents: Sequence[Loaded], types: Mapping[str, RecordType]) -> list[str]:
    """The record types that no other pipeline of the field names."""
    same = [d.body for d in documents if all(d.body.get(key) == one.body[key] for key in ("object", "field"))]
    named = {name for body in same for name in body.get("record_types", ())}
    return [name for name in types if name not in named]


def _check_values(one: Loaded, picklist: PicklistModel, needed: Iterator[str], problems: Problems) -> None:
    """Every stage is a value of the picklist, and every value that records may have is a stage."""
    stages: Mapping[str, Any] = one.body["stages"]
    mentioned = one.document.body.get("stages")
    known = mentioned if isinstance(mentioned, Mapping) else stages
    field = one.body["field"]
    for value in stages:
        if value not in picklist.values:
            problems.unknown(
                one.document, ("stages", value), value, f"a value of “{field}”", f"「{field}」的选项", picklist.values
            )
    for value in needed:
        if value not in known:
            problems.add(
                one.document,
                ("stages",),
                "value_without_stage",
                f"The value “{value}” of “{field}” is no stage; add it, or take the value away.",
                f"「{field}」的选项「{value}」不是阶段；请加为阶段，或删去该选项。",
                hint=value,
            )


def _check_fields(one: Loaded, names: Names, problems: Problems) -> None:
    """`since` is a moment that the engine may set; required fields and reasons are fields that people fill in."""
    fields = names.fields[one.body["object"]]
    since = fields.get(one.body.get("since", ""))
    if since is not None and (since.type.name != "datetime" or since.system or not since.is_stored or since.rollup):
        problems.add(
            one.document,
            ("since",),
            "not_a_moment",
            f"“{since.name}” is no date-and-time field of its own; the engine writes the moment into it.",
            f"「{since.name}」不是可写入的日期时间字段；系统会在其中写入时刻。",
        )
    for value, stage in one.body["stages"].items():
        asked = [(("required", index), name) for index, name in enumerate(stage.get("required", ()))]
        for place, name in [*asked, (("reason",), stage.get("reason", ""))]:
            field = fields.get(name)
            if field is not None and not _is_filled_in(field):
                problems.add(
                    one.document,
                    ("stages", value, *place),
                    "not_filled_in",
                    f"Nobody fills in “{name}”; use `must` for a condition on it.",
                    f"「{name}」不由人填写；若要限制它，请用条件 `must`。",
                )


def _is_filled_in(field: FieldModel) -> bool:
    if field.system:
        return field.name in WRITABLE_SYSTEM
    return field.is_stored and field.rollup is None and field.type.name != "auto_number"


def _pipeline(one: Loaded, field: FieldModel, expressions: ExpressionCheck) -> PipelineModel:
    body = one.body
    assert field.picklist is not None
    stages = {
        value: _stage(one, value, position, field.picklist, expressions)
        for position, value in enumerate(body["stages"])
        if value in field.picklist.values
    }
    return PipelineModel(
        one.name,
        body["object"],
        body["field"],
        Label.of(body.get("label"), one.name),
        MappingProxyType(stages),
        tuple(body.get("record_types", ())),
        body.get("back", True),
        body.get("skip", False),
        body.get("reopen", False),
        body.get("since"),
    )


def _stage(one: Loaded, value: str, position: int, picklist: PicklistModel, expressions: ExpressionCheck) -> StageModel:
    body, known = one.body["stages"][value], picklist.values[value]
    outcome = body.get("outcome", "open")
    path = ("stages", value, "must")
    return StageModel(
        value,
        known.label,
        position,
        probability=body.get("probability", PROBABILITY.get(outcome)),
        forecast=body.get("forecast", FORECAST[outcome]),
        outcome=outcome,
        colour=body.get("colour", known.colour),
        stall_days=body.get("stall_days"),
        limit=body.get("limit"),
        guidance=Label.of(body["guidance"], value) if "guidance" in body else None,
        to=tuple(body["to"]) if "to" in body else None,
        required=tuple(body.get("required", ())),
        reason=body.get("reason"),
        checklist=tuple(
            ChecklistItem(name, Label.of(item.get("label"), name), item.get("required", True))
            for name, item in body.get("checklist", {}).items()
        ),
        must=expressions.condition(one, path, body.get("must"), one.body["object"], saving=True),
        message=Label.of(body["message"], value) if "message" in body else None,
        approval=body.get("approval"),
    )
