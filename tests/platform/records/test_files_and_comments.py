"""Files and comments over the functions that the endpoints call."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dougong_platform import comments, records
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid, TooLarge
from dougong_platform.files import attachment
from dougong_platform.files.api import disposition
from dougong_platform.files.handlers import sweep
from dougong_platform.files.recognise import media_type
from dougong_platform.files.store import FileStore

LIMIT = 100_000


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def picture(width: int = 900, height: int = 600) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def upload(library: Any, store: FileStore, data: bytes = b"hello", name: str = "a.txt", **more: Any) -> dict[str, Any]:
    return attachment.upload(more.pop("caller", library.admin), store, io.BytesIO(data), name, LIMIT, **more)


def book(library: Any, **values: Any) -> str:
    return str(records.create(library.admin, "book", [{"title": "x", **values}]).records[0].id)


def test_a_loose_file_is_its_uploaders_alone_until_a_record_takes_it(library: Any, store: FileStore) -> None:
    file = upload(library, store, picture(), "Deckel 书.png")
    assert (file["media_type"], file["width"], file["height"], file["thumbnail"]) == ("image/png", 900, 600, True)
    with pytest.raises(NotFound):
        attachment.open_file(library.reader, store, file["id"])
    with pytest.raises(RecordsInvalid):
        records.create(library.reader, "book", [{"title": "x", "cover": [file["id"]]}])
    id = book(library, cover=[file["id"]])
    assert attachment.open_file(library.reader, store, file["id"]).path.read_bytes() == picture()
    small = attachment.open_file(library.reader, store, file["id"], thumbnail=True)
    with Image.open(small.path) as image:
        assert image.size == (480, 320)
    with pytest.raises(RecordsInvalid):
        book(library, cover=[file["id"]])  # it is the first book's
    records.update(library.admin, "book", [{"id": id, "cover": None}])
    with pytest.raises(NotFound):
        attachment.open_file(library.admin, store, file["id"])
    records.update(library.admin, "book", [{"id": id, "cover": [file["id"]]}])


def test_fields_take_the_kinds_and_sizes_they_allow(library: Any, store: FileStore) -> None:
    def codes(*files: dict[str, Any]) -> set[str]:
        with pytest.raises(RecordsInvalid) as refused:
            book(library, papers=[f["id"] for f in files])
        return {e.code for e in refused.value.errors}

    book(library, papers=[upload(library, store)["id"], upload(library, store, b"%PDF-1.4", "b.pdf")["id"]])
    assert codes(upload(library, store, picture(), "c.png")) == {"file_not_accepted", "file_too_large"}
    assert codes({"id": library.ann}) == {"file_not_found"}


def test_files_of_a_record_follow_its_access(library: Any, store: FileStore) -> None:
    loan = records.create(library.admin, "loan", [{"label": "l"}]).records[0].id
    file = upload(library, store, at=("loan", loan))
    assert [f["id"] for f in attachment.list_files(library.admin, "loan", loan)] == [file["id"]]
    for call in (
        lambda: attachment.open_file(library.reader, store, file["id"]),
        lambda: attachment.list_files(library.reader, "loan", loan),
        lambda: upload(library, store, caller=library.reader, at=("loan", loan)),
    ):
        with pytest.raises(NotFound):
            call()
    attachment.remove(library.admin, store, file["id"])
    with pytest.raises(NotFound):
        attachment.open_file(library.admin, store, file["id"])


@pytest.mark.parametrize(
    ("data", "name", "fault"),
    [
        (b"", "a.txt", RecordsInvalid),
        (b"MZ\x90", "a.txt", RecordsInvalid),
        (b"#!/bin/sh", "a", RecordsInvalid),
        (b"<html>", "a.png", RecordsInvalid),
        (b"\x89PNG\r\n\x1a\nbroken", "a.png", RecordsInvalid),
        (b"x" * (LIMIT + 1), "a.txt", TooLarge),
    ],
)
def test_a_refused_upload_leaves_nothing(
    library: Any, store: FileStore, tmp_path: Path, data: bytes, name: str, fault: type[Exception]
) -> None:
    before = library.rows("select count(*) from _file")
    with pytest.raises(fault):
        upload(library, store, data, name)
    assert library.rows("select count(*) from _file") == before
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_an_image_too_large_to_unpack_gets_no_thumbnail(library: Any, store: FileStore) -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    file = upload(library, store, out.getvalue(), "bomb.png")
    assert (file["width"], file["thumbnail"]) == (10_000, False)


def test_kinds_come_from_the_bytes(library: Any) -> None:
    assert media_type(b"<script>", "a.html") == "text/plain"
    assert media_type("价格".encode("gb18030"), "a.csv") == "text/csv"
    assert media_type(b"PK\x03\x04", "a.xlsx").endswith("sheet")  # type: ignore[union-attr]  # a refusal would fail here too
    assert media_type(b"\x00\x01", "a.bin") == "application/octet-stream"
    assert media_type(b"PK\x03\x04", "a.pdf") is None


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.html',
        "a\r\nSet-Cookie: x",
        "../../etc/passwd",
        "价格表.pdf",
        "\ud800",
        "x" * 500 + ".pdf",
        "",
        "CON",
        "a\u202egpj.exe",
    ],
)
def test_no_name_breaks_out_of_a_header_or_a_folder(name: str) -> None:
    safe = attachment.safe_name(name)
    assert 0 < len(safe) <= 200
    assert not set(safe) & set('/\\\r\n"\u202e\0')
    header = disposition(safe, inline=False)
    assert header.isascii()
    assert header.count('"') == 2


def test_the_sweep_removes_what_nobody_needs(library: Any, store: FileStore, tmp_path: Path) -> None:
    loose = upload(library, store)
    kept = upload(library, store, at=("book", book(library)))
    lost = store.path(library.tenant.schema, "01a20000-0000-7000-8000-000000000000")
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"left by a crash")
    assert sweep(library.database, library.tenant, store) == 0
    sweep(library.database, library.tenant, store, age=-1)
    assert not lost.exists()
    with pytest.raises(NotFound):
        attachment.open_file(library.admin, store, loose["id"])
    assert attachment.open_file(library.admin, store, kept["id"]).path.exists()


def test_comments_are_their_authors_to_change(library: Any) -> None:
    id = book(library)
    said = comments.add(library.reader, "book", id, "  Good, @ann! ")
    assert (said["text"], said["author.name"]) == ("Good, @ann!", "bob")
    comments.add(library.admin, "book", id, "Thanks")
    with pytest.raises(NotAllowed):
        comments.edit(library.admin, "book", id, said["id"], "mine now")
    assert comments.edit(library.reader, "book", id, said["id"], "Better")["edited"]
    assert [c["text"] for c in comments.list_comments(library.admin, "book", id)] == ["Thanks", "Better"]
    comments.remove(library.reader, "book", id, said["id"])
    for text in ("", " ", None, 5, "x" * 10_001, "\ud800", "\0"):
        with pytest.raises(RecordsInvalid):
            comments.add(library.admin, "book", id, text)
    loan = records.create(library.admin, "loan", [{"label": "l"}]).records[0].id
    with pytest.raises(NotFound):
        comments.add(library.reader, "loan", loan, "x")
    with pytest.raises(NotFound):
        comments.remove(library.admin, "book", id, "nonsense")
