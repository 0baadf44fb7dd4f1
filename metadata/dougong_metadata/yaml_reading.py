"""Reads YAML into plain JSON values and remembers the line of every key; used by `documents`.

Stricter than PyYAML's loaders: duplicate keys, tags and non-text keys are errors; only true/false, null and decimal
numbers are anything but text (no Norway problem, dates and codes with leading zeros stay text); depth, size and
what aliases expand to are limited. Built on parser events, so hostile nesting cannot exhaust the stack.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.problems import Path, Problem, path_text, shown

MAX_BYTES = 4_000_000
MAX_NODES = 200_000  # values in one document, aliases counted as often as they are used
MAX_DEPTH = 52

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: ten times faster
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_WORDS = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(slots=True)
class Parsed:
    """One YAML document: its value and the 1-based line of every path in it."""

    value: Any
    line: int
    lines: dict[Path, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been read yet."""

    value: Any
    path: Path
    anchor: str | None
    start: int  # nodes counted when it began
    key: str | None = None


class _Refused(Exception):
    def __init__(self, code: str, en: str, zh: str, line: int, path: Path = ()) -> None:
        super().__init__(en)
        self.code, self.en, self.zh, self.line, self.path = code, en, zh, line, path


def read_yaml(text: str, file: str | None = None) -> list[Parsed]:
    """Every document of a YAML text. Raises InvalidDocuments with the first fault (nothing after it is readable)."""
    try:
        return _read(text)
    except _Refused as fault:
        problem = Problem(fault.code, fault.en, fault.zh, file, fault.line, path_text(fault.path))
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
        said = getattr(fault, "problem", None) or "it cannot be read"
        problem = Problem(
            "malformed_yaml",
            f"This is not valid YAML: {said}.",
            f"YAML 格式有误：{said}。",
            file,
            mark.line + 1 if mark else 1,
        )
    raise InvalidDocuments([problem])


def plain_scalar(text: str) -> Any:
    """What an unquoted YAML scalar means: null, a boolean, a number or text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if len(text) < 40 and _FLOAT.match(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _read(text: str) -> list[Parsed]:
    for number, line in enumerate(text.split("\n"), 1):
        if "\x00" in line or any("\ud800" <= character <= "\udfff" for character in line):
            raise _Refused(
                "bad_character",
                "The line holds a NUL character or half a character.",
                "该行含有 NUL 字符或残缺的字符。",
                number,
            )
    if len(text.encode()) > MAX_BYTES:
        raise _Refused("too_large", f"The text is larger than {MAX_BYTES} bytes.", f"文本超过 {MAX_BYTES} 字节。", 1)
    documents: list[Parsed] = []
    builder: _Builder | None = None
    for event in yaml.parse(text, Loader=_Parser):
        if isinstance(event, yaml.DocumentStartEvent):
            builder = _Builder()
        elif isinstance(event, yaml.DocumentEndEvent):
            assert builder is not None
            documents.append(builder.parsed)
            builder = None
        elif builder is not None:
            builder.take(event)
    return documents


class _Builder:
    def __init__(self) -> None:
        self.parsed = Parsed(None, 1)
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self.stack.pop()
            if done.anchor:
                self.anchors[done.anchor] = (done.value, self.nodes - done.start + 1)
            return
        if isinstance(event, yaml.AliasEvent):
            value, size = self._alias(event, line)
        else:
            value, size = self._value(event, line), 1
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise _Refused(
                "too_large",
                f"The document holds more than {MAX_NODES} values.",
                f"文档中的值超过 {MAX_NODES} 个。",
                line,
            )
        self._place(event, value, line)

    def _value(self, event: yaml.Event, line: int) -> Any:
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise _Refused(
                "tag_refused", f"YAML tags are not allowed: {shown(tag)}", f"不允许使用 YAML 标签：{shown(tag)}", line
            )
        if isinstance(event, yaml.ScalarEvent):
            value = plain_scalar(event.value) if event.implicit[0] and tag is None else event.value
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
            return value
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused("too_deep", f"Nested deeper than {MAX_DEPTH} levels.", f"嵌套超过 {MAX_DEPTH} 层。", line)
        return {} if isinstance(event, yaml.MappingStartEvent) else []

    def _alias(self, event: yaml.AliasEvent, line: int) -> tuple[Any, int]:
        if event.anchor not in self.anchors:
            raise _Refused(
                "unknown_anchor",
                f"The alias *{shown(event.anchor)} has no finished anchor before it.",
                f"别名 *{shown(event.anchor)} 之前没有对应的锚点。",
                line,
            )
        return self.anchors[event.anchor]

    def _place(self, event: yaml.Event, value: Any, line: int) -> None:
        """Puts a value where it belongs: into the open mapping (as key or value), the open list, or the document."""
        path: Path = ()
        if not self.stack:
            self.parsed.value, self.parsed.line = value, line
        elif isinstance(self.stack[-1].value, list):
            open_ = self.stack[-1]
            path = (*open_.path, len(open_.value))
            open_.value.append(value)
        elif self.stack[-1].key is None:
            self._key(self.stack[-1], event, line)
            return
        else:
            open_ = self.stack[-1]
            assert open_.key is not None
            path = (*open_.path, open_.key)
            open_.value[open_.key], open_.key = value, None
        self.parsed.lines.setdefault(path, line)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self.stack.append(_Open(value, path, event.anchor, self.nodes))

    def _key(self, open_: _Open, event: yaml.Event, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused("bad_key", "A key has to be text.", "键必须是文本。", line, open_.path)
        key = str(event.value)
        path = (*open_.path, key)
        if key in open_.value:
            first = self.parsed.lines[path]
            raise _Refused(
                "duplicate_key",
                f"“{shown(key)}” is given twice (first on line {first}).",
                f"「{shown(key)}」重复出现（首次在第 {first} 行）。",
                line,
                path,
            )
        open_.key = key
        self.parsed.lines[path] = line
