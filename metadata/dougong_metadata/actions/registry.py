"""The actions there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from dougong_metadata.actions.base import Action
from dougong_metadata.problems import unknown

ENTRY_POINTS = "dougong.actions"


class Registry:
    """Actions by name. A name can be taken once."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}

    def add(self, action: Action) -> None:
        """Registers an action. Raises ValueError when its name is taken."""
        taken = self._actions.get(action.name)
        if taken is not None:
            raise ValueError(
                f"The action “{action.name}” is there twice: {type(taken).__module__} and {type(action).__module__}."
            )
        self._actions[action.name] = action

    @property
    def actions(self) -> Mapping[str, Action]:
        return MappingProxyType(self._actions)


@cache
def registered() -> Mapping[str, Action]:
    """Every action by name, built-in ones first."""
    registry = Registry()
    package = importlib.import_module("dougong_metadata.actions")
    for found in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{found}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Action)
                and thing.__module__ == module.__name__
                and "name" in vars(thing)
            ):
                registry.add(thing())
    for entry in entry_points(group=ENTRY_POINTS):
        registry.add(entry.load()())
    return registry.actions


def action_named(name: str) -> Action:
    """The action called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "an action", "动作", registered()) from None
