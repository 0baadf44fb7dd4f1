"""The JSON Schema (draft 2020-12) of a kind's documents, from its marshmallow schema. Builder forms, the published
schema and editors read it; `x-dougong` holds label and help per language, the widget, and what a reference names.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, missing

from dougong_metadata.actions import ActionStep, action_named
from dougong_metadata.actions.keys import step_schemas
from dougong_metadata.field_types.common import field_schema
from dougong_metadata.field_types.registry import field_type_named, offered
from dougong_metadata.keys import (
    MAX_EXPRESSION,
    NAME,
    Expression,
    Flag,
    LabelText,
    ListOf,
    MapOf,
    Name,
    Number,
    OneOf,
    Part,
    Reference,
    Text,
    Typed,
)
from dougong_metadata.kinds.base import Kind
from dougong_metadata.widgets import WidgetPart, widget_named, widget_schemas

NAME_PATTERN = f"^{NAME.pattern.removesuffix(chr(92) + 'Z')}$"


def kind_schema(kind: Kind) -> dict[str, Any]:
    """The schema of a whole document of this kind, kind and name included."""
    definitions: dict[str, Any] = {}
    body = _mapping(kind.schema(), definitions)
    body["properties"] = {
        "kind": {"const": kind.name},
        "name": {"type": "string", "pattern": NAME_PATTERN},
        **body["properties"],
    }
    body["required"] = ["kind", "name", *body.get("required", [])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.label["en"],
        "description": kind.help["en"],
        "x-dougong": {"label": dict(kind.label), "help": dict(kind.help), "icon": kind.icon, "folder": kind.folder},
        **body,
        **({"$defs": definitions} if definitions else {}),
    }


def _step(name: str, schema: Schema, definitions: dict[str, Any]) -> dict[str, Any]:
    """One action of automations: {name: body}. `x-dougong` says what it is, for the forms that offer it."""
    action = action_named(name)
    said = {"label": dict(action.label), "help": dict(action.help), "icon": action.icon, "action": name}
    made = _mapping(schema, definitions)
    return {**made, "required": [name], "title": action.label["en"], "x-dougong": said}


def _widget(name: str, schema: Schema, definitions: dict[str, Any]) -> dict[str, Any]:
    """A widget of one type; `x-dougong` says what it is and how large, for the forms that offer it."""
    widget = widget_named(name)
    made = _mapping(schema, definitions)
    made["properties"]["type"] = {"const": name, **_said(schema.fields["type"], "widget_type")}
    said = {"label": dict(widget.label), "help": dict(widget.help), "icon": widget.icon, "widget_type": name}
    sizes = {"size": list(widget.size), "least": list(widget.least)}
    return {**made, "title": widget.label["en"], "x-dougong": {**said, **sizes}}


def field_type_schema(name: str) -> dict[str, Any]:
    """The schema of a field of this type in an object's document. Raises UnknownName."""
    field_type = field_type_named(name)
    made = _mapping(field_schema(field_type), {})
    made["properties"]["type"] = {"const": name, **_said(field_schema(field_type).fields["type"], "field_type")}
    made["title"] = field_type.label["en"]
    made["x-dougong"] = {
        "label": dict(field_type.label),
        "icon": field_type.icon,
        "operators": list(field_type.operators),
        "expression_type": field_type.expression_type,
    }
    return made


def _mapping(schema: Schema, definitions: dict[str, Any]) -> dict[str, Any]:
    keys = {key.data_key or name: key for name, key in schema.fields.items()}
    made: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _key(key, definitions) for name, key in keys.items()},
    }
    required = [name for name, key in keys.items() if key.required]
    return {**made, "required": required} if required else made


def _key(key: fields.Field[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    made = {**_shape(key, definitions), **_said(key, getattr(key, "widget", None))}
    default = key.load_default
    if default is not missing:
        made["default"] = default() if callable(default) else default
    return made


def _said(key: fields.Field[Any], widget: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {name: key.metadata[name] for name in ("label", "help") if name in key.metadata}
    said["widget"] = key.metadata.get("widget") or widget or _WIDGETS.get(type(key), "text")
    if isinstance(key, Reference):
        said["what"] = key.what
    if isinstance(key, Expression):
        said["yields"] = key.yields
    texts = {"title": "label", "description": "help"}
    return {**{name: said[of]["en"] for name, of in texts.items() if of in said}, "x-dougong": said}


_WIDGETS: dict[type, str] = {ListOf: "list", MapOf: "mapping", Part: "part"}


def _shape(key: fields.Field[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(key, (ListOf, MapOf, Part, Typed)):
        return _container(key, definitions)
    if isinstance(key, Flag):
        return {"type": "boolean"}
    if isinstance(key, Number):
        return {"type": "integer" if key.whole else "number", "minimum": key.minimum, "maximum": key.maximum}
    if isinstance(key, OneOf):
        choices = [
            {"const": word, "title": en, "x-dougong": {"label": {"en": en, "zh": zh}}}
            for word, (en, zh) in key.choices.items()
        ]
        return {"type": "string", "oneOf": choices}
    if isinstance(key, LabelText):
        text = {"type": "string", "minLength": 1, "maxLength": key.maximum}
        each = {
            "type": "object",
            "additionalProperties": False,
            "properties": {"en": text, "zh": text},
            "minProperties": 1,
        }
        return {"anyOf": [text, each]}
    if isinstance(key, Expression):
        return {
            "anyOf": [{"type": "string", "minLength": 1, "maxLength": MAX_EXPRESSION}, {"type": ["number", "boolean"]}]
        }
    if isinstance(key, Name):
        return {"type": "string", "pattern": NAME_PATTERN}
    made: dict[str, Any] = {"type": "string", "minLength": 1}
    if isinstance(key, Text):
        made["maxLength"] = key.maximum
        if key.pattern:
            made["pattern"] = f"^{key.pattern.pattern.removesuffix(chr(92) + 'Z')}$"
    return made


def _referred(schema: Schema, definitions: dict[str, Any]) -> dict[str, Any]:
    """A mapping that may hold its like: defined once, and referred to from inside itself too."""
    name = type(schema).__name__.removesuffix("Keys").lower()
    if name not in definitions:
        definitions[name] = {}  # what stands inside it refers to it already
        definitions[name] = _mapping(schema, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _container(key: ListOf | MapOf | Part | Typed, definitions: dict[str, Any]) -> dict[str, Any]:
    if isinstance(key, ListOf):
        return {
            "type": "array",
            "items": _key(key.inner, definitions),
            "minItems": key.minimum,
            "maxItems": key.maximum,
        }
    if isinstance(key, MapOf):
        assert key.value_field is not None
        names = {"pattern": NAME_PATTERN} if isinstance(key.key_field, Name) else {"minLength": 1}
        made = {
            "type": "object",
            "propertyNames": names,
            "maxProperties": key.maximum,
            "additionalProperties": _key(key.value_field, definitions),
        }
        if isinstance(key.key_field, Reference):
            made["x-keys"] = key.key_field.what
        return made
    if isinstance(key, Part):
        part = _referred(key.schema, definitions) if key.holds_itself else _mapping(key.schema, definitions)
        return {"anyOf": [{"type": "string", "minLength": 1}, part], "x-short": key.short} if key.short else part
    if isinstance(key, WidgetPart):
        for name, schema in widget_schemas().items():
            definitions.setdefault(f"{name}_widget", _widget(name, schema, definitions))
        return {"oneOf": [{"$ref": f"#/$defs/{name}_widget"} for name in widget_schemas()]}
    if isinstance(key, ActionStep):
        return {"oneOf": [_step(name, schema, definitions) for name, schema in step_schemas().items()]}
    for name in offered():
        definitions.setdefault(f"{name}_field", field_type_schema(name))
    return {"oneOf": [{"$ref": f"#/$defs/{name}_field"} for name in offered()]}
