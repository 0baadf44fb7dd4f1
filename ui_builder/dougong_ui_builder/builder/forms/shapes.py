"""Which of the form's few shapes a JSON Schema of a kind has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
VARIANTS = "x-variants"  # of mappings whose keys depend on their type


def shape_of(schema: Schema) -> str:
    """label · flag · choice · expression · number · list · mapping · part · union · typed · text."""
    widget = said(schema).get("widget")
    if widget in ("label", "expression"):
        return str(widget)
    if VARIANTS in schema:
        return "union"
    if "$ref" in schema:  # it may hold its like: more than a form of rows shows
        return "typed"
    if "oneOf" in schema:
        return "choice" if "const" in schema["oneOf"][0] else "typed"
    plain = part_of(schema)
    if plain is not None:
        return "part"
    return _TYPES.get(str(schema.get("type")), "text") if "additionalProperties" not in schema else "mapping"


_TYPES = {"boolean": "flag", "integer": "number", "number": "number", "array": "list"}


def with_variants(schema: Schema) -> Schema:
    """A kind's schema, in which mappings whose keys depend on their `type` hold the schema of each type by name."""
    definitions = schema.get("$defs", {})

    def opened(one: Any) -> Any:
        if isinstance(one, list):
            return [opened(item) for item in one]
        if not isinstance(one, Mapping):
            return one
        made = {key: opened(value) for key, value in one.items() if key != "$defs"}
        variants = _variants(one, definitions)
        return made | {VARIANTS: {name: opened(found) for name, found in variants.items()}} if variants else made

    found: Schema = opened(schema)
    return found


def _variants(schema: Schema, definitions: Schema) -> Mapping[str, Schema]:
    found = {}
    for one in schema.get("oneOf", ()):
        inner = definitions.get(str(one.get("$ref", "")).rpartition("/")[2], {})
        name = inner.get("properties", {}).get("type", {}).get("const")
        if name is None:
            return {}
        found[str(name)] = inner
    return found


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
    found: str | None = schema.get("x-short")
    return found


def said(schema: Schema) -> Schema:
    """Label, help, widget and what a reference names."""
    found: Schema = schema.get("x-dougong", {})
    return found
