"""Sums under a list's columns and the numbers on its tabs: one grouped query each, under the reader's access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dougong_platform.errors import BadRequest
from dougong_platform.reports.grouped.plain import Spec, aggregate
from dougong_ui_builder.components import field_currency, tenant_currency
from dougong_ui_builder.formats import money, number

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.lists.columns import Column
    from dougong_ui_builder.screens.lists.state import ListState, View

_SUMMED = frozenset({"currency", "decimal", "integer"})


def summed(state: ListState, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns with a sum: those the view names, else every amount and number."""
    named = state.view.totals
    return tuple(
        c
        for c in columns
        if c.numeric and "." not in c.path and (c.path in named if named else c.field.type.name in _SUMMED)
    )


def totals_of(caller: Caller, state: ListState, columns: Sequence[Column]) -> dict[str, str]:
    """Column path → its sum as text; amounts in several currencies one after the other."""
    wanted = summed(state, columns)
    if not wanted:
        return {}
    currencies = tuple(
        dict.fromkeys(
            name
            for c in wanted
            if (name := c.field.settings.get("currency_field"))
            and caller.rights.field(state.object.name, name) != "none"
        )
    )
    spec = Spec(
        state.object.name, state.filter or None, currencies, tuple((f"sum {c.path}", f"SUM({c.path})") for c in wanted)
    )
    rows = aggregate(caller, spec)
    return {c.path: _shown(c, rows) for c in wanted}


def _shown(column: Column, rows: Sequence[Mapping[str, Any]]) -> str:
    by_currency: dict[str | None, Decimal] = {}
    for row in rows:
        value = row[f"sum {column.path}"]
        if value is not None:
            currency = field_currency(column.field, row)
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + Decimal(str(value))
    if column.field.type.name != "currency":
        return number(sum(by_currency.values(), Decimal(0))) if by_currency else ""
    return " + ".join(money(value, currency or tenant_currency()) for currency, value in by_currency.items() if value)


def tab_counts(caller: Caller, object: str, views: Sequence[View]) -> dict[str, int]:
    """How many records each view holds, in one statement. A view whose filter the reader may not ask is left out."""
    asked = []
    for view in views:
        text = f"COUNT({view.filter})" if view.filter else "COUNT()"
        asked.append((view.key, text))
    try:
        return _counted(caller, object, asked)
    except BadRequest:
        found: dict[str, int] = {}
        for one in asked:
            try:
                found |= _counted(caller, object, [one])
            except BadRequest:
                continue
        return found


def _counted(caller: Caller, object: str, asked: Sequence[tuple[str, str]]) -> dict[str, int]:
    rows = aggregate(caller, Spec(object, None, (), tuple(asked)))
    return {key: int(Decimal(str(value))) for key, value in rows[0].items()} if rows else {}
