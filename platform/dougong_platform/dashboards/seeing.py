"""Under whose access a dashboard's numbers are worked out: the viewer's own, or that of the one person its document
names. Records, approvals and calendars are always the viewer's: they say whose things are, not how many."""

from __future__ import annotations

from dataclasses import replace

from dougong_metadata.model.dashboard_types import DashboardModel
from dougong_platform.dashboards.errors import SeenAsGone
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_tenants.organisation import Person, organisation_of


def seen_as(caller: Caller, dashboard: DashboardModel) -> Person | None:
    """The person under whose access the numbers are, None for the viewer's own. Raises SeenAsGone."""
    return None if dashboard.view_as is None else _person(caller, dashboard.view_as)


def counting(caller: Caller, dashboard: DashboardModel) -> Caller:
    """The caller whose access the numbers have, in the viewer's language and time zone. Raises SeenAsGone."""
    return _lent(caller, dashboard.view_as)


def besides(caller: Caller, dashboard: DashboardModel) -> Caller:
    """The caller whose access that has what stands beside one's own numbers. Raises SeenAsGone."""
    return _lent(caller, dashboard.beside_as)


def _person(caller: Caller, email: str) -> Person:
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    caller.verify(entry)
    organisation = organisation_of(caller.database, caller.tenant, entry.stamp)
    wanted = email.casefold()
    found = (p for p in organisation.people.values() if p.active and (p.email or "").casefold() == wanted)
    person = next(found, None)
    if person is None:
        raise SeenAsGone(email=email)
    return person


def _lent(caller: Caller, email: str | None) -> Caller:
    person = None if email is None else _person(caller, email)
    if person is None or person.id == caller.user:
        return caller
    try:
        other = acting_as(caller.database, caller.tenant, person.id, cause="dashboard")
    except NotAllowed:
        raise SeenAsGone(email=str(email)) from None
    return replace(other, locale=caller.locale, timezone=caller.timezone)
