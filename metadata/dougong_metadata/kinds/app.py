"""Apps: the navigation that people see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Expression, LabelText, ListOf, Number, OneOf, Part, Reference, Text, about
from dougong_metadata.kinds.base import Kind

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems


class ItemKeys(Body):
    object = Reference("object", metadata=about("Object", "对象", widget="object"))
    page = Text(
        40,
        r"[a-z][a-z0-9_-]*\Z",
        "home",
        metadata=about("Page", "页面", "A page of the product, such as home.", "产品页面，如 home。"),
    )
    url = Text(2_000, r"(?:https?://[^\s]+|/(?![/\\])[^\s]*)\Z", "https://… or /…", metadata=about("Address", "网址"))
    label = LabelText(metadata=about("Label", "标签"))
    icon = Text(40, r"[a-z0-9-]+\Z", "book-2", metadata=about("Icon", "图标", widget="icon"))


class GroupKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    items = ListOf(Part(ItemKeys), 100, required=True, metadata=about("Items", "条目"))


class HomeNumberKeys(Body):
    label = LabelText(required=True, metadata=about("Label", "标签"))
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    aggregate = Expression(
        "aggregate",
        required=True,
        metadata=about("Number", "数字", "Such as SUM(price) or COUNT().", "如 SUM(price)、COUNT()。"),
    )
    filter = Expression(metadata=about("Filter", "筛选", "Of which records.", "统计哪些记录。"))
    format = OneOf(
        {"number": ("Number", "数值"), "money": ("Money", "金额"), "percent": ("Percent", "百分比")},
        load_default="number",
        metadata=about("Format", "格式"),
    )


class HomeDoneKeys(Body):
    field = Reference("picklist_field", required=True, metadata=about("Field", "字段", widget="field"))
    value = Text(100, required=True, metadata=about("Value", "值", "What a tick sets.", "勾选后设置的值。"))


class HomeListKeys(Body):
    label = LabelText(required=True, metadata=about("Label", "标签"))
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    list_view = Reference("list_view", required=True, metadata=about("List view", "列表视图"))
    columns = ListOf(
        Reference("path"),
        6,
        load_default=list,
        metadata=about("Columns", "列", "Beside the name.", "名称以外的列。", "field_list"),
    )
    when = Reference(
        "field", metadata=about("Date", "日期", "Shown in front; late ones stand out.", "显示在前，逾期的突出显示。")
    )
    done = Part(HomeDoneKeys, metadata=about("Tick", "勾选完成"))
    place = OneOf(
        {"main": ("Main column", "主栏"), "side": ("Side column", "侧栏")},
        load_default="main",
        metadata=about("Place", "位置"),
    )
    limit = Number(1, 20, load_default=6, metadata=about("Rows", "行数"))


class HomeKeys(Body):
    numbers = ListOf(Part(HomeNumberKeys), 6, load_default=list, metadata=about("Numbers", "数字"))
    lists = ListOf(Part(HomeListKeys), 10, load_default=list, metadata=about("Lists", "列表"))


class AppKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    position = Number(
        0, 10_000, load_default=0, metadata=about("Position", "位置", "Smaller ones come first.", "数值小的在前。")
    )
    groups = ListOf(Part(GroupKeys), 50, required=True, metadata=about("Groups", "分组"))
    home = Part(
        HomeKeys,
        metadata=about("Home", "工作台", "What it shows; absent: one's own.", "工作台的内容；缺省为本人的记录。"),
    )


class AppKind(Kind):
    name = "app"
    folder = "apps"
    label = {"en": "App", "zh": "应用"}
    plural = {"en": "Apps", "zh": "应用"}
    help = {"en": "A navigation: groups of objects, pages and links.", "zh": "导航：由对象、页面与链接组成的分组。"}
    icon = "apps"
    schema = AppKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        for at, group in enumerate(body.get("groups", [])):
            for index, item in enumerate(group.get("items", [])):
                if len(item.keys() & {"object", "page", "url"}) != 1:
                    problems.add(
                        document,
                        ("groups", at, "items", index),
                        "one_target",
                        "An item has exactly one of object, page and url.",
                        "条目须恰好指定 object、page、url 之一。",
                    )
