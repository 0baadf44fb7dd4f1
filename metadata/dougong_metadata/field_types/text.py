"""One line of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean_text
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

ONE_LINE = ("not_text", "too_long", "single_line")  # what `loaded_text` may refuse
DEFAULT_LENGTH = 255
MAX_LENGTH = 4_000
MAX_INDEXED = 600  # characters: four bytes each still fit an index entry (2,704 bytes)


class TextKeys(Body):
    max_length = Number(
        1,
        MAX_LENGTH,
        load_default=DEFAULT_LENGTH,
        metadata=about("Longest", "最大长度", "Characters; at most 600 with an index.", "字符数；有索引时最多 600。"),
    )


def loaded_text(value: Any, longest: int) -> str | None:
    """One trimmed line; blank is None. Shared by the types that are text with a form of their own."""
    if not isinstance(value, str):
        raise FieldValueError("not_text")
    text = clean_text(value).strip()
    if len(text) > longest:
        raise FieldValueError("too_long", max=longest, length=len(text))
    if "\n" in text:
        raise FieldValueError("single_line")
    return text or None


class TextType(FieldType):
    name = "text"
    label = {"en": "Text", "zh": "文本"}
    icon = "letter-t"
    pg_type = "text"
    expression_type = "text"
    options = TextKeys
    operators = ("=", "!=", "contains", "starts with", "in", "blank", "not blank")
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        return loaded_text(value, int(field.settings.get("max_length", DEFAULT_LENGTH)))

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        given = clean_text(text)
        return (re.sub(r"\s*\n\s*", " ", given) if "\n" in given else given).strip()

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ONE_LINE
