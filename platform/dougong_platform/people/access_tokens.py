"""Who may issue, see and revoke which tokens; called by the API and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import coming_sets
from dougong_tenants import ADMINISTRATOR, tokens


def issue_token(
    caller: Caller, name: str, scopes: Iterable[str], expires_at: datetime | None, user: str | None = None
) -> dict[str, Any]:
    """{"id", "token", "prefix"}; the token is told this once. Needs `tokens`; for another user `people` too.

    Raises NotAllowed, TokenInvalid, NoSuchPerson. A token never reaches further than the one who issues it: only an
    administrator issues one for an administrator, and a token issues none with scopes that it lacks.
    """
    owner = caller.user if user is None else user
    if owner != caller.user:
        caller.require("people")
        if not caller.rights.is_admin and ADMINISTRATOR in coming_sets(caller, owner):
            raise NotAllowed
    wanted = tuple(scopes)
    principal = caller.principal
    if principal is not None and principal.via == "token" and not principal.scopes >= set(wanted) & set(tokens.SCOPES):
        raise NotAllowed
    made = tokens.issue(
        caller.database, caller.tenant, owner, name=name, scopes=wanted, expires_at=expires_at, by=caller.user
    )
    return {"id": made.id, "token": made.token, "prefix": made.prefix}


def visible_tokens(caller: Caller) -> list[dict[str, Any]]:
    """The caller's own tokens; all of the tenant's for who holds the system right people."""
    whose = None if "people" in caller.rights.system else caller.user
    return [asdict(token) for token in tokens.list_tokens(caller.database, caller.tenant, whose)]


def revoke_token(caller: Caller, id: str) -> None:
    """It stops working at once. Raises NotFound for one that is not the caller's to revoke."""
    whose = None if "people" in caller.rights.system else caller.user
    if not tokens.revoke(caller.database, caller.tenant, id, user=whose):
        raise NotFound
