"""The worker's part of publishing. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.jobs import sweeps
from dougong_platform.releases.publish import resume
from dougong_tenants import Database, Tenant

_UNFINISHED = "select exists (select from _publish where state in ('preparing', 'switched'))"


@sweeps(every=30)
def resume_publishes(database: Database, tenant: Tenant) -> None:
    """A publish whose process was killed is ended here; one that is being worked on is left alone."""
    _, rows = database.read(tenant, _UNFINISHED)
    if rows[0][0]:
        resume(database, tenant)
