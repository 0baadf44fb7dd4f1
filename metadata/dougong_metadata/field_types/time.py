"""A time of day, without a date or a zone."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

_ISO = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?\Z", re.ASCII)
_WRITTEN = re.compile(
    r"(?P<noon>上午|下午|晚上)?\s*(?P<h>[0-9]{1,2})[:时点](?P<n>[0-9]{1,2})?分?(?::?(?P<s>[0-9]{1,2})秒?)?"
    r"\s*(?P<half>am|pm)?\Z",
    re.ASCII | re.IGNORECASE,
)


class TimeType(FieldType):
    name = "time"
    label = {"en": "Time", "zh": "时间"}
    icon = "clock"
    pg_type = "time"
    expression_type = "time"
    options = Body
    operators = ("=", "!=", "<", "<=", ">", ">=", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, str):
            raise FieldValueError("not_a_time")
        if not value.strip():
            return None
        if not _ISO.match(value):
            raise FieldValueError("not_a_time")
        try:
            text = time.fromisoformat(value).isoformat()
        except ValueError as fault:
            raise FieldValueError("not_a_time") from fault
        return text.rstrip("0") if "." in text else text

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """9:30, 09:30:15, 9时30分, 下午3:05, 3:05 pm."""
        given = plain(text)
        if not given:
            return None
        if _ISO.match(given):
            return given
        found = _WRITTEN.match(given)
        if not found:
            raise FieldValueError("not_a_time")
        hour = int(found["h"])
        later = found["noon"] in ("下午", "晚上") or (found["half"] or "").lower() == "pm"
        if later and hour < 12:
            hour += 12
        elif (found["half"] or "").lower() == "am" and hour == 12:
            hour = 0
        return f"{hour:02}:{int(found['n'] or 0):02}:{int(found['s'] or 0):02}"

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_time",)
