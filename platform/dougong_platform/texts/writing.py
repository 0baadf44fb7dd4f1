"""One value as a person reads it in a text, by its type, language and time zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_decimal

from dougong_metadata.expressions.types import Type
from dougong_metadata.model.types import FieldModel

_TRUTH = {"en": ("no", "yes"), "zh": ("否", "是")}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is read."""

    locale: str
    timezone: str
    currency: str | None


def written(value: Any, type: Type, field: FieldModel | None, format: str | None, here: Place) -> str:
    """The value in words; nothing for a blank one. `format` as in compile_text.FORMATS, None = by the type."""
    if value is None:
        return ""
    if format in ("value", "id"):
        return _plain(value)
    if isinstance(value, bool):
        return _TRUTH[here.locale][value]
    if type.name == "list" or isinstance(value, list):
        parts = [_label(one, type, here) for one in value]
        return ("、" if here.locale == "zh" else ", ").join(parts)
    if type.name in ("number", "money") or format in ("number", "money", "percent"):
        return _number(value, type, field, format, here)
    if type.name == "datetime" or format == "datetime":
        return _moment(value, format, here)
    if type.name == "time":
        return str(value)[:5]
    return _label(value, type, here)


def _label(value: Any, type: Type, here: Place) -> str:
    known = type.picklist.values.get(value) if type.picklist is not None and isinstance(value, str) else None
    return known.label.text(here.locale) if known is not None else _plain(value)


def _plain(value: Any) -> str:
    return str(value).replace("\x00", "")


def _number(value: Any, type: Type, field: FieldModel | None, format: str | None, here: Place) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return _plain(value)
    if not number.is_finite():
        return _plain(value)
    if format == "percent" or (format is None and field is not None and field.type.name == "percent"):
        return f"{format_decimal(number * 100, '#,##0.####', locale=here.locale)} %"
    if format == "money" or (format is None and type.name == "money"):
        currency = (field.settings.get("currency") if field is not None else None) or here.currency or "CNY"
        return format_currency(number, currency, locale=here.locale)
    return format_decimal(number, "#,##0.##########", locale=here.locale)


def _moment(value: Any, format: str | None, here: Place) -> str:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return _plain(value)
    if moment.tzinfo is None:  # a date, written as a date and time
        return _plain(value)
    local = moment.astimezone(ZoneInfo(here.timezone))
    return local.strftime({"date": "%Y-%m-%d", "time": "%H:%M"}.get(format or "", "%Y-%m-%d %H:%M"))
