"""Files that stand with a decision or a comment: bound to the approval, fetched by everybody who sees it.

A file is uploaded like any other; it stays loose, seen by who uploaded it alone, until something is said with it.
Called by those who decide and comment, inside their transaction, and by the progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction

BINDING = "_approval"  # stands in place of an object's name
MOST = 20  # files of one decision or comment
_BIND = """
update _file set object = %(object)s, record = %(approval)s::uuid
 where id = any(%(ids)s::uuid[]) and record is null and created_by = %(user)s::uuid returning id
"""
_OF = """
select id, name, media_type, size, thumbnail from _file
 where record = %(approval)s::uuid and object = %(object)s order by id
"""


@dataclass(frozen=True, slots=True)
class FileShown:
    """`size` in bytes; `thumbnail`: whether there is a small picture of it."""

    id: str
    name: str
    media_type: str
    size: int
    thumbnail: bool


def files_of(tx: TenantTransaction, approval: str) -> dict[str, FileShown]:
    """The files that were bound to an approval, by id."""
    return {row[0]: FileShown(*row) for row in tx.rows(_OF, {"approval": approval, "object": BINDING})}


def bind(tx: TenantTransaction, caller: Caller, approval: str, ids: Sequence[str]) -> list[str]:
    """Let everybody who sees the approval have these files, which the caller uploaded and which stand nowhere yet.
    Raises RecordsInvalid for any other."""
    wanted = list(dict.fromkeys(uuid_text(id) or "" for id in ids))
    if not wanted:
        return []
    chinese = caller.locale.startswith("zh")
    if len(wanted) > MOST:
        said = f"一次最多 {MOST} 个文件。" if chinese else f"At most {MOST} files at once."
        raise RecordsInvalid([FieldError("files", "too_many", said)])
    values = {"object": BINDING, "approval": approval, "ids": array_text(list(filter(None, wanted)))}
    bound = {row[0] for row in tx.rows(_BIND, values | {"user": caller.user})}
    if bound != set(wanted):
        said = (
            "有文件不存在或已用于别处，请重新上传。"
            if chinese
            else "A file is not there, or stands elsewhere already: upload it anew."
        )
        raise RecordsInvalid([FieldError("files", "no_file", said)])
    return wanted
