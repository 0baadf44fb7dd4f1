"""Shapes of answers and bodies that endpoints name by a word ("page", "record" …) or that every endpoint shares."""

from __future__ import annotations

from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.openapi.field_schemas import read_schema, write_schema

JsonSchema = dict[str, Any]

_TEXT: JsonSchema = {"type": "string"}
_MAYBE: JsonSchema = {"type": ["string", "null"]}
_COUNT: JsonSchema = {"type": "integer", "minimum": 0}
_OPEN: JsonSchema = {"type": "object"}
MOST_WRITTEN = 10_000  # rows of one batch

PROBLEM: JsonSchema = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "request_id": _MAYBE,
        "position": {"type": "integer"},
        "length": {"type": "integer"},
        "hint": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message", "index"],
                "properties": {
                    "field": _MAYBE,
                    "code": _TEXT,
                    "message": _TEXT,
                    "index": {"type": ["integer", "null"]},
                },
            },
        },
    },
}
_QUERY: JsonSchema = {
    "type": "object",
    "required": ["from"],
    "additionalProperties": False,
    "properties": {
        "from": _TEXT,
        "where": _MAYBE,
        "having": _MAYBE,
        "group_by": {"type": "array", "maxItems": 10, "items": _TEXT},
        "aggregates": {"type": "object", "maxProperties": 50, "additionalProperties": _TEXT},
        "order_by": {"type": "array", "maxItems": 10, "items": _TEXT},
        "limit": {"type": "integer", "minimum": 1, "maximum": 10_000},
    },
}
_CHANGE: JsonSchema = {
    "type": "object",
    "required": ["seq", "at", "object", "id", "version", "op"],
    "properties": {
        "seq": {"type": "integer"},
        "at": {"type": "string", "format": "date-time"},
        "object": _TEXT,
        "id": {"type": "string", "format": "uuid"},
        "version": {"type": ["integer", "null"]},
        "op": {"enum": ["create", "update", "delete", "restore", "purge", "share", "unshare", "gone"]},
        "share": {
            "type": "object",
            "description": "Of share and unshare: what it said and says, null for none.",
            "properties": {"before": {"type": ["object", "null"]}, "after": {"type": ["object", "null"]}},
        },
        "by": _MAYBE,
        "cause": _TEXT,
        "cause_ref": _MAYBE,
        "changes": _OPEN,
    },
}
_ACTION: JsonSchema = {
    "type": "object",
    "required": ["allowed", "because"],
    "properties": {"allowed": {"type": "boolean"}, "because": {"type": "array", "items": _OPEN}},
}


def _object(**properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": items}


NAMED: dict[str, JsonSchema] = {
    "query": _QUERY,
    "rows": _object(rows=_list(_OPEN)),
    "file": _TEXT,
    "changes": _object(changes=_list(_CHANGE), cursor=_TEXT, more={"type": "boolean"}),
    "me": _object(
        user=_OPEN,
        tenant=_OPEN,
        permission_sets=_list(_TEXT),
        administrator={"type": "boolean"},
        system=_list(_TEXT),
        apps=_list(_TEXT),
        scopes=_list(_TEXT),
        locale=_TEXT,
        timezone=_TEXT,
        release=_COUNT,
    ),
    "objects": _object(objects=_list(_object(name=_TEXT, label=_OPEN, access=_OPEN))),
    "object": _object(name=_TEXT, label=_OPEN, access=_OPEN, fields=_list(_object(name=_TEXT, type=_TEXT))),
    "access": _object(
        object=_TEXT,
        id=_TEXT,
        user=_TEXT,
        read=_ACTION,
        update=_ACTION,
        delete=_ACTION,
        checked=_list(_OPEN),
        fields=_list(_OPEN),
    ),
    "audience": _object(count=_COUNT, by=_OPEN, users=_list(_OPEN)),
    "found": _object(found=_list(_object(object=_TEXT, id=_TEXT, title=_TEXT, snippet=_TEXT))),
    "tokens": _object(tokens=_list(_OPEN)),
    "token": _object(id=_TEXT, token=_TEXT, prefix=_TEXT),
    "sessions": _object(sessions=_list(_OPEN)),
}


def record(caller: Caller, object: ObjectModel) -> JsonSchema:
    """A record as it is read. Paths that were asked for ("shelf.name") appear under their own names."""
    whole = caller.model.objects[object.name].fields  # of which some are shown masked
    fields = [object.fields.get(name) or whole[name] for name in caller.rights.shown(object.name)]
    return {
        "type": "object",
        "title": object.label.text(caller.locale),
        "required": ["id", "version"],
        "properties": {f.name: read_schema(f, caller.locale) for f in fields},
    }


def record_to_write(caller: Caller, object: ObjectModel, *, new: bool) -> JsonSchema:
    """A record as it is written: the fields that the caller may set."""
    fields = [
        f
        for f in object.fields.values()
        if not f.read_only and f.type.name != "auto_number" and caller.rights.field(object.name, f.name) == "edit"
    ]
    properties = {f.name: write_schema(f, caller.locale) for f in fields if f.name != "id"}
    found: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
    required = [f.name for f in fields if f.required and f.default is None]
    if new and required:
        found["required"] = required
    if not new:
        properties["version"] = {"type": "integer", "description": "The version you saw: 409 if it is another now."}
    return found


def page(reference: JsonSchema) -> JsonSchema:
    """A list's answer."""
    return {
        "type": "object",
        "required": ["records", "next"],
        "properties": {
            "records": _list(reference),
            "next": _MAYBE,
            "count": _COUNT,
            "count_capped": {"type": "boolean"},
        },
    }


def batch(reference: JsonSchema, *, with_id: bool) -> JsonSchema:
    """A batch's body."""
    row = reference
    if with_id:
        row = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
    return {
        "type": "object",
        "required": ["records"],
        "additionalProperties": False,
        "properties": {"records": {"type": "array", "minItems": 1, "maxItems": MOST_WRITTEN, "items": row}},
    }
