"""A share, kept as a fraction: 0.25 is 25 %. `scale` counts decimals of the percentage, min and max are fractions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.field_types.decimal import DecimalType
from dougong_metadata.field_types.numbers import read_number

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class PercentType(DecimalType):
    name = "percent"
    label = {"en": "Percent", "zh": "百分比"}
    icon = "percentage"
    extra_scale = 2

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """ "25%" and "25.5 ％" are percentages; a number without the sign is the fraction, as spreadsheets keep it."""
        given = plain(text)
        if not given.endswith("%"):
            return read_number(given)
        digits = read_number(given[:-1])
        if "e" in digits.lower():
            raise FieldValueError("not_a_number")
        return f"{digits}e-2" if digits else ""
