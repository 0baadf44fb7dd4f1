"""What the list's template asks: how a column sorts, where a file of the list is, which rights the bulk bar needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_ui_builder.screens.lists.columns import is_inline
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.lists.chips import Chip
    from dougong_ui_builder.screens.lists.columns import Column
    from dougong_ui_builder.screens.lists.state import ListState


def sort_of(state: ListState, column: Column) -> str | None:
    """ "asc" or "desc" if the list is sorted by this column first or later, else None."""
    for key in state.sort:
        if key.removeprefix("-") == column.path:
            return "desc" if key.startswith("-") else "asc"
    return None


def sort_url(state: ListState, column: Column) -> str:
    """Sorts by this column alone; once more turns it round. Numbers and dates begin with the largest."""
    order = sort_of(state, column) if state.sort and state.sort[0].removeprefix("-") == column.path else None
    down = order == "asc" if order else column.numeric or column.field.type.name in ("date", "datetime")
    return state.url(sort=[f"-{column.path}" if down else column.path])


def export_url(state: ListState, kind: str) -> str:
    """The whole list as a file, with its columns, filter and order."""
    query = {"format": kind, "fields": ",".join(state.columns), "sort": ",".join(state.sort)}
    if state.filter:
        query["filter"] = state.filter
    return f"/api/v1/records/{state.object.name}/export?{urlencode(query)}"


def chip_words(chips: Sequence[Chip]) -> str:
    """The conditions in one line."""
    return gettext("; ").join(" ".join(p for p in (c.label, c.operator, c.value) if p) for c in chips)


def row_tools(caller: Caller, state: ListState) -> dict[str, Any]:
    """What the rows and the bulk bar may offer."""
    name = state.object.name
    may_update = caller.rights.may(name, "update") and not state.object.system
    return {
        "may_update": may_update,
        "may_delete": caller.rights.may(name, "delete") and not state.object.system,
        "may_hand_over": "people" in caller.rights.system and not state.object.system,
        "may_transfer": may_update and is_inline(caller, state.object.fields["owner"]) and state.object.parent is None,
    }
