"""Folders of documents: layout, export and what is in the wrong place."""

from __future__ import annotations

from pathlib import Path

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.folders import read_folder, write_folder

BOOK = Document("object", "book", {"name_field": "title", "fields": {"title": {"type": "text"}}})
ALL = Document("list_view", "all_books", {"object": "book", "columns": ["title"]})


def test_what_is_exported_is_read_back(tmp_path: Path) -> None:
    assert write_folder(tmp_path, [BOOK, ALL]) == ["objects/book.yaml", "list_views/all_books.yaml"]
    (tmp_path / "pack.yaml").write_text("name: x")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "rows.yaml").write_text("- 1")
    assert sorted(read_folder(tmp_path), key=lambda d: d.kind) == [ALL, BOOK]


def test_every_misplaced_file_is_told_at_once(tmp_path: Path) -> None:
    write_folder(tmp_path, [BOOK])
    (tmp_path / "objcts").mkdir()
    (tmp_path / "objcts" / "shelf.yaml").write_text("kind: object\nname: shelf\n")
    (tmp_path / "objects" / "author.yaml").write_text("kind: picklist\nname: genre\n")
    (tmp_path / "objects" / "bad.yaml").write_bytes(b"kind: object\nname: \xff\n")
    (tmp_path / "objects" / "two.yaml").write_text("kind: object\nname: two\n---\nkind: object\nname: three\n")
    (tmp_path / "objects" / "huge.yaml").write_text("# " + "x" * 5_000_000)
    with pytest.raises(InvalidDocuments) as caught:
        read_folder(tmp_path)
    said = [str(problem) for problem in caught.value.problems]
    assert said == [
        "objcts/shelf.yaml:1 — “objcts” is not a folder of documents; did you mean “objects”?",
        "objects/author.yaml:1 kind — A document of kind picklist does not belong in objects/.",
        "objects/author.yaml:2 name — The file is called author but its document genre.",
        "objects/bad.yaml:2 — The file is not UTF-8 text.",
        "objects/huge.yaml — The file is larger than 4000000 bytes.",
        "objects/two.yaml:1 — A file holds one document; this one holds 2.",
    ]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocuments) as caught:
        read_folder(tmp_path / "nowhere")
    assert "There is no folder" in caught.value.problems[0].en
