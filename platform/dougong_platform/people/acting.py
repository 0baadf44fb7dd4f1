"""A Caller for work that goes on without its person: imports, jobs, commands. Rights are those the person has now."""

from __future__ import annotations

from dougong_platform.access.rights import rights_for
from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.releases.release import load
from dougong_tenants import ADMINISTRATOR, Database, Tenant

_USER = """
select u.locale, u.timezone,
       coalesce(array_agg(s.permission_set) filter (where s.permission_set is not null), array[]::text[])
  from "user" u left join user_permission_set s on s."user" = u.id
 where u.id = %(user)s::uuid and u.active and u.deleted_at is null group by u.id
"""


def acting_as(database: Database, tenant: Tenant, user: str, *, cause: str, cause_ref: str | None = None) -> Caller:
    """The caller that `user` (an id) is at this moment, under the release in force.

    Raises NotAllowed for somebody who has left.
    """
    with database.transaction(tenant, read_only=True) as tx:
        rows = tx.rows(_USER, {"user": user})
        entry = tx.entry
    if not rows:
        raise NotAllowed
    locale, timezone, sets = rows[0]
    release = load(database, tenant, entry.release)
    rights = rights_for(release.model, sets, ADMINISTRATOR in sets)
    return Caller(
        database, tenant, release, user, rights, locale or tenant.locale, timezone or tenant.timezone, cause, cause_ref
    )
