"""The types of widgets there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from dougong_metadata.problems import unknown
from dougong_metadata.widgets.base import Widget

ENTRY_POINTS = "dougong.widgets"


class Registry:
    """Types of widgets by name. A name can be taken once."""

    def __init__(self) -> None:
        self._widgets: dict[str, Widget] = {}

    def add(self, widget: Widget) -> None:
        """Registers a type of widget. Raises ValueError when its name is taken."""
        taken = self._widgets.get(widget.name)
        if taken is not None:
            raise ValueError(
                f"The type of widget “{widget.name}” is there twice: {type(taken).__module__} and "
                f"{type(widget).__module__}."
            )
        self._widgets[widget.name] = widget

    @property
    def widgets(self) -> Mapping[str, Widget]:
        return MappingProxyType(self._widgets)


@cache
def registered() -> Mapping[str, Widget]:
    """Every type of widget by name, built-in ones first."""
    registry = Registry()
    package = importlib.import_module("dougong_metadata.widgets")
    for found in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{found}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Widget)
                and thing.__module__ == module.__name__
                and "name" in vars(thing)
            ):
                registry.add(thing())
    for entry in entry_points(group=ENTRY_POINTS):
        registry.add(entry.load()())
    return registry.widgets


def widget_named(name: str) -> Widget:
    """The type of widget called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "a type of widget", "组件类型", registered()) from None
