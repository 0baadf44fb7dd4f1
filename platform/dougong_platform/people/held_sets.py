"""Which permission sets reach a user, by whatever way; asked before somebody else changes him."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_tenants.organisation import Grant, Organisation, organisation_of


def organisation_for(caller: Caller) -> Organisation:
    """Everybody of the caller's tenant as it is now. Raises CallerOutdated."""
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    caller.verify(entry)
    return organisation_of(caller.database, caller.tenant, entry.stamp)


def held_sets(caller: Caller, user: str, organisation: Organisation | None = None) -> tuple[str, ...]:
    """The permission sets that a user of the caller's tenant holds now. Raises NotFound."""
    known = _with(caller, user, organisation)
    return known.permission_sets(user, dt.datetime.now(dt.UTC))


def permanent_sets(caller: Caller, user: str, organisation: Organisation | None = None) -> tuple[str, ...]:
    """Those that he holds himself without an end. Raises NotFound."""
    now = dt.datetime.now(dt.UTC)
    grants = _with(caller, user, organisation).grants
    return tuple(sorted(g.permission_set for g in grants if g.user == user and g.until_at is None and g.holds(now)))


def coming_sets(caller: Caller, user: str, organisation: Organisation | None = None) -> tuple[str, ...]:
    """Those that he holds now or will hold by a grant that begins later. Raises NotFound.

    Who may not change an administrator may not change tomorrow's either.
    """
    known = _with(caller, user, organisation)
    now = dt.datetime.now(dt.UTC)
    begins = {g.from_at for g in known.grants if g.from_at is not None and g.from_at > now}
    return tuple(sorted({name for moment in (now, *begins) for name in known.permission_sets(user, moment)}))


@dataclass(frozen=True, slots=True)
class Holders:
    """The active people whom a permission set reaches now, by the way it does; one may be reached by several."""

    direct: frozenset[str]
    department: frozenset[str]
    position: frozenset[str]

    @property
    def everybody(self) -> frozenset[str]:
        """All of them, each once."""
        return self.direct | self.department | self.position


def holders(known: Organisation, name: str) -> Holders:
    """Who holds a permission set at this moment."""
    now = dt.datetime.now(dt.UTC)
    found: dict[str, set[str]] = {"direct": set(), "department": set(), "position": set()}
    if any(grant.permission_set == name for grant in known.grants):
        for id, person in known.people.items():
            for grant in known.grants_of(id, now) if person.active and person.kind == "person" else ():
                if grant.permission_set == name:
                    way = "direct" if grant.user else "department" if grant.department else "position"
                    found[way].add(id)
    return Holders(*(frozenset(found[way]) for way in ("direct", "department", "position")))


def ended(grant: Grant, now: dt.datetime) -> bool:
    """Whether it grants nothing any more."""
    return grant.until_at is not None and grant.until_at <= now


def _with(caller: Caller, user: str, organisation: Organisation | None) -> Organisation:
    known = organisation or organisation_for(caller)
    if user not in known.people:
        raise NotFound
    return known
