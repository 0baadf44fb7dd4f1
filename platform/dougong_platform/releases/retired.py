"""Removed fields and objects, whose data is kept: listed, and purged for ever. Used by the API and the builder."""

from __future__ import annotations

from typing import Any

from dougong_platform.errors import NotFound, PublishConflict
from dougong_platform.releases.publication import unfinished
from dougong_platform.releases.publish import alone
from dougong_platform.storage import ddl
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import quote
from dougong_tenants import Database, Tenant

_COLUMNS = ("object", "field", "physical", "storage", "release", "at")


def list_retired(database: Database, tenant: Tenant) -> list[dict[str, Any]]:
    """[{object, field ("" = the whole object), physical, storage, release, at}] as of when it was removed."""
    _, rows = database.read(
        tenant,
        "select object, field, physical, storage, retired, retired_at from _column where state = 'retired'"
        " order by retired desc, object, field",
    )
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def purge(database: Database, tenant: Tenant, object: str, field: str = "") -> None:
    """Remove for ever what a removed field (or object) held. Raises NotFound, PublishConflict during a publish."""
    with alone(database, tenant) as connection:
        if unfinished(connection) is not None:
            raise PublishConflict
        found = connection.execute(
            "select c.physical, t.physical from _column c join _column t on t.object = c.object and t.field = ''"
            " and t.state <> 'replaced' where c.state = 'retired' and c.object = %s and c.field = %s",
            [object, field],
        ).fetchall()
        if not found:
            raise NotFound
        drop_replaced(connection, object)
        for physical, table in found:
            statement = (
                f"drop table if exists {quote(physical)}"
                if field == ""
                else f"alter table {quote(table)} drop column if exists {quote(physical)}"
            )
            ddl.brief(connection, [statement])
        if field == "":
            connection.execute("delete from _share where object = %s", [object])
        connection.execute(
            "delete from _column where state = 'retired' and object = %(o)s and (field = %(f)s or %(f)s = '')",
            {"o": object, "f": field},
        )


def drop_replaced(connection: Owner, object: str | None = None, minutes: int = 0) -> int:
    """Drop the tables (of one object, or of all) that were rebuilt `minutes` ago or longer; how many there were."""
    found = connection.execute(
        "select physical from _column where state = 'replaced' and (%(o)s::text is null or object = %(o)s)"
        " and retired_at <= now() - make_interval(mins => %(m)s)",
        {"o": object, "m": minutes},
    ).fetchall()
    for (table,) in found:
        gone = f"delete from _column where state = 'replaced' and field = '' and physical = '{table}'"
        ddl.brief(connection, [f"drop table if exists {quote(table)}", gone])
    return len(found)
