"""The figures and lists of an app's home, read under the caller's rights; those he may not see are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_metadata.model.types import HomeList, HomeModel, HomeNumber, ListViewModel
from dougong_platform.errors import BadRequest
from dougong_platform.query.listing import list_records
from dougong_platform.reports.grouped.plain import Spec, aggregate
from dougong_ui_builder.formats import kpi_money, money, number, percent
from dougong_ui_builder.screens.lists.columns import Column, columns_of, read_paths

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.query.listing import Page

OWN = "owner = $user"
OWN_LISTS = 3  # lists of one's own where the app says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """`exact` is the full value for the title; `records` how many stand behind it; `url` lists them."""

    label: Any
    value: str
    exact: str
    records: int
    url: str


@dataclass(slots=True)
class Shelf:
    """A list on the page: its rows, and the address of the whole list."""

    home: HomeList
    object: ObjectModel
    url: str
    columns: tuple[Column, ...] = ()
    when: FieldModel | None = None
    found: Page | None = None
    late: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)


def figures_of(caller: Caller, home: HomeModel) -> list[Figure]:
    """One grouped query each."""
    found = []
    for one in home.numbers:
        if caller.rights.object(one.object).read == "none":
            continue
        try:
            found.append(_figure(caller, one))
        except BadRequest:  # it asks a field that this reader may not see
            continue
    return found


def _figure(caller: Caller, one: HomeNumber) -> Figure:
    where = one.filter.text if one.filter else None
    asked = (("value", one.aggregate.text), ("records", "COUNT()"))
    row = aggregate(caller, Spec(one.object, where, (), asked))[0]
    value = row["value"] if row["value"] is not None else "0"
    currency = caller.tenant.currency
    shown = {"money": lambda: kpi_money(value, currency), "percent": lambda: percent(value)}.get(
        one.format, lambda: number(value)
    )()
    exact = money(value, currency, exact=True) if one.format == "money" else shown
    views = caller.model.list_views[one.object]
    query = f"?{urlencode({'filter': where})}" if where else ""
    if where and views[0].filter and views[0].filter.text == where:
        query = ""
    return Figure(one.label, shown, exact, int(float(row["records"])), f"/o/{one.object}{query}")


def shelves_of(caller: Caller, home: HomeModel | None, objects: Sequence[str]) -> list[Shelf]:
    """The lists the app names; without any, one's own records of its first objects."""
    lists = home.lists if home is not None else ()
    found = [_shelf(caller, one) for one in lists or _own(caller, objects)]
    return [shelf for shelf in found if shelf is not None]


def _own(caller: Caller, objects: Sequence[str]) -> list[HomeList]:
    made = []
    for name in objects:
        model = caller.model.objects[name]
        if model.parent is None and not model.system and caller.rights.may(name, "read"):
            view = caller.model.list_views[name][0]
            columns = tuple(path for path in view.columns if path not in (model.name_field, "owner"))
            made.append(HomeList(model.plural, name, "", columns[:2]))
    return made[:OWN_LISTS]


def _shelf(caller: Caller, one: HomeList) -> Shelf | None:
    model = caller.model.objects.get(one.object)
    if model is None or caller.rights.object(one.object).read == "none":
        return None
    view = _view(caller, one)
    columns = columns_of(caller, model, (model.name_field, *(c for c in one.columns if c != model.name_field)))
    when = model.fields.get(one.when) if one.when and caller.rights.field(one.object, one.when) != "none" else None
    paths = [*read_paths(caller, columns), *([one.when] if when is not None and one.when else [])]
    filter = (view.filter.text if view.filter else None) if view is not None else OWN
    url = f"/o/{one.object}?{urlencode({'view': view.name} if view is not None else {'filter': OWN})}"
    shelf = Shelf(one, model, url, columns, when)
    try:
        shelf.found = list_records(
            caller,
            one.object,
            fields=list(dict.fromkeys(paths)),
            filter=filter,
            sort=view.sort if view is not None else ("-updated_at",),
            limit=one.limit,
            count=True,
        )
    except BadRequest:
        return None
    shelf.records = shelf.found.records
    return shelf


def _view(caller: Caller, one: HomeList) -> ListViewModel | None:
    return next((v for v in caller.model.list_views[one.object] if v.name == one.list_view), None)
