"""The types a field can have: one file each, found through the registry."""

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.registry import field_type_named, load_value, offered, registered

__all__ = ["Canonical", "FieldType", "field_type_named", "load_value", "offered", "registered"]
