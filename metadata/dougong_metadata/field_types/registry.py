"""The field types there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.problems import unknown

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

ENTRY_POINTS = "dougong.field_types"


class Registry:
    """Field types by name. A name can be taken once."""

    def __init__(self) -> None:
        self._types: dict[str, FieldType] = {}

    def add(self, field_type: FieldType) -> None:
        """Registers a type. Raises ValueError when the name is taken."""
        taken = self._types.get(field_type.name)
        if taken is not None:
            raise ValueError(
                f"The field type “{field_type.name}” is there twice: {type(taken).__module__} and "
                f"{type(field_type).__module__}."
            )
        self._types[field_type.name] = field_type

    @property
    def types(self) -> Mapping[str, FieldType]:
        return MappingProxyType(self._types)


@cache
def registered() -> Mapping[str, FieldType]:
    """Every field type by name, built-in ones first."""
    registry = Registry()
    package = importlib.import_module("dougong_metadata.field_types")
    for found in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{found}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, FieldType)
                and thing.__module__ == module.__name__
                and "name" in vars(thing)
            ):
                registry.add(thing())
    for entry in entry_points(group=ENTRY_POINTS):
        registry.add(entry.load()())
    return registry.types


def field_type_named(name: str) -> FieldType:
    """The type called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "a field type", "字段类型", offered()) from None


def offered() -> list[str]:
    """The names of the types that administrators may choose."""
    return [name for name, field_type in registered().items() if not field_type.internal]


def load_value(value: Any, field: FieldModel) -> Canonical:
    """The canonical form of any JSON value for `field`; None stays None. Raises FieldValueError and nothing else."""
    if value is None:
        return None
    clean(value)
    return field.type.load(value, field)
