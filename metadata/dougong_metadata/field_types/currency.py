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


class CurrencyType(DecimalType):
    name = "currency"
    label = {"en": "Currency", "zh": "金额"}
    icon = "currency-yuan"
    expression_type = "money"
    options = CurrencyKeys
