"""A day of the calendar, without a time zone."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_WRITTEN = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.]|\s*年\s*)(?P<m>[0-9]{1,2})(?:[-/.]|\s*月\s*)(?P<d>[0-9]{1,2})\s*日?"
    r"(?:[T ]+00:00(?::00(?:\.0+)?)?)?\Z",
    re.ASCII,
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})\Z", re.ASCII)
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?\Z", re.ASCII)  # days since 1899-12-30, as spreadsheets count


class DateType(FieldType):
    name = "date"
    label = {"en": "Date", "zh": "日期"}
    icon = "calendar"
    pg_type = "date"
    expression_type = "date"
    options = Body
    operators = ("=", "!=", "<", "<=", ">", ">=", "between", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, str):
            raise FieldValueError("not_a_date")
        if not value.strip():
            return None
        if not _ISO.match(value):
            raise FieldValueError("not_a_date")
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as fault:
            raise FieldValueError("not_a_date") from fault

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """2026-01-02, 2026/1/2, 2026.1.2, 2026年1月2日, 20260102, 46024 (a spreadsheet's serial), and midnights."""
        given = plain(text)
        if not given:
            return None
        if _SERIAL.match(given):
            return (date(1899, 12, 30) + timedelta(days=int(float(given)))).isoformat()
        found = _WRITTEN.match(given) or _COMPACT.match(given)
        if not found:
            raise FieldValueError("not_a_date")
        return f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_date",)
