"""Links in mails that lead to an approval: signed, for one person, for thirty days. They open a page and do nothing.

`sign` is called when a mail leaves, `read` by the page that the link leads to.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import orjson

from dougong_platform.approvals.errors import LinkBroken, LinkExpired
from dougong_platform.notifications.topics import MAILED
from dougong_platform.query.single import uuid_text
from dougong_tenants import Database, Tenant
from dougong_tenants.secrets import seal, unseal

PURPOSE = "approval link"
LASTS = dt.timedelta(days=30)
_PAGE = re.compile(r"/approvals/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_LONGEST = 1_000  # characters of a token


@dataclass(frozen=True, slots=True)
class Link:
    """To the approval of a tenant (ids), for `user` alone."""

    tenant: str
    approval: str
    user: str


def sign(database: Database, tenant: Tenant, approval: str, user: str, now: dt.datetime | None = None) -> str:
    """A token for `/approvals/go/<token>`."""
    until = int(((now or dt.datetime.now(dt.UTC)) + LASTS).timestamp())
    return seal(database, PURPOSE, orjson.dumps([tenant.id, approval, user, until]).decode())


def read(database: Database, token: str, now: dt.datetime | None = None) -> Link:
    """What a token says. Raises LinkBroken for one that was not made here or was altered, LinkExpired."""
    opened = unseal(database, PURPOSE, token) if len(token) <= _LONGEST else None
    if opened is None:
        raise LinkBroken
    tenant, approval, user, until = orjson.loads(opened)
    if until < (now or dt.datetime.now(dt.UTC)).timestamp():
        raise LinkExpired(approval=approval)
    return Link(tenant, approval, user)


def page_of(approval: str) -> str:
    """Where an approval is looked at."""
    return f"/approvals/{uuid_text(approval)}"


def mailed(database: Database, tenant: Tenant, user: str, page: str) -> str:
    """What stands in a mail to `user` for a page of approvals."""
    found = _PAGE.fullmatch(page)
    return page if found is None else f"/approvals/go/{sign(database, tenant, found[1], user)}"


MAILED["approval"] = mailed
