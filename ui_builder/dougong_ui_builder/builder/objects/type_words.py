"""What the builder says about field types: one sentence each for the choice, and a short form for the fields' table."""

from __future__ import annotations

from dougong_metadata.field_types.registry import registered
from dougong_ui_builder.builder.formulas.rollup import KINDS, kind_of
from dougong_ui_builder.builder.vocabulary import FieldWords, Vocabulary, label_of
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext, lazy_gettext

GROUPS: list[tuple[str, tuple[str, ...]]] = [
    (lazy_gettext("Words"), ("text", "long_text", "rich_text", "email", "phone", "url")),
    (
        lazy_gettext("Choice and link"),
        ("picklist", "multi_picklist", "boolean", "lookup", "detail", "user", "department"),
    ),
    (lazy_gettext("Worked out"), ("formula", "rollup")),
    (lazy_gettext("Number"), ("integer", "decimal", "currency", "percent", "rating", "auto_number")),
    (lazy_gettext("Time"), ("date", "datetime", "time")),
    (lazy_gettext("Files and places"), ("file", "image", "signature", "address", "geolocation")),
    (lazy_gettext("Special"), ("colour", "external_key", "json")),
]
SENTENCES = {
    "text": lazy_gettext("One line, up to a length you set"),
    "long_text": lazy_gettext("Several lines without formatting"),
    "rich_text": lazy_gettext("Several lines with headings, lists and links"),
    "email": lazy_gettext("An address that opens a mail"),
    "phone": lazy_gettext("A number to call with one tap"),
    "url": lazy_gettext("A web address to open"),
    "picklist": lazy_gettext("One of the values you list"),
    "multi_picklist": lazy_gettext("Any of the values you list"),
    "boolean": lazy_gettext("Yes or no"),
    "lookup": lazy_gettext("A link to a record of another object"),
    "detail": lazy_gettext("Its records belong to a record of another object"),
    "user": lazy_gettext("One of your colleagues"),
    "department": lazy_gettext("One of your departments"),
    "integer": lazy_gettext("A whole number"),
    "decimal": lazy_gettext("A number with decimals"),
    "currency": lazy_gettext("An amount with its currency"),
    "percent": lazy_gettext("A share of one hundred"),
    "rating": lazy_gettext("One to five stars"),
    "auto_number": lazy_gettext("Counts up by itself, in a format you set"),
    "date": lazy_gettext("A day"),
    "datetime": lazy_gettext("A day and a time"),
    "time": lazy_gettext("A time of day"),
    "file": lazy_gettext("Documents of any kind"),
    "image": lazy_gettext("Pictures, with thumbnails"),
    "signature": lazy_gettext("Drawn by hand on the screen"),
    "address": lazy_gettext("Province, city, district and street"),
    "geolocation": lazy_gettext("Where somebody is, from the device"),
    "formula": lazy_gettext("Worked out from other fields, always up to date"),
    "rollup": lazy_gettext("Counts or sums up the records that point here"),
    "colour": lazy_gettext("A colour"),
    "external_key": lazy_gettext("The record's key in another system"),
    "json": lazy_gettext("Structured data from programs"),
}


def sentence(name: str) -> str:
    """What a type is for; "" for types of other packages."""
    return str(SENTENCES.get(name, ""))


def short(field: FieldWords, words: Vocabulary, type_label: str) -> str:
    """ "Text · 200", "Link → Shelf", "Choice · 6": the type and what matters most about it."""
    body = field.body
    if field.type == "formula":
        returns = registered().get(words.value_type(field))
        return f"{type_label} → {returns.label[current_locale()] if returns else body.get('returns')}"
    if field.type == "rollup":
        return f"{type_label} · {KINDS[kind_of(body)]}"
    if field.to is not None and field.type in ("lookup", "detail"):
        target = words.objects.get(field.to)
        return f"{type_label} → {target.label.text(words.locale) if target else field.to}"
    if field.type in ("picklist", "multi_picklist"):
        if isinstance(body.get("picklist"), str):
            shared = words.view.documents.get(("picklist", body["picklist"]))
            label = label_of(shared.body, shared.name).text(words.locale) if shared else body["picklist"]
            return f"{type_label} → {label}"
        values = body.get("values")
        return f"{type_label} · {gettext('%(n)s values', n=len(values))}" if isinstance(values, tuple) else type_label
    for key in ("max_length", "format", "currency", "scale"):
        if body.get(key) not in (None, ""):
            return f"{type_label} · {body[key]}"
    return type_label
