"""Folders of documents (`objects/book.yaml`, `list_views/all.yaml`): read by publish and packs, written by export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.kinds import by_folder, kind_named
from dougong_metadata.problems import Problem, nearest, unknown_sentences
from dougong_metadata.yaml_reading import MAX_BYTES

SUFFIXES = (".yaml", ".yml")
IGNORED = frozenset({"demo"})  # a pack's demo data is no metadata
MAX_FILES = 5_000


def document_path(document: Document) -> str:
    """Where a document lies in a folder: "objects/book.yaml"."""
    return f"{kind_named(document.kind).folder}/{document.name}.yaml"


def read_folder(folder: Path) -> list[Document]:
    """Every document under `folder`, in the order of their paths. Raises InvalidDocuments with every problem found.

    Files directly in the folder (pack.yaml, README) and hidden ones are left alone.
    """
    if not folder.is_dir():
        raise InvalidDocuments(
            [Problem("no_folder", f"There is no folder {folder}.", f"没有文件夹 {folder}。", str(folder))]
        )
    documents: list[Document] = []
    problems: list[Problem] = []
    files = sorted(path for path in folder.glob("*/*") if path.suffix in SUFFIXES and not _hidden(path, folder))
    if len(files) > MAX_FILES:
        raise InvalidDocuments(
            [Problem("too_large", f"More than {MAX_FILES} files.", f"文件超过 {MAX_FILES} 个。", str(folder))]
        )
    for path in files:
        try:
            documents.append(_read_file(path, path.relative_to(folder).as_posix()))
        except InvalidDocuments as fault:
            problems.extend(fault.problems)
    if problems:
        raise InvalidDocuments(problems)
    return documents


def write_folder(folder: Path, documents: Iterable[Document]) -> list[str]:
    """Writes each document to its path under `folder`; returns the paths. Other files are left alone."""
    paths = []
    for document in documents:
        relative = document_path(document)
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.yaml(), encoding="utf-8")
        paths.append(relative)
    return paths


def read_text_file(path: Path, shown: str) -> str:
    """A metadata file's text. Raises InvalidDocuments where it is unreadable, too large or not UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidDocuments(
                [
                    Problem(
                        "too_large",
                        f"The file is larger than {MAX_BYTES} bytes.",
                        f"文件超过 {MAX_BYTES} 字节。",
                        shown,
                    )
                ]
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise InvalidDocuments(
            [Problem("not_utf8", "The file is not UTF-8 text.", "文件不是 UTF-8 文本。", shown, line)]
        ) from fault
    except OSError as fault:
        raise InvalidDocuments(
            [
                Problem(
                    "unreadable",
                    f"The file cannot be read: {fault.strerror}.",
                    f"无法读取文件：{fault.strerror}。",
                    shown,
                )
            ]
        ) from fault


def _hidden(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return parts[0] in IGNORED or any(part.startswith((".", "_")) for part in parts)


def _read_file(path: Path, relative: str) -> Document:
    documents = read_documents(read_text_file(path, relative), relative)
    if len(documents) != 1:
        raise InvalidDocuments(
            [
                Problem(
                    "one_document",
                    f"A file holds one document; this one holds {len(documents)}.",
                    f"一个文件只放一个文档，此文件有 {len(documents)} 个。",
                    relative,
                    1,
                )
            ]
        )
    document = documents[0]
    problems = _misplaced(document, path, relative)
    if problems:
        raise InvalidDocuments(problems)
    return document


def _misplaced(document: Document, path: Path, relative: str) -> list[Problem]:
    folders = by_folder()
    kind = folders.get(path.parent.name)
    line = document.source.line
    if kind is None:
        hint = nearest(path.parent.name, folders)
        en, zh = unknown_sentences(path.parent.name, "a folder of documents", "文档文件夹", hint)
        return [Problem("unknown_name", en, zh, relative, 1, hint=hint)]
    problems = []
    if kind.name != document.kind:
        problems.append(
            Problem(
                "wrong_folder",
                f"A document of kind {document.kind} does not belong in {path.parent.name}/.",
                f"{document.kind} 类型的文档不应放在 {path.parent.name}/。",
                relative,
                line(("kind",)),
                "kind",
            )
        )
    if document.name != path.stem:
        problems.append(
            Problem(
                "wrong_name",
                f"The file is called {path.stem} but its document {document.name}.",
                f"文件名为 {path.stem}，文档名却是 {document.name}。",
                relative,
                line(("name",)),
                "name",
            )
        )
    return problems
