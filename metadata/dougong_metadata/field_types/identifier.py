"""The id of a record: a UUID in lower case. Internal: every object has exactly one, made by the engine."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

LENGTH = 36  # with its dashes; other spellings that Python would accept are refused


class IdentifierType(FieldType):
    name = "identifier"
    label = {"en": "Id", "zh": "ID"}
    icon = "fingerprint"
    pg_type = "uuid"
    expression_type = "record"
    options = Body
    operators = ("=", "!=", "in")
    internal = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        return record_id(value)

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return text.strip().lower()

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_an_id",)


def record_id(value: Any) -> str | None:
    """A lower-case UUID, None for blank text. Raises FieldValueError."""
    if not isinstance(value, str):
        raise FieldValueError("not_an_id")
    if not value.strip():
        return None
    try:
        if len(value) != LENGTH or value.count("-") != 4:
            raise ValueError(value)
        found = str(uuid.UUID(value))
    except ValueError as fault:
        raise FieldValueError("not_an_id") from fault
    if found != value.lower():
        raise FieldValueError("not_an_id")
    return found
