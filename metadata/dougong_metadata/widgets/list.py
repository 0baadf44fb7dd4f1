"""List: records of a list view, with a date in front and a tick that closes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, ListOf, Number, Part, Reference, Text, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class DoneKeys(Body):
    field = Reference("picklist_field", required=True, metadata=about("Field", "字段", widget="field"))
    value = Text(100, required=True, metadata=about("Value", "值", "What a tick sets.", "勾选后设置的值。"))


class ListWidgetKeys(Body):
    list_view = Reference("list_view", required=True, metadata=about("List view", "列表视图", widget="list_view"))
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
    help = {"en": "Records of a list view.", "zh": "列表视图中的记录。"}
    icon = "list-details"
    size, least = (6, 6), (3, 3)
    options = ListWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        of = given.listed("list_view")
        given.paths("columns", of)
        given.dated("when", of)
        given.done("done", of)
        return given.settings()
