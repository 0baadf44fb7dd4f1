"""Who may let somebody act for whom; called by the API and by the screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import require_authority
from dougong_tenants import people
from dougong_tenants.people import Assistance


def add(caller: Caller, given: Mapping[str, Any]) -> str:
    """`given`: user, assistant, from_at, until_at; the id. Only an administrator gives an administrator an assistant.

    Raises NotAllowed, NotFound, PersonInvalid.
    """
    require_authority(caller, given["user"])
    return people.add_assistant(caller.database, caller.tenant, by=caller.user, **given)


def change(caller: Caller, id: str, from_at: dt.datetime | None, until_at: dt.datetime | None) -> Assistance:
    """Other dates. Raises NotAllowed, NoSuchPerson, PersonInvalid."""
    found = _allowed(caller, id)
    people.change_assistant(
        caller.database, caller.tenant, found.id, from_at=from_at, until_at=until_at, by=caller.user
    )
    return found


def remove(caller: Caller, id: str) -> Assistance:
    """It ends at once. Raises NotAllowed, NoSuchPerson."""
    found = _allowed(caller, id)
    people.remove_assistant(caller.database, caller.tenant, found.id, by=caller.user)
    return found


def _allowed(caller: Caller, id: str) -> Assistance:
    found = people.get_assistant(caller.database, caller.tenant, id)
    require_authority(caller, found.user)
    return found
