"""A moment. Values carry their zone (2026-01-02T09:30:00+08:00 or …Z) and are kept in UTC; one without a zone is
refused by `load`, and taken in the reader's zone by `read_text` (imports and forms, whose reader has one).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<zone>Z|z|[-+][0-9]{2}:?[0-9]{2})?\Z",
    re.ASCII,
)
_WRITTEN = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.]|\s*年\s*)(?P<m>[0-9]{1,2})(?:[-/.]|\s*月\s*)(?P<d>[0-9]{1,2})\s*日?"
    r"(?:[T ]*(?P<h>[0-9]{1,2})[:时点](?P<n>[0-9]{1,2})分?(?:[:]?(?P<s>[0-9]{1,2})秒?)?"
    r"(?:\.(?P<f>[0-9]{1,6})[0-9]*)?(?P<zone>Z|z|\s?[-+][0-9]{2}:?[0-9]{2})?)?\Z",
    re.ASCII,
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]{1,12})?\Z", re.ASCII)


class DateTimeType(FieldType):
    name = "datetime"
    label = {"en": "Date and time", "zh": "日期时间"}
    icon = "calendar-time"
    pg_type = "timestamptz"
    expression_type = "datetime"
    options = Body
    operators = ("=", "!=", "<", "<=", ">", ">=", "between", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, str):
            raise FieldValueError("not_a_datetime")
        if not value.strip():
            return None
        found = _ISO.match(value)
        if not found:
            raise FieldValueError("not_a_datetime")
        if not found["zone"]:
            raise FieldValueError("zone_needed")
        try:
            return canonical_moment(datetime.fromisoformat(value.upper()))
        except (ValueError, OverflowError) as fault:
            raise FieldValueError("not_a_datetime") from fault

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """What `date` reads, with a time (2026/1/2 9:30, 2026年1月2日 9时30分), in `zone` unless it says its own."""
        given = plain(text)
        if not given:
            return None
        try:
            moment = _moment(given)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(zone))
            return canonical_moment(moment)
        except (ValueError, OverflowError) as fault:
            raise FieldValueError("not_a_datetime") from fault

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_datetime", "zone_needed")


def canonical_moment(moment: datetime) -> str:
    """As the API shows it: UTC, "Z", a fraction only where there is one and without its trailing zeros."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _moment(given: str) -> datetime:
    if _SERIAL.match(given):
        return datetime(1899, 12, 30) + timedelta(days=float(given))  # noqa: DTZ001 a spreadsheet's serial has no zone
    found = _WRITTEN.match(given)
    if not found:
        raise ValueError(given)
    part = found.groupdict()
    text = f"{part['y']}-{int(part['m']):02}-{int(part['d']):02}T{int(part['h'] or 0):02}:{int(part['n'] or 0):02}"
    text += f":{int(part['s'] or 0):02}" + (f".{part['f']}" if part["f"] else "")
    return datetime.fromisoformat(text + (part["zone"] or "").strip().upper())
