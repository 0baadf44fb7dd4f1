"""A colour: #rrggbb in lower case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class ColourType(FieldType):
    name = "colour"
    label = {"en": "Colour", "zh": "颜色"}
    icon = "palette"
    pg_type = "text"
    expression_type = "text"
    options = Body
    operators = ("=", "!=", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, str):
            raise FieldValueError("not_a_colour")
        text = value.strip().lower()
        if not text:
            return None
        if not re.fullmatch("#[0-9a-f]{6}", text):
            raise FieldValueError("not_a_colour")
        return text

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """Short forms (#abc) and a missing # are understood."""
        given = plain(text).lower().removeprefix("#")
        if re.fullmatch("[0-9a-f]{3}", given):
            given = "".join(digit * 2 for digit in given)
        return f"#{given}" if given else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_colour",)
