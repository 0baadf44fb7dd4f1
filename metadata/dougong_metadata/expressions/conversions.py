"""How a literal becomes the parameter of the place where it stands: text beside a date must be a date, and so on.

The same conversion runs when a document is checked and, for lifted literals, when a query brings its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.types import PG_TYPES, Type
from dougong_metadata.problems import nearest

if TYPE_CHECKING:
    from dougong_metadata.model.types import PicklistModel

# A whole number that no integer column holds: stands for "never equal" (fractions, numbers out of range).
_NOWHERE = -(2**63)
_FARTHEST = 2**63 - 1


class ValueRefused(Exception):
    """A literal's value does not fit its place; `at` makes the ExpressionError once the position is known."""

    def __init__(self, en: str, zh: str, hint: str | None = None) -> None:
        self.en, self.zh, self.hint = en, zh, hint
        super().__init__(en)

    def at(self, position: int, length: int) -> ExpressionError:
        return ExpressionError(self.en, self.zh, position, length, self.hint)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`convert(raw, negative)` gives the text that PostgreSQL reads as `pg_type`; raises ValueRefused.

    `source` is what kind of literal it takes ("text" or "number"). `zoned`: the value may lack its time zone,
    which is then the user's (see `split_zone`).
    """

    source: str
    pg_type: str
    convert: Callable[[str, bool], str]
    zoned: bool = False


def _plain(raw: str, negative: bool) -> str:
    return "-" + raw if negative else raw


def _date(raw: str, negative: bool) -> str:
    match = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", raw)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        pass
    raise ValueRefused(
        f'“{_short(raw)}” is not a date; write it as "2026-01-31".',
        f'“{_short(raw)}”不是日期；请写作 "2026-01-31"。',
        "2026-01-31",
    )


def _datetime(raw: str, negative: bool) -> str:
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        return moment.isoformat()
    except (ValueError, OverflowError):
        pass
    try:
        return _date(raw, negative) + "T00:00:00"
    except ValueRefused:
        raise ValueRefused(
            f'“{_short(raw)}” is not a date and time; write it as "2026-01-31 18:30".',
            f'“{_short(raw)}”不是日期时间；请写作 "2026-01-31 18:30"。',
            "2026-01-31 18:30",
        ) from None


def split_zone(value: str) -> tuple[str, str | None]:
    """A datetime conversion's result as (local time, its zone or None for the user's)."""
    return (value[:-1], "UTC") if value.endswith("Z") else (value, None)


def _time(raw: str, negative: bool) -> str:
    try:
        value = time.fromisoformat(raw)
    except ValueError:
        value = None
    if value is None or value.tzinfo is not None:
        raise ValueRefused(
            f'“{_short(raw)}” is not a time; write it as "18:30".', f'“{_short(raw)}”不是时间；请写作 "18:30"。'
        )
    return value.isoformat()


def _record(raw: str, negative: bool) -> str:
    try:
        if len(raw) == 36:
            return str(UUID(raw))
    except ValueError:
        pass
    raise ValueRefused(
        f"“{_short(raw)}” is not a record's id; compare a field of the record instead, or its id.",
        f"“{_short(raw)}”不是记录的 ID；请比较该记录的某个字段，或使用它的 ID。",
    )


def _days(rounding: str) -> Callable[[str, bool], str]:
    """Days added to or taken from a date: parts of a day round so that the result is rounded down."""

    def convert(raw: str, negative: bool) -> str:
        number = Decimal(raw)
        if number > 100_000:
            raise ValueRefused("At most 100,000 days can be added to a date.", "日期最多加减 100,000 天。")
        return str(int((-number if negative else number).to_integral_value(rounding)))

    return convert


def _whole(operator: str) -> Callable[[str, bool], str]:
    """For comparing a whole-number column: rounds so that the comparison's answer stays the same."""

    def convert(raw: str, negative: bool) -> str:
        number = -Decimal(raw) if negative else Decimal(raw)
        if operator in ("<=", ">"):
            number = number.to_integral_value(ROUND_FLOOR)
        elif operator in (">=", "<"):
            number = number.to_integral_value(ROUND_CEILING)
        elif number != number.to_integral_value() or abs(number) > _FARTHEST:
            return str(_NOWHERE)
        return str(max(min(int(number), _FARTHEST), _NOWHERE))

    return convert


def _short(raw: str) -> str:
    return raw if len(raw) <= 40 else raw[:39] + "…"


def choice(picklist: PicklistModel) -> Conversion:
    """Text that must be a value of `picklist`."""

    def convert(raw: str, negative: bool) -> str:
        if raw in picklist.values:
            return raw
        by_label = {label: v.value for v in picklist.values.values() for label in (v.label.en, v.label.zh)}
        hint = by_label.get(raw) or nearest(raw, picklist.values)
        raise ValueRefused(
            f"“{_short(raw)}” is not a value of `{picklist.name}`" + (f"; did you mean “{hint}”?" if hint else "."),
            f"“{picklist.name}”没有“{_short(raw)}”这个值" + (f"；您是指“{hint}”吗？" if hint else "。"),
            hint,
        )

    return Conversion("text", "text", convert)


# The earth's radius in each unit, by its mean in kilometres (IUGG).
_RADIUS = {"km": "6371.0088", "mi": "3958.7613"}


def _unit(raw: str, negative: bool) -> str:
    if raw.lower() not in _RADIUS:
        raise ValueRefused(
            f'“{_short(raw)}” is not a unit; write "km" or "mi".',
            f'没有单位“{_short(raw)}”；请写作 "km" 或 "mi"。',
            "km",
        )
    return _RADIUS[raw.lower()]


UNIT = Conversion("text", "double precision", _unit)
PLAIN_TEXT = Conversion("text", "text", _plain)
PLAIN_NUMBER = Conversion("number", "numeric", _plain)
DAYS = {
    "+": Conversion("number", "integer", _days(ROUND_FLOOR)),
    "-": Conversion("number", "integer", _days(ROUND_CEILING)),
}
_WHOLE = {op: Conversion("number", "bigint", _whole(op)) for op in ("=", "!=", "<", "<=", ">", ">=")}
_MOMENTS = {
    "date": Conversion("text", "date", _date),
    "datetime": Conversion("text", "timestamp", _datetime, zoned=True),
    "time": Conversion("text", "time", _time),
    "record": Conversion("text", PG_TYPES["record"], _record),
}


def text_as(target: Type) -> Conversion | None:
    """How a text literal becomes `target`; None when it cannot."""
    if target.name in ("text", "list"):
        return choice(target.picklist) if target.picklist is not None else PLAIN_TEXT
    return _MOMENTS.get(target.name)


def whole_number(operator: str) -> Conversion:
    """How a number literal is compared with a whole-number column by `operator`."""
    return _WHOLE[operator]
