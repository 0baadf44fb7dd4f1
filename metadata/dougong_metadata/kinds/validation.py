"""Validations: conditions that every saved record has to meet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Expression, Flag, LabelText, ListOf, OneOf, Reference, Text, about
from dougong_metadata.kinds.base import Kind

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems


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
    severity = OneOf(
        {"block": ("Refuse to save", "不允许保存"), "warn": ("Ask whether to save nonetheless", "提示后可继续保存")},
        load_default="block",
        metadata=about("Severity", "严重程度", "What happens when it does not hold.", "不成立时如何处理。"),
    )
    starts = Text(
        10,
        r"\d{4}-\d{2}-\d{2}\Z",
        "2026-01-31",
        data_key="from",
        metadata=about("From", "生效日期", "Not checked before this day.", "在此日期之前不检查。", "date"),
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

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        given = body.get("starts")
        if given is None:
            return
        try:
            date.fromisoformat(given)
        except ValueError:
            problems.add(
                document,
                ("from",),
                "not_a_date",
                f"“{given}” is not a date; write it as 2026-01-31.",
                f"「{given}」不是日期；请写作 2026-01-31。",
            )
