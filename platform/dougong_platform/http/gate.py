"""Lets a request in: from its token or session cookie to a Caller, remembered until the tenant says it changed.

What is remembered is trusted only as far as `Caller.verify` confirms it inside the transaction that serves the
request; that costs no round trip. `app.create_app` gives the gate what it needs to know of other parts.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Literal

from flask import Request, g, request

from dougong_platform.errors import CallerOutdated, NotAllowed, NotSignedIn, OnlyPreviewing
from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_platform.http.csrf import SAFE, check_csrf
from dougong_platform.http.language import best_locale
from dougong_platform.http.rate_limit import RateLimits
from dougong_tenants import audit
from dougong_tenants.errors import AddressRefused

if TYPE_CHECKING:
    from dougong_metadata.model.types import Model
    from dougong_platform.access.rights import Rights
    from dougong_platform.releases.release import Release
    from dougong_tenants import Database, Principal, Tenant
    from dougong_tenants.organisation import Reach
    from dougong_tenants.security import AddressList

SESSION_COOKIE = "dougong_session"
_KEPT = 10_000
_IDLE = b"idle:"  # before the key of what is remembered for pages that ask by themselves
_CHECKED_EVERY = 60  # seconds: a session's idle time is looked at, and written, when it is looked up

Via = Literal["token", "session"]
FindPrincipal = Callable[[Via, str, bool], "Principal"]  # raises a 401; True: a page asks by itself
LoadRelease = Callable[["Database", "Tenant", int], "Release"]
FindRights = Callable[["Model", Iterable[str], bool, "Reach | None"], "Rights"]


@dataclass(frozen=True, slots=True)
class _Remembered:
    caller: Caller
    expires: float  # seconds since the epoch
    checked: float  # likewise; from then on the credential is looked up again
    scopes: frozenset[str] | None  # None = all, for sessions
    rate_key: str
    tenant_key: str
    allowed: AddressList  # where the tenant lets requests come from


class Gate:
    """One per process. Thread-safe."""

    def __init__(
        self,
        database: Database,
        find_principal: FindPrincipal,
        load_release: LoadRelease,
        find_rights: FindRights,
        limits: RateLimits,
    ) -> None:
        self.database = database
        self.limits = limits
        self._find_principal, self._load_release, self._find_rights = find_principal, load_release, find_rights
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()
        self._lock = Lock()

    def enter(
        self, anew: bool = False, scope: str | None = None, *, leaving_preview: bool = False, idle: bool = False
    ) -> Caller:
        """The caller of the current request, counted against the rate limits, its CSRF token checked.

        `anew` forgets what was remembered (after CallerOutdated). `scope` is what a token must be good for, if not
        read or write by the request's method. Who looks on as somebody else only reads, but for `leaving_preview`.
        `idle`: an open page asks by itself, with nobody acting, so the session's idle time goes on.
        Raises NotSignedIn, AddressRefused, CsrfFailed, RateLimited, NotAllowed, OnlyPreviewing.
        """
        via, secret = credential(request)
        key = sha256(secret.encode("utf-8", "replace")).digest()
        g.pop("caller", None)  # of the first try: who is refused now sees no page drawn for him
        found = self._found(key, via, secret, anew, idle)
        caller = found.caller if via == "session" else in_asked_language(found.caller, request)
        g.caller = caller
        looker = caller.principal.previewed_by if caller.principal is not None else None
        audit.acting(caller.user if looker is None else looker.user, via)
        if not anew:
            g.standing = self.limits.count(found.rate_key, found.tenant_key)
        if via == "session":
            check_csrf(request, secret)
            if looker is not None and not (leaving_preview or request.method in SAFE or scope == "read"):
                raise OnlyPreviewing(name=caller.principal.name if caller.principal is not None else "")
        elif found.scopes is not None:
            needed = scope or ("read" if request.method in SAFE else "write")
            if needed not in found.scopes:
                raise NotAllowed
        return caller

    def holds(self, caller: Caller) -> bool:
        """Whether the tenant's present release and stamp are still the caller's; one round trip."""
        entry, _ = self.database.read(caller.tenant, "select 1", custom_plan=False)
        try:
            caller.verify(entry)
        except CallerOutdated:
            return False
        return True

    def forget(self, secret: str) -> None:
        """Drop what is remembered of a token or session, when it is revoked here."""
        key = sha256(secret.encode("utf-8", "replace")).digest()
        self._remembered.pop(key, None)
        self._remembered.pop(_IDLE + key, None)

    def _found(self, key: bytes, via: Via, secret: str, anew: bool, idle: bool) -> _Remembered:
        """What is known of the credential, not over and coming from where the tenant lets requests in."""
        if idle:  # remembered apart, else the next act would not look, and so not say that somebody is there
            key = _IDLE + key
        found = None if anew else self._remembered.get(key)
        now = time.time()
        remembered = found is not None and found.checked >= now
        if found is None or not remembered:
            found = self._look_up(key, via, secret, idle)
        if found.expires < now:
            self._remembered.pop(key, None)
            raise NotSignedIn
        address = client_address()
        if not found.allowed.admits(address):
            found = self._look_up(key, via, secret, idle) if remembered else found  # the list may be another by now
            if not found.allowed.admits(address):
                raise AddressRefused(address=address or "?")
        return found

    def _look_up(self, key: bytes, via: Via, secret: str, idle: bool) -> _Remembered:
        if len(secret) > 200:
            raise NotSignedIn
        self._remembered.pop(key, None)
        principal = self._find_principal(via, secret, idle)
        caller = self.caller_of(principal)
        user = f"user:{caller.user}" if via == "session" else f"token:{key.hex()[:24]}"
        expires = float("inf") if principal.expires is None else principal.expires.timestamp()
        found = _Remembered(
            caller,
            expires,
            _next_look(principal),
            principal.scopes if via == "token" else None,
            user,
            f"tenant:{caller.tenant.id}",
            principal.allowed,
        )
        with self._lock:
            self._remembered[key] = found
            while len(self._remembered) > _KEPT:
                self._remembered.popitem(last=False)
        return found

    def caller_of(self, principal: Principal) -> Caller:
        """The caller that a principal is, under its tenant's current release."""
        release = self._load_release(self.database, principal.tenant, principal.tenant.release)
        rights = self._find_rights(release.model, principal.permission_sets, principal.is_admin, principal.reach)
        return Caller(
            database=self.database,
            tenant=principal.tenant,
            release=release,
            user=str(principal.user),
            rights=rights,
            locale=principal.locale,
            timezone=principal.timezone,
            cause="api" if principal.via == "token" else "user",
            stamp=principal.stamp,
            principal=principal,
            reach=principal.reach,
        )


def _next_look(principal: Principal) -> float:
    """When the credential is looked up again: in a minute, or when a grant begins or ends."""
    soon = time.time() + _CHECKED_EVERY
    return soon if principal.changes_at is None else min(soon, principal.changes_at.timestamp())


def in_asked_language(caller: Caller, request: Request) -> Caller:
    """A program says by Accept-Language what it wants to read; a person has chosen it in the settings."""
    asked = request.headers.get("Accept-Language")
    if not asked:
        return caller
    locale = best_locale(asked, caller.locale)
    return caller if locale == caller.locale else replace(caller, locale=locale)


def credential(request: Request) -> tuple[Via, str]:
    """How this request signs in. A bearer token wins over a cookie. Raises NotSignedIn without either."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return "token", token.strip()
        raise NotSignedIn
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        raise NotSignedIn
    return "session", cookie
