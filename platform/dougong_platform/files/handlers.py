"""Removes files that nobody needs: uploads never attached, files let go by their field, bytes without a row."""

from __future__ import annotations

from dougong_platform.files.store import FileStore
from dougong_platform.jobs import sweeps
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant

DAY = 86_400
# A backup holds it shared: what its snapshot names stays on the disk until it is written.
NOT_DURING_BACKUP = "select pg_try_advisory_xact_lock(hashtextextended('dougong files ' || current_schema(), 0))"


@sweeps(every=6 * 3600)
def remove_orphans(database: Database, tenant: Tenant) -> None:
    """Rows of loose files older than a day, then bytes as old that have no row (left by a crash)."""
    sweep(database, tenant, FileStore(Settings.from_environment().home))


def sweep(database: Database, tenant: Tenant, store: FileStore, age: float = DAY) -> int:
    """How many files were removed; `age` in seconds. Bytes are removed after their row, never before."""
    with database.transaction(tenant) as tx:
        if not tx.rows(NOT_DURING_BACKUP)[0][0]:
            return 0
        rows = tx.rows(
            "delete from _file where record is null and created_at < now() - make_interval(secs => %s) returning id",
            [age],
        )
    gone = [row[0] for row in rows]
    on_disk = set(store.older_than(tenant.schema, age))
    with database.transaction(tenant, read_only=True) as tx:
        known = {
            row[0]
            for row in tx.rows("select id from _file where id::text = any(%s::text[])", ["{" + ",".join(on_disk) + "}"])
        }
    gone += on_disk - known
    for id in gone:
        store.remove(tenant.schema, id)
    return len(gone)
