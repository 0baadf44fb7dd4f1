"""A value as plain words, for one-line changes in timelines and for both sides of a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dougong_platform.query import display_names
from dougong_ui_builder.components import field_currency, label_text, picklist_value, tenant_currency
from dougong_ui_builder.formats import day, moment, money, number, percent
from dougong_ui_builder.places import address_text
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel
    from dougong_platform.http.caller import Caller

LINKS = frozenset({"lookup", "detail", "user", "department"})  # field types that point to a record

Names = Mapping[str, str | None]
LONGEST = 120  # characters of a text in one line


def said(field: FieldModel, value: Any, names: Names, record: Mapping[str, Any] | None = None) -> str:
    """The words for a canonical value; "" for nothing."""
    if value is None or value == "" or value == []:
        return ""
    kind = field.type.name
    if kind in LINKS:
        return names.get(str(value)) or gettext("(no longer visible)")
    if field.picklist is not None:
        return gettext(", ").join(_choice(field, one) for one in (value if isinstance(value, list) else [value]))
    if field.type.pg_type == "uuid[]":
        return ngettext("%(num)d file", "%(num)d files", len(value))
    words = _WORDS.get(kind)
    if words is not None:
        return str(words(value))
    if kind == "currency":
        return money(value, field_currency(field, record) or tenant_currency(), scale=field.settings.get("scale", 2))
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _choice(field: FieldModel, value: Any) -> str:
    chosen = picklist_value(field, value)
    return label_text(chosen) if chosen is not None else str(value)


def _yes(value: Any) -> str:
    return gettext("Yes") if value in (True, "true") else gettext("No")


def _place(value: Any) -> str:
    return f"{value.get('latitude')}, {value.get('longitude')}" if isinstance(value, Mapping) else str(value)


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "boolean": _yes,
    "date": day,
    "datetime": moment,
    "percent": percent,
    "integer": number,
    "decimal": number,
    "address": address_text,
    "geolocation": _place,
}


def names_in_changes(caller: Caller, object: ObjectModel, changes: Iterable[Mapping[str, Any]]) -> Names:
    """The names behind all links that these changes mention, for those the caller may see."""
    fields = object.fields
    pairs = ((name, one) for change in changes for name, pair in change.items() for one in pair)
    return names_of(caller, ((fields[name], one) for name, one in pairs if name in fields))


def names_of(caller: Caller, values: Iterable[tuple[FieldModel, Any]]) -> Names:
    """The names behind all links among these values, for those the caller may see."""
    wanted: dict[str, set[str]] = {}
    for field, value in values:
        if field.to and field.type.name in LINKS and value:
            wanted.setdefault(field.to, set()).add(str(value))
    found: dict[str, str | None] = {}
    for target, ids in wanted.items():
        found |= display_names(caller, target, ids)
    return found
