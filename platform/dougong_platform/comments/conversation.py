"""Comments on records: list, add, and change or remove one's own. Mentions stay in the text as @name, and those
whom they name are told.

Called by the API and the record page.
"""

from __future__ import annotations

from typing import Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean_text
from dougong_platform.comments.mentions import tell_mentioned
from dougong_platform.errors import FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.query import get
from dougong_platform.query.single import uuid_text
from dougong_tenants import TenantTransaction, new_id

LONGEST = 10_000  # characters
MOST = 200  # per page
_SHOWN = 'select c.id, c.author, u.name, c.at, c.edited, c.text from _comment c left join "user" u on u.id = c.author'
_NAMES = ("id", "author", "author.name", "at", "edited", "text")


def list_comments(
    caller: Caller, object: str, record: str, *, limit: int = 50, before: str | None = None
) -> list[dict[str, Any]]:
    """{id, author, author.name, at, edited, text}, newest first; `before` is the id of the page's last one.

    Raises NotFound where the caller may not see the record.
    """
    get(caller, object, record, ["id"])
    entry, rows = caller.database.read(
        caller.tenant,
        f"{_SHOWN} where c.record = %(record)s::uuid and c.object = %(object)s"
        " and (%(before)s::uuid is null or c.id < %(before)s::uuid) order by c.id desc limit %(limit)s",
        {
            "record": record,
            "object": object,
            "before": uuid_text(before) if before else None,
            "limit": max(1, min(limit, MOST)),
        },
    )
    caller.verify(entry)
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]


def add(caller: Caller, object: str, record: str, text: Any) -> dict[str, Any]:
    """Say something; the comment as `list_comments` shows it. Raises NotFound, RecordsInvalid (blank, too long)."""
    said = _checked(caller, text)
    get(caller, object, record, ["id"])
    id = new_id()
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        tx.execute(
            "insert into _comment (id, object, record, author, text) values (%s, %s, %s, %s, %s)",
            [id, object, record, caller.user, said],
        )
        comment, told = _shown(tx, caller, object, record, str(id))
    if told:
        ring(caller.tenant.name)
    return comment


def edit(caller: Caller, object: str, record: str, comment: str, text: Any) -> dict[str, Any]:
    """Change one's own comment. Raises NotFound, NotAllowed, RecordsInvalid."""
    said = _checked(caller, text)
    get(caller, object, record, ["id"])
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        if _author(tx, object, record, comment) != caller.user:
            raise NotAllowed
        tx.execute("update _comment set text = %s, edited = now() where id = %s", [said, comment])
        changed, told = _shown(tx, caller, object, record, comment)
    if told:
        ring(caller.tenant.name)
    return changed


def remove(caller: Caller, object: str, record: str, comment: str) -> None:
    """Take back one's own comment; administrators may remove any. Raises NotFound, NotAllowed."""
    get(caller, object, record, ["id"])
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        if _author(tx, object, record, comment) != caller.user and not caller.rights.is_admin:
            raise NotAllowed
        tx.execute("delete from _comment where id = %s", [comment])


def _shown(
    tx: TenantTransaction, caller: Caller, object: str, record: str, comment: str
) -> tuple[dict[str, Any], list[str]]:
    """The comment as `list_comments` shows it, and the notifications of those whom it names."""
    shown = dict(zip(_NAMES, tx.rows(f"{_SHOWN} where c.id = %s", [comment])[0], strict=True))
    told = tell_mentioned(tx, caller, object, record, str(shown["id"]), shown["author.name"] or "", shown["text"])
    return shown, told


def _author(tx: Any, object: str, record: str, comment: str) -> str:
    id = uuid_text(comment)
    rows = (
        tx.rows(
            "select author from _comment where id = %s::uuid and record = %s::uuid and object = %s for update",
            [id, record, object],
        )
        if id
        else []
    )
    if not rows:
        raise NotFound
    return str(rows[0][0])


def _checked(caller: Caller, text: Any) -> str:
    chinese = caller.locale.startswith("zh")
    try:
        said = clean_text(text).strip() if isinstance(text, str) else ""
    except FieldValueError:
        raise RecordsInvalid(
            [
                FieldError(
                    "text",
                    "bad_character",
                    "评论含有无法存储的字符。" if chinese else "The comment holds characters that cannot be stored.",
                )
            ]
        ) from None
    if not said:
        raise RecordsInvalid([FieldError("text", "required", "请填写评论。" if chinese else "Say something.")])
    if len(said) > LONGEST:
        raise RecordsInvalid(
            [
                FieldError(
                    "text",
                    "too_long",
                    f"评论最多 {LONGEST} 个字符。" if chinese else f"A comment may have at most {LONGEST} characters.",
                )
            ]
        )
    return said
