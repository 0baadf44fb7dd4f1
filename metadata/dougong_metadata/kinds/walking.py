"""Finds the references and expressions of a loaded body by walking its schema; used by kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields

from dougong_metadata.keys import Expression, ListOf, MapOf, Part, Reference, Typed
from dougong_metadata.problems import Path


@dataclass(frozen=True, slots=True)
class Found:
    """A key's value that refers to something: `what` as in keys.Reference, or "condition"/"value" for expressions.

    `scope` is the object whose fields are meant, where that matters.
    """

    what: str
    value: str
    path: Path
    scope: str | None


def walk(schema: Schema, body: Any, path: Path, scope: str | None) -> Iterator[Found]:
    """References and expressions in a body that `schema` loaded. A part that names an `object` is about that one."""
    if not isinstance(body, Mapping):
        return
    inner = body.get("object")
    if path and isinstance(inner, str) and "object" in schema.fields:
        scope = inner
    for name, key in schema.fields.items():
        value = body.get(key.attribute or name)
        if value is not None:
            yield from _in_key(key, value, (*path, key.data_key or name), scope)


def _in_key(key: fields.Field[Any], value: Any, path: Path, scope: str | None) -> Iterator[Found]:
    if isinstance(key, Reference):
        yield Found(key.what, value, path, scope)
    elif isinstance(key, Expression):
        yield Found(key.yields, value, path, scope)
    elif isinstance(key, (Part, Typed)):
        inner = key.schema_for(value)
        if inner is not None:
            yield from walk(inner, value, path, scope)
    elif isinstance(key, ListOf):
        for index, item in enumerate(value):
            yield from _in_key(key.inner, item, (*path, index), scope)
    elif isinstance(key, MapOf):
        assert key.value_field is not None
        for name, item in value.items():
            inside = scope
            if isinstance(key.key_field, Reference):
                yield Found(key.key_field.what, name, (*path, name), scope)
                if key.key_field.what == "object_or_all":  # what stands under an object's name is about that object
                    inside = name
            yield from _in_key(key.value_field, item, (*path, name), inside)
