"""Layouts of all objects; one is generated where an object (or one of its record types) has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, LayoutModel, LayoutSection, ObjectModel, RelatedList
from dougong_metadata.problems import Problems

WIDE = ("long_text", "rich_text", "json", "file", "image")  # shown in a section of their own, one column wide
SHOWN_SYSTEM = ("owner", "created_at", "created_by", "updated_at", "updated_by")
RELATED_COLUMNS = 5


def compile_layouts(
    loaded: Sequence[Loaded], expressions: ExpressionCheck, problems: Problems
) -> dict[str, list[LayoutModel]]:
    """The layouts that documents give, by object."""
    made: dict[str, list[LayoutModel]] = {}
    for one in loaded:
        of = one.body.get("object")
        if one.kind.name != "layout" or not of:
            continue
        _check(one, expressions, problems)
        body = one.body
        made.setdefault(of, []).append(
            LayoutModel(
                one.name,
                of,
                Label.of(body.get("label"), one.name),
                tuple(body.get("record_types", ())),
                tuple(
                    _section(one, index, said, expressions, of) for index, said in enumerate(body.get("sections", ()))
                ),
                tuple(body.get("highlights", ())),
                body.get("path"),
                tuple(_related(said) for said in body.get("related", ()) if said.keys() >= {"object", "field"}),
                tuple(body.get("quick", ())),
            )
        )
    return made


def with_generated(
    objects: Mapping[str, ObjectModel], given: Mapping[str, list[LayoutModel]]
) -> dict[str, tuple[LayoutModel, ...]]:
    """For every object its layouts, those for certain record types first, and one that fits every record."""
    made = {}
    for name, model in objects.items():
        layouts = sorted(given.get(name, ()), key=lambda layout: not layout.record_types)
        covered = {record_type for layout in layouts for record_type in layout.record_types}
        if not layouts or (
            layouts[-1].record_types and not (model.record_types and covered >= model.record_types.keys())
        ):
            layouts.append(_generated(model, objects))
        made[name] = tuple(layouts)
    return made


def _section(one: Loaded, index: int, said: Mapping[str, Any], expressions: ExpressionCheck, of: str) -> LayoutSection:
    name = said.get("name", "")
    return LayoutSection(
        name,
        Label.of(said.get("label"), name),
        said.get("columns", 2),
        tuple(said.get("fields", ())),
        expressions.condition(one, ("sections", index, "visible_when"), said.get("visible_when"), of),
        said.get("collapsed", False),
    )


def _related(said: Mapping[str, Any]) -> RelatedList:
    return RelatedList(
        said["object"],
        said["field"],
        tuple(said.get("columns", ())),
        said.get("sort"),
        Label.of(said["label"], said["object"]) if said.get("label") else None,
    )


def _check(one: Loaded, expressions: ExpressionCheck, problems: Problems) -> None:
    seen: set[str] = set()
    placed: set[str] = set()
    for index, section in enumerate(one.body.get("sections", ())):
        if section.get("name") in seen:
            problems.add(
                one.document,
                ("sections", index, "name"),
                "given_twice",
                f"There is a section “{section['name']}” already.",
                f"已有名为「{section['name']}」的分区。",
            )
        seen.add(section.get("name", ""))
        for at, cell in enumerate(section.get("fields", ())):
            if cell in placed and cell != "-":
                problems.add(
                    one.document,
                    ("sections", index, "fields", at),
                    "given_twice",
                    f"“{cell}” is on this layout already.",
                    f"「{cell}」已在此布局中。",
                )
            placed.add(cell)
    for index, related in enumerate(one.body.get("related", ())):
        fields = expressions.names.fields.get(related.get("object", ""), {})
        field = fields.get(related.get("field", ""))
        if field is not None and field.to != one.body["object"]:
            problems.add(
                one.document,
                ("related", index, "field"),
                "wrong_link",
                f"“{field.name}” of {field.object} does not point to {one.body['object']}.",
                f"{field.object} 的「{field.name}」不指向 {one.body['object']}。",
            )


def _generated(model: ObjectModel, objects: Mapping[str, ObjectModel]) -> LayoutModel:
    own = model.own_fields
    sections = [
        LayoutSection("details", Label("Details", "基本信息"), 2, tuple(f.name for f in own if f.type.name not in WIDE))
    ]
    wide = tuple(f.name for f in own if f.type.name in WIDE)
    if wide:
        sections.append(LayoutSection("more", Label("More", "更多"), 1, wide))
    if not model.system:
        sections.append(LayoutSection("record", Label("Record", "记录信息"), 2, SHOWN_SYSTEM))
    related = tuple(
        RelatedList(f.object, f.name, _columns(objects[f.object], f)) for f in model.referrers if not model.system
    )
    return LayoutModel(f"{model.name}_default", model.name, model.label, (), tuple(sections), (), None, related)


def _columns(model: ObjectModel, through: FieldModel) -> tuple[str, ...]:
    others = [
        f.name for f in model.own_fields if f.name not in (model.name_field, through.name) and f.type.name not in WIDE
    ]
    return (model.name_field, *others[: RELATED_COLUMNS - 1])
