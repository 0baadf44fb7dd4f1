"""A metadata document: kind, name and body, immutable, known by its content hash. Everything that shapes a tenant is
one: the builder edits them, the API serves them, files hold them. Folders of them are read and written by `folders`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.problems import Path, Problem, path_text, shown
from dougong_metadata.yaml_reading import MAX_BYTES, MAX_DEPTH, MAX_NODES, Parsed, read_yaml
from dougong_metadata.yaml_writing import write_yaml

MAX_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document was read from: the file (as given by the reader) and the line of every path."""

    file: str | None = None
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it; None when the document is not from a file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


@dataclass(frozen=True, eq=False)
class Document:
    """One document. `body` holds neither kind nor name and cannot be changed; `json()` gives a copy that can.

    Equal documents have equal kind, name and content, whatever file they came from. The order of keys is content:
    fields are shown in the order in which they are written (so a store must keep text, not jsonb).
    """

    kind: str
    name: str
    body: Mapping[str, Any]
    source: Source = Source()

    def __post_init__(self) -> None:
        fault = _json_fault(self.body)
        if fault:
            raise InvalidDocuments([_problem(self, *fault)])
        object.__setattr__(self, "body", _frozen(self.body))

    @cached_property
    def text(self) -> str:
        """The canonical JSON of the body: what is hashed and what the engine stores."""
        return json.dumps(_thawed(self.body), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @cached_property
    def hash(self) -> str:
        """sha256 of kind, name and canonical body, in hex."""
        return hashlib.sha256(f"{self.kind}/{self.name}\n{self.text}".encode()).hexdigest()

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name

    def json(self) -> dict[str, Any]:
        """A plain copy with kind and name in front: what the API serves and files hold."""
        return {"kind": self.kind, "name": self.name, **_thawed(self.body)}

    def yaml(self) -> str:
        """The document as a file's text; `read_documents` of it gives an equal document."""
        return write_yaml(self.json())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self.key == other.key and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.hash)

    @classmethod
    def of(cls, value: Any, source: Source | None = None) -> Document:
        """From a mapping with kind, name and the body's keys (what `json()` gives). Raises InvalidDocuments."""
        source = source or Source()
        if not isinstance(value, Mapping):
            raise InvalidDocuments(
                [
                    Problem(
                        "not_a_mapping",
                        "A document is a mapping with kind and name.",
                        "文档必须是带有 kind 和 name 的映射。",
                        source.file,
                        source.line(()),
                    )
                ]
            )
        missing = [key for key in ("kind", "name") if not isinstance(value.get(key), str) or not value[key]]
        if missing:
            raise InvalidDocuments(
                [
                    Problem(
                        "required",
                        f"The document has no {key}.",
                        f"文档缺少 {key}。",
                        source.file,
                        source.line((key,)),
                        key,
                    )
                    for key in missing
                ]
            )
        body = {key: item for key, item in value.items() if key not in ("kind", "name")}
        return cls(value["kind"], value["name"], body, source)

    @classmethod
    def stored(cls, kind: str, name: str, text: str) -> Document:
        """From what `text` gave: how the engine reads back what it stored."""
        return cls(kind, name, json.loads(text))


def read_documents(text: str, file: str | None = None) -> list[Document]:
    """The documents of a YAML (or JSON) text, several divided by `---`. Raises InvalidDocuments with every problem."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for parsed in read_yaml(text, file):
        if parsed.value is None and not parsed.lines.keys() - {()}:
            continue  # nothing between two dividers
        try:
            documents.append(_document(parsed, file))
        except InvalidDocuments as fault:
            problems.extend(fault.problems)
    if problems:
        raise InvalidDocuments(problems)
    return documents


def content_hash(documents: Iterable[Document]) -> str:
    """One hash over documents in any order; equal metadata has an equal hash."""
    lines = sorted(f"{document.kind}/{document.name} {document.hash}" for document in documents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _document(parsed: Parsed, file: str | None) -> Document:
    return Document.of(parsed.value, Source(file, MappingProxyType({(): parsed.line, **parsed.lines})))


def _problem(document: Document, path: Path, code: str, en: str, zh: str) -> Problem:
    return Problem(
        code, en, zh, document.source.file, document.source.line(path), path_text(path), document.kind, document.name
    )


def _json_fault(body: Any) -> tuple[Path, str, str, str] | None:
    """The first thing in `body` that is no storable JSON, or None. Iterative: depth is what it guards against."""
    if not isinstance(body, Mapping):
        return (), "not_a_mapping", "The body of a document is a mapping.", "文档内容必须是映射。"
    left: list[tuple[Path, Any]] = [((), body)]
    seen = size = 0
    while left:
        path, value = left.pop()
        seen += 1
        size += len(value) if isinstance(value, str) else 8
        if seen > MAX_NODES or size > MAX_BYTES:
            return path, "too_large", "The document is too large.", "文档过大。"
        if len(path) > MAX_DEPTH:
            return path[:5], "too_deep", f"Nested deeper than {MAX_DEPTH} levels.", f"嵌套超过 {MAX_DEPTH} 层。"
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) and _text_fits(key) for key in value):
                return path, "bad_key", "A key has to be text.", "键必须是文本。"
            left.extend(((*path, key), item) for key, item in value.items())
        elif isinstance(value, (list, tuple)):
            left.extend(((*path, index), item) for index, item in enumerate(value))
        elif not _scalar_fits(value):
            return path, "bad_value", f"This value cannot be kept: {shown(value)}", f"无法保存该值：{shown(value)}"
    return None


def _scalar_fits(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return _text_fits(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value < MAX_INTEGER
    return isinstance(value, float) and value == value and abs(value) != float("inf")


def _text_fits(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item) for item in value)
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    return value
