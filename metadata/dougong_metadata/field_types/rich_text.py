"""Formatted text: a small, safe subset of HTML, cleaned whenever it is loaded."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import nh3

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean_text
from dougong_metadata.field_types.long_text import DEFAULT_LENGTH, LongTextKeys

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

TAGS = {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "tel"}


class RichTextType(FieldType):
    name = "rich_text"
    label = {"en": "Rich text", "zh": "富文本"}
    icon = "text-size"
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
        longest = int(field.settings.get("max_length", DEFAULT_LENGTH))
        text = clean_text(value)
        if len(text) <= longest:
            text = cleaned(text)
        if len(text) > longest:
            raise FieldValueError("too_long", max=longest, length=len(text))
        return text if _says_something(text) else None

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """Plain text becomes paragraphs; what looks like HTML is taken as such."""
        if "<" in text and ">" in text:
            return text
        return "<br>".join(escape(text, quote=False).splitlines())

    def search_text(self, value: Canonical) -> str | None:
        return words_of(value) if isinstance(value, str) else None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_text", "too_long")


def cleaned(html: str) -> str:
    """What may stand in a page. Pages clean again what they show: a column that was plain text before its field became
    rich text holds what people typed."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)


def words_of(html: str) -> str:
    """The text of a rich text without its marks."""
    spaced = html.replace("<", " <")
    text = nh3.clean(spaced, tags=set(), attributes={})
    for mark, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(mark, character)
    return " ".join(text.split())


def _says_something(html: str) -> bool:
    return "<img" in html or "<hr" in html or bool(words_of(html))
