"""Remembers proven principals of this process for a minute, so that most requests authenticate without a query."""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict
from threading import Lock

from dougong_tenants.authentication.proof import authenticate_session, authenticate_token
from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of
from dougong_tenants.errors import NotAuthenticated
from dougong_tenants.principal import Principal

_KEPT_SECONDS = 60.0  # then the session's idle time is looked at, and written, again
_KEPT = 10_000


class Authentication:
    """One per process; thread-safe. What it answers holds only where Entry.stamp equals the principal's.

    Whoever finds another stamp calls `forget` with the same secret and asks again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()
        self._lock = Lock()

    def authenticate_session(self, secret: str) -> Principal:
        """The principal of a session cookie. Raises NotAuthenticated, TenantSuspended."""
        return self._remembered(secret) or self._remember(secret, authenticate_session(self._database, secret))

    def authenticate_token(self, token: str) -> Principal:
        """The principal of an API token. Raises NotAuthenticated, TenantSuspended."""
        return self._remembered(token) or self._remember(token, authenticate_token(self._database, token))

    def forget(self, secret: str) -> None:
        """Ask the database about this secret the next time."""
        with self._lock:
            self._known.pop(hash_of(secret), None)

    def _remembered(self, secret: str) -> Principal | None:
        key = hash_of(secret)
        with self._lock:
            until, principal = self._known.get(key, (0.0, None))
            if principal is None:
                return None
            if until < time.monotonic():
                del self._known[key]
                return None
            self._known.move_to_end(key)
        if principal.expires is not None and principal.expires <= dt.datetime.now(dt.UTC):
            self.forget(secret)
            raise NotAuthenticated
        return principal

    def _remember(self, secret: str, principal: Principal) -> Principal:
        with self._lock:
            self._known[hash_of(secret)] = (time.monotonic() + _KEPT_SECONDS, principal)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return principal
