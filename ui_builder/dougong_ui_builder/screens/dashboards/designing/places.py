"""Where widgets stand: room for a new one, one step up or down for those who cannot drag, no two on one cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.model.dashboard_types import COLUMNS
from dougong_metadata.widgets import registered

At = list[int]
Widgets = Mapping[str, Mapping[str, Any]]


def in_order(widgets: Widgets) -> list[str]:
    """Their names as they are read: from above, then from the left."""
    return sorted(widgets, key=lambda name: (at_of(widgets[name])[1], at_of(widgets[name])[0]))


def at_of(body: Mapping[str, Any]) -> At:
    """[left, top, wide, high] of a widget's body; a draft may hold anything there."""
    at = body.get("at")
    if isinstance(at, (list, tuple)) and len(at) == 4 and all(isinstance(one, int) for one in at):
        return list(at)
    return [0, 0, 4, 4]


def free_place(widgets: Widgets, type_name: str) -> At:
    """Room below all others, or beside the last ones, as high up as they begin, where it fits."""
    wide, high = registered()[type_name].size
    taken = [at_of(body) for body in widgets.values()]
    bottom = max((y + h for _, y, _, h in taken), default=0)
    for y in sorted({y for _, y, _, h in taken if y + h > bottom - high}):
        for x in range(COLUMNS - wide + 1):
            if not any(_meet([x, y, wide, high], other) for other in taken):
                return [x, y, wide, high]
    return [0, bottom, wide, high]


def placed(widgets: Widgets, name: str, at: At) -> dict[str, dict[str, Any]]:
    """With one of them elsewhere, those in its way moved down."""
    least = registered()[str(widgets[name]["type"])].least if widgets[name].get("type") in registered() else (1, 1)
    wide = max(least[0], min(COLUMNS, at[2]))
    high = max(least[1], min(60, at[3]))
    moved = [max(0, min(COLUMNS - wide, at[0])), max(0, min(400, at[1])), wide, high]
    return _settled(widgets, name, moved)


def stepped(widgets: Widgets, name: str, by: int) -> dict[str, dict[str, Any]]:
    """One place up (-1) or down (+1) in the order in which they are read."""
    order = in_order(widgets)
    there = order.index(name) + by
    if not 0 <= there < len(order):
        return {key: dict(body) for key, body in widgets.items()}
    first, second = (name, order[there]) if by < 0 else (order[there], name)
    at, other = at_of(widgets[first]), at_of(widgets[second])
    goes = [at[0], other[1], at[2], at[3]]
    if at[1] == other[1]:  # beside each other: they change sides
        swapped = {first: [other[0], at[1], *at[2:]], second: [other[0] + at[2], other[1], *other[2:]]}
        return {key: {**body, "at": swapped.get(key, at_of(body))} for key, body in widgets.items()}
    return _settled(widgets, first, goes)


def _settled(widgets: Widgets, name: str, at: At) -> dict[str, dict[str, Any]]:
    done = {name: at}
    for other in in_order(widgets):
        if other == name:
            continue
        here = at_of(widgets[other])
        while any(_meet(here, taken) for taken in done.values()):
            here = [here[0], here[1] + 1, *here[2:]]
        done[other] = here
    return {key: {**body, "at": done[key]} for key, body in widgets.items()}


def _meet(one: At, other: At) -> bool:
    x, y, w, h = one
    a, b, c, d = other
    return x < a + c and a < x + w and y < b + d and b < y + h
