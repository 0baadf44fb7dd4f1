"""Whether every file has its bytes, every attached one its record, and every bytes on disk a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from dougong_platform.files.store import THUMBNAIL
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import EXAMPLES, Snapshot

_DAY = 86_400  # seconds; younger bytes may be an upload that is still to get its row


def files(snapshot: Snapshot) -> Iterator[Finding]:
    """Bytes by their hash, then the two directions between rows and disk, then between files and records."""
    yield from _bytes(snapshot)
    yield from _orphans(snapshot)
    yield from _attached(snapshot)


def _bytes(snapshot: Snapshot) -> Iterator[Finding]:
    wrong: dict[str, list[str]] = {}
    for id, size, sha256, thumbnail in snapshot.stream(
        "select id, size, encode(sha256, 'hex'), thumbnail from _file order by id"
    ):
        path = snapshot.store.path(snapshot.tenant.schema, id)
        if not path.is_file():
            wrong.setdefault("missing", []).append(id)
        elif path.stat().st_size != size or _digest(path) != sha256:
            wrong.setdefault("changed", []).append(id)
        elif thumbnail and not snapshot.store.path(snapshot.tenant.schema, id, THUMBNAIL).is_file():
            wrong.setdefault("thumbnail", []).append(id)
    for kind, en, zh in (
        ("missing", "have lost their bytes", "磁盘内容缺失"),
        ("changed", "have other bytes than were uploaded", "磁盘内容与上传时不同"),
        ("thumbnail", "have lost their thumbnail", "缩略图缺失"),
    ):
        if kind in wrong:
            yield finding("files", en, zh, len(wrong[kind]), *wrong[kind][:EXAMPLES])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _orphans(snapshot: Snapshot) -> Iterator[Finding]:
    on_disk = sorted(set(snapshot.store.older_than(snapshot.tenant.schema, _DAY)))
    known = {id for (id,) in snapshot.rows("select id from _file")} if on_disk else set()
    lost = [id for id in on_disk if id not in known]
    if lost:
        yield finding(
            "disk", "has bytes of files that do not exist", "磁盘上有无主的文件内容", len(lost), *lost[:EXAMPLES]
        )
    yield from snapshot.count(
        "files",
        "belong to no record for more than two days",
        "超过两天仍不属于任何记录",
        "select id as example from _file where record is null and created_at < now() - interval '2 days'",
    )


def _attached(snapshot: Snapshot) -> Iterator[Finding]:
    for object in snapshot.own_objects:
        table = snapshot.table(object.name)
        yield from snapshot.count(
            object.name,
            "has files of records that do not exist",
            "文件所属的记录不存在",
            "select f.id as example from _file f where f.object = %(object)s and f.record is not null"
            f" and not exists (select from {table} t where t.id = f.record)",
            {"object": object.name},
        )
        for field in object.own_fields:
            if field.type.pg_type == "uuid[]":
                yield from snapshot.count(
                    f"{object.name}.{field.name}",
                    "names files that do not exist or belong elsewhere",
                    "引用了不存在或属于他处的文件",
                    f"select t.id as example from {table} t where exists"
                    f" (select from unnest({snapshot.column(field)}) x where not exists"
                    " (select from _file f where f.id = x and f.record = t.id))",
                )
