"""Which of the form's few shapes a JSON Schema of a kind has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def shape_of(schema: Schema) -> str:
    """label · flag · choice · expression · number · list · mapping · part · typed · text."""
    widget = said(schema).get("widget")
    if widget in ("label", "expression"):
        return str(widget)
    if "$ref" in schema:  # it may hold its like: more than a form of rows shows
        return "typed"
    if "oneOf" in schema:
        return "choice" if "const" in schema["oneOf"][0] else "typed"
    plain = part_of(schema)
    if plain is not None:
        return "part"
    return _TYPES.get(str(schema.get("type")), "text") if "additionalProperties" not in schema else "mapping"


_TYPES = {"boolean": "flag", "integer": "number", "number": "number", "array": "list"}


def part_of(schema: Schema) -> Schema | None:
    """The schema of a mapping with known keys, whether or not a short text may stand for it."""
    if "properties" in schema:
        return schema
    for one in schema.get("anyOf", ()):
        if "properties" in one and said(schema).get("widget") != "label":
            found: Schema = one
            return found
    return None


def short_key(schema: Schema) -> str | None:
    """The key that a text alone stands for, where one may."""
    if "anyOf" not in schema:
        return None
    part = part_of(schema)
    return str(part["required"][0]) if part is not None and part.get("required") else None


def said(schema: Schema) -> Schema:
    """Label, help, widget and what a reference names."""
    found: Schema = schema.get("x-dougong", {})
    return found
