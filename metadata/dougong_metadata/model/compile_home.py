"""The home page of an app: its figures and lists, with their expressions checked, and as the dashboard that they stand
for. Called by `compile` and by the screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.dashboard_types import COLUMNS, DashboardModel, Place, WidgetModel
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import AppModel, HomeList, HomeModel, HomeNumber

TALL = 3  # cells that a number is high
MOST_ROWS = 10  # of a list that are seen without scrolling


def compile_homes(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, HomeModel]:
    """By app, for those whose document has a home."""
    return {
        one.name: HomeModel(
            _numbers(one, expressions), tuple(_list(said) for said in one.body["home"].get("lists", ()))
        )
        for one in loaded
        if one.kind.name == "app" and one.body.get("home")
    }


def home_dashboard(app: AppModel) -> DashboardModel | None:
    """The same as a dashboard: numbers in a row, lists below them in two columns. None where the app says nothing."""
    if app.home is None:
        return None
    wide = 3 if len(app.home.numbers) <= COLUMNS // 3 else 2
    numbers = [
        WidgetModel(
            f"number_{at + 1}", "number", Place(at * wide, 0, wide, TALL), number.label, _number_settings(number)
        )
        for at, number in enumerate(app.home.numbers)
    ]
    lists = _placed_lists(app.home.lists, TALL if numbers else 0)
    return DashboardModel(app.name, app.label, (*numbers, *lists))


def _number_settings(number: HomeNumber) -> Mapping[str, Any]:
    where = {} if number.filter is None else {"where": number.filter.text}
    said = {"object": number.object, "value": number.aggregate.text, "format": number.format, **where}
    return MappingProxyType(said)


def _placed_lists(lists: Sequence[HomeList], top: int) -> list[WidgetModel]:
    """Lists of the main column on the left, those of the side on the right; one column alone is as wide as the page."""
    both = {shown.place for shown in lists} == {"main", "side"}
    below = {"main": top, "side": top}
    made = []
    for at, shown in enumerate(lists):
        height = min(shown.limit, MOST_ROWS) + 2
        x, width = {"main": (0, 8), "side": (8, 4)}[shown.place] if both else (0, COLUMNS)
        place = Place(x, below[shown.place], width, height)
        below[shown.place] += height
        said: Mapping[str, Any] = {
            "list_view": shown.list_view,
            "columns": shown.columns,
            "limit": shown.limit,
            "when": shown.when,
            "done": shown.done,
        }
        settings = {key: value for key, value in said.items() if value is not None}
        made.append(WidgetModel(f"list_{at + 1}", "list", place, shown.label, MappingProxyType(settings)))
    return made


def _numbers(one: Loaded, expressions: ExpressionCheck) -> tuple[HomeNumber, ...]:
    found = []
    for at, said in enumerate(one.body["home"].get("numbers", ())):
        path, of = ("home", "numbers", at), said.get("object", "")
        aggregate = expressions.aggregate(one, (*path, "aggregate"), said.get("aggregate"), of)
        filter = expressions.condition(one, (*path, "filter"), said.get("filter"), of)
        if aggregate is not None:
            found.append(
                HomeNumber(Label.of(said.get("label"), of), of, aggregate, filter, said.get("format", "number"))
            )
    return tuple(found)


def _list(said: Mapping[str, Any]) -> HomeList:
    done = said.get("done")
    return HomeList(
        Label.of(said.get("label"), said.get("object", "")),
        said.get("object", ""),
        said.get("list_view", ""),
        tuple(said.get("columns", ())),
        said.get("when"),
        (done.get("field", ""), done.get("value", "")) if done else None,
        said.get("place", "main"),
        said.get("limit", 6),
    )
