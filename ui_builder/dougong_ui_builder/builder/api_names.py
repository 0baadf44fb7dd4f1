"""Suggests api names for new things from the labels people give them: English words, else the label's initials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

# GB2312 orders the common characters by pinyin: the first character of each initial letter.
_INITIALS = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
_LETTERS = "abcdefghjklmnopqrstwxyz"
_STARTS = [character.encode("gb2312") for character in _INITIALS]


def free_name(label: Any, taken: Collection[str], fallback: str) -> str:
    """A name that nothing in `taken` has."""
    texts = label if isinstance(label, Mapping) else {"en": label if isinstance(label, str) else ""}
    wanted = slug(str(texts.get("en") or "")) or slug(str(texts.get("zh") or "")) or fallback
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted[:36]}_{number}", number + 1
    return name


def slug(text: str) -> str:
    """ "Close date" → "close_date", "数据" → "sj"; "" where nothing is left."""
    plain = "".join(_letter(character) for character in unicodedata.normalize("NFKD", text))
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    words = re.sub(r"^[0-9_]+", "", words)
    return words[:40].strip("_")


def _letter(character: str) -> str:
    """The pinyin initial of a common Chinese character, other characters as they are."""
    if not "一" <= character <= "鿿":
        return character
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    if code >= b"\xd8\xa1":  # the rarer half is ordered by strokes
        return ""
    at = max((i for i, start in enumerate(_STARTS) if start <= code), default=None)
    return _LETTERS[at] if at is not None else ""
