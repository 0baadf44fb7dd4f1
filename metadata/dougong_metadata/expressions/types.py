"""The types of expressions, and what messages call them. Used by the checker, the functions and the reference."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, PicklistModel


@dataclass(frozen=True, slots=True)
class Type:
    """`to` is the object of a record; `picklist` the allowed values of a text or list, where there are any."""

    name: str
    to: str | None = None
    picklist: PicklistModel | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, model: FieldModel) -> Type:
        """The type of a field's value in an expression."""
        to = model.to or (model.object if model.name == "id" else None)
        if to is None and model.type.points_to not in (None, "any"):
            to = model.type.points_to
        return cls(model.type.expression_type, to, model.picklist)

    @property
    def is_number(self) -> bool:
        return self.name in ("number", "money")

    @property
    def is_structured(self) -> bool:
        """Made of parts, so that it neither compares nor sorts."""
        return self.name in ("json", "place")

    @property
    def is_moment(self) -> bool:
        return self.name in ("date", "datetime")

    def words(self, locale: str) -> str:
        """How a message calls it: "a number", "数字"."""
        en, zh = _WORDS[self.name]
        if self.name == "record" and self.to:
            return f"a record of `{self.to}`" if locale == "en" else f"“{self.to}”的记录"
        return en if locale == "en" else zh


TEXT, NUMBER, MONEY, BOOLEAN = Type("text"), Type("number"), Type("money"), Type("boolean")
DATE, DATETIME, TIME, BLANK = Type("date"), Type("datetime"), Type("time"), Type("blank")
PLACE = Type("place")

_WORDS = {
    "text": ("text", "文本"),
    "number": ("a number", "数字"),
    "money": ("an amount of money", "金额"),
    "boolean": ("true or false", "真假值"),
    "date": ("a date", "日期"),
    "datetime": ("a date and time", "日期时间"),
    "time": ("a time", "时间"),
    "record": ("a record", "记录"),
    "list": ("a list of values", "多个值"),
    "json": ("a structured value", "结构化的值"),
    "place": ("a place on the map", "地理位置"),
    "blank": ("blank", "空值"),
}

# The PostgreSQL type that a value of this type is cast to where its own column does not say.
PG_TYPES = {
    "text": "text",
    "number": "numeric",
    "money": "numeric",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "time": "time",
    "record": "uuid",
    "list": "text[]",
    "json": "jsonb",
    "place": "jsonb",
    "blank": "text",
}
