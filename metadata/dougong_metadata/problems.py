"""What is wrong with a document: where, in both languages, and the nearest right name. Collected by every check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from dougong_metadata.errors import UnknownName

if TYPE_CHECKING:
    from dougong_metadata.documents import Document

Path = tuple[str | int, ...]
NEAR = 60  # similarity (0..100) below which a name is no suggestion
SHOWN = 60  # characters of a wrong value that a message repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one document. `line` is 1-based, `path` reads "fields.title.max_length".

    `position` and `length` are characters of the expression at `path`, where one is at fault.
    """

    code: str
    en: str
    zh: str
    file: str | None = None
    line: int | None = None
    path: str = ""
    kind: str = ""
    name: str = ""
    hint: str | None = None
    position: int | None = None
    length: int = 0

    def message(self, locale: str) -> str:
        """The sentence for a person who reads `locale`."""
        return self.zh if locale.startswith("zh") else self.en

    def __str__(self) -> str:
        place = self.file or (f"{self.kind}/{self.name}" if self.kind else "")
        if self.line is not None:
            place += f":{self.line}"
        return " ".join(part for part in (place, self.path, "" if not place else "—", self.en) if part)


def path_text(path: Sequence[str | int]) -> str:
    """A path as people read it: "sections[0].fields[2]"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, or None when nothing comes near."""
    pool = [candidate for candidate in candidates if candidate != name]
    found = process.extractOne(
        name[:100].casefold(), pool, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=NEAR
    )
    return found[0] if found else None


def shown(value: object) -> str:
    """A wrong value, short enough for a message and safe to print."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "replace").decode().replace("\x00", "␀")
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def unknown_sentences(name: str, what_en: str, what_zh: str, hint: str | None) -> tuple[str, str]:
    """“bok” is not an object; did you mean “book”? — in both languages."""
    en = f"“{shown(name)}” is not {what_en}" + (f"; did you mean “{hint}”?" if hint else ".")
    zh = f"没有名为「{shown(name)}」的{what_zh}" + (f"；是不是「{hint}」？" if hint else "。")
    return en, zh


def unknown(name: str, what_en: str, what_zh: str, candidates: Iterable[str]) -> UnknownName:
    """The error for a name that does not exist, with the nearest right one. `what_en` carries its article."""
    return UnknownName(name=shown(name), what_en=what_en, what_zh=what_zh, hint=nearest(name, candidates))


class Problems:
    """Collects problems while documents are checked, so that people see all of them at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(
        self,
        document: Document,
        path: Path,
        code: str,
        en: str,
        zh: str,
        *,
        hint: str | None = None,
        line: int | None = None,
        position: int | None = None,
        length: int = 0,
    ) -> None:
        """Records a problem at `path` of `document`."""
        self.found.append(
            Problem(
                code,
                en,
                zh,
                document.source.file,
                line or document.source.line(path),
                path_text(path),
                document.kind,
                document.name,
                hint,
                position,
                length,
            )
        )

    def unknown(
        self, document: Document, path: Path, name: object, what_en: str, what_zh: str, candidates: Iterable[str]
    ) -> None:
        """Records a name that does not exist, with the nearest of `candidates`."""
        hint = nearest(str(name), candidates)
        self.add(document, path, "unknown_name", *unknown_sentences(str(name), what_en, what_zh, hint), hint=hint)

    def sorted(self) -> list[Problem]:
        """By file and line, each once."""
        return sorted(
            dict.fromkeys(self.found), key=lambda p: (p.file or "", p.line or 0, p.kind, p.name, p.path, p.code)
        )
