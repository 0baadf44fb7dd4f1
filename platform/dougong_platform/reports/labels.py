"""Keys of groups in the reader's language: a picklist's labels, names of linked records, "2026 Q1", "周一", and their
order as people expect it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_platform.reports.answer import OTHER
from dougong_platform.reports.grouped.group import Group
from dougong_platform.reports.grouped.ordering import AFTER_NAMES, linked_object

BLANK = Label("(blank)", "（空）")
OTHERS = Label("Other", "其他")
TOTAL = Label("Total", "合计")
NAMELESS = Label("(no access)", "（无权查看）")
_YES, _NO = Label("Yes", "是"), Label("No", "否")
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_AFTER_ALL = 2  # where all others stand; blank stands before them


class KeyLabels:
    """The labels of one grouping's keys, looked up at once."""

    def __init__(self, caller: Caller, group: Group, keys: Iterable[Any]) -> None:
        self._group, self._locale = group, caller.locale
        self._names: dict[str, str | None] = {}
        field = group.field
        linked = linked_object(field)
        if linked is not None and group.by.every is None:
            self._names = display_names(caller, linked, [k for k in keys if isinstance(k, str) and k != OTHER])
        self._positions = {value: at for at, value in enumerate(field.picklist.values)} if field.picklist else {}

    def of(self, key: Any) -> str:
        """What a key is called."""
        if key is None:
            return BLANK.text(self._locale)
        if key == OTHER:
            return OTHERS.text(self._locale)
        by, field = self._group.by, self._group.field
        if by.every is not None:
            return bucket_label(str(key), by.every, self._locale, self._group.fiscal)
        if by.step:
            low = Decimal(str(key))
            return _between(field, low, low + Decimal(by.step), self._locale)
        if by.edges:
            edges = (None, *map(Decimal, by.edges), None)
            return _between(field, edges[int(key)], edges[int(key) + 1], self._locale)
        if self._names or linked_object(field) is not None:
            name = self._names.get(str(key))
            return name or NAMELESS.text(self._locale)
        return value_label(field, key, self._locale)

    def order(self, key: Any) -> tuple[Any, ...]:
        """What siblings are sorted by: all others last, blanks before them."""
        if key is None or key == OTHER:
            return (_AFTER_ALL if key == OTHER else 1,)
        by, field = self._group.by, self._group.field
        if by.every is not None or by.step or by.edges or field.type.expression_type in ("number", "money"):
            number = not isinstance(key, str) or by.step or field.type.expression_type in ("number", "money")
            return (0, Decimal(str(key))) if number and by.every not in _NAMED_SPANS else (0, str(key))
        if self._positions:
            return (0, self._positions.get(key, len(self._positions)), str(key))
        if linked_object(field) is not None and self._names.get(str(key)) is None:
            return (0, AFTER_NAMES, str(key))
        return (0, self.of(key).lower()[:200].encode("gb18030"), str(key))


_NAMED_SPANS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


def value_label(field: FieldModel, value: Any, locale: str) -> str:
    """A value of a field as text."""
    if field.picklist is not None:
        known = field.picklist.values.get(str(value))
        return known.label.text(locale) if known is not None else str(value)
    if field.type.expression_type == "boolean":
        return (_YES if value in (True, "true") else _NO).text(locale)
    return str(value)


def bucket_label(key: str, every: str, locale: str, fiscal: int = 1) -> str:
    """A span by its first day, or a place in a cycle by its number."""
    zh = locale.startswith("zh")
    if every == "hour":
        return f"{int(key):02}:00"
    if every == "weekday":
        return _DAYS[zh][int(key) - 1]
    if every == "month_of_year":
        return f"{int(key)}月" if zh else _MONTHS[int(key) - 1]
    try:
        day = date.fromisoformat(key)
    except ValueError:
        return key  # before the year 1, where a fiscal year of the year 1 begins
    if every == "day":
        return key
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year} 年第 {week} 周" if zh else f"{year} W{week:02}"
    if every == "month":
        return f"{day.year}年{day.month}月" if zh else f"{_MONTHS[day.month - 1]} {day.year}"
    if every == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    if every == "year":
        return f"{day.year}年" if zh else str(day.year)
    year = fiscal_year(day, fiscal)
    if every == "fiscal_year":
        return f"{year} 财年" if zh else f"FY{year}"
    quarter = (day.month - fiscal) % 12 // 3 + 1
    return f"{year} 财年 Q{quarter}" if zh else f"FY{year} Q{quarter}"


def fiscal_year(day: date, fiscal: int) -> int:
    """A fiscal year is called by the year in which it ends."""
    return day.year + (1 if fiscal > 1 and day.month >= fiscal else 0)


def _between(field: FieldModel, low: Decimal | None, end: Decimal | None, locale: str) -> str:
    """The numbers from `low` up to and without `end`; of whole numbers the last of them: 1 – 30, then 31 – 60."""
    zh = locale.startswith("zh")
    whole = _is_whole(field) and all(one is None or one == one.to_integral_value() for one in (low, end))
    last = end if end is None or not whole else end - 1
    first_said, last_said = ("" if one is None else _edge(field, one, locale) for one in (low, last))
    if low is None:
        if whole:
            return _behind(last_said, "及以下") if zh else f"{last_said} or less"
        return _behind(last_said, "以下") if zh else f"Below {last_said}"
    if last is None:
        return _behind(first_said, "及以上") if zh else f"{first_said} or more"
    return first_said if low == last else f"{first_said} – {last_said}"


def _is_whole(field: FieldModel) -> bool:
    """Whether all values are whole numbers."""
    return field.type.name in ("integer", "rating") or (
        field.type.name == "decimal" and int(field.settings.get("scale", 2)) == 0
    )


def _edge(field: FieldModel, number: Decimal, locale: str) -> str:
    """An edge of a bucket: 10%, 1,500, and of amounts with its unit where that says it whole: 5 万, 1.5m."""
    if field.type.name == "percent":
        return f"{_plain(number * 100)}%"
    units = _UNITS[locale.startswith("zh")] if field.type.expression_type == "money" else ()
    for size, unit in units:
        if abs(number) >= size and number % (size // 10) == 0:
            return _plain(number / size) + unit
    return _plain(number)


def _behind(number: str, word: str) -> str:
    """A Chinese word behind a number: a space stands between digits and Han characters alone."""
    return f"{number}{'' if number[-1] in '万亿' else ' '}{word}"


_UNITS = ((10**9, "bn"), (10**6, "m")), ((10**8, " 亿"), (10**4, " 万"))


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
