"""A number with a fixed count of decimals. Values travel as JSON strings ("12.50")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.numbers import MAX_PRECISION, load_decimal, read_number
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

BOUND = 10.0**18


class DecimalKeys(Body):
    precision = Number(
        1, MAX_PRECISION, load_default=18, metadata=about("Digits", "总位数", "Digits in all.", "总有效位数。")
    )
    scale = Number(
        0, 18, load_default=2, metadata=about("Decimals", "小数位", "Digits after the point.", "小数点后的位数。")
    )
    min = Number(-BOUND, BOUND, whole=False, metadata=about("At least", "最小值"))
    max = Number(-BOUND, BOUND, whole=False, metadata=about("At most", "最大值"))


class DecimalType(FieldType):
    name = "decimal"
    label = {"en": "Decimal", "zh": "小数"}
    icon = "decimal"
    pg_type = "numeric"
    expression_type = "number"
    options: ClassVar[type[Schema]] = DecimalKeys
    operators: ClassVar[tuple[str, ...]] = ("=", "!=", "<", "<=", ">", ">=", "between", "blank", "not blank")
    extra_scale = 0  # decimals kept beyond those shown

    def load(self, value: Any, field: FieldModel) -> Canonical:
        given = field.settings
        return load_decimal(value, *self._digits(field), given.get("min"), given.get("max"))

    def cast_type(self, field: FieldModel) -> str:
        precision, scale = self._digits(field)
        return f"numeric({precision},{scale})"

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return read_number(text)

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_number", "too_many_decimals", "inexact", "out_of_range", "below_min", "above_max")

    def _digits(self, field: FieldModel) -> tuple[int, int]:
        return (int(field.settings.get("precision", 18)), int(field.settings.get("scale", 2)) + self.extra_scale)
