"""What the types that are decimal numbers share: reading, rounding rules and limits. A number with more decimals than
its field keeps is refused, not rounded: whoever sends it decides what is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import plain

MAX_PRECISION = 38
_INEXACT = 2**53  # of the smallest unit: from here on a JSON number has lost digits on its way, its text has not
_EXACT = Context(prec=200)  # Python's own 28 digits are fewer than a field may keep
_FORM = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z", re.ASCII)
_SIGNS = re.compile(r"(?:CNY|RMB|USD|EUR|HKD|JPY|GBP|人民币|美元|欧元|港币|港元|[¥￥$€£円元]|\s|'|_)", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?\Z", re.ASCII)  # "1.234,56" would be misread: refused


def load_decimal(value: Any, precision: int, scale: int, minimum: Any = None, maximum: Any = None) -> str | None:
    """Canonical text with exactly `scale` decimals, from a JSON number or its text. Raises FieldValueError."""
    if minimum is None and maximum is None and isinstance(value, str) and _canonical(precision, scale)(value):
        return value
    number = _decimal(value)
    if number is None:
        return None
    if not number.is_finite() or number.adjusted() > MAX_PRECISION:
        raise FieldValueError("out_of_range")
    if number and number.adjusted() < -MAX_PRECISION:
        raise FieldValueError("too_many_decimals", scale=scale)
    rounded = number.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    if rounded != number:
        raise FieldValueError("too_many_decimals", scale=scale)
    if isinstance(value, float) and number.copy_abs().scaleb(scale) >= _INEXACT:
        raise FieldValueError("inexact")
    if number.copy_abs() >= Decimal(10) ** (precision - scale):
        raise FieldValueError("out_of_range")
    if minimum is not None and number < Decimal(str(minimum)):
        raise FieldValueError("below_min", min=minimum)
    if maximum is not None and number > Decimal(str(maximum)):
        raise FieldValueError("above_max", max=maximum)
    return f"{rounded or rounded.copy_abs():.{scale}f}"  # never "-0.00"


@lru_cache(maxsize=500)
def _canonical(precision: int, scale: int) -> Callable[[str], re.Match[str] | None]:
    """Tells texts that are canonical already and within their digits, without the cost of a Decimal."""
    if precision <= scale:
        return re.compile("(?!)").match  # the rare field whose values all begin with "0.0": decided by its Decimal
    point = f"\\.[0-9]{{{scale}}}" if scale else ""
    return re.compile(f"(?!-[0.]*\\Z)-?(?:0|[1-9][0-9]{{0,{precision - scale - 1}}}){point}").fullmatch


def read_number(text: str) -> str:
    """Digits from a cell: "¥1,234.50", "１２３", "(12)" (a negative), "1 234". Raises FieldValueError."""
    given = plain(text)
    negative = given.startswith("(") and given.endswith(")")
    if not negative and _FORM.match(given):
        return given
    digits = _SIGNS.sub("", given[1:-1] if negative else given)
    if _GROUPED.match(digits):
        digits = digits.replace(",", "")
    if digits and not _FORM.match(digits):
        raise FieldValueError("not_a_number")
    return f"-{digits}" if negative and digits else digits


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise FieldValueError("not_a_number")
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        if len(value) > 100 or not _FORM.match(value):
            raise FieldValueError("not_a_number")
    elif isinstance(value, int) and abs(value) >= 10**MAX_PRECISION:
        raise FieldValueError("out_of_range")
    try:
        return Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as fault:
        raise FieldValueError("not_a_number") from fault
