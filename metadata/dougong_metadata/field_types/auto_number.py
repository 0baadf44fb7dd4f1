"""A number that the engine gives each record from a sequence: never twice, but with gaps where a write failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.text import ONE_LINE, loaded_text
from dougong_metadata.keys import Body, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

FORM = r"(?=.*\{0+\})(?!.*\{0+\}.*\{0+\})(?:[^{}\n]|\{(?:YYYY|YY|MM|DD|0{1,18})\})+\Z"
LONGEST = 100


class AutoNumberKeys(Body):
    format = Text(
        60,
        FORM,
        "B-{YYYY}{MM}-{0000}",
        load_default="{000000}",
        metadata=about(
            "Format",
            "格式",
            "{YYYY} {YY} {MM} {DD} and one counter {0000}; the day is the tenant's.",
            "{YYYY} {YY} {MM} {DD} 与一个计数 {0000}；日期按企业时区。",
        ),
    )


class AutoNumberType(FieldType):
    name = "auto_number"
    label = {"en": "Auto number", "zh": "自动编号"}
    icon = "hash"
    pg_type = "text"
    expression_type = "text"
    options = AutoNumberKeys
    operators = ("=", "!=", "starts with", "contains", "in")
    searches = True
    computed = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        """Only imports bring numbers of their own (from the system that gave them); others never call this."""
        return loaded_text(value, LONGEST)

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ONE_LINE
