"""Regular expressions as people know them (Java's and Salesforce's spelling), turned into PostgreSQL's. Called for the
second value of REGEX() when a document is checked, and when a query brings its values.

PostgreSQL's engine (Henry Spencer's) runs a pattern without back-references as an automaton: its time grows with the
text's length times the automaton's size. So back-references and look-around are refused, and the size is held small by
counting what each part comes to when its repetitions are written out.
"""

from __future__ import annotations

from typing import NoReturn

from dougong_metadata.expressions.conversions import Conversion, ValueRefused

MAX_PATTERN = 500  # characters
MAX_STATES = 500  # of the automaton, roughly: characters and classes with their repetitions written out
MAX_TEXT = 4_000  # characters of the text; a longer one gives blank
_MAX_DEPTH = 20
_MOST_TIMES = 255  # of one repetition: PostgreSQL's own limit
_MOST_BOUNDARIES = 4

_SETS = {"d": "0-9", "w": "A-Za-z0-9_", "s": r"\u0009-\u000D\u0020"}
_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "e": "\x1b", "a": "\x07"}
_SCRIPTS = {
    "IsHan": r"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF",
    "Alpha": "A-Za-z",
    "Digit": "0-9",
    "Alnum": "A-Za-z0-9",
}
_SCRIPTS |= {"Upper": "A-Z", "Lower": "a-z", "Punct": r"\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E"}


def translated(pattern: str, negative: bool = False) -> str:
    """`pattern` for PostgreSQL's `~`, to match a whole text. Raises ValueRefused."""
    if len(pattern) > MAX_PATTERN:
        _refuse(f"has more than {MAX_PATTERN} characters", f"超过 {MAX_PATTERN} 个字符")
    reader = _Reader(pattern)
    text, _ = reader.alternatives(0)
    if reader.place < len(pattern):
        _refuse("has a `)` that closes nothing", "有多余的“)”")
    return f"{'(?i)' if reader.ignores_case else ''}^(?:{text})$"


def _refuse(en: str, zh: str) -> NoReturn:
    raise ValueRefused(f"The pattern {en}.", f"正则表达式{zh}。")


def _check_size(size: int) -> None:
    if size > MAX_STATES:
        _refuse(
            f"is too large: with its repetitions written out it comes to more than {MAX_STATES} characters",
            f"过大：展开重复后超过 {MAX_STATES} 个字符",
        )


class _Reader:
    """Reads a pattern from left to right; each method gives PostgreSQL's text of a part, and its size."""

    def __init__(self, pattern: str) -> None:
        self.ignores_case = pattern.startswith("(?i)")
        self.pattern = pattern
        self.place = 4 if self.ignores_case else 0
        self.boundaries = 0

    def alternatives(self, depth: int) -> tuple[str, int]:
        """Up to the closing parenthesis or the end."""
        if depth > _MAX_DEPTH:
            _refuse(f"is nested more than {_MAX_DEPTH} levels deep", f"嵌套超过 {_MAX_DEPTH} 层")
        texts, size = [], 0
        while True:
            text, more = self._sequence(depth)
            texts.append(text)
            size += more
            _check_size(size)
            if not self._takes("|"):
                return "|".join(texts), size + 1

    def _sequence(self, depth: int) -> tuple[str, int]:
        texts, size = [], 0
        if depth == 0:
            self._takes("^")  # the whole text is matched anyway
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            if depth == 0 and self.pattern[self.place :].partition("|")[0] == "$":
                self.place += 1
                continue
            start = self.place
            text, more = self._atom(depth)
            least, most = self._repetition()
            if (least, most) != (1, 1) and self.pattern[start : start + 2] == "\\b":
                _refuse("repeats `\\b`", "重复了 \\b")
            texts.append(text + _repeated(least, most))
            size += more * max(most or least + 1, 1)
            _check_size(size)
        return "".join(texts), size

    def _atom(self, depth: int) -> tuple[str, int]:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "[":
            return self._class(), 1
        if char == ".":
            return r"[^\u000A\u000D]", 1
        if char == "\\":
            return self._escape(depth)
        if char in "*+?{":
            _refuse(f"has a `{char}` that repeats nothing", f"的“{char}”前面没有可重复的内容")
        if char in "^$":
            _refuse(
                f"has a `{char}` in its middle; the whole text is matched anyway",
                f"中间有“{char}”；匹配总是针对整个文本",
            )
        if char in "}]":
            _refuse(f"has a `{char}` by itself; write `\\\\{char}`", f"有单独的“{char}”；请写作“\\\\{char}”")
        return _literal(char), 1

    def _group(self, depth: int) -> tuple[str, int]:
        if self._takes("?") and not self._takes(":"):
            ahead = self.pattern[self.place : self.place + 2]
            if ahead[:1] in ("=", "!") or ahead in ("<=", "<!"):
                _refuse("looks ahead or behind, `(?=`, which is not supported", "使用了不支持的环视“(?=”")
            _refuse(
                "has a group of a kind that is not supported: use `(…)` or `(?:…)`",
                "的分组方式不受支持：请用 (…) 或 (?:…)",
            )
        text, size = self.alternatives(depth + 1)
        if not self._takes(")"):
            _refuse("lacks a `)`", "缺少“)”")
        return f"(?:{text})", size

    def _escape(self, depth: int) -> tuple[str, int]:
        char = self._next("ends with a single backslash", "以单个反斜杠结尾")
        if char == "b":
            self.boundaries += 1
            if depth or self.boundaries > _MOST_BOUNDARIES:
                _refuse(
                    f"has `\\b` inside a group, or more than {_MOST_BOUNDARIES} of them",
                    f"在分组内使用了 \\b，或超过 {_MOST_BOUNDARIES} 个",
                )
            return r"\y", 2
        if char.lower() in _SETS:
            return f"[{'^' if char.isupper() else ''}{_SETS[char.lower()]}]", 1
        if char in "pP":
            return f"[{'^' if char == 'P' else ''}{self._script()}]", 1
        if char.isdigit():
            _refuse("refers back to a group (`\\\\1`), which is not supported", "使用了不支持的反向引用（\\\\1）")
        return _literal(self._character(char)), 1

    def _character(self, char: str) -> str:
        """What an escape of one character stands for."""
        if char in _CHARACTERS:
            return _CHARACTERS[char]
        if char in "ux":
            digits = self.pattern[self.place : self.place + (4 if char == "u" else 2)]
            try:
                code = int(digits, 16)
            except ValueError:
                code = 0
            if code > 0 and not 0xD800 <= code <= 0xDFFF and len(digits) == (4 if char == "u" else 2):
                self.place += len(digits)
                return chr(code)
        if char.isascii() and char.isalnum():
            _refuse(f"has `\\\\{char}`, which is not supported", f"有不支持的“\\\\{char}”")
        return char

    def _script(self) -> str:
        """What `\\p{…}` stands for; behind its letter."""
        end = self.pattern.find("}", self.place)
        name = self.pattern[self.place + 1 : max(end, 0)] if self.pattern.startswith("{", self.place) else ""
        if name not in _SCRIPTS:
            known = ", ".join(f"\\\\p{{{one}}}" for one in _SCRIPTS)
            _refuse(f"names a kind of character that is not known; there are {known}", f"的字符类别未知；可用：{known}")
        self.place = end + 1
        return _SCRIPTS[name]

    def _class(self) -> str:
        """`[…]`, behind its bracket."""
        out = ["[^" if self._takes("^") else "["]
        first = True
        while True:
            char = self._next("lacks a `]`", "缺少“]”")
            if char == "]" and not first:
                return "".join([*out, "]"])
            if char == "]" or char == "[" or self.pattern.startswith("&&", self.place - 1):
                _refuse(f"has `{char}` inside `[…]`; write `\\\\{char}`", f"的 […] 内有“{char}”；请写作“\\\\{char}”")
            first = False
            if char == "\\":
                char = self._next("ends with a single backslash", "以单个反斜杠结尾")
                if char in _SETS:
                    out.append(_SETS[char])
                    continue
                if char == "p":
                    out.append(self._script())
                    continue
                char = self._character(char)
            out.append(self._range(char))

    def _range(self, low: str) -> str:
        if not self.pattern.startswith("-", self.place) or self.pattern[self.place + 1 : self.place + 2] in ("]", ""):
            return _literal(low)
        self.place += 1
        high = self._next()
        if high == "\\":
            high = self._character(self._next("ends with a single backslash", "以单个反斜杠结尾"))
        if high < low:
            _refuse(f"has a range that runs backwards: {low}-{high}", f"的字符范围颠倒：{low}-{high}")
        return f"{_literal(low)}-{_literal(high)}"

    def _repetition(self) -> tuple[int, int | None]:
        """How often the last part may stand: least and most (None: without end)."""
        found: tuple[int, int | None] = (1, 1)
        if self._takes("*"):
            found = (0, None)
        elif self._takes("+"):
            found = (1, None)
        elif self._takes("?"):
            found = (0, 1)
        elif self._takes("{"):
            found = self._bounds()
        else:
            return found
        if not self._takes("?"):  # whether as few or as many as possible makes no difference to the whole text
            char = self.pattern[self.place : self.place + 1]
            if char and char in "*+{":
                _refuse(f"has a `{char}` behind another repetition", f"在重复之后又有“{char}”")
        return found

    def _bounds(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.place)
        least, comma, most = self.pattern[self.place : max(end, self.place)].partition(",")
        wrong = not (least.isascii() and least.isdigit()) or not (most == "" or (most.isascii() and most.isdigit()))
        if end < 0 or wrong or len(least) > 3 or len(most) > 3:
            _refuse(
                f"has a `{{` that is no repetition such as {{2,5}}, of at most {_MOST_TIMES}",
                f"的“{{”不是 {{2,5}} 这样的重复，且次数最多 {_MOST_TIMES}",
            )
        low = int(least)
        high = low if not comma else int(most) if most else None
        if max(low, high or 0) > _MOST_TIMES or (high is not None and high < low):
            _refuse(
                f"repeats {{{least}{comma}{most}}}; from few to many, at most {_MOST_TIMES}",
                f"的重复次数 {{{least}{comma}{most}}} 不正确；由少到多，最多 {_MOST_TIMES}",
            )
        self.place = end + 1
        return low, high

    def _takes(self, char: str) -> bool:
        if self.pattern.startswith(char, self.place):
            self.place += 1
            return True
        return False

    def _next(self, en: str = "ends too early", zh: str = "不完整") -> str:
        if self.place >= len(self.pattern):
            _refuse(en, zh)
        self.place += 1
        return self.pattern[self.place - 1]


def _literal(char: str) -> str:
    """A character that means itself, inside brackets and outside."""
    if char.isalnum():
        return char
    code = ord(char)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _repeated(least: int, most: int | None) -> str:
    if (least, most) == (1, 1):
        return ""
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
    return short or (f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}")


PATTERN = Conversion("text", "text", translated)
