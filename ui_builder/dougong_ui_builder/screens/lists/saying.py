"""How a filter's operators and values are said, on chips and in the builder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dougong_platform.query.single import display_names
from dougong_ui_builder.components import label_text, picklist_value
from dougong_ui_builder.formats import day, money, number, percent
from dougong_ui_builder.screens.lists.lines import WITHOUT_VALUE, Line, ids_in, kind_of
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.expressions.conditions import Value
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.lists.lines import FieldOf

Names = Mapping[str, str | None]


def operator_text(operator: str, kind: str) -> str:
    """An operator's word."""
    if kind in ("date", "moment", "time"):
        dates = {
            "<": gettext("is before"),
            "<=": gettext("until"),
            ">": gettext("is after"),
            ">=": gettext("since"),
            "=": gettext("is on"),
            "on": gettext("is on"),
        }
        if operator in dates:
            return dates[operator]
    return {
        "in": gettext("is"),
        "not in": gettext("is not"),
        "=": "=" if kind == "number" else gettext("is"),
        "!=": "≠" if kind == "number" else gettext("is not"),
        "<": "<",
        "<=": "≤",
        ">": ">",
        ">=": "≥",
        "between": gettext("between"),
        "contains": gettext("contains"),
        "not contains": gettext("does not contain"),
        "begins": gettext("begins with"),
        "has any": gettext("has any of"),
        "has all": gettext("has all of"),
        "blank": gettext("is blank"),
        "not blank": gettext("is not blank"),
    }[operator]


def value_text(model: FieldModel, value: Value, names: Names) -> str:
    """A value as people read it."""
    if value.kind == "user":
        return gettext("me") if not value.text else "$user." + value.text
    if value.kind == "today":
        return days_text(int(value.text))
    if value.kind == "boolean":
        return gettext("Yes") if value.text == "true" else gettext("No")
    chosen = picklist_value(model, value.text)
    if chosen is not None:
        return label_text(chosen)
    if kind_of(model) == "link":
        return names.get(value.text) or gettext("(no longer visible)")
    if model.type.name == "percent":
        return percent(value.text)
    if model.type.name == "currency":
        return money(value.text, model.settings.get("currency"))
    if value.kind == "number":
        return number(value.text)
    return day(value.text) or value.text if kind_of(model) == "date" else value.text


def days_text(days: int) -> str:
    """A day counted from today."""
    if days == 0:
        return gettext("today")
    if days < 0:
        return ngettext("%(num)d day ago", "%(num)d days ago", -days)
    return ngettext("in %(num)d day", "in %(num)d days", days)


def values_text(model: FieldModel, line: Line, names: Names) -> str:
    """All values of a line; "" for operators that take none."""
    if line.operator in WITHOUT_VALUE:
        return ""
    between = " – " if line.operator == "between" else gettext(", ")
    return between.join(value_text(model, value, names) for value in line.values)


def names_in(caller: Caller, lines: list[Line], find: FieldOf) -> Names:
    """The names behind the ids that lines hold, for those the reader may see."""
    found: dict[str, str | None] = {}
    for object, ids in ids_in(lines, find).items():
        found |= display_names(caller, object, ids)
    return found
