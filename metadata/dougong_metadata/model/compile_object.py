"""Objects: fields, record types, keys, the links between objects, and the checks that need all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.check_relations import check_relations
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.compile_field import check_control, check_rates, compile_field
from dougong_metadata.model.compile_pipeline import by_object
from dougong_metadata.model.flow_types import PipelineModel
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.system_fields import system_fields
from dougong_metadata.model.types import FieldModel, IndexModel, ObjectModel, RecordType, UniqueKey, ValidationModel
from dougong_metadata.problems import Problems
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

NAME_TYPES = ("text", "auto_number", "external_key", "email", "phone")
MAX_KEY_BYTES = 2_600  # of an index entry


def objects_of(loaded: Iterable[Loaded]) -> list[Loaded]:
    return [one for one in loaded if one.kind.name == "object"]


def name_fields(loaded: Iterable[Loaded], names: Names, problems: Problems) -> None:
    """Fills `names` with every object's record types and fields, still without expressions."""
    for one in objects_of(loaded):
        record_types = record_types_of(one)
        mentioned = one.document.body.get("fields")
        good = one.body.get("fields", {})
        fields: dict[str, FieldModel | None] = {}
        for position, name in enumerate(mentioned if isinstance(mentioned, Mapping) else ()):
            fields[name] = compile_field(one, name, position, names, problems) if name in good else None
        detail = any(field is not None and field.type.name == "detail" for field in fields.values())
        owned = not detail and one.name not in SYSTEM_OBJECTS
        for name, field in system_fields(one.name, record_types, len(fields), owned).items():
            fields.setdefault(name, field)
        names.fields[one.name] = fields
        names.record_types[one.name] = record_types
        if (name_field := one.body.get("name_field")) in fields:
            names.name_fields[one.name] = name_field
        check_control(one, fields, problems)
        check_rates(one, fields, problems)


def record_types_of(one: Loaded) -> dict[str, RecordType]:
    """The record types of an object's document; the first is the default where none says so."""
    given: Mapping[str, Any] = one.body.get("record_types", {})
    default = next((name for name, said in given.items() if said.get("default")), next(iter(given), None))
    return {
        name: RecordType(
            name,
            Label.of(said.get("label"), name),
            name == default,
            MappingProxyType({field: tuple(values) for field, values in said.get("picklists", {}).items()}),
        )
        for name, said in given.items()
    }


def check_objects(loaded: Sequence[Loaded], names: Names, problems: Problems) -> None:
    """What an object's own document gets wrong once its fields are known."""
    for one in objects_of(loaded):
        fields = names.fields[one.name]
        _check_name_field(one, fields, problems)
        _check_keys(one, fields, problems)
        _check_record_types(one, fields, problems)
        _check_owners(one, fields, names, problems)
    check_relations(objects_of(loaded), names, problems)


def _check_name_field(one: Loaded, fields: Mapping[str, FieldModel | None], problems: Problems) -> None:
    field = fields.get(one.body.get("name_field", ""))
    declared = one.body.get("fields", {}).get(field.name, {}).get("type") if field is not None else None
    if field is not None and (declared not in NAME_TYPES or field.system):
        problems.add(
            one.document,
            ("name_field",),
            "not_a_name_field",
            f"A name field is one of {', '.join(NAME_TYPES)}; “{field.name}” is {declared or field.type.name}.",
            f"名称字段的类型须为 {'、'.join(NAME_TYPES)}；「{field.name}」是 {declared or field.type.name}。",
        )


def _check_keys(one: Loaded, fields: Mapping[str, FieldModel | None], problems: Problems) -> None:
    for key in ("unique_keys", "indexes"):
        for name, parts in one.body.get(key, {}).items():
            size = 0
            for index, part in enumerate(parts):
                field = fields.get(part)
                if field is None:
                    continue
                size += 4 * int(field.settings.get("max_length", 255)) if field.type.name == "text" else 32
                if not field.type.indexable or one.body["fields"].get(part, {}).get("type") == "formula":
                    problems.add(
                        one.document,
                        (key, name, index),
                        "not_for_type",
                        f"A field of type {field.type.name} has no index.",
                        f"{field.type.name} 类型的字段不能建索引。",
                    )
            if size > MAX_KEY_BYTES:
                problems.add(
                    one.document,
                    (key, name),
                    "too_long_for_index",
                    "These fields together are too long for an index.",
                    "这些字段合起来过长，无法建索引。",
                )


def _check_record_types(one: Loaded, fields: Mapping[str, FieldModel | None], problems: Problems) -> None:
    for name, said in one.body.get("record_types", {}).items():
        for of, values in said.get("picklists", {}).items():
            field, path = fields.get(of), ("record_types", name, "picklists", of)
            if field is None:
                continue
            if field.picklist is None or field.system:
                problems.add(
                    one.document, path, "not_a_picklist", f"“{of}” is not a picklist field.", f"「{of}」不是选项字段。"
                )
                continue
            for index, value in enumerate(values):
                if value not in field.picklist.values:
                    problems.unknown(
                        one.document, (*path, index), value, f"a value of {of}", f"{of} 的值", field.picklist.values
                    )


def _check_owners(one: Loaded, fields: Mapping[str, FieldModel | None], names: Names, problems: Problems) -> None:
    """At most one detail field; owners are the tenant's own objects; nobody owns his owner."""
    details = [field for field in fields.values() if field is not None and field.type.name == "detail"]
    for second in details[1:]:
        problems.add(
            one.document,
            ("fields", second.name, "type"),
            "second_owner",
            f"“{details[0].name}” owns these records already; an object has one detail field.",
            f"「{details[0].name}」已是所属关系；一个对象只能有一个从属字段。",
        )
    for field in details:
        if field.to in ("user", "department", "team"):
            problems.add(
                one.document,
                ("fields", field.name, "to"),
                "system_owner",
                f"Records cannot be owned by a {field.to}; use a lookup.",
                f"记录不能从属于 {field.to}；请用查找字段。",
            )
        elif (circle := _ownership_circle(one.name, names)) is not None:
            problems.add(
                one.document,
                ("fields", field.name, "to"),
                "circle",
                f"Owners run in a circle: {' → '.join(circle)}.",
                f"从属关系成环：{' → '.join(circle)}。",
            )


def _ownership_circle(start: str, names: Names) -> list[str] | None:
    chain, at = [start], start
    while True:
        detail = next((f for f in names.fields.get(at, {}).values() if f is not None and f.type.name == "detail"), None)
        if detail is None or detail.to is None or (detail.to in chain and detail.to != start):
            return None
        chain.append(detail.to)
        at = detail.to
        if at == start:
            return chain


def with_expressions(loaded: Sequence[Loaded], names: Names, expressions: ExpressionCheck) -> None:
    """Checks the expressions of all fields and puts them into the field models of `names`."""
    for one in objects_of(loaded):
        fields = names.fields[one.name]
        for name, body in one.body.get("fields", {}).items():
            field, path = fields.get(name), ("fields", name)
            if field is None or not body.keys() & {"default", "visible_when", "required_when"}:
                continue
            fields[name] = replace(
                field,
                default=expressions.default(one, (*path, "default"), body.get("default"), field),
                visible_when=expressions.condition(one, (*path, "visible_when"), body.get("visible_when"), one.name),
                required_when=expressions.condition(one, (*path, "required_when"), body.get("required_when"), one.name),
            )


def compile_objects(
    loaded: Sequence[Loaded],
    names: Names,
    validations: Mapping[str, Sequence[ValidationModel]],
    system: frozenset[str],
    pipelines: Mapping[str, PipelineModel],
) -> dict[str, ObjectModel]:
    """The models of all objects, linked. Only called when nothing is wrong."""
    fields = {one.name: names.good_fields(one.name) for one in objects_of(loaded)}
    pointing: dict[str, list[FieldModel]] = {}
    for of in fields.values():
        for field in of.values():
            if field.to is not None and field.is_relation:
                pointing.setdefault(field.to, []).append(field)
    staged = by_object(pipelines)
    rolling: dict[str, list[FieldModel]] = {}
    for of in fields.values():
        for field in of.values():
            if field.rollup is not None:
                rolling.setdefault(field.rollup.object, []).append(field)
    return {
        one.name: _object(
            one,
            fields[one.name],
            pointing.get(one.name, ()),
            tuple(rolling.get(one.name, ())),
            tuple(validations.get(one.name, ())),
            record_types_of(one),
            one.name in system,
            staged.get(one.name, ()),
        )
        for one in objects_of(loaded)
    }


def _object(
    one: Loaded,
    fields: Mapping[str, FieldModel],
    pointing: Sequence[FieldModel],
    rolled_by: tuple[FieldModel, ...],
    validations: tuple[ValidationModel, ...],
    record_types: Mapping[str, RecordType],
    system: bool,
    pipelines: tuple[PipelineModel, ...],
) -> ObjectModel:
    body = one.body
    label = Label.of(body.get("label"), one.name)
    return ObjectModel(
        one.name,
        label,
        Label.of(body["plural"], one.name) if body.get("plural") else label,
        body["icon"],
        body["name_field"],
        MappingProxyType(dict(fields)),
        MappingProxyType(dict(record_types)),
        MappingProxyType({name: UniqueKey(name, tuple(parts)) for name, parts in body["unique_keys"].items()}),
        MappingProxyType({name: IndexModel(name, tuple(parts)) for name, parts in body["indexes"].items()}),
        validations,
        next((f for f in fields.values() if f.type.name == "detail"), None),
        tuple(f for f in pointing if f.type.name == "detail"),
        tuple(pointing),
        description=Label.of(body["description"], one.name) if body.get("description") else None,
        history=body["history"],
        system=system,
        default_access=body["default_access"],
        rolled_by=rolled_by,
        pipelines=pipelines,
    )
