"""The kinds of documents there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import unknown

ENTRY_POINTS = "dougong.kinds"


class Registry:
    """Kinds by name. A name and a folder can be taken once."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, kind: Kind) -> None:
        """Registers a kind. Raises ValueError when its name or folder is taken."""
        for taken in self._kinds.values():
            if kind.name == taken.name or kind.folder == taken.folder:
                raise ValueError(
                    f"The kind “{kind.name}” ({kind.folder}/) is there twice: {type(taken).__module__} and "
                    f"{type(kind).__module__}."
                )
        self._kinds[kind.name] = kind

    @property
    def kinds(self) -> Mapping[str, Kind]:
        return MappingProxyType(self._kinds)


@cache
def registered() -> Mapping[str, Kind]:
    """Every kind by name, built-in ones first."""
    registry = Registry()
    package = importlib.import_module("dougong_metadata.kinds")
    for found in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{found}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Kind)
                and thing.__module__ == module.__name__
                and "name" in vars(thing)
            ):
                registry.add(thing())
    for entry in entry_points(group=ENTRY_POINTS):
        registry.add(entry.load()())
    return registry.kinds


@cache
def by_folder() -> Mapping[str, Kind]:
    """Every kind by the folder in which its files lie."""
    return {kind.folder: kind for kind in registered().values()}


def kind_named(name: str) -> Kind:
    """The kind called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "a kind of document", "文档类型", registered()) from None
