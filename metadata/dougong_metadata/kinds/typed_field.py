"""A field in an object's document: which keys it may have depends on its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from dougong_metadata.field_types.common import field_schema
from dougong_metadata.field_types.registry import offered, registered
from dougong_metadata.keys import Typed


class TypedField(Typed):
    """{type: …, common keys, the type's own keys}."""

    widget = "field"

    def schema_for(self, value: Any) -> Schema | None:
        name = value.get("type") if isinstance(value, Mapping) else None
        field_type = registered().get(name) if isinstance(name, str) else None
        return field_schema(field_type) if field_type and not field_type.internal else None

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("not_a_mapping")
        if "type" not in value:
            raise ValidationError({"type": ["required"]})
        schema = self.schema_for(value)
        if schema is None:
            raise ValidationError({"type": ["unknown_type:" + ",".join(offered())]})
        return schema.load(value)
