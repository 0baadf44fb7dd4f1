"""What a new widget is to begin with: settings that can be kept, from the one thing that it is to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.kinds import registered as kinds
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.widgets import registered
from dougong_platform.query.visible import visible_objects
from dougong_ui_builder.builder.forms.shapes import Schema
from dougong_ui_builder.screens.dashboards.designing.words import DATES
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dougong_metadata.widgets import Widget
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.dashboards.designing.words import WidgetWords

OF_OBJECT = "object:"  # before the name of an object where reports or list views may be chosen, too
_ORDER = {
    name: at
    for at, name in enumerate(
        ("number", "chart", "table", "leaderboard", "list", "calendar", "approvals", "changes", "announcement", "text")
    )
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A type that may be put in. `source`: the key of what it shows, with the choices; "" where it needs none."""

    type: str
    label: str
    help: str
    icon: str
    source: str
    source_label: str
    choices: tuple[tuple[str, str], ...]


def offers(caller: Caller, words: WidgetWords) -> list[Offer]:
    """Every type of which there is something to show."""
    found = []
    for widget in sorted(registered().values(), key=lambda one: _ORDER.get(one.name, len(_ORDER))):
        source = source_of(widget)
        choices = tuple(_choices(caller, words, widget.name, source))
        if not source or choices:
            label = _source_labels().get(source, "")
            found.append(
                Offer(
                    widget.name,
                    _in(widget.label, caller),
                    _in(widget.help, caller),
                    widget.icon,
                    source,
                    label,
                    choices,
                )
            )
    return found


def source_of(widget: Widget) -> str:
    """The key that says what it shows."""
    keys = widget.options().fields
    return next((key for key in ("report", "list_view", "object") if key in keys), "")


def begun(caller: Caller, type_name: str, source: str) -> dict[str, Any]:
    """The settings of a new widget that shows `source`."""
    if source.startswith(OF_OBJECT):
        object = source.removeprefix(OF_OBJECT)
        return {"object": object, **({"value": "COUNT()"} if type_name == "number" else {"where": "owner = $user"})}
    match type_name:
        case "calendar":
            fields = visible_objects(caller.rights)[source].fields.values()
            dates = [field.name for field in fields if field.type.expression_type in DATES]
            own = [name for name in dates if not fields_system(caller, source, name)]
            return {"object": source, "field": (own or dates)[0]}
        case "text" | "announcement":
            return {"text": {"en": "Write here: change this widget.", "zh": "在此填写内容：请打开组件设置。"}}
    key = source_of(registered()[type_name])
    return {key: source} if key else {}


def fields_system(caller: Caller, object: str, name: str) -> bool:
    """Whether every object has the field."""
    return caller.model.objects[object].fields[name].system


def widget_schema(type_name: str) -> Schema:
    """The JSON Schema of a widget of this type, without its type and place. Raises KeyError."""
    one = kind_schema(kinds()["dashboard"])["$defs"][f"{type_name}_widget"]
    properties = {key: value for key, value in one["properties"].items() if key not in ("type", "at")}
    return {**one, "properties": properties, "required": [key for key in one["required"] if key in properties]}


def _choices(caller: Caller, words: WidgetWords, type_name: str, source: str) -> Iterator[tuple[str, str]]:
    if not source:
        return
    for value, text in words.options(source, None) or []:
        if source == "report":
            report = words.reports.get(value)
            listed = report is not None and report.type == "list"
            if report is None or (listed and type_name != "table") or (type_name == "leaderboard" and not report.rows):
                continue
        if type_name == "calendar" and not any(one.type in DATES for one in words.objects[value].fields.values()):
            continue
        yield value, text
    if type_name in ("number", "list"):
        said = gettext("%(things)s: how many") if type_name == "number" else gettext("%(things)s: one's own")
        owned = type_name == "list"
        for name, one in words.objects.items():
            if not one.system and (not owned or "owner" in one.fields):
                yield OF_OBJECT + name, said % {"things": one.plural.text(words.locale)}


def _source_labels() -> dict[str, str]:
    return {"report": gettext("Report"), "list_view": gettext("List view"), "object": gettext("Object")}


def _in(texts: Any, caller: Caller) -> str:
    return str(texts["zh" if caller.locale.startswith("zh") else "en"])
