"""What every value goes through before its type sees it: no NUL, no half characters, no bottomless nesting."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from dougong_metadata.errors import FieldValueError

MAX_DEPTH = 20
MAX_PARTS = 100_000
_BAD = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(text: str) -> str:
    """`text` with line ends as \\n, without control characters. Raises FieldValueError for NUL and lone surrogates."""
    if text.isprintable():  # nearly every text: neither line end nor control nor half character
        return text
    if _BAD.search(text):
        raise FieldValueError("bad_character")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(value: Any) -> None:
    """Raises FieldValueError where any text inside `value` cannot be stored, or it is nested too deep."""
    if isinstance(value, str):
        if _BAD.search(value):
            raise FieldValueError("bad_character")
        return
    if not isinstance(value, (list, dict)):
        return
    left: list[tuple[Any, int]] = [(value, 1)]
    for seen, (item, depth) in enumerate(left):  # grows while it is read
        if depth > MAX_DEPTH or seen > MAX_PARTS:
            raise FieldValueError("too_deep", depth=MAX_DEPTH)
        if isinstance(item, dict):
            left.extend((key, depth + 1) for key in item)
            left.extend((part, depth + 1) for part in item.values())
        elif isinstance(item, list):
            left.extend((part, depth + 1) for part in item)
        elif isinstance(item, str) and _BAD.search(item):
            raise FieldValueError("bad_character")


def plain(text: str) -> str:
    """A cell's text as imports compare it: full-width characters as half-width ones, outer blanks gone."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFKC", clean_text(text)).strip()
