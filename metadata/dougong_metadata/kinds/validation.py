"""Validations: conditions that every saved record has to meet."""

from __future__ import annotations

from dougong_metadata.keys import Body, Expression, Flag, LabelText, ListOf, Reference, about
from dougong_metadata.kinds.base import Kind


class ValidationKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    must = Expression(required=True, metadata=about("Must hold", "必须成立", "A condition.", "条件表达式。"))
    when = Expression(metadata=about("Only when", "仅当", "Checked only while this holds.", "仅在此条件成立时检查。"))
    message = LabelText(
        500, required=True, metadata=about("Message", "提示", "Shown when it does not hold.", "不成立时显示。")
    )
    field = Reference(
        "field", metadata=about("At field", "所在字段", "Where the message is shown.", "提示显示的位置。", "field")
    )
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about("Record types", "记录类型", "Those it is for; all when absent.", "适用的记录类型；缺省为全部。"),
    )
    active = Flag(load_default=True, metadata=about("Active", "启用"))


class ValidationKind(Kind):
    name = "validation"
    folder = "validations"
    label = {"en": "Validation", "zh": "校验规则"}
    plural = {"en": "Validations", "zh": "校验规则"}
    help = {"en": "A condition that every saved record has to meet.", "zh": "每条保存的记录必须满足的条件。"}
    icon = "shield-check"
    schema = ValidationKeys
