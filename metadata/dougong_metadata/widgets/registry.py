"""The types of widgets there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dougong_metadata.problems import unknown
from dougong_metadata.registering import Registry, collected
from dougong_metadata.widgets.base import Widget

ENTRY_POINTS = "dougong.widgets"


@cache
def registered() -> Mapping[str, Widget]:
    """Every type of widget by name, built-in ones first."""
    return collected(Registry("type of widget"), "dougong_metadata.widgets", Widget, ENTRY_POINTS)


def widget_named(name: str) -> Widget:
    """The type of widget called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "a type of widget", "组件类型", registered()) from None
