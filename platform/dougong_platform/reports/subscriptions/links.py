"""The link by which a letter's receiver unsubscribes without signing in: sealed, for him and one subscription alone."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from dougong_tenants import Database, Tenant
from dougong_tenants.secrets import seal, unseal

PURPOSE = "report subscription"
_LONGEST = 1_000  # characters


@dataclass(frozen=True, slots=True)
class Link:
    """Ids: of the tenant, the subscription, the user."""

    tenant: str
    subscription: str
    user: str


def path(database: Database, tenant: Tenant, subscription: str, user: str) -> str:
    """Where he unsubscribes. The page asks first; a POST of a mail program does it."""
    token = seal(database, PURPOSE, orjson.dumps([tenant.id, subscription, user]).decode())
    return f"/reports/unsubscribe/{token}"


def read(database: Database, token: str) -> Link | None:
    """What a token says; None for one that was not made here, or was altered."""
    opened = unseal(database, PURPOSE, token) if len(token) <= _LONGEST else None
    return None if opened is None else Link(*orjson.loads(opened))
