"""The fields of an object with the inspector beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from dougong_metadata.field_types.registry import field_type_named, offered, registered
from dougong_metadata.kinds.json_schema import field_type_schema
from dougong_metadata.model.types import Use
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.reports.uses import NO_USES, Uses, used_by_people
from dougong_ui_builder.builder.forms import Form
from dougong_ui_builder.builder.formulas.preview import Preview, preview, scale_of
from dougong_ui_builder.builder.formulas.rollup import editor
from dougong_ui_builder.builder.formulas.rollup_pages import condition_fields
from dougong_ui_builder.builder.objects.counts import count_filled, count_values
from dougong_ui_builder.builder.objects.page_of import ObjectPage, object_page
from dougong_ui_builder.builder.objects.routes import blueprint
from dougong_ui_builder.builder.objects.type_words import GROUPS, sentence, short
from dougong_ui_builder.builder.vocabulary import FieldWords, field_words
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page

PICKS = ("picklist", "multi_picklist")
FLAGS = ("required", "unique", "index", "searchable", "read_only")
RULES = ("help", "default", "visible_when", "required_when")
COMPUTED = ("formula", "rollup")  # types whose values nobody types: no flags, no default


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One row of the fields' table. `mark`: what the draft does to it."""

    field: FieldWords
    type: str
    uses: int
    mark: str


@dataclass(slots=True)
class Inspected:
    """What the inspector shows: a field (`field`, `form`), a new one of a type, or the choice of one (`choosing`)."""

    choosing: bool = False
    field: FieldWords | None = None
    fresh: bool = False
    type: str = ""
    form: Form | None = None
    uses: tuple[Use, ...] = ()
    own: Uses = NO_USES  # what people keep and have sent that uses it
    filled: int | None = None
    held: Mapping[str, int] | None = None
    typed_name: str = ""
    mark: str = ""
    was_type: str = ""
    others: tuple[Mapping[str, str], ...] = ()


@blueprint.get("/<name>")
@page("metadata", "object")
def show_fields(caller: Caller, name: str) -> str | Response:
    """?field= inspects one, ?add= chooses a type, ?add=<type> begins a field of it."""
    made = object_page(caller, name)
    problems = [p for p in made.view.problems if (p.kind, p.name) == made.document.key]
    adding, wanted = request.args.get("add"), request.args.get("field", "")
    inspected = None
    if adding is not None and adding in offered():
        inspected = inspect_new(made, adding, {"type": adding})
    elif adding is not None:
        inspected = Inspected(choosing=True)
    elif wanted in made.object.fields and not made.object.fields[wanted].system:
        inspected = inspect(made, made.object.fields[wanted], problems)
    return fields_page(made, inspected)


def fields_page(made: ObjectPage, inspected: Inspected | None) -> str:
    """The table and, where something is inspected, the inspector."""
    types = [(t, [_type(name) for name in names if name in offered()]) for t, names in GROUPS]
    listed = {name for _, names in GROUPS for name in names}
    others = [_type(name) for name in offered() if name not in listed]
    return made.draw(
        "builder/object.html",
        "fields",
        lines=field_lines(made),
        inspected=inspected,
        type_groups=[*types, *([("", others)] if others else [])],
        type_choices=[(name, type_label(name)) for name in offered()],
        keys=_keys(inspected),
        made=made,
        **_computed(made, inspected),
    )


def _keys(inspected: Inspected | None) -> dict[str, tuple[str, ...]]:
    """Which keys of a field stand in which part of the inspector; `left` ones are drawn by hand or not at all."""
    computed = inspected is not None and inspected.type in COMPUTED
    if not computed:
        return {"flags": FLAGS, "rules": RULES, "left": ()}
    return {"flags": (), "rules": ("help", "visible_when"), "left": (*FLAGS, "default", "required_when")}


def _computed(made: ObjectPage, inspected: Inspected | None) -> dict[str, Any]:
    """What the editors of formulas and roll-ups show beside their inputs."""
    if inspected is None or inspected.form is None or inspected.type not in COMPUTED:
        return {}
    body = inspected.form.body
    if inspected.type == "formula":
        text, returns = str(body.get("formula") or ""), str(body.get("returns") or "text")
        shown = preview(made.caller, made.view.model, made.name, text, returns, scale_of(str(body.get("scale", 2))))
        return {"preview": shown if text else Preview(), "preview_of": made.name}
    found = editor(made.words, made.name, body, request.form.get("@rollup"))
    fields = json.dumps(condition_fields(made.words, found["object"]), ensure_ascii=False)
    return {"rollup": found, "rollup_fields": fields, "rollup_body": body}


def field_lines(made: ObjectPage) -> list[FieldLine]:
    """The object's own fields in order, then those that the draft retires."""
    model = made.view.model or made.view.base.model
    released = made.view.released("object", made.name)
    before: Mapping[str, Any] = released.body.get("fields", {}) if released else {}
    uses = model.uses
    lines = [
        FieldLine(
            f, short(f, made.words, type_label(f.type)), len(uses.get(f"{made.name}.{f.name}", ())), _mark(f, before)
        )
        for f in made.object.own_fields
    ]
    gone = [field_words(name, body) for name, body in before.items() if name not in made.object.fields]
    return lines + [FieldLine(f, short(f, made.words, type_label(f.type)), 0, "delete") for f in gone]


def _mark(field: FieldWords, before: Mapping[str, Any]) -> str:
    if field.name not in before:
        return "add"
    return "" if before[field.name] == field.body else "change"


def inspect(made: ObjectPage, field: FieldWords, problems: list[Problem], body: Any = None) -> Inspected:
    """The inspector of a field that is there."""
    shown = dict(field.body) if body is None else body
    kind = str(shown.get("type", field.type))
    model = made.view.model or made.view.base.model
    released = made.view.released("object", made.name)
    before: Mapping[str, Any] = released.body.get("fields", {}) if released else {}
    several = field.type == "multi_picklist"
    return Inspected(
        field=field,
        type=kind,
        form=field_form(made, kind, field.name, shown, problems),
        uses=model.uses.get(f"{made.name}.{field.name}", ()),
        own=used_by_people(made.caller, "object", made.name, field.name),
        filled=count_filled(made.caller, made.name, field.name),
        held=count_values(made.caller, made.name, field.name, several) if field.type in PICKS else None,
        mark=_mark(field, before),
        was_type=type_label(str(before.get(field.name, {}).get("type", ""))) if field.name in before else "",
    )


def inspect_new(
    made: ObjectPage, kind: str, body: Mapping[str, Any], problems: list[Problem] | None = None, name: str = ""
) -> Inspected:
    """The inspector of a field that is about to be added."""
    field = field_words(name or "new_field", body)
    form = field_form(made, kind, name or "new_field", body, problems or [])
    return Inspected(field=field, fresh=True, type=kind, form=form, typed_name=name)


def field_form(made: ObjectPage, kind: str, name: str, body: Mapping[str, Any], problems: list[Problem]) -> Form:
    """The form of a field from its type's schema, with the problems that lie in it."""
    path = f"fields.{name}"
    mine = [p for p in problems if p.path == path or p.path.startswith((path + ".", path + "["))]
    schema = field_type_schema(kind if kind in registered() else "text")
    return Form(schema, body, made.words, mine, object=made.name, leave=("type",), path=path)


def type_label(name: str) -> str:
    """A field type in the page's language."""
    return registered()[name].label[current_locale()] if name in registered() else name


def _type(name: str) -> dict[str, str]:
    found = field_type_named(name)
    return {"name": name, "label": found.label[current_locale()], "icon": found.icon, "sentence": sentence(name)}
