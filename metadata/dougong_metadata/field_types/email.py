"""An e-mail address. Kept as given, its domain in lower case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.field_types.text import ONE_LINE, loaded_text
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

LONGEST = 254
# RFC 5321's dot-string in any script, and a domain with at least one dot; quoted local parts are refused on purpose.
_FORM = re.compile(
    r"[^\s@<>()\[\]\\,;:\".]+(?:\.[^\s@<>()\[\]\\,;:\".]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]\Z"
)


class EmailType(FieldType):
    name = "email"
    label = {"en": "E-mail", "zh": "邮箱"}
    icon = "mail"
    pg_type = "text"
    expression_type = "text"
    options = Body
    operators = ("=", "!=", "contains", "starts with", "in", "blank", "not blank")
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        text = loaded_text(value, LONGEST)
        if text is None:
            return None
        local, at, domain = text.rpartition("@")
        text = f"{local}{at}{domain.lower()}"
        if len(text) > LONGEST or len(local) > 64 or not _FORM.match(text):
            raise FieldValueError("not_an_email")
        return text

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return plain(text).removeprefix("mailto:")

    def search_text(self, value: Canonical) -> str | None:
        return value if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return (*ONE_LINE, "not_an_email")
