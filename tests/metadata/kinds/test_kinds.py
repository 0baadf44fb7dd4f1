"""Kinds: the registry, and the JSON Schema that forms and editors read."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from dougong_metadata.errors import UnknownName
from dougong_metadata.field_types import offered
from dougong_metadata.kinds import by_folder, kind_named, registered
from dougong_metadata.kinds.base import Kind
from dougong_metadata.kinds.json_schema import field_type_schema, kind_schema
from dougong_metadata.packs import load_pack, pack_names
from dougong_metadata.registering import Registry

META = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$ref": "https://json-schema.org/draft/2020-12/schema",
}


def _labelled(schema: Any, path: str = "") -> list[str]:
    """Paths of properties that lack a label in both languages."""
    missing = [place for name, inner in schema.get("$defs", {}).items() for place in _labelled(inner, f"${name}")]
    for name, one in schema.get("properties", {}).items():
        label = one.get("x-dougong", {}).get("label", {})
        if path or name not in ("kind", "name"):
            missing += [] if label.get("en") and label.get("zh") else [f"{path}.{name}"]
            missing += (
                _labelled(
                    one.get("items", one.get("additionalProperties") or one)
                    if one.get("type") != "object" or "properties" not in one
                    else one,
                    f"{path}.{name}",
                )
                if isinstance(one, dict)
                else []
            )
    return missing


@pytest.mark.parametrize("name", sorted(registered()))
def test_a_kinds_schema_is_valid_and_labels_every_key(name: str) -> None:
    schema = kind_schema(kind_named(name))
    jsonschema_rs.validator_for(META).validate(json.loads(json.dumps(schema)))
    assert _labelled(schema) == []
    assert by_folder()[kind_named(name).folder] is kind_named(name)


@pytest.mark.parametrize("name", offered())
def test_a_field_types_keys_are_labelled(name: str) -> None:
    schema = field_type_schema(name)
    jsonschema_rs.validator_for(META).validate(schema)
    assert _labelled(schema, name) == []


@pytest.mark.parametrize("name", pack_names())
def test_the_documents_of_shipped_packs_fit_the_published_schemas(name: str) -> None:
    validators = {kind: jsonschema_rs.validator_for(kind_schema(known)) for kind, known in registered().items()}
    for document in load_pack(name).documents:
        faults = list(validators[document.kind].iter_errors(document.json()))
        assert not faults, (document.name, faults[0])


def test_a_schema_refuses_what_the_compiler_refuses() -> None:
    validator = jsonschema_rs.validator_for(kind_schema(kind_named("object")))
    good = {"kind": "object", "name": "book", "name_field": "title", "fields": {"title": {"type": "text"}}}
    assert validator.is_valid(good)
    for bad in (
        {"colour": 1},
        {"fields": {"Title": {"type": "text"}}},
        {"fields": {"t": {"type": "text", "min": 1}}},
        {"name": "Bad"},
    ):
        assert not validator.is_valid({**good, **bad})


def test_two_kinds_of_one_name_or_folder_are_refused() -> None:
    registry: Registry[Kind] = Registry("kind", "folder")
    registry.add(kind_named("object"))
    with pytest.raises(ValueError, match="there twice"):
        registry.add(kind_named("object"))


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        kind_named("layuot")
    assert caught.value.message("en").endswith("did you mean “layout”?")
