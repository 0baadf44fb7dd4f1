"""List: records of a list view or an object, with a date in front and a tick that closes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Expression, ListOf, Number, Part, Reference, Text, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class DoneKeys(Body):
    field = Reference("picklist_field", required=True, metadata=about("Field", "字段", widget="field"))
    value = Text(100, required=True, metadata=about("Value", "值", "What a tick sets.", "勾选后设置的值。"))


class ListWidgetKeys(Body):
    list_view = Reference("list_view", metadata=about("List view", "列表视图", widget="list_view"))
    object = Reference(
        "object", metadata=about("Object", "对象", "Instead of a list view.", "代替列表视图。", "object")
    )
    where = Expression(
        "filter", metadata=about("Filter", "筛选", "Of an object: which records.", "指定对象时，显示哪些记录。")
    )
    sort = ListOf(
        Reference("sort"),
        5,
        load_default=list,
        metadata=about(
            "Sort", "排序", "Of an object: fields, - in front for descending.", "指定对象时的排序字段；前加 - 为降序。"
        ),
    )
    columns = ListOf(
        Reference("path"),
        6,
        load_default=list,
        metadata=about("Columns", "列", "Beside the name.", "名称以外的列。", "field_list"),
    )
    limit = Number(1, 50, load_default=6, metadata=about("Rows", "行数"))
    when = Reference(
        "field", metadata=about("Date", "日期", "Shown in front; late ones stand out.", "显示在前，逾期的突出显示。")
    )
    done = Part(DoneKeys, metadata=about("Tick", "勾选完成"))


class ListWidget(Widget):
    name = "list"
    label = {"en": "List", "zh": "列表"}
    help = {"en": "Records of a list view or an object.", "zh": "列表视图或对象的记录。"}
    icon = "list-details"
    size, least = (6, 6), (3, 3)
    options = ListWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        if not given.one_of("list_view", "object"):
            return given.settings()
        if given.gives("list_view"):
            for key in ("where", "sort"):
                given.not_with(key, "object")
            of = given.listed("list_view")
            given.paths("columns", of)
            given.dated("when", of)
            given.picked("done", of)
        else:
            of = given.said.get("object")
            given.condition("where", of)
            given.date("when", of)
        return {**given.settings(), "done": given.done("done", of)}
