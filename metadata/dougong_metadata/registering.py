"""Registers of what is open to other packages: kinds, field types, actions, widgets. Each is a folder with one class
per file, and what installed packages add by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import ClassVar, Generic, Protocol, TypeVar


class Named(Protocol):
    """What a register holds: one object per class, by its name."""

    name: ClassVar[str]


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Things by name. `alone`: attributes that no two of them share, such as a kind's folder; never the name."""

    def __init__(self, what: str, *alone: str) -> None:
        self._what, self._alone = what, ("name", *alone)
        self._things: dict[str, T] = {}

    def add(self, thing: T) -> None:
        """Registers it. Raises ValueError where something of its name, or of another attribute of its own, is there."""
        for taken in self._things.values():
            if any(getattr(taken, own) == getattr(thing, own) for own in self._alone):
                said = ", ".join(str(getattr(thing, own)) for own in self._alone)
                where = f"{type(taken).__module__} and {type(thing).__module__}"
                raise ValueError(f"The {self._what} “{said}” is there twice: {where}.")
        self._things[thing.name] = thing

    @property
    def things(self) -> Mapping[str, T]:
        """All of them by name, in the order in which they came."""
        return MappingProxyType(self._things)


def collected(registry: Registry[T], package: str, base: type[T], group: str) -> Mapping[str, T]:
    """The registry with one of each class of `base` that has a name, of the package's modules by name; then those of
    the entry points `group`."""
    for made in _classes(package, base):
        registry.add(made())
    for entry in entry_points(group=group):
        registry.add(entry.load()())
    return registry.things


def _classes(package: str, base: type[T]) -> Iterator[type[T]]:
    folder = importlib.import_module(package)
    for found in sorted(module.name for module in pkgutil.iter_modules(folder.__path__)):
        module = importlib.import_module(f"{package}.{found}")
        for thing in vars(module).values():
            own = isinstance(thing, type) and issubclass(thing, base) and thing.__module__ == module.__name__
            if own and "name" in vars(thing):
                yield thing
