"""What a value of a user, department or team must look like; called by the actions before they write."""

from __future__ import annotations

import re
import uuid
import zoneinfo
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from dougong_metadata.label import LOCALES
from dougong_tenants.connection import ControlTransaction, Result
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.errors import CircularLine, PersonInvalid

_EMAIL = re.compile(r"[^@\s\x00-\x1f,;:<>()\[\]\\\"]{1,64}@[^@\s\x00-\x1f,;:<>()\[\]\\\"]{1,190}")


def normal_email(email: str) -> str:
    """The form in which e-mails are stored and compared."""
    return email.strip().lower()


def check_email(email: Any) -> str:
    """The normal form of a plausible address."""
    normal = normal_email(email) if isinstance(email, str) else ""
    if not _EMAIL.fullmatch(normal) or not _storable(normal):
        raise PersonInvalid("email", "This is not an e-mail address.", "邮箱格式不正确。")
    return normal


def check_text(field: str, value: Any, longest: int = 200, *, required: bool = False) -> str | None:
    """The text without blanks around it; blank becomes None."""
    if value is not None and not isinstance(value, str):
        raise PersonInvalid(field, "This must be text.", "必须是文本。")
    text = (value or "").strip()
    if required and not text:
        raise PersonInvalid(field, "This is required.", "此项必填。")
    if len(text) > longest:
        raise PersonInvalid(field, f"At most {longest} characters.", f"最多 {longest} 个字符。")
    if not _storable(text):
        raise PersonInvalid(field, "This contains characters that cannot be stored.", "包含无法保存的字符。")
    return text or None


def check_id(field: str, value: Any) -> str | None:
    """An id in its usual form, None for blank."""
    if value is None or value == "":
        return None
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise PersonInvalid(field, "This is not an id.", "不是有效的标识。") from None


def check_locale(value: Any) -> str | None:
    """One of the languages of the product."""
    if value is not None and value not in LOCALES:
        raise PersonInvalid("locale", f"One of: {', '.join(LOCALES)}.", f"只能是：{'、'.join(LOCALES)}。")
    return value if isinstance(value, str) else None


def check_timezone(value: Any) -> str | None:
    """A time zone's name such as Asia/Shanghai."""
    if value is not None and value not in _zones():
        raise PersonInvalid("timezone", "There is no such time zone.", "没有这个时区。")
    return value if isinstance(value, str) else None


def check_exists(tx: ControlTransaction, field: str, table: str, identifier: str | None) -> None:
    """The row that a link names must be there and not deleted."""
    if identifier is not None and not tx.rows(
        f"select 1 from {quoted(table)} where id = %s::uuid and deleted_at is null",  # a table of ours
        (identifier,),
    ):
        raise PersonInvalid(field, "This does not exist.", "所选记录不存在。")


def check_person(tx: ControlTransaction, field: str, identifier: str | None) -> None:
    """The user that a link names must be there, and no queue."""
    if identifier is not None and not tx.rows(
        """select 1 from "user" where id = %s::uuid and deleted_at is null and kind = 'person'""", (identifier,)
    ):
        raise PersonInvalid(field, "There is no such person.", "没有这个人员。")


def check_period(from_at: datetime | None, until_at: datetime | None) -> None:
    """An end lies ahead, and after the beginning. Both moments know their time zone."""
    if until_at is not None and (until_at <= datetime.now(UTC) or (from_at is not None and until_at <= from_at)):
        raise PersonInvalid(
            "until_at", "The end must lie ahead, after the beginning.", "结束时间须晚于现在与开始时间。"
        )


def check_line(tx: ControlTransaction, table: str, link: str, identifier: str, above: str | None) -> None:
    """Raise CircularLine if `above` is the row itself or stands below it along `link` (parent or manager)."""
    if above is None:
        return
    found: Result = tx.execute(
        f"with recursive line(id) as (select %(above)s::uuid union"  # a table of ours
        f" select t.{link} from {quoted(table)} t join line on t.id = line.id where t.{link} is not null)"
        " select 1 from line where id = %(id)s::uuid",
        {"above": above, "id": identifier},
    )
    if found.rows:
        raise CircularLine(link)


def _storable(text: str) -> bool:
    """No NUL, which PostgreSQL refuses, and no half of a surrogate pair, which is not text."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
