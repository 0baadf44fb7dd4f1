"""Apps: the navigation that people see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, LabelText, ListOf, Number, Part, Reference, Text, about
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


class AppKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    position = Number(
        0, 10_000, load_default=0, metadata=about("Position", "位置", "Smaller ones come first.", "数值小的在前。")
    )
    groups = ListOf(Part(GroupKeys), 50, required=True, metadata=about("Groups", "分组"))


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
