"""A value over the records that point here, kept right by every write to them. In the model such a field has the type
of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.keys import Body, Expression, Flag, Reference, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class RollupKeys(Body):
    of = Reference(
        "object_field",
        required=True,
        metadata=about(
            "Of",
            "汇总对象",
            "Object and field that point here: order_line.order.",
            "指向本对象的“对象.字段”：order_line.order。",
            "rollup_link",
        ),
    )
    count = Flag(metadata=about("Count", "计数", "How many there are.", "记录数。"))
    sum = Text(80, metadata=about("Sum of", "求和", "A number field of theirs.", "其数值字段。", "rollup_field"))
    min = Text(80, metadata=about("Least", "最小值", "A number, date or time.", "数字、日期或时间。", "rollup_field"))
    max = Text(
        80, metadata=about("Greatest", "最大值", "A number, date or time.", "数字、日期或时间。", "rollup_field")
    )
    average = Text(80, metadata=about("Average of", "平均值", "A number field.", "数值字段。", "rollup_field"))
    first = Text(
        80, metadata=about("First", "首个", "Its value in the first by order.", "按顺序首条的值。", "rollup_field")
    )
    last = Text(
        80, metadata=about("Last", "末个", "Its value in the last by order.", "按顺序末条的值。", "rollup_field")
    )
    by = Text(
        80,
        metadata=about(
            "In the order of",
            "排序依据",
            "For first and last; created_at when absent.",
            "用于首个与末个；缺省为创建时间。",
        ),
    )
    where = Expression(
        metadata=about(
            "Only those where", "条件", "A condition on the records' own fields.", "关于这些记录自身字段的条件。"
        )
    )


class RollupType(FieldType):
    name = "rollup"
    label = {"en": "Roll-up", "zh": "汇总"}
    icon = "sum"
    pg_type = "numeric"
    expression_type = "number"
    options: ClassVar[type[Schema]] = RollupKeys
    derived = True
    computed = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        raise FieldValueError("read_only")

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return text or None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("read_only",)
