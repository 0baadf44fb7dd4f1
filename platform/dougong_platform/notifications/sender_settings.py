"""How a company's mails are signed, and a mail to try the way out: set by administrators. Called by the API and the
builder's page."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Mapping
from typing import Any

from dougong_metadata.label import Label
from dougong_platform.errors import FieldError, NotAllowed, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import GivenUp
from dougong_platform.notifications.letters import is_address
from dougong_platform.notifications.mail_server import MailServer, mail_server
from dougong_platform.notifications.mails import receiver, sender_of
from dougong_platform.notifications.messages import Sender, message, of_text
from dougong_platform.notifications.smtp import hand_over
from dougong_platform.notifications.wording import refusal
from dougong_tenants import new_id
from dougong_tenants.audit import note

_NAME = 80  # characters
_SUBJECT = Label("A mail to try the way out", "测试邮件")
_TEXT = Label("Your CRM's mails reach you.", "您可以收到 CRM 发出的邮件。")
_AWAY = Label(
    "There is no mail server. The operator sets DOUGONG_SMTP_URL.",
    "未配置邮件服务器，请运维人员设置 DOUGONG_SMTP_URL。",
)
_NOWHERE = Label("You have no e-mail address.", "您没有邮箱地址。")


def sender(caller: Caller) -> Sender:
    """As it is; without settings the company's name and the installation's address. Raises NotAllowed."""
    _require(caller)
    return sender_of(caller.database, caller.tenant)


def keep_sender(caller: Caller, given: Mapping[str, Any]) -> Sender:
    """Replace it: name, address, reply_to; blank ones fall back to the installation's. Raises RecordsInvalid."""
    _require(caller)
    wrong: list[FieldError] = []
    name = " ".join(str(given.get("name") or "").split()) or None
    if name and len(name) > _NAME:
        wrong.append(refusal("name", "too_long", caller.locale, most=_NAME))
    addresses = {key: str(given.get(key) or "").strip() or None for key in ("address", "reply_to")}
    for key, value in addresses.items():
        if value is not None and not is_address(value):
            wrong.append(refusal(key, "bad_email", caller.locale))
    if wrong:
        raise RecordsInvalid(wrong)
    before = sender_of(caller.database, caller.tenant)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        tx.execute(
            "insert into _mail_sender (name, address, reply_to) values (%(name)s, %(address)s, %(reply_to)s)"
            " on conflict (one) do update set name = excluded.name, address = excluded.address,"
            " reply_to = excluded.reply_to",
            {"name": name, **addresses},
        )
        changes = {
            key: [getattr(before, key), value]
            for key, value in {"name": name, **addresses}.items()
            if getattr(before, key) != value
        }
        note(tx, "mail_sender.changed", actor=caller.user, details={"changes": changes})
    return sender_of(caller.database, caller.tenant)


def try_mail(caller: Caller) -> tuple[str | None, str | None]:
    """Send the caller a mail at once: (his address, None), or (None, why it did not leave)."""
    _require(caller)
    server, found = mail_server(), receiver(caller.database, caller.tenant, caller.user)
    if server is None or found is None:
        return None, (_AWAY if server is None else _NOWHERE).text(caller.locale)
    _, name, address = found
    try:
        _send(server, sender_of(caller.database, caller.tenant), caller.locale, name, address)
    except (GivenUp, smtplib.SMTPException, OSError) as problem:
        return None, str(problem) or type(problem).__name__
    return address, None


def _send(server: MailServer, sender: Sender, locale: str, name: str, address: str) -> None:
    words = of_text(server, _SUBJECT.text(locale), _TEXT.text(locale), None, locale, None)
    at = dt.datetime.now(dt.UTC).isoformat()
    hand_over(server, message(server, sender, words, to=address, name=name, stable=str(new_id()), at=at), address)


def _require(caller: Caller) -> None:
    if not caller.rights.is_admin:
        raise NotAllowed
