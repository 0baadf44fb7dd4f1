"""Who may grant which permission set to whom; called by the API and by the screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import check_sets, may_grant, require_authority
from dougong_tenants import people
from dougong_tenants.people import GivenSet


def give(caller: Caller, given: Mapping[str, Any]) -> str:
    """Grant a set; the grant's id. `given`: the keywords of dougong_tenants.people.grant and `permission_set`.

    Raises RecordsInvalid for a set that does not exist, NotAllowed, PersonInvalid, NoSuchPerson, LastAdministrator.
    """
    check_sets(caller, [given["permission_set"]], ())
    if given.get("user"):
        require_authority(caller, given["user"])
    return people.grant(caller.database, caller.tenant, by=caller.user, **given)


def take(caller: Caller, id: str) -> GivenSet:
    """End a grant; what it was. Raises NotAllowed, NoSuchPerson, LastAdministrator."""
    found = people.get_grant(caller.database, caller.tenant, id)
    if not may_grant(caller, found.permission_set):
        raise NotAllowed
    if found.user is not None:
        require_authority(caller, found.user)
    people.revoke(caller.database, caller.tenant, id, by=caller.user)
    return found


def state(from_at: str | None, until_at: str | None, now: dt.datetime | None = None) -> str:
    """coming, now or over."""
    at = now or dt.datetime.now(dt.UTC)
    if until_at is not None and dt.datetime.fromisoformat(until_at) <= at:
        return "over"
    return "coming" if from_at is not None and dt.datetime.fromisoformat(from_at) > at else "now"


def shown(grants: Iterable[GivenSet]) -> list[dict[str, Any]]:
    """Grants as the API answers them, each with its `state`."""
    now = dt.datetime.now(dt.UTC)
    return [
        {**asdict(one), "departments": list(one.departments), "state": state(one.from_at, one.until_at, now)}
        for one in grants
    ]
