"""The first release of a new tenant: all its tables in one go, since nobody uses them yet. Called by provisioning."""

from __future__ import annotations

from dougong_metadata.model.types import Model
from dougong_platform.errors import PublishRefused
from dougong_platform.releases.columns import assign, read_stored
from dougong_platform.releases.noting import note_release, release_changes
from dougong_platform.releases.publication import Publication, begin
from dougong_platform.releases.release import Release, load_on, remember
from dougong_platform.releases.switch import record
from dougong_platform.storage import ddl
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.engine_tables import upgrade_on
from dougong_platform.storage.structure import structure
from dougong_tenants import Tenant


def make(
    connection: Owner, tenant: Tenant, model: Model, note: str = "", packs: list[dict[str, object]] | None = None
) -> None:
    """Engine tables, the model's tables and release 1, inside the transaction that makes the tenant."""
    upgrade_on(connection)
    remember(model)
    base = load_on(connection, tenant, 0)
    assigned = assign(base, model, read_stored(connection), 1)
    if assigned.full:
        raise PublishRefused.full(assigned.full[0])
    row: Publication = begin(
        connection, 0, model, assigned.catalogue, assigned.added, note=note, pack={"packs": packs} if packs else None
    )
    target = Release(1, model, assigned.catalogue)
    made = structure(model, assigned.catalogue)
    statements = [s for table in made.tables.values() for s in ddl.create_table(table)]
    statements += [ddl.add_foreign_key(key, valid=True) for key in made.foreign_keys.values()]
    if statements:
        connection.execute(";\n".join(statements).encode())
    record(connection, tenant, row, target)
    note_release(connection, row, release_changes(connection, 0, 1))
    connection.execute(
        "update _publish set state = 'done', ended = now(), done = '{\"switch\": true}' where id = %s", [row.id]
    )
