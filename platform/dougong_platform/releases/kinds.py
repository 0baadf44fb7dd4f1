"""What a document may say: every kind and field type with its JSON Schema, as the API publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from dougong_metadata.field_types import field_type_named, offered
from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import field_type_schema, kind_schema


@cache
def described(locale: str) -> Mapping[str, Any]:
    """{kinds: [{name, folder, label, plural, help, icon, schema}], field_types: [{name, label, icon, schema}]}."""
    language = "zh" if locale.startswith("zh") else "en"
    kinds = [
        {
            "name": kind.name,
            "folder": kind.folder,
            "label": kind.label[language],
            "plural": kind.plural[language],
            "help": kind.help[language],
            "icon": kind.icon,
            "schema": kind_schema(kind),
        }
        for kind in registered().values()
    ]
    types = [
        {"name": t.name, "label": t.label[language], "icon": t.icon, "schema": field_type_schema(t.name)}
        for t in map(field_type_named, offered())
    ]
    return {"kinds": kinds, "field_types": types}
