"""The field types there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.problems import unknown
from dougong_metadata.registering import Registry, collected

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

ENTRY_POINTS = "dougong.field_types"


@cache
def registered() -> Mapping[str, FieldType]:
    """Every field type by name, built-in ones first."""
    return collected(Registry("field type"), "dougong_metadata.field_types", FieldType, ENTRY_POINTS)


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
