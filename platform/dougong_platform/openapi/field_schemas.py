"""JSON Schemas of a field's value: as records answer it, and as writes take it."""

from __future__ import annotations

from typing import Any

from dougong_metadata.model.types import FieldModel

JsonSchema = dict[str, Any]

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_UUID: JsonSchema = {"type": "string", "format": "uuid"}
_BY_PG_TYPE: dict[str, JsonSchema] = {
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "smallint": {"type": "integer"},
    "integer": {"type": "integer"},
    "bigint": {"type": "integer"},
    "numeric": {"type": "string", "pattern": DECIMAL},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string"},
    "uuid": _UUID,
    "timestamptz": {"type": "string", "format": "date-time"},
    "uuid[]": {"type": "array", "items": _UUID},
    "text[]": {"type": "array", "items": {"type": "string"}},
    "jsonb": {},
}
_EXAMPLES: dict[str, Any] = {
    "integer": 12,
    "decimal": "12.50",
    "currency": "1200.00",
    "percent": "0.25",
    "boolean": True,
    "date": "2026-01-31",
    "datetime": "2026-01-31T08:30:00Z",
    "time": "18:30:00",
    "email": "wang@example.com",
    "phone": "+8613800138000",
    "url": "https://example.com",
    "rating": 4,
    "colour": "#336699",
    "geolocation": {"latitude": 39.9087, "longitude": 116.3975},
    "address": {"country": "CN", "city": "上海市"},
}


def read_schema(field: FieldModel, locale: str) -> JsonSchema:
    """What a record holds in this field; null where it is blank."""
    schema = dict(_BY_PG_TYPE.get(field.type.pg_type, {}))
    if field.type.pg_type == "jsonb" and field.type.name in ("address", "geolocation"):
        schema = {"type": "object"}
    if "type" in schema and field.name not in ("id", "version", "created_at", "updated_at"):
        schema["type"] = [schema["type"], "null"]
    return schema | _words(field, locale)


def write_schema(field: FieldModel, locale: str) -> JsonSchema:
    """What a write takes for this field; null makes it blank."""
    schema = dict(_BY_PG_TYPE.get(field.type.pg_type, {}))
    schema |= _limits(field)
    if field.type.pg_type == "numeric":
        schema = {"type": ["string", "number"], "pattern": DECIMAL}
    elif field.type.name in ("address", "geolocation"):
        schema = {"type": "object"}
    if "type" in schema and not field.required:
        kind = schema["type"]
        schema["type"] = [*(kind if isinstance(kind, list) else [kind]), "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema | _words(field, locale)


def _limits(field: FieldModel) -> JsonSchema:
    settings, limits = field.settings, dict[str, Any]()
    if field.picklist is not None and field.picklist.values:
        values = [v.value for v in field.picklist.values.values() if v.active]
        if field.type.pg_type == "text[]":
            return {"items": {"type": "string", "enum": values}}
        return {"enum": values}
    if field.type.pg_type == "text" and isinstance(settings.get("max_length"), int):
        limits["maxLength"] = settings["max_length"]
    if field.type.pg_type in ("integer", "bigint", "smallint"):
        for name, word in (("min", "minimum"), ("max", "maximum")):
            if isinstance(settings.get(name), int):
                limits[word] = settings[name]
    return limits


def _words(field: FieldModel, locale: str) -> JsonSchema:
    words: JsonSchema = {"title": field.label.text(locale)}
    about = field.help.text(locale) if field.help is not None else ""
    if field.to is not None:
        about = f"{about} → {field.to}".strip()
    if about:
        words["description"] = about
    example = _EXAMPLES.get(field.type.name)
    if field.picklist is not None and field.picklist.values and field.type.pg_type == "text":
        example = next(iter(field.picklist.values))
    if example is not None:
        words["examples"] = [example]
    return words
