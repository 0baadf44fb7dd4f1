"""Whether the data of a field fits the field it becomes: the same, safely converted, to be checked, or not at all."""

from __future__ import annotations

from typing import Literal

from dougong_metadata.model.types import FieldModel

Conversion = Literal["same", "safe", "checked", "impossible"]

_TEXTS = frozenset(
    {"text", "long_text", "rich_text", "email", "phone", "url", "auto_number", "external_key", "colour", "picklist"}
)
_NUMBERS = frozenset({"integer", "decimal", "currency", "percent", "rating"})
_SIMPLE = _TEXTS | _NUMBERS | {"boolean", "date", "datetime", "time"}
_FILES = frozenset({"file", "image", "signature"})
INTEGER_DIGITS = 19  # of a 64-bit number
# What loses nothing whatever the value: (from, to). Narrower limits of the target are looked at apart.
_SAFE = frozenset(
    {
        ("integer", "decimal"),
        ("integer", "currency"),
        ("rating", "integer"),
        ("rating", "decimal"),
        ("decimal", "currency"),
        ("currency", "decimal"),
        ("date", "datetime"),
        ("picklist", "multi_picklist"),
    }
)
_CHECKED = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "time"),
        ("multi_picklist", "picklist"),
        ("boolean", "integer"),
        ("integer", "boolean"),
        ("text", "multi_picklist"),
        ("long_text", "multi_picklist"),
    }
)


def conversion(old: FieldModel, new: FieldModel) -> Conversion:
    """How the data of `old` becomes that of `new`."""
    kinds = (old.type.name, new.type.name)
    if old.to or new.to:
        return _links(old, new)
    if old.type.name == new.type.name:
        return "checked" if narrower(old, new) else "same"
    if kinds in _SAFE:
        return "checked" if narrower(old, new) else "safe"
    if set(kinds) <= _FILES:
        return "checked"
    if new.type.name in ("text", "long_text") and old.type.name in _SIMPLE:
        return "safe" if new.type.name == "long_text" or not _may_be_long(old, new) else "checked"
    if kinds in _CHECKED or set(kinds) <= _TEXTS or set(kinds) <= _NUMBERS:
        return "checked"
    if old.type.name in ("text", "long_text", "external_key", "picklist") and new.type.name in _SIMPLE:
        return "checked"
    return "impossible"


def narrower(old: FieldModel, new: FieldModel) -> bool:
    """Whether the new field refuses values that the old one allowed."""
    given, wanted = old.settings, new.settings
    for key in ("max_length", "max", "max_files"):
        if key in wanted and (key not in given or wanted[key] < given[key]):
            return True
    if "min" in wanted and ("min" not in given or wanted["min"] > given["min"]):
        return True
    if "scale" in wanted and old.type.name in _NUMBERS:
        precision, scale = given.get("precision", INTEGER_DIGITS), given.get("scale", 0)
        if wanted["scale"] < scale or wanted["precision"] - wanted["scale"] < precision - scale:
            return True
    if old.picklist is None or new.picklist is None:
        return new.picklist is not None
    return not old.picklist.values.keys() <= new.picklist.values.keys()


def _links(old: FieldModel, new: FieldModel) -> Conversion:
    """A link keeps its data while its target stays; becoming the owner demands that every record has one."""
    if old.to != new.to:
        return "safe" if new.to is None and new.type.name in ("text", "long_text") else "impossible"
    if new.type.name == "detail" and old.type.name != "detail":
        return "checked"
    return "same" if old.type.name == new.type.name else "safe"


def _may_be_long(old: FieldModel, new: FieldModel) -> bool:
    longest = old.settings.get("max_length", 255 if old.type.name in _TEXTS else 64)
    return bool(longest > new.settings.get("max_length", 255))
