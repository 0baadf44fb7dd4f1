"""The worker's part of own documents: what was put away long ago goes. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.jobs import sweeps
from dougong_platform.own_documents.keeping import KEPT
from dougong_tenants import Database, Tenant


@sweeps(every=86_400)
def forget(database: Database, tenant: Tenant) -> None:
    """Documents that were put away, once nobody can bring them back."""
    with database.transaction(tenant) as tx:
        tx.execute(f"delete from _own_document where deleted_at < now() - interval '{KEPT}'")
