"""From an HTML form's values to what the API takes: the inverse of the input widgets. Called by form screens.

Every widget works without JavaScript, so a number is text and a lookup may be only the words a person typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage, MultiDict

from dougong_ui_builder.formats import MINUS, as_decimal

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

UPLOADS = frozenset({"file", "image", "signature"})
LINKS = frozenset({"lookup", "detail", "user", "department"})


@dataclass(frozen=True, slots=True)
class Posted:
    """`values`: by field name, as the API takes them (None = emptied). `typed`: words in link fields that carry no id.
    `uploads`: new files by field, to be stored and their ids added to `values[field]`."""

    values: dict[str, Any]
    typed: dict[str, str]
    uploads: dict[str, list[FileStorage]]


def read_posted(
    fields: Iterable[FieldModel],
    form: MultiDict[str, str],
    files: Mapping[str, Any] | None = None,
    timezone: ZoneInfo | None = None,
    prefix: str = "",
) -> Posted:
    """Read the fields that the form holds; a field that is not in the form is left out, not emptied.

    What does not look like its type is passed on as text, so that the write path names the error at its field.
    """
    found = Posted({}, {}, {})
    for field in fields:
        name, kind = prefix + field.name, field.type.name
        given = [f for f in _uploaded(files, f"{name}:upload") if f.filename]
        if kind in UPLOADS and (given or name in form):
            found.uploads[field.name] = given
        if kind in ("address", "geolocation"):
            if any(key.startswith(f"{name}[") for key in form):
                found.values[field.name] = _parts(kind, name, form)
        elif name in form:
            found.values[field.name] = _value(kind, name, form, timezone or ZoneInfo("UTC"))
            if kind in LINKS and found.values[field.name] is None and form.get(f"{name}:text", "").strip():
                found.typed[field.name] = form[f"{name}:text"].strip()
    return found


def _value(kind: str, name: str, form: MultiDict[str, str], timezone: ZoneInfo) -> Any:
    if kind in UPLOADS or kind == "multi_picklist":
        return [one for one in form.getlist(name) if one]
    if kind == "boolean":
        return form.getlist(name)[-1] == "true"
    text = form[name].replace("\r\n", "\n")
    if not text.strip():
        return None
    reader = _READERS.get(kind)
    return reader(text, timezone) if reader else text


def _number(text: str, _: ZoneInfo) -> Any:
    plain = text.strip().replace(",", "").replace("，", "").replace(MINUS, "-").replace(" ", "")
    return plain if as_decimal(plain) is not None else text


def _integer(text: str, timezone: ZoneInfo) -> Any:
    found = as_decimal(_number(text, timezone))
    if found is None or found.adjusted() > 30 or found != found.to_integral_value():
        return text
    return int(found)


def _percent(text: str, timezone: ZoneInfo) -> Any:
    found = as_decimal(_number(text.rstrip("%％ "), timezone))
    return text if found is None else f"{(found / Decimal(100)).normalize():f}"


def _moment(text: str, timezone: ZoneInfo) -> str:
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (typed if typed.tzinfo else typed.replace(tzinfo=timezone)).isoformat()


def _json(text: str, _: ZoneInfo) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


_READERS: dict[str, Any] = {
    "integer": _integer,
    "rating": _integer,
    "decimal": _number,
    "currency": _number,
    "percent": _percent,
    "datetime": _moment,
    "json": _json,
}


def _parts(kind: str, name: str, form: MultiDict[str, str]) -> dict[str, Any] | None:
    names = (
        ("latitude", "longitude", "accuracy")
        if kind == "geolocation"
        else ("country", "province", "city", "district", "detail", "postcode")
    )
    parts: dict[str, Any] = {part: text for part in names if (text := form.get(f"{name}[{part}]", "").strip())}
    if not parts.keys() - {"country", "accuracy"}:
        return None
    if kind == "geolocation":
        for part, text in parts.items():
            number = as_decimal(text)
            parts[part] = float(number) if number is not None else text
    return parts


def _uploaded(files: Mapping[str, Any] | None, name: str) -> list[FileStorage]:
    getlist = getattr(files, "getlist", None)
    return list(getlist(name)) if getlist is not None else []
