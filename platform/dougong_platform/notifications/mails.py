"""Sends what the topic `email` holds: a notification, a digest, or a mail to an address. Called by the relay, outside
the database: at least once, and under a Message-ID that stays the same, so that a second copy is recognised as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import GivenUp, Work
from dougong_platform.notifications.mail_server import MailServer, mail_server
from dougong_platform.notifications.messages import Sender, Words, message, of_notification, of_several, of_text
from dougong_platform.notifications.shown import COLUMNS, FROM, Shown, shown
from dougong_platform.notifications.smtp import hand_over
from dougong_platform.notifications.topics import MAILED
from dougong_platform.people.acting import acting_as
from dougong_tenants import Database, Tenant


def send(work: Work) -> None:
    """Raises GivenUp for what can never be sent, and whatever the mail server's connection raises."""
    server = mail_server()
    if server is None:
        raise GivenUp("There is no mail server (DOUGONG_SMTP_URL).")
    if "email" in work.payload:
        _send_to_address(server, work)
    elif "slot" in work.payload:
        _send_gathered(server, work)
    else:
        _send_notification(server, work)


def _send_notification(server: MailServer, work: Work) -> None:
    id = work.payload["notification"]
    _, rows = work.database.read(work.tenant, f"select {COLUMNS} {FROM} where n.id = %(id)s::uuid", {"id": id})
    if not rows:
        return  # thrown away with its user, or by age
    found = receiver(work.database, work.tenant, rows[0][10])
    if found is not None:
        caller, name, address = found
        [one] = _leading(work, rows[0][10], shown(caller, rows))
        words = of_notification(server, one, caller.locale)
        _send(server, work, words, to=address, name=name, stable=f"{work.tenant.id} notification {id}", at=one.at)


def _send_gathered(server: MailServer, work: Work) -> None:
    """What has been read in the meantime is left out; nothing is sent where nothing is left."""
    user, slot = work.payload["user"], work.payload["slot"]
    _, rows = work.database.read(
        work.tenant,
        f'select {COLUMNS} {FROM} where n."user" = %(user)s::uuid and n.slot = %(slot)s and n.read_at is null'
        " order by n.id desc limit 1000",
        {"user": user, "slot": slot},
    )
    found = receiver(work.database, work.tenant, user) if rows else None
    if found is not None:
        caller, name, address = found
        several, locale = _leading(work, user, shown(caller, rows)), caller.locale
        words = of_several(server, several, work.tenant.label.text(locale), locale)
        if len(several) == 1:
            words = of_notification(server, several[0], locale)
        _send(server, work, words, to=address, name=name, stable=f"{work.tenant.id} {user} {slot}", at=work.at)


def _leading(work: Work, user: str, several: Sequence[Shown]) -> list[Shown]:
    """With the links that mails of their topics have."""
    return [
        replace(one, page=MAILED[one.topic](work.database, work.tenant, user, one.page))
        if one.page and one.topic in MAILED
        else one
        for one in several
    ]


def _send_to_address(server: MailServer, work: Work) -> None:
    id = work.payload["email"]
    _, rows = work.database.read(
        work.tenant, "select recipient, subject, at, state from _email where id = %(id)s::uuid", {"id": id}
    )
    if not rows or rows[0][3] == "sent":
        return
    recipient, subject, at, _ = rows[0]
    sender = sender_of(work.database, work.tenant)
    words = of_text(
        server,
        subject,
        work.payload["text"],
        work.payload.get("html"),
        work.tenant.locale,
        None if _is_user(work, recipient) else sender.name,
    )
    try:
        _send(server, work, words, to=recipient, name="", stable=f"{work.tenant.id} email {id}", at=at)
    except Exception as problem:
        _noted(
            work, id, "refused" if isinstance(problem, GivenUp) else "waiting", str(problem) or type(problem).__name__
        )
        raise
    _noted(work, id, "sent", None)


def _is_user(work: Work, address: str) -> bool:
    _, rows = work.database.read(
        work.tenant, 'select 1 from "user" where lower(email) = lower(%(to)s) and active', {"to": address}
    )
    return bool(rows)


def _noted(work: Work, id: str, state: str, problem: str | None) -> None:
    with work.database.transaction(work.tenant) as tx:
        tx.execute(
            "update _email set state = %(state)s, problem = %(problem)s,"
            " sent_at = case when %(state)s = 'sent' then now() end where id = %(id)s",
            {"id": id, "state": state, "problem": problem[:500] if problem else None},
        )


def _send(server: MailServer, work: Work, words: Words, **about: Any) -> None:
    made = message(server, sender_of(work.database, work.tenant), words, **about)
    hand_over(server, made, str(made["To"].addresses[0].addr_spec))


def sender_of(database: Database, tenant: Tenant) -> Sender:
    """How the company signs its mails."""
    _, rows = database.read(tenant, "select name, address, reply_to from _mail_sender", {})
    name, address, reply_to = rows[0] if rows else (None, None, None)
    return Sender(name or tenant.label.text(tenant.locale), address, reply_to)


def receiver(database: Database, tenant: Tenant, user: str) -> tuple[Caller, str, str] | None:
    """Who a user is now, with name and address; None for somebody who has left, or has no address."""
    _, rows = database.read(
        tenant, 'select name, email from "user" where id = %(user)s::uuid and active', {"user": user}
    )
    if not rows or not rows[0][1]:
        return None
    try:
        return acting_as(database, tenant, user, cause="notification"), rows[0][0], rows[0][1]
    except NotAllowed:
        return None
