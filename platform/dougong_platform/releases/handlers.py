"""The worker's part of publishing. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.errors import PublishConflict
from dougong_platform.jobs import LONG, Work, handles, sweeps
from dougong_platform.releases.publication import unfinished
from dougong_platform.releases.publish import alone, resume
from dougong_platform.releases.retired import drop_replaced
from dougong_tenants import Database, Tenant

_UNFINISHED = "select exists (select from _publish where state in ('preparing', 'switched'))"
_REPLACED = (
    "select exists (select from _column where state = 'replaced' and retired_at < now() - interval '10 minutes')"
)


@handles("publish", outside=True, lease=600, lane=LONG)
def end_publish(work: Work) -> None:
    """A publish that was handed over. If somebody else is at it already, it is theirs."""
    resume(work.database, work.tenant)


@sweeps(every=30)
def resume_publishes(database: Database, tenant: Tenant) -> None:
    """A publish whose process was killed is ended here; one that is being worked on is left alone."""
    _, rows = database.read(tenant, _UNFINISHED)
    if rows[0][0]:
        resume(database, tenant)


@sweeps(every=600)
def drop_replaced_tables(database: Database, tenant: Tenant) -> None:
    """What a rebuilt table leaves behind, once nobody can be reading it any more."""
    _, rows = database.read(tenant, _REPLACED)
    if not rows[0][0]:
        return
    try:
        with alone(database, tenant) as connection:
            if unfinished(connection) is None:
                drop_replaced(connection, minutes=10)
    except PublishConflict:
        return  # somebody publishes: the next sweep will do
