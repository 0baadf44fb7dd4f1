"""JSON Schema from a marshmallow Schema: what endpoints declare as their bodies and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

JsonSchema = dict[str, Any]

# In this order: the first class that a field is an instance of.
_TYPES: tuple[tuple[type[fields.Field[Any]], JsonSchema], ...] = (
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.AwareDateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}),
    (fields.Decimal, {"type": "string"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.String, {"type": "string"}),
    (fields.Dict, {"type": "object"}),
)


def json_schema(schema: type[Schema] | Schema, *, answer: bool) -> JsonSchema:
    """An object schema. A body refuses unknown keys, an answer may gain some later."""
    made = schema() if isinstance(schema, type) else schema
    properties = {
        field.data_key or name: field_schema(field, answer=answer)
        for name, field in made.fields.items()
        if not (field.dump_only and not answer) and not (field.load_only and answer)
    }
    found: JsonSchema = {"type": "object", "properties": properties}
    required = [
        field.data_key or name
        for name, field in made.fields.items()
        if field.required and (field.data_key or name) in properties
    ]
    if required:
        found["required"] = required
    if not answer and made.unknown == RAISE:
        found["additionalProperties"] = False
    words = (type(made).__doc__ or "").strip().splitlines()
    if words and type(made).__doc__ != Schema.__doc__:
        found["description"] = words[0]
    return found


def field_schema(field: fields.Field[Any], *, answer: bool) -> JsonSchema:
    """The schema of one marshmallow field."""
    if isinstance(field, fields.List):
        found: JsonSchema = {"type": "array", "items": field_schema(field.inner, answer=answer)}
    elif isinstance(field, fields.Nested):
        inner = json_schema(field.schema, answer=answer)
        found = {"type": "array", "items": inner} if field.many else inner
    else:
        found = next((dict(schema) for kind, schema in _TYPES if isinstance(field, kind)), {})
    for validator in field.validators:
        found |= _rule(validator, found)
    if field.allow_none and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    for word in ("description", "format"):
        if word in field.metadata:
            found[word] = field.metadata[word]
    if "example" in field.metadata:
        found["examples"] = [field.metadata["example"]]
    return found


def _rule(validator: Any, schema: JsonSchema) -> JsonSchema:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Length):
        words = ("minItems", "maxItems") if schema.get("type") == "array" else ("minLength", "maxLength")
        least, most = (validator.equal,) * 2 if validator.equal is not None else (validator.min, validator.max)
        return {word: limit for word, limit in zip(words, (least, most), strict=True) if limit is not None}
    if isinstance(validator, validate.Range):
        found = {"minimum": validator.min, "maximum": validator.max}
        return {word: limit for word, limit in found.items() if isinstance(limit, int | float)}
    return {}
