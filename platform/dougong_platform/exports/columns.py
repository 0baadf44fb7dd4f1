"""What stands in an exported file's columns: a heading in the reader's language, and each value as people write it.

Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers and dates stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.http.caller import Caller
from dougong_platform.query.rows import shown_at
from dougong_platform.query.visible import visible_objects

Cell = str | int | Decimal | bool | date | datetime | None
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # in full width too
_NOT_OFFERED = frozenset({"deleted_at", "deleted_by"})
LONGEST_CELL = 32_767  # characters: what a spreadsheet's cell takes


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is what is read; `field` the field at its end."""

    path: str
    heading: str
    field: FieldModel


def export_columns(caller: Caller, object: str, fields: Sequence[str] | None) -> tuple[Column, ...]:
    """The columns of an export. A link is exported as the name of what it points to. Raises BadField."""
    rights = caller.rights
    chosen = (
        fields
        if fields is not None
        else [
            name
            for name in rights.shown(object)
            if name not in _NOT_OFFERED and caller.model.objects[object].fields[name].type.pg_type != "uuid[]"
        ]
    )
    return tuple(_column(caller, rights, object, text) for text in dict.fromkeys(chosen))


def _column(caller: Caller, rights: Rights, object: str, text: str) -> Column:
    path = tuple(text.split("."))
    labels = [shown_at(rights, object, path[:end]).label.text(caller.locale) for end in range(1, len(path) + 1)]
    field = shown_at(rights, object, path)
    if field.to is not None and field.type.pg_type == "uuid" and field.name != "id":
        target = visible_objects(rights).get(field.to)
        if target is not None and target.name_field in rights.shown(target.name):
            path = (*path, target.name_field)
            field = shown_at(rights, object, path)
    return Column(".".join(path), " · ".join(labels), field)


class Cells:
    """Turns canonical values into cells for one reader."""

    def __init__(self, locale: str, timezone: str) -> None:
        self._locale, self._zone = locale, ZoneInfo(timezone)
        self._truth = {True: "是", False: "否"} if locale.startswith("zh") else {True: "Yes", False: "No"}

    def of(self, columns: Sequence[Column], record: Mapping[str, Any]) -> list[Cell]:
        """One row of the file."""
        return [self.cell(column.field, record[column.path]) for column in columns]

    def cell(self, field: FieldModel, value: Any) -> Cell:
        """One value: numbers as numbers, moments in the reader's time zone, values of picklists by their labels."""
        if value is None:
            return None
        kind, pg_type = field.type.expression_type, field.type.pg_type
        if isinstance(value, bool):
            return self._truth[value]
        if kind in ("number", "money"):
            return Decimal(str(value))
        if pg_type == "date":
            return _date(value)
        if kind == "datetime":
            return self._moment(value)
        return safe(self._words(field, value))

    def _words(self, field: FieldModel, value: Any) -> str:
        if field.picklist is not None:
            chosen = value if isinstance(value, list) else [value]
            return "; ".join(self._label(field, one) for one in chosen)
        if isinstance(value, list):
            return "; ".join(str(one) for one in value)
        if isinstance(value, dict):
            parts = [str(part) for part in value.values() if part is not None]
            return " ".join(parts) if field.type.name == "address" else orjson.dumps(value).decode()
        return str(value)

    def _label(self, field: FieldModel, value: Any) -> str:
        found = field.picklist.values.get(value) if field.picklist is not None else None
        return found.label.text(self._locale) if found is not None else str(value)

    def _moment(self, value: str) -> datetime | str:
        try:
            return datetime.fromisoformat(value).astimezone(self._zone).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return value  # infinity, or a year that Python does not know


def _date(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def safe(text: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    cut = text[: LONGEST_CELL - 1]
    return f"'{cut}" if cut.startswith(_STARTS_A_FORMULA) else cut


def now_in(timezone: str) -> datetime:
    """The present moment in a time zone, for file names."""
    return datetime.now(UTC).astimezone(ZoneInfo(timezone))
