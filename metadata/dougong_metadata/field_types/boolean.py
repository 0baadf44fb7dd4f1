"""Yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

YES = frozenset({"true", "t", "yes", "y", "1", "on", "x", "是", "对", "真", "有", "√", "✓"})
NO = frozenset({"false", "f", "no", "n", "0", "off", "否", "不", "错", "假", "无", "×", "✗"})


class BooleanType(FieldType):
    name = "boolean"
    label = {"en": "Yes or no", "zh": "是否"}
    icon = "toggle-right"
    pg_type = "boolean"
    expression_type = "boolean"
    options = Body
    operators = ("=", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, bool):
            raise FieldValueError("not_a_boolean")
        return value

    def wire(self, value: Canonical) -> str | None:
        return None if value is None else "true" if value else "false"

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        word = plain(text).casefold()
        if not word:
            return None
        if word in YES or word in NO:
            return word in YES
        raise FieldValueError("not_a_boolean")

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_boolean",)
