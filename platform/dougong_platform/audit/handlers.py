"""The daily deletion of entries that the tenant's policy no longer keeps."""

from __future__ import annotations

from dougong_platform.jobs import sweeps
from dougong_tenants import Database, Tenant, audit
from dougong_tenants.audit.retention import purge

DAY = 86_400


@sweeps(every=DAY)
def purge_old_entries(database: Database, tenant: Tenant) -> None:
    """Noted in the log itself."""
    with audit.under(via="job"):
        purge(database, tenant)
