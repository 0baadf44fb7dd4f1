"""A value worked out from others whenever the record is read. In the model such a field has the type of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.numbers import MAX_PRECISION
from dougong_metadata.keys import Body, Expression, Number, OneOf, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

RESULTS = {
    "text": ("Text", "文本"),
    "decimal": ("Number", "数字"),
    "currency": ("Amount of money", "金额"),
    "percent": ("Percent", "百分比"),
    "boolean": ("Yes or no", "是或否"),
    "date": ("Date", "日期"),
    "datetime": ("Date and time", "日期时间"),
    "url": ("Link", "链接"),
}


class FormulaKeys(Body):
    returns = OneOf(
        RESULTS, required=True, metadata=about("Result", "结果类型", "What the formula yields.", "公式得出的值的类型。")
    )
    formula = Expression(
        "value",
        required=True,
        metadata=about(
            "Formula",
            "公式",
            "An expression over this record, those it points to and those that point to it.",
            "表达式，可用本记录、其指向的记录和指向它的记录。",
        ),
    )
    scale = Number(
        0, 18, load_default=2, metadata=about("Decimals", "小数位", "Digits after the point.", "小数点后的位数。")
    )
    currency = Text(
        3,
        r"[A-Z]{3}\Z",
        "CNY",
        metadata=about(
            "Currency", "币种", "ISO 4217 code; the tenant's own when absent.", "ISO 4217 代码；缺省为企业本位币。"
        ),
    )


class FormulaType(FieldType):
    name = "formula"
    label = {"en": "Formula", "zh": "公式"}
    icon = "math-function"
    pg_type = "text"
    expression_type = "text"
    options: ClassVar[type[Schema]] = FormulaKeys
    indexable = False
    derived = True
    computed = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        raise FieldValueError("read_only")

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return text or None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("read_only",)


def result_settings(body: dict[str, Any]) -> dict[str, Any]:
    """The settings of the result's type: digits and currency."""
    if body.get("returns") not in ("decimal", "currency", "percent"):
        return {}
    kept = {"precision": MAX_PRECISION, "scale": int(body.get("scale", 2))}
    return kept | ({"currency": body["currency"]} if body.get("currency") else {})
