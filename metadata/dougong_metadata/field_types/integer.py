"""A whole number of 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.numbers import read_number
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

SMALLEST, LARGEST = -(2**63), 2**63 - 1


class IntegerKeys(Body):
    min = Number(SMALLEST, LARGEST, metadata=about("At least", "最小值"))
    max = Number(SMALLEST, LARGEST, metadata=about("At most", "最大值"))


class IntegerType(FieldType):
    name = "integer"
    label = {"en": "Whole number", "zh": "整数"}
    icon = "number"
    pg_type = "bigint"
    expression_type = "number"
    options: ClassVar[type[Schema]] = IntegerKeys
    operators: ClassVar[tuple[str, ...]] = ("=", "!=", "<", "<=", ">", ">=", "between", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)  # JSON has one kind of number: 5.0 is 5
        if isinstance(value, bool) or not isinstance(value, int):
            raise FieldValueError("not_whole")
        return within(value, field.settings.get("min", SMALLEST), field.settings.get("max", LARGEST))

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        digits = read_number(text)
        if not digits:
            return None
        whole, _, decimals = digits.partition(".")
        if decimals.strip("0") or not whole.lstrip("+-").isdigit() or len(whole) > 25:
            raise FieldValueError("not_whole")
        return int(whole)

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_whole", "out_of_range", "below_min", "above_max")


def within(value: int, minimum: int, maximum: int) -> int:
    """`value`, if it lies between the bounds (inclusive). Raises FieldValueError."""
    if not SMALLEST <= value <= LARGEST:
        raise FieldValueError("out_of_range")
    if value < minimum:
        raise FieldValueError("below_min", min=minimum)
    if value > maximum:
        raise FieldValueError("above_max", max=maximum)
    return value
