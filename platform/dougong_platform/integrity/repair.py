"""Makes anew what can be made from records, their history and the release: search entries, roll-ups, stays, indexes.
Called by `dougong check`."""

from __future__ import annotations

from contextlib import suppress

from psycopg import errors

from dougong_platform.releases.counting import every_counting
from dougong_platform.releases.publish import alone
from dougong_platform.releases.release import current
from dougong_platform.releases.stays import mend_stays, staged_fields
from dougong_platform.search.reindex import reindex_object
from dougong_platform.storage import ddl
from dougong_platform.storage.structure import INDEX_NAMES, quote, structure
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


def repair_indexes(database: Database, tenant: Tenant) -> None:
    """Indexes that are missing or invalid are built, those that the release no longer knows go: another version of
    Dougong may want others. Others may work on. PublishConflict while somebody publishes."""
    with alone(database, tenant) as connection:
        release = current(database, tenant)
        made = structure(release.model, release.catalogue)
        for index in made.indexes.values():
            with suppress(errors.UniqueViolation):  # the check that follows names what stands twice
                ddl.build_index(connection, index)
        present = connection.execute(
            "select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t"
            " on t.oid = x.indrelid where i.relnamespace = current_schema()::regnamespace and t.relname = any(%s)",
            [list({table.name for table in made.tables.values()})],
        ).fetchall()
        for (name,) in present:
            if name.startswith(INDEX_NAMES) and name not in made.indexes:
                connection.execute(f"drop index concurrently if exists {quote(name)}".encode())
