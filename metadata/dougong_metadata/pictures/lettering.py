"""How wide a text will be, and where its lines break: pictures are made where nothing can measure a font. Used by
`shapes`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]/"), frozenset("mwMW%@—")
_FULL = frozenset("·≤≥≠→“”…")  # which a font with Chinese characters draws as wide as those
# A word with the punctuation that belongs to it, one wide character with what may not begin a line, or spaces.
_PIECES = re.compile(r" +|[⺀-鿿　-〿＀-￯][、，。；：！？）」』】]*|[^ ⺀-鿿　-〿＀-￯]+[、，。；：！？）」』】]*")
_GLUED = re.compile(r"(?<=[=≠<>≤≥]) | (?=%)")  # spaces at which no line breaks
_OPENING = "（「『【"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of `text` in a usual sans serif at `size` pixels; rather too wide than too narrow."""
    return sum(map(_em, text)) * size * (1.06 if bold else 1)


def _em(one: str) -> float:
    if unicodedata.east_asian_width(one) in "WF" or one in _FULL:
        return 1.0
    if one in _NARROW:
        return 0.33
    if one in " \u00a0":
        return 0.29
    if one in _WIDE:
        return 0.88
    return 0.68 if one.isupper() else 0.57


def lines(text: str, limit: float, size: float, *, bold: bool = False) -> list[str]:
    """`text` in lines of at most `limit` pixels, broken between words and between wide characters."""
    found, line = [], ""
    text = _GLUED.sub("\u00a0", text)
    for piece in _pieces(text, limit, size):
        if line and width((line + piece).rstrip(), size, bold=bold) > limit:
            found.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*found, line.rstrip()] if line.strip() else found


def _pieces(text: str, limit: float, size: float) -> Iterator[str]:
    held = ""
    for piece in _PIECES.findall(text):
        if piece in _OPENING:
            held += piece
            continue
        piece, held = held + piece, ""
        while width(piece, size) > limit:  # a word longer than a line
            fitting = next(n for n in range(len(piece) - 1, 0, -1) if width(piece[:n], size) <= limit or n == 1)
            yield piece[:fitting]
            piece = piece[fitting:]
        yield piece
    if held:
        yield held
