"""What stands in a report's cells: numbers as people read them, all of one column with as many decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from dougong_platform.reports.number_texts import as_decimal, grouped, money
from dougong_ui_builder.components import tenant_currency
from dougong_ui_builder.marks import icon
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.reports.answer import Answer, Cell, ValueHead

NOTHING = Markup('<span class="dg-none">–</span>')
_TEXTS = frozenset({"date", "text"})
_CENTS = Decimal(100_000)  # from here on nobody reads them


class Figures:
    """Says the cells of one answer. `names` are the value heads in order."""

    def __init__(self, answer: Answer) -> None:
        self.heads = answer.values
        self._places = _places(answer)
        self._say = [_sayer(head, places) for head, places in zip(self.heads, self._places, strict=True)]
        self._cut = [
            head.format == "money" and not places for head, places in zip(self.heads, self._places, strict=True)
        ]

    def text(self, at: int, value: Any) -> str:
        """The value of head number `at` in words; "" for nothing."""
        return "" if value is None else self._say[at](value)

    def full(self, at: int, value: Any) -> str:
        """A title with all decimals where the cell leaves them out, "" elsewhere."""
        found = as_decimal(value) if self._cut[at] else None
        if found is None or found == found.to_integral_value():
            return ""
        return f' title="{escape(money(found, self.heads[at].currency or tenant_currency()))}"'

    def markup(self, at: int, value: Any) -> Markup:
        """The same for a page: changes with their arrow, blanks as a dash."""
        if value is None:
            return NOTHING
        if self.heads[at].role == "change":
            return change(self.heads[at], value)
        return escape(self._say[at](value))


def change(head: ValueHead, value: Any) -> Markup:
    """A change as arrow, word and size; green or red by whether it is good."""
    found = as_decimal(value)
    if found is None:
        return NOTHING
    size = _sayer(head, 1 if head.format != "days" or found % 1 else 0)(abs(found))
    if found == 0:
        return Markup('<span class="dg-report-change">{}</span>').format(gettext("unchanged"))
    up = found > 0
    tone = "" if head.good == "none" else (" dg-ok" if up == (head.good == "up") else " dg-bad")
    word = gettext("up") if up else gettext("down")
    sign = icon("arrow-up" if up else "arrow-down")
    return Markup('<span class="dg-report-change{}">{}<span class="dg-sr">{} </span>{}</span>').format(
        tone, sign, word, size
    )


def role_words() -> dict[str, str]:
    """What stands beside a value, by role."""
    return {
        "before": gettext("earlier period"),
        "change": gettext("change"),
        "share": gettext("share"),
        "running": gettext("running total"),
    }


def role_word(head: ValueHead) -> str:
    """What a column beside a value's own is; "" for the value itself, and for a column that is called so already."""
    word = role_words().get(head.role, "")
    return "" if word.lower() == head.label.lower() else word


def said(head: ValueHead, value: Any) -> str:
    """One value alone, with the decimals that it has."""
    return "" if value is None else _sayer(head, _fit(head, [value]))(value)


def _sayer(head: ValueHead, places: int) -> Any:
    kind = head.format
    currency = head.currency or tenant_currency()

    def say(value: Any) -> str:
        found = None if kind in _TEXTS else as_decimal(value)
        if found is None:
            return str(value)
        if kind == "money":
            return money(found, currency, exact=places > 0, places=places)
        if kind == "percent":
            return grouped(found * 100, places) + "%"
        if kind == "points":
            return gettext("%(n)s points", n=grouped(found * 100, places))
        digits = grouped(found, places)
        return gettext("%(n)s days", n=digits) if kind == "days" else digits

    return say


def _places(answer: Answer) -> list[int]:
    """Decimals by value head."""
    cells = list(_cells(answer))
    return [_fit(head, [cell[at] for cell in cells if at < len(cell)]) for at, head in enumerate(answer.values)]


def _fit(head: ValueHead, values: Sequence[Any]) -> int:
    if head.decimals is not None:
        return head.decimals
    numbers = [found for found in map(as_decimal, values) if found is not None]
    if head.format == "percent":
        return int(any(one * 100 % 1 for one in numbers if one.adjusted() < 20))
    if all(one == one.to_integral_value() for one in numbers if one.adjusted() < 25):
        return 0
    if head.format == "days":
        return 1
    return 0 if max(map(abs, numbers)) >= _CENTS and head.format == "money" else 2


def _cells(answer: Answer) -> Iterable[Cell]:
    for row in (*answer.rows, *((answer.total,) if answer.total is not None else ())):
        yield row.all
        yield from row.cells
