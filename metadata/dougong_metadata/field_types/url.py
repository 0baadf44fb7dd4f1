"""A web address (http or https)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.field_types.text import ONE_LINE, loaded_text
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

LONGEST = 2_000


class UrlType(FieldType):
    name = "url"
    label = {"en": "Web address", "zh": "网址"}
    icon = "world"
    pg_type = "text"
    expression_type = "text"
    options = Body
    operators = ("=", "!=", "contains", "starts with", "blank", "not blank")
    indexable = False
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        text = loaded_text(value, LONGEST)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError as fault:
            raise FieldValueError("not_a_url") from fault
        if not usable or re.search(r"[\s<>\"]", text):
            raise FieldValueError("not_a_url")
        return text

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """ "example.com/a" gets its https://."""
        given = plain(text)
        return given if not given or "://" in given else f"https://{given}"

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return (*ONE_LINE, "not_a_url")
