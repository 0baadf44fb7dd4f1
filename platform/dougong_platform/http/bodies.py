"""Request bodies through a marshmallow Schema: all errors at once, each with its field. Used by form-like endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Request
from marshmallow import Schema, ValidationError

from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.json import body_object

MOST_ERRORS = 100
_ZH = {
    "Missing data for required field.": "此项必填。",
    "Unknown field.": "没有此字段。",
    "Not a valid string.": "须为文本。",
    "Not a valid integer.": "须为整数。",
    "Not a valid boolean.": "须为 true 或 false。",
    "Field may not be null.": "不能为空。",
    "Not a valid list.": "须为列表。",
    "Not a valid datetime.": "须为日期时间。",
    "Invalid input type.": "类型不正确。",
}


def load_body(request: Request, schema: type[Schema], locale: str, largest: int = 1024 * 1024) -> dict[str, Any]:
    """The body as the schema loads it. Raises RecordsInvalid with one error per wrong field, the first of them."""
    given = body_object(request, largest)
    try:
        loaded: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        raise RecordsInvalid(list(islice(_errors(error.messages, "", locale), MOST_ERRORS))) from None
    return loaded


def _errors(messages: Any, path: str, locale: str) -> Iterator[FieldError]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _errors(inner, f"{path}.{key}" if path else str(key), locale)
        return
    for message in messages:
        text = _ZH.get(message, message) if locale.startswith("zh") else message
        code = "unknown_field" if message == "Unknown field." else "required" if "required" in message else "invalid"
        yield FieldError(path[:200] or None, code, text)
