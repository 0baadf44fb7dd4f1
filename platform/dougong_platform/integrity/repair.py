"""Makes anew what can be made from records and their history: search entries, stays. Called by `dougong check`."""

from __future__ import annotations

from dougong_platform.releases.counting import every_counting
from dougong_platform.releases.release import current
from dougong_platform.releases.stays import mend_stays, staged_fields
from dougong_platform.search.reindex import reindex_object
from dougong_tenants import Database, Tenant


def repair_search(database: Database, tenant: Tenant) -> None:
    """Every live record gets the entry it should have; entries without a live record go. Others may work meanwhile."""
    release = current(database, tenant)
    for object in release.model.objects.values():
        if object.system:
            continue
        table = '"' + release.catalogue.table(object.name) + '"'
        with database.transaction(tenant) as tx:
            tx.execute(
                "delete from _search s where s.object = %s and not exists"
                f" (select from {table} t where t.id = s.record and t.deleted_at is null)",
                [object.name],
            )
        reindex_object(database, tenant, release, object.name)
    names = [o.name for o in release.model.objects.values() if not o.system]
    with database.transaction(tenant) as tx:
        tx.execute("delete from _search where object <> all(%s::text[])", [names])


def repair_rollups(database: Database, tenant: Tenant) -> None:
    """Every roll-up is worked out again. Others may work on."""
    release = current(database, tenant)
    with database.owner(tenant) as connection:
        for counting in every_counting(release):
            counting.run(connection, None, lambda last, count: None, exactly=True)


def repair_stays(database: Database, tenant: Tenant) -> None:
    """Every live record gets the open stay it should have; those of records that are gone go. Others may work on."""
    fields = staged_fields(current(database, tenant)).values()
    with database.owner(tenant) as connection:
        for field in fields:
            mend_stays(connection, field)
