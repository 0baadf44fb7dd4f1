"""A link to a record of another object (or of the same)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.identifier import record_id
from dougong_metadata.keys import Body, Flag, Name, OneOf, Reference, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


_RELATION = Name(
    metadata=about(
        "Relation",
        "关联名称",
        "What expressions about that object call the records that point to it by this field: COUNT(lines). "
        "The name of their object where absent.",
        "在被指向对象的表达式中，通过此字段指向它的记录的名称，如 COUNT(lines)；缺省为记录所属对象的名称。",
    )
)


class LinkKeys(Body):
    """Of links whose type says to what."""

    relation = _RELATION


class DetailKeys(Body):
    to = Reference(
        "object", required=True, metadata=about("Object", "对象", "What it points to.", "指向的对象。", "object")
    )
    relation = _RELATION


class LookupKeys(DetailKeys):
    on_delete = OneOf(
        {
            "clear": ("Clear the link", "清空此字段"),
            "block": ("Refuse", "禁止删除"),
            "cascade": ("Delete too", "一并删除"),
        },
        load_default="clear",
        metadata=about(
            "When the target is purged",
            "目标被彻底删除时",
            "What happens to records that point to it.",
            "指向它的记录如何处理。",
        ),
    )
    follows_shares = Flag(
        load_default=False,
        metadata=about(
            "Shares may follow",
            "可随其共享",
            "Who shares the record it points to may share these records with it.",
            "共享其指向的记录时，可一并共享这些记录。",
        ),
    )


class LookupType(FieldType):
    name = "lookup"
    label = {"en": "Lookup", "zh": "查找"}
    icon = "link"
    pg_type = "uuid"
    expression_type = "record"
    options: ClassVar[type[Schema]] = LookupKeys
    operators: ClassVar[tuple[str, ...]] = ("=", "!=", "in", "blank", "not blank")
    points_to = "any"

    def load(self, value: Any, field: FieldModel) -> Canonical:
        return record_id(value)

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """An id; names and keys are turned into ids by the import, which asks the database for many at once."""
        return text.strip().lower()

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_an_id",)
