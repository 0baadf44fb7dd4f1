"""Writes docs/metadata-reference.md from the kinds and field types: `python -m dougong_metadata.reference [FILE]`.

A test holds the page equal to what this writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, missing

from dougong_metadata import actions, field_types, kinds
from dougong_metadata.field_types.common import CommonKeys
from dougong_metadata.field_types.messages import MESSAGES
from dougong_metadata.keys import (
    Expression,
    Flag,
    LabelText,
    ListOf,
    MapOf,
    Name,
    Number,
    OneOf,
    Part,
    Reference,
    Text,
    Typed,
)

_BY_HAND = "reference.md"  # what comes before the generated part
_HEAD = "| key | what | meaning | 含义 |\n| --- | --- | --- | --- |"
_REFERENCES = {
    "cell": "a field or `-`",
    "sort": "a field or path, `-` in front for descending",
    "path": "a field or path",
    "number_field": "a numeric field",
    "picklist_field": "a picklist field",
    "object_or_all": "an object or `*`",
    "object_field": "`object.field`",
    "record_type": "a record type",
}


def render() -> str:
    """The whole page, in Markdown."""
    parts = [files("dougong_metadata").joinpath(_BY_HAND).read_text("utf-8").rstrip(), "## Kinds · 文档类型"]
    parts.extend(_kind(kind) for kind in kinds.registered().values())
    parts.append(
        "## Actions · 动作\n\nWhat stands in `do` of automations, and in `on_enter` and `on_exit` of stages:"
        " a list of `{name: body}`."
    )
    parts.extend(_action(action) for action in actions.registered().values())
    parts.append("## Fields · 字段\n\nKeys that a field of any type may have:")
    parts.append(_table(CommonKeys()))
    parts.append("## Field types · 字段类型")
    parts.extend(_type(field_types.field_type_named(name)) for name in field_types.offered())
    parts.append("## Refused values · 被拒绝的值\n\nCodes of field values in the API's `errors`, with their sentences.")
    parts.append(
        "| code | English | 中文 |\n| --- | --- | --- |\n"
        + "\n".join(f"| `{code}` | {_cell(en)} | {_cell(zh)} |" for code, (en, zh) in MESSAGES.items())
    )
    return "\n\n".join(parts) + "\n"


def _kind(kind: kinds.Kind) -> str:
    head = f"### {kind.name}\n\n{kind.help['en']} {kind.help['zh']} Files lie in `{kind.folder}/`."
    return "\n\n".join([head, _table(kind.schema()), *_parts(kind.schema(), "")])


def _action(action: actions.Action) -> str:
    key = action.key()
    head = f"### {action.name} · {action.label['zh']}\n\n{action.help['en']} {action.help['zh']}"
    if not isinstance(key, Part):
        return f"{head}\n\nThe body is a {_what(key)}."
    short = f"A text alone stands for `{{{key.short}: …}}`." if key.short else ""
    return "\n\n".join(part for part in (head, short, _table(key.schema), *_parts(key.schema, "")) if part)


def _parts(schema: Schema, above: str, around: tuple[type[Schema], ...] = ()) -> Iterator[str]:
    """A table for each part inside, headed by its path: sections[], record_types.<name>. What stands inside its like
    has been told there (`around`)."""
    for name, key in _keys(schema):
        inner, path = _unwrap(key, f"{above}{name}")
        if isinstance(inner, Part) and type(inner.schema) not in around:
            yield f"Keys of `{path}`:\n\n{_table(inner.schema)}"
            yield from _parts(inner.schema, f"{path}.", (*around, type(inner.schema)))


def _unwrap(key: Any, path: str) -> tuple[Any, str]:
    while isinstance(key, (ListOf, MapOf)):
        key, path = (key.inner, f"{path}[]") if isinstance(key, ListOf) else (key.value_field, f"{path}.<name>")
    return key, path


def _type(field_type: field_types.FieldType) -> str:
    doc = sys.modules[type(field_type).__module__].__doc__ or ""
    lines = [
        f"### {field_type.name} · {field_type.label['zh']}",
        "",
        " ".join(doc.split()),
        "",
        (
            f"- Column `{field_type.pg_type}`, in expressions: {field_type.expression_type}; "
            f"operators: {', '.join(f'`{operator}`' for operator in field_type.operators)}."
        ),
    ]
    cannot = [
        word
        for word, can in (
            ("sorted", field_type.sortable),
            ("grouped", field_type.groupable),
            ("indexed or unique", field_type.indexable),
        )
        if not can
    ]
    if cannot:
        lines.append(f"- Cannot be {', '.join(cannot)}.")
    own = field_type.options()
    return "\n".join(lines) + (f"\n\n{_table(own)}" if own.fields else "")


def _keys(schema: Schema) -> list[tuple[str, fields.Field[Any]]]:
    return [(key.data_key or name, key) for name, key in schema.fields.items()]


def _table(schema: Schema) -> str:
    return "\n".join([_HEAD, *(_row(name, key) for name, key in _keys(schema))])


def _row(name: str, key: fields.Field[Any]) -> str:
    label, help_text = key.metadata.get("label", {}), key.metadata.get("help", {})
    what = _what(key) + (", needed" if key.required else "")
    if key.load_default is not missing and not callable(key.load_default) and key.load_default is not False:
        what += f", default `{str(key.load_default).lower() if key.load_default is True else key.load_default}`"
    en, zh = (": ".join(part for part in (label.get(locale), help_text.get(locale)) if part) for locale in ("en", "zh"))
    return f"| `{name}` | {_cell(what)} | {_cell(en)} | {_cell(zh.replace(': ', '：'))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _what(key: Any) -> str:
    if isinstance(key, ListOf):
        return f"list of {_what(key.inner)}, at most {key.maximum}"
    if isinstance(key, MapOf):
        return f"mapping of {_what(key.key_field)} to {_what(key.value_field)}"
    if isinstance(key, Reference):
        return _REFERENCES.get(key.what, f"{'an' if key.what[0] in 'aeiou' else 'a'} {key.what}")
    if isinstance(key, actions.ActionStep):
        return "action"
    if isinstance(key, OneOf):
        return " or ".join(f"`{word}`" for word in key.choices)
    if isinstance(key, Number):
        return f"{'whole number' if key.whole else 'number'} {key.minimum:g} to {key.maximum:g}"
    if isinstance(key, Text):
        return f"text up to {key.maximum}" + (f" ({key.example})" if key.example else "")
    if isinstance(key, Expression):
        return "condition" if key.yields in ("condition", "filter", "elsewhere") else "expression"
    simple = {Name: "name", Flag: "true or false", LabelText: "label", Part: "mapping"}
    return "field" if isinstance(key, Typed) else next(word for of, word in simple.items() if isinstance(key, of))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(render(), "utf-8")
    else:
        sys.stdout.write(render())
