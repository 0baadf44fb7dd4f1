"""Loads a document's body with its kind's schema; every complaint becomes a Problem with its place and sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from dougong_metadata.documents import Document
from dougong_metadata.keys import ListOf, MapOf, OneOf, Part, Typed
from dougong_metadata.problems import Path, Problems, shown

SENTENCES: Mapping[str, tuple[str, str]] = {
    "required": ("“{key}” is needed.", "缺少「{key}」。"),
    "empty": ("“{key}” is empty.", "「{key}」为空。"),
    "not_text": ("“{key}” has to be text, not {value}.", "「{key}」必须是文本，而不是 {value}。"),
    "too_long": ("“{key}” may have at most {0} characters.", "「{key}」最多 {0} 个字符。"),
    "bad_form": ("“{value}” has not the right form for “{key}” ({0}).", "「{value}」不符合「{key}」的格式（{0}）。"),
    "bad_name": (
        "“{value}” is not a name: lower-case letters, digits and _ after a first letter, at most 40, no _ at the end.",
        "「{value}」不是合法名称：以小写字母开头，只含小写字母、数字和下划线，最多 40 个字符，且不以下划线结尾。",
    ),
    "not_a_flag": ("“{key}” has to be true or false, not {value}.", "「{key}」必须是 true 或 false，而不是 {value}。"),
    "not_whole": ("“{key}” has to be a whole number, not {value}.", "「{key}」必须是整数，而不是 {value}。"),
    "not_a_number": ("“{key}” has to be a number, not {value}.", "「{key}」必须是数字，而不是 {value}。"),
    "out_of_range": ("“{key}” has to lie between {0} and {1}.", "「{key}」必须在 {0} 与 {1} 之间。"),
    "not_a_label": (
        "“{key}” has to be text, or text per language: {{en: …, zh: …}}.",
        "「{key}」必须是文本，或按语言给出：{{en: …, zh: …}}。",
    ),
    "not_a_list": ("“{key}” has to be a list.", "「{key}」必须是列表。"),
    "not_a_mapping": ("“{key}” has to be a mapping.", "「{key}」必须是映射。"),
    "too_many": ("“{key}” may have at most {0} entries.", "「{key}」最多 {0} 项。"),
    "too_few": ("“{key}” needs at least {0} entries.", "「{key}」至少需要 {0} 项。"),
    "one_action": (
        "Each entry of “do” is one action with its body: {{set: …}}.",
        "「do」的每一项须为一个动作及其内容：{{set: …}}。",
    ),
    "no_such_day": ("“{value}” names a day that there is not.", "「{value}」中有不存在的日期。"),
    "ends_first": ("“{value}” ends before it begins.", "「{value}」的结束早于开始。"),
    "one_widget": (
        "A widget is a mapping with its type and its place: {{type: number, at: [0, 0, 3, 3], …}}.",
        "组件须为带有类型与位置的映射：{{type: number, at: [0, 0, 3, 3], …}}。",
    ),
    "given_twice": ("“{value}” is given twice.", "「{value}」重复出现。"),
    "invalid": ("“{key}” cannot be {value}.", "「{key}」不能是 {value}。"),
}

# What a name that does not exist should have been; the code carries the names that do.
_UNKNOWN: Mapping[str, tuple[str, str]] = {
    "unknown_type": ("a field type", "字段类型"),
    "unknown_action": ("an action", "动作"),
    "unknown_event": ("an event", "事件"),
    "unknown_period": ("a period", "期间"),
    "unknown_widget": ("a type of widget", "组件类型"),
}


def load_body(schema: Schema, document: Document, problems: Problems) -> dict[str, Any]:
    """The loaded body; where parts are wrong, what is right of it, and the problems recorded."""
    try:
        loaded: dict[str, Any] = schema.load(document.body)
        return loaded
    except ValidationError as fault:
        for path, code, around, value in _complaints(fault.messages, schema, document.body, ()):
            _record(problems, document, path, code, around, value)
        valid = fault.valid_data
        return valid if isinstance(valid, dict) else {}


def _record(problems: Problems, document: Document, path: Path, said: str, around: Any, value: Any) -> None:
    code, _, rest = said.partition(":")
    if code == "unknown_key":
        candidates = (
            [key.data_key or of for of, key in around.fields.items()] if isinstance(around, Schema) else ["en", "zh"]
        )
        problems.unknown(document, path, path[-1], "a key here", "键", candidates)
    elif code == "not_a_choice" and isinstance(around, OneOf):
        problems.unknown(
            document,
            path,
            shown(value),
            f"one of {', '.join(around.choices)}",
            f"取值（{'、'.join(around.choices)}）",
            around.choices,
        )
    elif code in _UNKNOWN:
        name = path[-1] if code == "unknown_action" else shown(value)
        problems.unknown(document, path, name, *_UNKNOWN[code], rest.split(","))
    else:
        en, zh = SENTENCES.get(code, SENTENCES["invalid"])
        named = [part for part in path if isinstance(part, str)]
        key = named[-1] if named else "body"
        arguments = rest.split(":") if code == "out_of_range" else [rest]
        problems.add(
            document,
            path,
            code,
            en.format(*arguments, key=key, value=shown(value)),
            zh.format(*arguments, key=key, value=shown(value)),
        )


def _complaints(messages: Any, around: Any, value: Any, path: Path) -> Iterator[tuple[Path, str, Any, Any]]:
    """(path, code, the schema or key it is about, the value) for each message in marshmallow's nested form."""
    if isinstance(messages, list):
        for said in messages:
            yield path, str(said), around, value
        return
    for name, inner in messages.items():
        if name == "_schema":
            yield from _complaints(inner, around, value, path)
        elif isinstance(around, MapOf):
            inside = _item(value, name)
            if "key" in inner:
                yield from _complaints(inner["key"], around.key_field, name, (*path, name))
            if "value" in inner:
                yield from _complaints(inner["value"], _inner(around.value_field, inside), inside, (*path, name))
        else:
            item = _item(value, name)
            key = _part(around, name)
            unknown = key is None and inner == ["unknown_key"]
            yield from _complaints(inner, around if unknown else _inner(key, item), item, (*path, name))


def _part(around: Any, name: str | int) -> Any:
    if isinstance(around, Schema):
        return next((key for of, key in around.fields.items() if (key.data_key or of) == name), None)
    return around.inner if isinstance(around, ListOf) else None


def _inner(key: fields.Field[Any] | None, value: Any) -> Any:
    """The schema inside a key that has one, else the key itself."""
    inner = key.schema_for(value) if isinstance(key, (Part, Typed)) else None
    return inner if inner is not None else key


def _item(value: Any, name: str | int) -> Any:
    try:
        return value[name]
    except (KeyError, IndexError, TypeError):
        return None
