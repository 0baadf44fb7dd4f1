"""Takes the literals out of an expression, so that the engine's caches are keyed by what it asks, not by the values.

Called by the query engine for every filter: one regular expression, no parser.
"""

from __future__ import annotations

import re

from dougong_metadata.errors import ExpressionError

MAX_LENGTH = 20_000  # characters of an expression
MAX_DIGITS = 38  # of one number

_QUOTED = r""""(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*'"""
# A quotation mark that is never closed takes all the rest: trying again at each mark inside would be quadratic.
_OPEN = r"""["'].*"""
# In the order of the alternatives: text, open text, word (a path's step, $user), number, what must not be there.
_TOKEN = re.compile(rf"({_QUOTED})|{_OPEN}|[$A-Za-z_][A-Za-z0-9_]*|([0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(\?)", re.DOTALL)
OUTSIDE_TEXT = re.compile(rf"{_QUOTED}|{_OPEN}|([()?])", re.DOTALL)  # group 1: signs that are not part of a text
_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t", "r": "\r"}


class Shape(str):
    """An expression whose literals are placeholders (`?1s` text, `?2n` number). Only `lift_literals` makes one."""

    __slots__ = ()


def lift_literals(text: str) -> tuple[Shape, tuple[str, ...]]:
    """The expression with numbered placeholders, and the literals' values in that order (numbers as digits).

    Empty text stays where it is, because it asks something else ("is blank"). What cannot be an expression
    at all (too long, NUL, a bad escape) raises ExpressionError; everything else is left to `check`.
    """
    guard(text)
    values: list[str] = []

    def lift(match: re.Match[str]) -> str:
        kind = match.lastindex
        if kind is None:
            return match[0]
        if kind == 1:
            inner = match[0][1:-1]
            if not inner:
                return match[0]
            values.append(unquote(match[0], match.start()))
            return f"?{len(values)}s"
        if kind == 2:
            values.append(digits(match[0], match.start()))
            return f"?{len(values)}n"
        raise ExpressionError("“?” has no meaning here.", "“?”在这里没有意义。", match.start())

    return Shape(_TOKEN.sub(lift, text)), tuple(values)


def literal_span(text: str, index: int) -> tuple[int, int]:
    """Position and length of the `index`-th (from 1) literal that `lift_literals` took out of `text`."""
    count = 0
    for match in _TOKEN.finditer(text):
        if match.lastindex in (1, 2) and match[0] not in ('""', "''"):
            count += 1
            if count == index:
                return match.start(), match.end() - match.start()
    return 0, len(text)


def guard(text: str) -> None:
    """Refuses what no expression may hold: too much of it, NUL, half of a surrogate pair."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"An expression has at most {MAX_LENGTH:,} characters; this one has {len(text):,}.",
            f"表达式最多 {MAX_LENGTH:,} 个字符；这里有 {len(text):,} 个。",
            MAX_LENGTH,
        )
    if "\0" in text:
        raise _unwritable(text.index("\0"))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _unwritable(error.start) from None


def _unwritable(position: int) -> ExpressionError:
    return ExpressionError(
        "This character cannot be stored (NUL or half of a surrogate pair).",
        "此字符无法保存（NUL 或不完整的代理对）。",
        position,
    )


def unquote(token: str, position: int) -> str:
    """The text that a quoted literal stands for. `position` is where the token begins, for the error."""
    mark, inner = token[0], token[1:-1]
    if "\\" not in inner and mark not in inner:
        return inner
    out: list[str] = []
    i = 0
    while i < len(inner):
        char = inner[i]
        if char == "\\":
            escaped = _ESCAPES.get(inner[i + 1])
            if escaped is None:
                raise ExpressionError(
                    f"`\\{inner[i + 1]}` is not an escape; write `\\\\` for a backslash.",
                    f"`\\{inner[i + 1]}` 不是转义；反斜杠请写作 `\\\\`。",
                    position + 1 + i,
                    2,
                )
            char, i = escaped, i + 1
        elif char == mark:  # doubled, as spreadsheets write it
            i += 1
        out.append(char)
        i += 1
    return "".join(out)


def digits(token: str, position: int) -> str:
    """A number's digits as written, or ExpressionError when there are too many."""
    if len(token) > MAX_DIGITS:
        raise ExpressionError(
            f"A number has at most {MAX_DIGITS} digits.", f"数字最多 {MAX_DIGITS} 位。", position, len(token)
        )
    return token
