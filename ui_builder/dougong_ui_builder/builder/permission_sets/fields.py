"""What a permission set says of an object's fields: only what differs from the object's right is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from dougong_metadata.kinds.permission_set import FIELD_RIGHTS, MASKED_TYPES
from dougong_ui_builder.builder.objects.views import type_label
from dougong_ui_builder.builder.permission_sets.matrix import OTHERS
from dougong_ui_builder.builder.permission_sets.page_of import SetPage
from dougong_ui_builder.builder.vocabulary import ObjectWords
from dougong_ui_builder.languages import current_locale

LEVELS = ("edit", "read", "mask", "none")
ALWAYS = frozenset({"id", "version", "deleted_at", "deleted_by"})  # nobody is kept from them, or nobody sees them


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`level`: what the set grants on it; `options`: (level, words) from the object's own right down."""

    name: str
    label: str
    icon: str
    type: str
    system: bool
    level: str
    differs: bool
    options: tuple[tuple[str, str], ...]


def usual(body: Mapping[str, Any], object: str) -> str:
    """What the object's right alone opens of a field: edit, read or none."""
    objects = body.get("objects")
    said = objects if isinstance(objects, Mapping) else {}
    right = said.get(object, said.get(OTHERS, {}))
    if right.get("create") or right.get("modify_all") or right.get("update", "none") != "none":
        return "edit"
    return "read" if right.get("view_all") or right.get("read", "none") != "none" else "none"


def lines(body: Mapping[str, Any], one: ObjectWords) -> list[FieldLine]:
    """The object's own fields in order, then those that every object has; [] where the set grants nothing on it."""
    most = usual(body, one.name)
    if most == "none":
        return []
    said = body.get("fields") or {}
    zh = current_locale() == "zh"
    found = []
    for field in sorted(one.fields.values(), key=lambda field: field.system):
        if field.name in ALWAYS:
            continue
        levels = [level for level in LEVELS[LEVELS.index(most) :] if level != "mask" or field.type in MASKED_TYPES]
        level = said.get(f"{one.name}.{field.name}", most)
        level = level if level in levels else most
        options = tuple((value, FIELD_RIGHTS[value][zh]) for value in levels)
        found.append(
            FieldLine(
                field.name,
                field.label.text(current_locale()),
                field.icon,
                type_label(field.type),
                field.system,
                level,
                level != most,
                options,
            )
        )
    return found


def posted_fields(made: SetPage, one: ObjectWords) -> dict[str, str]:
    """The document's fields with the posted levels of one object in them."""
    said = {str(key): str(value) for key, value in (made.document.body.get("fields") or {}).items()}
    most = usual(made.document.body, one.name)
    for name in one.fields:
        level = request.form.get(f"f/{name}")
        if level is None or level not in LEVELS:
            continue
        if level == most:
            said.pop(f"{one.name}.{name}", None)
        else:
            said[f"{one.name}.{name}"] = level
    return said


def narrowed(body: Mapping[str, Any], object: str) -> int:
    """How many fields of an object the set says something of."""
    return sum(str(key).partition(".")[0] == object for key in body.get("fields") or ())
