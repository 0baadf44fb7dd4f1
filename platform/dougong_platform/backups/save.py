"""Writes a backup: all of one moment, while others work. Publishing waits until it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from psycopg import sql

from dougong_platform.backups.archive import FORMAT, Heading, Writer, file_chunks, writing
from dougong_platform.backups.errors import BackupBusy
from dougong_platform.errors import PublishConflict
from dougong_platform.files.store import THUMBNAIL, FileStore
from dougong_platform.releases.publish import alone, resume
from dougong_platform.storage.ddl import Owner
from dougong_tenants import Database, Tenant
from dougong_tenants.people import members_of
from dougong_tenants.security import policy_of_tenant, policy_values

# What is under way belongs to the original: answers kept for repeated requests, work that is to be done once.
LEFT_OUT = ("_engine", "_idempotency", "_outbox", "_unconverted")
# Columns whose values mean nothing elsewhere: transaction ids are each server's own.
_FOREIGN = "xid8"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written. `missing`: ids of files whose bytes were lost before."""

    rows: int
    files: int
    size: int  # bytes
    missing: tuple[str, ...]


def save(database: Database, tenant: Tenant, home: Path, path: Path) -> Saved:
    """Write the tenant to `path`. Raises BackupExists, BackupUnwritable, BackupBusy."""
    with _snapshot(database, tenant) as connection, writing(path) as writer:
        heading = _heading(connection, tenant, database)
        writer.heading(heading)
        rows = sum(_table(connection, writer, name, columns) for name, columns in heading.tables.items())
        files = _files(connection, writer, FileStore(home), tenant)
    return Saved(rows, files, path.stat().st_size, tuple(writer.missing))


@contextmanager
def _snapshot(database: Database, tenant: Tenant) -> Iterator[Owner]:
    """The owner's connection in a snapshot, while nobody publishes and no file is swept."""
    resume(database, tenant)
    try:
        with alone(database, tenant) as connection:
            connection.execute(
                "select pg_advisory_lock_shared(hashtextextended('dougong files ' || current_schema(), 0))"
            )
            with connection.transaction():
                connection.execute("set transaction isolation level repeatable read, read only")
                if connection.execute("select 1 from _publish where state in ('preparing', 'switched')").fetchone():
                    raise BackupBusy
                yield connection
    except PublishConflict:
        raise BackupBusy from None


def _heading(connection: Owner, tenant: Tenant, database: Database) -> Heading:
    tables: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select c.relname::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0"
        " and not a.attisdropped and a.atttypid <> to_regtype(%s) and c.relname <> all(%s) order by 1, a.attnum",
        [_FOREIGN, list(LEFT_OUT)],
    ):
        tables.setdefault(table, []).append(column)
    users = {id for (id,) in connection.execute('select id from "user"')}
    release = connection.execute("select coalesce(max(number), 0) from _release").fetchone()
    reindex = connection.execute("select exists (select from _outbox where topic like 'release%')").fetchone()
    assert release is not None
    assert reindex is not None
    return Heading(
        FORMAT,
        version("dougong"),
        dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        {
            "name": tenant.name,
            "label": {"en": tenant.label.en, "zh": tenant.label.zh},
            "locale": tenant.locale,
            "timezone": tenant.timezone,
            "currency": tenant.currency,
            "security": policy_values(policy_of_tenant(database, tenant)),
        },
        release[0],
        dict(connection.execute("select noun, applied from _engine").fetchall()),
        tables,
        _sequences(connection),
        [asdict(one) for one in members_of(database, tenant) if one.user in users],
        reindex[0],
    )


def _sequences(connection: Owner) -> dict[str, list[object]]:
    """Read after the snapshot was taken: sequences do not go back, so they are ahead of every row in it."""
    names = connection.execute(
        "select relname::text from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace"
    ).fetchall()
    found = {}
    for (name,) in names:
        if not name.startswith("_outbox"):
            row = connection.execute(
                sql.SQL("select last_value, is_called from {}").format(sql.Identifier(name))
            ).fetchone()
            assert row is not None
            found[name] = list(row)
    return found


def _table(connection: Owner, writer: Writer, name: str, columns: list[str]) -> int:
    statement = sql.SQL("copy {} ({}) to stdout").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            writer.add(f"tables/{name}", copy)
        return cursor.rowcount


def _files(connection: Owner, writer: Writer, store: FileStore, tenant: Tenant) -> int:
    count = 0
    with connection.cursor(name="files") as cursor:
        for id, thumbnail in cursor.execute("select id, thumbnail from _file order by id"):
            for ending in ("", THUMBNAIL) if thumbnail else ("",):
                try:
                    with store.path(tenant.schema, id, ending).open("rb") as file:
                        writer.add(f"files/{id}{ending}", file_chunks(file), plain=True)
                        count += not ending
                except FileNotFoundError:
                    writer.missing.append(f"{id}{ending}")
    return count
