"""What each kind of parameter takes (functions.registry.KINDS). Called for every value of a function call."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dougong_metadata.expressions.checked import Blank, Column, Literal, Operation, Typed
from dougong_metadata.expressions.coercion import adapt, converted
from dougong_metadata.expressions.conversions import UNIT, Conversion
from dougong_metadata.expressions.patterns import PATTERN
from dougong_metadata.expressions.types import BOOLEAN, DATE, DATETIME, NUMBER, PLACE, TEXT, TIME, Type

_MANY = ("list", "json", "place")
_PLAIN = {
    "text": TEXT,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "time": TIME,
    "place": PLACE,
}


def fitting(kind: str, typed: Typed, first: Typed) -> Typed | None:
    """`typed` as a value for a parameter of this kind, or None. `first` is the call's first value."""
    if kind == "choice":
        return None if isinstance(typed, Blank) else adapt(typed, Type("text", None, first.type.picklist))
    special = _SPECIAL.get(kind)
    return special(typed) if special is not None else adapt(typed, _PLAIN[kind])


def wanted(kind: str, locale: str) -> str:
    """What a message calls it: "a date", "日期"."""
    if kind in _WANTED:
        return _WANTED[kind][0 if locale == "en" else 1]
    return _PLAIN[kind].words(locale)


def _day(typed: Typed) -> Typed | None:
    return Operation(DATE, typed.node, "day", children=(typed,)) if typed.type == DATETIME else adapt(typed, DATE)


def _field(typed: Typed) -> Typed | None:
    return typed if isinstance(typed, Column) and typed.names[0] != "$user" else None


def _list(typed: Typed) -> Typed | None:
    return typed if isinstance(typed, Column) and typed.pg_type == "text[]" else None


def _picklist(typed: Typed) -> Typed | None:
    return typed if typed.type.name == "text" and typed.type.picklist is not None else None


def _none_of(*names: str) -> Callable[[Typed], Typed | None]:
    return lambda typed: None if typed.type.name in names else typed


def _as_it_is(names: tuple[str, ...], otherwise: Type) -> Callable[[Typed], Typed | None]:
    """Types that are taken as they are; anything else must fit `otherwise`, as must text in quotation marks unless text
    is among them."""
    return lambda typed: typed if typed.type.name in names else adapt(typed, otherwise)


def _spelt(conversion: Conversion) -> Callable[[Typed], Typed | None]:
    """Text in quotation marks that says something: it is looked at where it is written, or when a query brings it."""

    def fit(typed: Typed) -> Typed | None:
        return converted(typed, conversion, TEXT) if isinstance(typed, Literal) and typed.is_text else None

    return fit


_SPECIAL: Mapping[str, Callable[[Typed], Typed | None]] = {
    "any": lambda typed: typed,
    "scalar": _none_of(*_MANY),
    "sorted": _none_of(*_MANY, "record", "boolean"),
    "field": _field,
    "list": _list,
    "picklist": _picklist,
    "day": _day,
    "when": _as_it_is(("text", "date", "datetime"), TEXT),
    "clock": _as_it_is(("time",), DATETIME),
    "moment": _as_it_is(("date", "datetime"), DATE),
    "pattern": _spelt(PATTERN),
    "unit": _spelt(UNIT),
}
_WANTED = {
    "scalar": ("a single value", "单个值"),
    "sorted": ("a number, text, date or time", "数字、文本、日期或时间"),
    "field": ("a field", "字段"),
    "list": ("a field of several picklist values", "多选字段"),
    "picklist": ("a picklist field", "选项字段"),
    "day": ("a date", "日期"),
    "when": ("a text, date or date and time", "文本、日期或日期时间"),
    "choice": ("a value", "值"),
    "clock": ("a time, or a date and time", "时间或日期时间"),
    "moment": ("a date, or a date and time", "日期或日期时间"),
    "pattern": ("a pattern in quotation marks", "带引号的正则表达式"),
    "unit": ('"km" or "mi"', '"km" 或 "mi"'),
}
