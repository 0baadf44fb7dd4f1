"""Somebody who has proved who he is, by a session or a token; made by `sign_in` and `tokens`, taken by the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from dougong_tenants.organisation.reach import Reach
from dougong_tenants.security.addresses import ANYWHERE, AddressList
from dougong_tenants.tenant import Tenant

# The permission set that may do everything in its tenant; it exists in every tenant without a document.
ADMINISTRATOR = "administrator"
# What a token may be limited to; a session has them all. `write` does not include `read`.
SCOPES = ("read", "write", "metadata", "people", "tokens", "jobs", "audit")
TOKEN_START = "dg_"  # noqa: S105  # only how every token begins, so that people and scanners recognise one


@dataclass(frozen=True, slots=True)
class Principal:
    """A user of a tenant. `user` and `person` are ids; `expires` is the end of the session or token, None for never.

    Valid only in a transaction whose Entry has the same stamp: people, permissions, sessions and tokens raise it.
    """

    tenant: Tenant
    user: str
    person: str
    via: Literal["session", "token"]
    scopes: frozenset[str]
    locale: str
    timezone: str
    permission_sets: tuple[str, ...]
    is_admin: bool
    expires: dt.datetime | None
    stamp: int
    name: str = ""
    email: str = ""
    reach: Reach | None = None  # whose records are his; None = his own alone
    changes_at: dt.datetime | None = None  # when a grant begins or ends by itself: to be looked up again then
    allowed: AddressList = ANYWHERE  # where his requests may come from
    id: str = ""  # of the session or token, for listing and revoking
    previewed_by: Principal | None = None  # the administrator who looks on as this user, and changes nothing
