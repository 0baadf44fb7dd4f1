"""The form of one widget's settings: its schema's keys, those of a number only as far as they go with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.widgets import registered
from dougong_platform.errors import NotFound
from dougong_platform.reports.finding import find
from dougong_ui_builder.builder.forms import Form, read_body
from dougong_ui_builder.screens.dashboards.designing.beginning import widget_schema
from dougong_ui_builder.screens.dashboards.designing.places import at_of
from dougong_ui_builder.screens.dashboards.designing.words import WidgetWords

if TYPE_CHECKING:
    from dougong_metadata.problems import Problem
    from dougong_platform.http.caller import Caller

OF_REPORT, OF_OBJECT = ("report",), ("object", "where", "period", "owner")
SIDES = ("x", "y", "w", "h")


def form_of(caller: Caller, name: str, body: Mapping[str, Any], problems: Iterable[Problem] = ()) -> Form:
    """The form of a widget as it is."""
    inside = f"widgets.{name}"
    return Form(
        widget_schema(str(body["type"])),
        body,
        WidgetWords(caller, body),
        [one for one in problems if one.path == inside or one.path.startswith(f"{inside}.")],
        object=_object(caller, body),
        keys=_keys(body),
        leave=(),
        path=inside,
    )


def posted(body: Mapping[str, Any], tree: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, Any]:
    """The widget with what the form says, and where it says that it stands."""
    at = at_of(body)
    for index, side in enumerate(SIDES):
        if place.get(side, "").strip().isdigit():
            at[index] = int(place[side])
    schema = widget_schema(str(body["type"]))
    kept = {key: value for key, value in body.items() if key not in ("type", "at")}
    return {"type": body["type"], "at": at, **read_body(schema, tree, kept)}


def _keys(body: Mapping[str, Any]) -> list[str]:
    known = list(widget_schema(str(body["type"]))["properties"])
    if body["type"] == "number":
        without = OF_OBJECT if "report" in body else OF_REPORT
        known = [key for key in known if key not in without]
    known.sort(key=lambda key: key != "label")
    return known


def _object(caller: Caller, body: Mapping[str, Any]) -> str | None:
    """Whose fields the settings name."""
    if body.get("list_view"):
        views = (one for views in caller.model.list_views.values() for one in views)
        return next((one.object for one in views if one.name == body["list_view"]), None)
    if body.get("report"):
        with suppress(NotFound, InvalidDocuments):
            return find(caller, str(body["report"])).report.object
        return None
    found = body.get("object")
    return str(found) if found else None


def type_label(caller: Caller, type_name: str) -> str:
    """What the type is called."""
    widget = registered().get(type_name)
    return widget.label["zh" if caller.locale.startswith("zh") else "en"] if widget is not None else type_name
