"""An amount of money. Its currency is the field's, another field's value, or the tenant's."""

from __future__ import annotations

from dougong_metadata.field_types.decimal import DecimalKeys, DecimalType
from dougong_metadata.keys import Reference, Text, about


class CurrencyKeys(DecimalKeys):
    currency = Text(
        3,
        r"[A-Z]{3}\Z",
        "CNY",
        metadata=about(
            "Currency", "币种", "ISO 4217 code; the tenant's own when absent.", "ISO 4217 代码；缺省为企业本位币。"
        ),
    )
    currency_field = Reference(
        "field",
        metadata=about(
            "Currency field",
            "币种字段",
            "A field of the same object that holds the code.",
            "同一对象中保存币种代码的字段。",
            "field",
        ),
    )
    rate_field = Reference(
        "field",
        metadata=about(
            "Rate field",
            "汇率字段",
            "With a currency field: a decimal field that holds what one unit of that currency is worth in the tenant's "
            "own. Reports convert with it.",
            "与币种字段一起使用：小数字段，保存该币种一个单位折合企业本位币的金额；报表据此折算。",
            "field",
        ),
    )


class CurrencyType(DecimalType):
    name = "currency"
    label = {"en": "Currency", "zh": "金额"}
    icon = "currency-yuan"
    expression_type = "money"
    options = CurrencyKeys
