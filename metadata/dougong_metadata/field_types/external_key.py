"""The record's key in another system: unique, for upserts. Leading zeros and case are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.text import ONE_LINE, loaded_text
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

LONGEST = 255


class ExternalKeyType(FieldType):
    name = "external_key"
    label = {"en": "External key", "zh": "外部主键"}
    icon = "key"
    pg_type = "text"
    expression_type = "text"
    options = Body
    operators = ("=", "!=", "starts with", "in", "blank", "not blank")
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        return loaded_text(value, LONGEST)

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return text.strip()

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ONE_LINE
