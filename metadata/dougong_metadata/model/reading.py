"""Documents as the compiler takes them in: loaded by their kind's schema, each known once, names allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.keys import NAME, made
from dougong_metadata.kinds import Kind, registered
from dougong_metadata.kinds.schema_problems import load_body
from dougong_metadata.problems import Problems, shown
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

MAX_DOCUMENTS = 10_000
RESERVED_OBJECTS = frozenset({*SYSTEM_OBJECTS, "team_member", "user_permission_set"})
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document with its kind and its loaded body (what was right of it)."""

    document: Document
    kind: Kind
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.document.name


def load_documents(documents: Iterable[Document], problems: Problems, *, system: bool = False) -> list[Loaded]:
    """Loads every document; records problems of kinds, names, repetitions and schemas."""
    loaded: list[Loaded] = []
    seen: dict[tuple[str, str], Document] = {}
    kinds = registered()
    for document in documents:
        if document.kind not in kinds:
            problems.unknown(document, ("kind",), document.kind, "a kind of document", "文档类型", kinds)
            continue
        first = seen.setdefault(document.key, document)
        if first is not document:
            where = f" ({first.source.file})" if first.source.file else ""
            problems.add(
                document,
                ("name",),
                "given_twice",
                f"Another {document.kind} is called “{shown(document.name)}” already{where}.",
                f"已有名为「{shown(document.name)}」的 {document.kind}{where}。",
            )
            continue
        if len(seen) > MAX_DOCUMENTS:
            problems.add(
                document, (), "too_many", f"More than {MAX_DOCUMENTS} documents.", f"文档超过 {MAX_DOCUMENTS} 个。"
            )
            break
        if not system:
            _check_name(document, problems)
        kind = kinds[document.kind]
        body = load_body(made(kind.schema), document, problems)
        kind.check(document, body, problems)
        loaded.append(Loaded(document, kind, body))
    return loaded


def _check_name(document: Document, problems: Problems) -> None:
    name = document.name
    if not NAME.match(name) or name.endswith("_"):
        problems.add(
            document,
            ("name",),
            "bad_name",
            f"“{shown(name)}” is not a name: lower-case letters, digits and _ after "
            "a first letter, at most 40, no _ at the end.",
            f"「{shown(name)}」不是合法名称：以小写字母开头，只含小写字母、数字和下划线，"
            "最多 40 个字符，且不以下划线结尾。",
        )
    reserved = (
        RESERVED_OBJECTS if document.kind == "object" else {ADMINISTRATOR} if document.kind == "permission_set" else ()
    )
    if name in reserved:
        problems.add(
            document,
            ("name",),
            "reserved_name",
            f"“{name}” is built in; choose another name.",
            f"「{name}」是内置名称，请换一个。",
        )
