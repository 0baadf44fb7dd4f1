"""Lists of records that point to a record, as tabs: the first rows, sums, a count; more on the list screen itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template

from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.query.sort import sort_keys
from dougong_platform.reports.grouped.plain import Spec, aggregate
from dougong_ui_builder.components import field_currency, label_text, tenant_currency
from dougong_ui_builder.formats import money, number
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.lists.columns import Column, cell_value, columns_of, read_paths
from dougong_ui_builder.screens.record_values.layout import layout_for
from dougong_ui_builder.screens.record_values.reading import Found, read
from dougong_ui_builder.screens.records.routes import PAGE, blueprint

if TYPE_CHECKING:
    from dougong_metadata.model.types import LayoutModel, ObjectModel, RelatedList

ROWS = 6
_SUMMED = frozenset({"currency", "integer", "decimal"})


@dataclass(slots=True)
class Related:
    """A tab. `rows` and `sums` are empty until it is loaded; `count` may be capped (`more`)."""

    key: str
    label: str
    object: ObjectModel
    link: str
    all_url: str
    new_url: str | None
    count: int | None = None
    columns: tuple[Column, ...] = ()
    rows: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)


def tabs_of(caller: Caller, found: Found, layout: LayoutModel) -> list[Related]:
    """The related lists that the caller may read, not loaded yet."""
    lists = [_tab(caller, found, one) for one in layout.related if one.field in caller.rights.fields(one.object)]
    labels = [one.label for one in lists]
    for one in lists:  # two lists of one object are told apart by the field they go through
        if labels.count(one.label) > 1:
            one.label += f" · {label_text(one.object.fields[one.link])}"
    return lists


def _tab(caller: Caller, found: Found, one: RelatedList) -> Related:
    model = caller.model.objects[one.object]
    may_create = caller.rights.may(one.object, "create") and not model.system and not found.deleted
    new = f"/o/{one.object}/new?{urlencode({one.field: found.id})}" if may_create else None
    query = urlencode({"filter": _filter(one.field, found.id)})
    label = label_text(one.label) if one.label is not None else label_text(model.plural)
    return Related(f"{one.object}.{one.field}", label, model, one.field, f"/o/{one.object}?{query}", new)


def load(caller: Caller, found: Found, tab: Related, layout: LayoutModel) -> None:
    """Fill in rows, count and sums."""
    one = next(r for r in layout.related if f"{r.object}.{r.field}" == tab.key)
    paths = [p for p in one.columns if p != one.field] or [tab.object.name_field]
    tab.columns = columns_of(caller, tab.object, paths)
    where = _filter(one.field, found.id)
    shown = list_records(
        caller,
        one.object,
        fields=[*read_paths(caller, tab.columns), *_name(caller, tab.object)],
        filter=where,
        sort=_sort(caller, one),
        limit=ROWS,
        count=True,
    )
    tab.rows, tab.count = shown.records, shown.count
    if tab.rows:
        tab.sums = _sums(caller, tab, where)


def _sort(caller: Caller, one: RelatedList) -> tuple[str, ...]:
    """The layout's order, as far as this person may know what it sorts by; child rows as they were written."""
    parent = caller.model.objects[one.object].parent
    for order in ((one.sort,) if one.sort else (), ("created_at",) if parent and parent.name == one.field else ()):
        try:
            sort_keys(caller.rights, one.object, order)
        except BadRequest:
            continue
        if order:
            return order
    return ()


def _name(caller: Caller, model: ObjectModel) -> list[str]:
    return [model.name_field] if caller.rights.field(model.name, model.name_field) != "none" else []


def _sums(caller: Caller, tab: Related, where: str) -> dict[str, str]:
    wanted = [c for c in tab.columns if c.numeric and "." not in c.path and c.field.type.name in _SUMMED]
    if not any(c.field.type.name == "currency" for c in wanted):
        return {}
    wanted = [c for c in wanted if c.field.type.name == "currency" and not _is_price(tab, c)]
    currencies = tuple(
        dict.fromkeys(
            name
            for c in wanted
            if (name := c.field.settings.get("currency_field")) and caller.rights.field(tab.object.name, name) != "none"
        )
    )
    if not wanted:
        return {}
    rows = aggregate(
        caller, Spec(tab.object.name, where, currencies, tuple((f"sum {c.path}", f"SUM({c.path})") for c in wanted))
    )
    return {c.path: _shown(c, rows) for c in wanted}


def _is_price(tab: Related, column: Column) -> bool:
    """An amount before another one in a list with quantities is a price of one piece: its sum means nothing."""
    money_columns = [c for c in tab.columns if c.field.type.name == "currency"]
    counted = any(c.field.type.name in ("integer", "decimal") for c in tab.columns)
    return counted and len(money_columns) > 1 and column is not money_columns[-1]


def _shown(column: Column, rows: list[dict[str, Any]]) -> str:
    by_currency: dict[str, Decimal] = {}
    for row in rows:
        if row[f"sum {column.path}"] is not None and Decimal(str(row[f"sum {column.path}"])):
            currency = field_currency(column.field, row) or tenant_currency()
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + Decimal(str(row[f"sum {column.path}"]))
    return " + ".join(money(value, currency) for currency, value in by_currency.items())


def _filter(field: str, id: str) -> str:
    return f'{field} = "{id}"'


def counts(caller: Caller, found: Found, tabs: list[Related]) -> Mapping[str, int]:
    """How many records each tab holds, by its key."""
    totals: dict[str, int] = {}
    for tab in tabs:
        try:
            rows = aggregate(caller, Spec(tab.object.name, _filter(tab.link, found.id), (), (("n", "COUNT()"),)))
        except BadRequest:
            continue
        totals[tab.key] = int(Decimal(str(rows[0]["n"]))) if rows else 0
    return totals


@blueprint.get(f"{PAGE}/related-counts")
@page()
def related_counts(caller: Caller, object: str, id: UUID) -> str:
    """The numbers on the tabs, as out-of-band fragments."""
    found = read(caller, object, str(id))
    tabs = tabs_of(caller, found, layout_for(caller, found.object, found.record.get("record_type")))
    return render_template("records/counts.html", counts=counts(caller, found, tabs), number=number)


@blueprint.get(f"{PAGE}/related/<tab>")
@page()
def show_related(caller: Caller, object: str, id: UUID, tab: str) -> str:
    """One tab's rows, as a fragment."""
    found = read(caller, object, str(id))
    layout = layout_for(caller, found.object, found.record.get("record_type"))
    chosen = next((one for one in tabs_of(caller, found, layout) if one.key == tab), None)
    if chosen is None:
        raise BadRequest(en="There is no such list here.", zh="此处没有这个列表。")
    load(caller, found, chosen, layout)
    return render_template("records/related.html", tab=chosen, cell_value=cell_value, found=found)
