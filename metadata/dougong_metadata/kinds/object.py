"""Objects: what a tenant keeps records of. Each becomes a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Flag, LabelText, ListOf, MapOf, Name, OneOf, Part, Reference, Text, about
from dougong_metadata.kinds.base import Kind
from dougong_metadata.kinds.typed_field import TypedField
from dougong_metadata.kinds.walking import Found

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems

MAX_FIELDS = 800  # PostgreSQL's row and its 1,600 columns leave room for as many retired ones
ACCESS = {
    "private": ("Private: owners and those above them", "私有：仅负责人及其上级"),
    "read": ("Everybody reads", "全员可读"),
    "write": ("Everybody reads and writes", "全员可读写"),
}


class RecordTypeKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    default = Flag(
        load_default=False, metadata=about("Default", "默认", "New records are of this type.", "新记录默认为此类型。")
    )
    picklists = MapOf(
        Reference("field"),
        ListOf(Text(100)),
        load_default=dict,
        metadata=about(
            "Picklist values",
            "选项范围",
            "Field: the values that records of this type may have.",
            "字段：此类型记录可用的值。",
        ),
    )


class ObjectKeys(Body):
    label = LabelText(metadata=about("Label", "标签", "One record of it.", "单条记录的名称。"))
    plural = LabelText(metadata=about("Plural", "复数", "Several of them.", "多条记录的名称。"))
    icon = Text(40, r"[a-z0-9-]+\Z", "book-2", load_default="box", metadata=about("Icon", "图标", widget="icon"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    name_field = Reference(
        "field",
        required=True,
        metadata=about(
            "Name field",
            "名称字段",
            "What a record is called in lists and links.",
            "记录在列表与链接中的名称。",
            "field",
        ),
    )
    default_access = OneOf(
        ACCESS,
        load_default="private",
        metadata=about(
            "Default access", "默认权限", "Who may see a record before any sharing.", "共享之外谁能看到记录。"
        ),
    )
    history = Flag(
        load_default=True, metadata=about("History", "历史", "Changes are kept field by field.", "逐字段保留变更历史。")
    )
    record_types = MapOf(
        Name(),
        Part(RecordTypeKeys),
        50,
        load_default=dict,
        metadata=about(
            "Record types",
            "记录类型",
            "Variants with their own layouts and picklist values.",
            "各有布局与选项范围的变体。",
        ),
    )
    unique_keys = MapOf(
        Name(),
        ListOf(Reference("field"), 10, 1),
        50,
        load_default=dict,
        metadata=about(
            "Unique keys", "唯一键", "Name: fields that together occur once.", "名称：组合起来只出现一次的字段。"
        ),
    )
    indexes = MapOf(
        Name(),
        ListOf(Reference("field"), 10, 1),
        50,
        load_default=dict,
        metadata=about(
            "Indexes",
            "索引",
            "Name: fields that are filtered and sorted by together.",
            "名称：常一起筛选与排序的字段。",
        ),
    )
    fields = MapOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Name(),
        TypedField(),
        MAX_FIELDS,
        required=True,
        metadata=about("Fields", "字段", "In the order in which people meet them.", "按用户见到的顺序排列。", "fields"),
    )


class ObjectKind(Kind):
    name = "object"
    folder = "objects"
    label = {"en": "Object", "zh": "对象"}
    plural = {"en": "Objects", "zh": "对象"}
    help = {
        "en": "What the tenant keeps records of: fields, record types, unique keys and indexes.",
        "zh": "企业要保存记录的事物：字段、记录类型、唯一键与索引。",
    }
    icon = "database"
    schema = ObjectKeys

    def scope(self, name: str, body: Mapping[str, Any]) -> str | None:
        return name

    def references(self, name: str, body: Mapping[str, Any]) -> Iterator[Found]:
        for found in super().references(name, body):
            if found.what != "condition" or found.path[-1] != "default":
                yield found

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        defaults = [name for name, said in body.get("record_types", {}).items() if said.get("default")]
        for name in defaults[1:]:
            problems.add(
                document,
                ("record_types", name, "default"),
                "second_default",
                f"“{defaults[0]}” is the default record type already.",
                f"「{defaults[0]}」已是默认记录类型。",
            )
