"""A Caller for work that goes on without its person: imports, jobs, commands. Rights are those the person has now."""

from __future__ import annotations

import datetime as dt

from dougong_platform.access.rights import rights_for
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.releases.release import load
from dougong_tenants import ADMINISTRATOR, Database, Tenant
from dougong_tenants.organisation import organisation_of


def acting_as(database: Database, tenant: Tenant, user: str, *, cause: str, cause_ref: str | None = None) -> Caller:
    """The caller that `user` (an id) is at this moment, under the release in force.

    Raises NotAllowed for somebody who has left.
    """
    entry, _ = database.read(tenant, "select 1", custom_plan=False)
    organisation = organisation_of(database, tenant, entry.stamp)
    person = organisation.people.get(user)
    if person is None or not person.active:
        raise NotAllowed
    now = dt.datetime.now(dt.UTC)
    sets, reach = organisation.permission_sets(user, now), organisation.reach(user, now)
    release = load(database, tenant, entry.release)
    return Caller(
        database=database,
        tenant=tenant,
        release=release,
        user=user,
        rights=rights_for(release.model, sets, ADMINISTRATOR in sets, reach),
        locale=person.locale or tenant.locale,
        timezone=person.timezone or tenant.timezone,
        cause=cause,
        cause_ref=cause_ref,
        reach=reach,
    )
