"""The values of picklists in documents, own or shared: their keys, and the model made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from dougong_metadata.keys import COLOURS, Body, Flag, LabelText, ListOf, Part, Text, about

MAX_VALUES = 5_000


class ValueKeys(Body):
    """One value, written out. A text alone stands for {value: text}."""

    value = Text(
        100,
        r"[^,;\n]+\Z",
        "no comma, semicolon or line break",
        required=True,
        metadata=about("Value", "值", "What is kept in the database; it never changes.", "保存在数据库中，不再变动。"),
    )
    label = LabelText(metadata=about("Label", "标签"))
    colour = Text(
        10,
        rf"(?:{'|'.join(COLOURS)})\Z",
        ", ".join(COLOURS),
        load_default="mute",
        metadata=about("Colour", "颜色", widget="colour"),
    )
    parents = ListOf(
        Text(100),
        load_default=list,
        metadata=about(
            "Only under",
            "仅当上级为",
            "Values of the controlling field; any when absent.",
            "控制字段的取值；缺省为不限。",
        ),
    )
    active = Flag(
        load_default=True,
        metadata=about(
            "Active", "启用", "An inactive value stays on records that have it.", "停用的值仍保留在已有记录上。"
        ),
    )


class ValueList(ListOf):
    """Values in their order, none twice."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Part(ValueKeys, short="value"), MAX_VALUES, unique=False, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        seen: set[str] = set()
        twice: dict[int, Any] = {}
        for index, item in enumerate(loaded):
            if item["value"] in seen:
                twice[index] = ["given_twice"] if isinstance(value[index], str) else {"value": ["given_twice"]}
            seen.add(item["value"])
        if twice:
            raise ValidationError(twice, valid_data=[item for index, item in enumerate(loaded) if index not in twice])
        return loaded


def values_key(**kwargs: Any) -> ValueList:
    """The key `values` of a picklist field or a shared picklist."""
    return ValueList(
        metadata=about(
            "Values", "值", "In the order in which they are offered.", "按显示顺序排列。", "picklist_values"
        ),
        **kwargs,
    )
