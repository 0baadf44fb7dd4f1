"""Files and the records they belong to: upload, list, open, remove. Called by the API and by pages.

A file starts loose, seen by who uploaded it alone; writing its id into a file field of a record attaches it there
(the write path does that), as does an upload at a record. From then on who sees the record (and the field) sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dougong_platform.errors import Conflict, FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.files import thumbnails
from dougong_platform.files.recognise import media_type
from dougong_platform.files.store import THUMBNAIL, FileStore, Received
from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.query.single import uuid_text
from dougong_tenants import new_id

_NAMES = (
    "id",
    "name",
    "media_type",
    "size",
    "width",
    "height",
    "thumbnail",
    "field",
    "created_at",
    "created_by",
    "created_by.name",
)
_SHOWN = (
    "select f.id, f.name, f.media_type, f.size, f.width, f.height, f.thumbnail, f.field, f.created_at,"
    ' f.created_by, u.name from _file f left join "user" u on u.id = f.created_by'
)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that the caller may have: where it is and how to serve it."""

    path: Path
    name: str
    media_type: str
    sha256: str


def upload(
    caller: Caller, store: FileStore, stream: IO[bytes], name: str | None, limit: int, at: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Take a file in; `at` is (object, record) to attach it to. {id, name, media_type, size, width, height, …}.

    Raises TooLarge, RecordsInvalid (empty, or not a kind that may be kept), NotFound, NotAllowed, Unavailable. The row
    is written last: a crash before leaves at most a file that the sweep removes.
    """
    if at is not None:
        _may_attach(caller, *at)
    id, schema, shown = new_id(), caller.tenant.schema, safe_name(name)
    received = store.receive(schema, id, stream, limit)
    try:
        kind = _kind(caller, received, shown)
        store.keep(schema, id, received)
        drawn = (
            thumbnails.draw(store.path(schema, id), store.path(schema, id, THUMBNAIL))
            if kind in thumbnails.IMAGES
            else None
        )
        if kind in thumbnails.IMAGES and drawn is None:
            raise _refused(caller, "broken_image", "This image is damaged.", "图片已损坏。")
        object, record = at or (None, None)
        width, height, small = drawn or (None, None, False)
        values = [id, object, record, shown, kind, received.size, received.sha256, width, height, small, caller.user]
        with caller.database.transaction(caller.tenant) as tx:
            caller.verify(tx.entry)
            tx.execute(
                "insert into _file (id, object, record, name, media_type, size, sha256, width, height,"
                " thumbnail, created_by) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                values,
            )
            return dict(zip(_NAMES, tx.rows(f"{_SHOWN} where f.id = %s", [id])[0], strict=True))
    except BaseException:
        received.drop()
        store.remove(schema, id)
        raise


def list_files(caller: Caller, object: str, record: str) -> list[dict[str, Any]]:
    """The files attached to a record as a whole, newest first. Raises NotFound."""
    get(caller, object, record, ["id"])
    entry, rows = caller.database.read(
        caller.tenant,
        f"{_SHOWN} where f.record = %(record)s::uuid and f.object = %(object)s and f.field is null"
        f" order by f.id desc limit {MOST_LISTED}",
        {"record": record, "object": object},
    )
    caller.verify(entry)
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]


def describe(caller: Caller, ids: list[str]) -> dict[str, dict[str, Any]]:
    """What is known of files by id, for values of file fields of a record that was already read."""
    wanted = [id for id in map(uuid_text, ids) if id]
    entry, rows = caller.database.read(
        caller.tenant, f"{_SHOWN} where f.id = any(%(ids)s::uuid[])", {"ids": "{" + ",".join(wanted) + "}"}
    )
    caller.verify(entry)
    return {row[0]: dict(zip(_NAMES, row, strict=True)) for row in rows}


def open_file(caller: Caller, store: FileStore, id: str, *, thumbnail: bool = False) -> Opened:
    """Raises NotFound for what is not there, was lost, or is not for this caller."""
    row = row_of(caller, id)
    _may_see(caller, row)
    return opened(caller, store, row, thumbnail=thumbnail)


def opened(caller: Caller, store: FileStore, row: Mapping[str, Any], *, thumbnail: bool = False) -> Opened:
    """A file (of `row_of`) that whoever asks is known to see. Raises NotFound where it was lost."""
    if thumbnail and not row["thumbnail"]:
        raise NotFound
    path = store.path(caller.tenant.schema, row["id"], THUMBNAIL if thumbnail else "")
    if not path.is_file():
        raise NotFound
    return Opened(path, row["name"], "image/webp" if thumbnail else row["media_type"], row["sha256"])


def remove(caller: Caller, store: FileStore, id: str) -> None:
    """Remove a file that is loose or attached to a record as a whole: one's own, or any as administrator.

    Raises NotFound, NotAllowed, and Conflict for a file that a field holds (change the record instead).
    """
    row = row_of(caller, id)
    _may_see(caller, row)
    if row["field"] is not None:
        raise Conflict
    if row["created_by"] != caller.user and not caller.rights.is_admin:
        raise NotAllowed
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        gone = tx.rows("delete from _file where id = %s and field is null returning id", [row["id"]])
    if gone:
        store.remove(caller.tenant.schema, row["id"])


def safe_name(name: str | None) -> str:
    """A name for people: no path, no control or direction characters, at most 200 characters with its extension."""
    text = unicodedata.normalize("NFC", (name or "").encode("utf-8", "replace").decode().replace("\\", "/"))
    text = _UNSAFE.sub("_", text.rpartition("/")[2]).strip(" .") or "file"
    if len(text) > 200:
        stem, dot, ending = text.rpartition(".")
        text = stem[: 199 - len(ending)] + dot + ending if dot and len(ending) <= 20 else text[:200]
    return text


def _kind(caller: Caller, received: Received, name: str) -> str:
    if received.size == 0:
        raise _refused(caller, "empty_file", "The file is empty.", "文件为空。")
    kind = media_type(received.head, name)
    if kind is None:
        raise _refused(
            caller,
            "file_not_accepted",
            "Programs, and files that are not what their name says, are refused.",
            "不接受程序文件，也不接受内容与扩展名不符的文件。",
        )
    return kind


def _refused(caller: Caller, code: str, en: str, zh: str) -> RecordsInvalid:
    return RecordsInvalid([FieldError("file", code, zh if caller.locale.startswith("zh") else en)])


def _may_attach(caller: Caller, object: str, record: str) -> None:
    """An attachment is a change of the record."""
    get(caller, object, record, ["id"])
    if "update" not in allowed_actions(caller, object, record):
        raise NotAllowed


def row_of(caller: Caller, id: str) -> dict[str, Any]:
    """What is known of a file, whoever may see it. Raises NotFound."""
    known = uuid_text(id)
    if known is None:
        raise NotFound
    names = ("id", "object", "record", "field", "name", "media_type", "thumbnail", "created_by", "sha256")
    entry, rows = caller.database.read(
        caller.tenant,
        "select id, object, record, field, name, media_type, thumbnail, created_by,"
        " encode(sha256, 'hex') from _file where id = %(id)s::uuid",
        {"id": known},
    )
    caller.verify(entry)
    if not rows:
        raise NotFound
    return dict(zip(names, rows[0], strict=True))


def _may_see(caller: Caller, row: dict[str, Any]) -> None:
    if row["record"] is None:
        if row["created_by"] != caller.user:
            raise NotFound
        return
    object, field = row["object"], row["field"]
    if object not in caller.model.objects:
        raise NotFound
    if field is None:
        get(caller, object, row["record"], ["id"])
        return
    if caller.rights.field(object, field) == "none":
        raise NotFound
    if row["id"] not in (get(caller, object, row["record"], [field])[field] or ()):
        raise NotFound
