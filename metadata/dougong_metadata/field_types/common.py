"""The keys that a field of any type may have in an object's document; each type adds its own to them."""

from __future__ import annotations

from functools import cache

from marshmallow import Schema

from dougong_metadata.field_types.base import FieldType
from dougong_metadata.keys import Body, Expression, Flag, LabelText, Text, about


class CommonKeys(Body):
    """What every field may say."""

    type = Text(40, required=True, metadata=about("Type", "类型", "The field's type.", "字段类型。", "field_type"))
    label = LabelText(
        metadata=about(
            "Label", "标签", "Shown on screens; the name in words when absent.", "界面显示的名称；缺省时由名称生成。"
        )
    )
    help = LabelText(
        2_000, metadata=about("Help", "帮助", "Shown beside the field on forms.", "在表单字段旁显示的说明。")
    )
    required = Flag(
        load_default=False,
        metadata=about("Required", "必填", "A record cannot be saved without it.", "没有该值不能保存记录。"),
    )
    read_only = Flag(
        load_default=False,
        metadata=about("Read only", "只读", "Not editable on screens or over the API.", "界面与接口均不可修改。"),
    )
    unique = Flag(
        load_default=False,
        metadata=about("Unique", "唯一", "No two records may have the same value.", "任意两条记录的值不能相同。"),
    )
    index = Flag(
        load_default=False,
        metadata=about("Index", "索引", "Makes filtering and sorting by it fast.", "加快按该字段的筛选与排序。"),
    )
    searchable = Flag(
        load_default=False,
        metadata=about("Searchable", "可搜索", "Global search finds records by it.", "全局搜索可按其内容找到记录。"),
    )
    default = Expression(
        "value",
        metadata=about(
            "Default", "默认值", "An expression; filled in when a record is created.", "表达式；新建记录时填入。"
        ),
    )
    visible_when = Expression(
        metadata=about(
            "Visible when", "显示条件", "On forms, only while this condition holds.", "仅当条件成立时在表单上显示。"
        )
    )
    required_when = Expression(
        metadata=about("Required when", "必填条件", "Required while this condition holds.", "条件成立时必填。")
    )


@cache
def field_schema(field_type: FieldType) -> Schema:
    """The schema of a whole field of this type: common keys and the type's own."""
    bases = (CommonKeys,) if issubclass(CommonKeys, field_type.options) else (CommonKeys, field_type.options)
    combined: type[Schema] = type(f"{field_type.name}_field", bases, {})
    return combined()
