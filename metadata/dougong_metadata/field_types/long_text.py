"""Text of several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean_text
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

DEFAULT_LENGTH = 100_000
MAX_LENGTH = 1_000_000


class LongTextKeys(Body):
    max_length = Number(
        1, MAX_LENGTH, load_default=DEFAULT_LENGTH, metadata=about("Longest", "最大长度", "Characters.", "字符数。")
    )


class LongTextType(FieldType):
    name = "long_text"
    label = {"en": "Long text", "zh": "长文本"}
    icon = "align-left"
    pg_type = "text"
    expression_type = "text"
    options = LongTextKeys
    operators = ("contains", "blank", "not blank")
    sortable = False
    groupable = False
    indexable = False
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, str):
            raise FieldValueError("not_text")
        text, longest = clean_text(value), int(field.settings.get("max_length", DEFAULT_LENGTH))
        if len(text) > longest:
            raise FieldValueError("too_long", max=longest, length=len(text))
        return text if text.strip() else None

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_text", "too_long")
