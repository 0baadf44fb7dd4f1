"""What the layout designer's island has to know: fields, operators, related lists there can be, a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.field_types.registry import registered
from dougong_ui_builder.builder.vocabulary import FieldWords, Vocabulary, label_of
from dougong_ui_builder.formats import day, moment, money, number, percent
from dougong_ui_builder.places import address_text
from dougong_ui_builder.words import gettext

WIDE = frozenset({"long_text", "rich_text", "file", "image", "address", "json", "signature"})


def designer_words(words: Vocabulary, object: str, sample: Mapping[str, Any]) -> dict[str, Any]:
    """{object, fields: [...], related: [...], sample: {field: text}, locale} as JSON."""
    found = words.objects[object]
    fields = [
        known_field(words, f) for f in found.fields.values() if f.name not in ("deleted_at", "deleted_by", "version")
    ]
    return {
        "object": object,
        "locale": words.locale,
        "fields": fields,
        "related": [
            {
                "object": o.name,
                "field": f.name,
                "label": o.plural.text(words.locale),
                "through": f.label.text(words.locale),
                "icon": o.icon,
                "columns": [[c.name, c.label.text(words.locale)] for c in o.own_fields],
            }
            for o in words.objects.values()
            for f in o.own_fields
            if f.to == object and f.type in ("lookup", "detail")
        ],
        "sample": {f.name: text for f in found.fields.values() if (text := _shown(words, f, sample.get(f.name)))},
    }


def known_field(words: Vocabulary, field: FieldWords) -> dict[str, Any]:
    """A field as the islands know it (KnownField in builder-condition.ts)."""
    kind = registered().get(words.value_type(field))
    return {
        "name": field.name,
        "label": field.label.text(words.locale),
        "icon": field.icon,
        "type": field.type,
        "expression": kind.expression_type if kind else "text",
        "operators": list(kind.operators) if kind else [],
        "required": field.required,
        "system": field.system,
        "wide": field.type in WIDE,
        "values": picklist_values(words, field),
    }


def picklist_values(words: Vocabulary, field: FieldWords) -> list[list[str]]:
    """[[value, label, colour], …] of a picklist, its own or the shared one it names."""
    given = field.body.get("values")
    shared = field.body.get("picklist")
    if isinstance(shared, str) and (document := words.view.documents.get(("picklist", shared))) is not None:
        given = document.body.get("values")
    found = []
    for one in given if isinstance(given, tuple) else ():
        part = {"value": one} if isinstance(one, str) else one
        if isinstance(part, Mapping) and isinstance(part.get("value"), str):
            label = label_of(part, part["value"]).text(words.locale) if part.get("label") else part["value"]
            found.append([part["value"], label, str(part.get("colour", "mute"))])
    return found[:500]


def _shown(words: Vocabulary, field: FieldWords, value: Any) -> str:
    """A sample's value as one short line; "" for what has no such form."""
    if value in (None, "", []):
        return ""
    match field.type:
        case "picklist" | "multi_picklist":
            labels = {v: text for v, text, _ in picklist_values(words, field)}
            return "、".join(labels.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value]))
        case "currency":
            return money(value)
        case "percent":
            return percent(value)
        case "integer" | "decimal":
            return number(value)
        case "date":
            return day(value)
        case "datetime":
            return moment(value)
        case "boolean":
            return gettext("Yes") if value else gettext("No")
        case "address":
            return address_text(value)
        case "lookup" | "user" | "department" | "detail" | "file" | "image" | "json" | "signature" | "geolocation":
            return ""
    return str(value)[:80]
