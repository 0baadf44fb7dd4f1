"""Objects and fields as JSON, cut down to what the caller may see. Used by the API and by clients that build forms."""

from __future__ import annotations

from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import may_read_rule
from dougong_platform.query.visible import visible_objects


def visible(caller: Caller) -> list[dict[str, Any]]:
    """All objects that the caller may read, in the model's order, without their fields."""
    return [brief(caller, found) for found in visible_objects(caller.rights).values()]


def brief(caller: Caller, object: ObjectModel) -> dict[str, Any]:
    """One object without its fields."""
    right = caller.rights.object(object.name)
    return {
        "name": object.name,
        "label": label(object.label),
        "plural": label(object.plural),
        "icon": object.icon,
        "name_field": object.name_field if _knows(caller, object.name, object.name_field) else None,
        "system": object.system,
        "access": {
            "create": right.create,
            "read": right.read,
            "update": right.update,
            "delete": right.delete,
            "import": right.import_,
            "export": right.export,
        },
    }


def full(caller: Caller, object: ObjectModel) -> dict[str, Any]:
    """One object with the fields, record types and links that the caller may see."""
    whole = caller.model.objects[object.name].fields  # of which some are shown masked
    fields = [field(caller, object.fields.get(name) or whole[name]) for name in caller.rights.shown(object.name)]
    types = [
        {
            "name": t.name,
            "label": label(t.label),
            "default": t.default,
            "picklists": {
                name: list(values) for name, values in t.picklists.items() if _knows(caller, object.name, name)
            },
        }
        for t in object.record_types.values()
    ]
    return brief(caller, object) | {
        "description": label(object.description),
        "fields": fields,
        "record_types": types,
        "details": [{"object": d.object, "field": d.name} for d in object.details],
        "parent": object.parent.name if object.parent is not None else None,
    }


def field(caller: Caller, model: FieldModel) -> dict[str, Any]:
    """One field: its type, its rules and the caller's access (mask, read or edit)."""
    masked = caller.rights.masked(model.object, model.name)
    editable = caller.rights.field(model.object, model.name) == "edit" and not model.read_only
    found: dict[str, Any] = {
        "name": model.name,
        "type": model.type.name,
        "label": label(model.label),
        "help": label(model.help),
        "required": model.required,
        "unique": model.unique,
        "system": model.system,
        "access": "mask" if masked else "edit" if editable else "read",
        "sortable": model.type.sortable and not masked,
        "operators": [] if masked else list(model.type.operators),
    }
    if model.to is not None:
        found["to"] = model.to
    controlled = model.controlled_by is not None and _knows(caller, model.object, model.controlled_by)
    if controlled:
        found["controlled_by"] = model.controlled_by
    if model.picklist is not None:
        found["values"] = [
            {
                "value": v.value,
                "label": label(v.label),
                "colour": v.colour,
                "active": v.active,
                "parents": list(v.parents) if controlled or model.controlled_by is None else [],
            }
            for v in model.picklist.values.values()
        ]
    for rule in ("visible_when", "required_when", "default"):
        checked = getattr(model, rule)
        if checked is not None and may_read_rule(caller.rights, model.object, checked):
            found[rule] = checked.text
    settings = {name: value for name, value in model.settings.items() if isinstance(value, str | int | bool)}
    return found | ({"settings": settings} if settings else {})


def _knows(caller: Caller, object: str, field: str) -> bool:
    return caller.rights.field(object, field) != "none"


def label(given: Label | None) -> dict[str, str] | None:
    """{"en", "zh"}."""
    return None if given is None else {"en": given.en, "zh": given.zh}
