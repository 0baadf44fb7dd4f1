"""Mails to addresses: `email` puts them into the outbox within a writer's transaction. Called by automations, and by
whatever else writes to people in or outside the company; mails.py sends them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dougong_platform.jobs import put
from dougong_platform.notifications.mail_server import mail_server
from dougong_tenants import Tenant, TenantTransaction, new_id

TOPIC = "email"
MOST = 200  # addresses of one call
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]]+@[^\s@<>(),;:\"\\\[\]]+\.[^\s@<>(),;:\"\\\[\]]+|[^\s@<>]+@localhost")
_SUBJECT = 300  # characters
_LONGEST = 254  # characters of an address (RFC 5321)


def email(
    tx: TenantTransaction,
    tenant: Tenant,
    *,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str | None = None,
    key: str | None = None,
) -> list[str]:
    """Queue one mail to each address; the ids of those queued (`_email`). Ring after the commit.

    With `key`, an address gets the mail once, however often this is called. What is no address is left out. Without a
    mail server nothing is queued.
    """
    if mail_server() is None:
        return []
    wanted = list(dict.fromkeys(one.strip() for one in to if one and is_address(one.strip())))[:MOST]
    line = " ".join(subject.split())[:_SUBJECT]
    queued = []
    for address in wanted:
        rows = tx.rows(
            "insert into _email (id, recipient, subject, key) values (%(id)s, %(to)s, %(subject)s, %(key)s)"
            " on conflict (recipient, key) where key is not null do nothing returning id",
            {"id": new_id(), "to": address, "subject": line, "key": key},
        )
        if rows:
            put(tx, TOPIC, _payload(rows[0][0], text, html))
            queued.append(str(rows[0][0]))
    return queued


def is_address(text: str) -> bool:
    """Whether a mail can be sent there, by its form."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def _payload(identifier: str, text: str, html: str | None) -> dict[str, str]:
    return {"email": identifier, "text": text} | ({"html": html} if html else {})
