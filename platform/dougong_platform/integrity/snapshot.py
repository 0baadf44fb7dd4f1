"""One tenant at one moment: a connection inside a REPEATABLE READ transaction, with the release in force then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from psycopg import sql

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.files.store import FileStore
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.releases.release import Release, load_on
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import quote
from dougong_tenants import Database, Tenant

EXAMPLES = 3
AT_ONCE = 2_000  # rows fetched at a time where rows are looked at one by one


@dataclass(frozen=True)
class Snapshot:
    """What every check takes. The connection is the owner's, its search_path the tenant's schema."""

    database: Database
    tenant: Tenant
    connection: Owner
    release: Release
    store: FileStore

    def rows(self, statement: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of one statement."""
        return self.connection.execute(statement.encode(), params).fetchall()

    def stream(self, statement: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows one by one, however many there are."""
        with self.connection.cursor(name="integrity") as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(sql.SQL(statement), params)

    def count(
        self, subject: str, en: str, zh: str, statement: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[Finding]:
        """A finding if `statement`, which selects one column called `example`, has rows."""
        found = self.rows(
            f"select x.example::text, count(*) over () from ({statement}) x order by 1 limit {EXAMPLES}", params
        )
        if found:
            yield finding(subject, en, zh, found[0][1], *(row[0] for row in found))

    @cached_property
    def columns(self) -> dict[str, dict[str, str]]:
        """Table -> column -> its type as PostgreSQL prints it, for all tables of the schema."""
        found: dict[str, dict[str, str]] = {}
        for table, name, kind in self.rows(
            "select c.relname::text, a.attname::text, format_type(a.atttypid, null) from pg_class c"
            " left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' order by 1, a.attnum"
        ):
            columns = found.setdefault(table, {})
            if name is not None:
                columns[name] = kind
        return found

    @cached_property
    def objects(self) -> Sequence[ObjectModel]:
        """The objects whose tables are complete: only their rows can be looked at."""
        names = self.release.catalogue
        return [
            o
            for o in self.release.model.objects.values()
            if {names.column(o.name, f.name) for f in o.fields.values() if f.is_stored}
            <= set(self.columns.get(names.table(o.name), {}))
        ]

    @cached_property
    def own_objects(self) -> Sequence[ObjectModel]:
        """`objects` without those that the tenants package keeps."""
        return [o for o in self.objects if not o.system]

    def table(self, object: str) -> str:
        """The object's table, quoted for SQL with parameters."""
        return quote(self.release.catalogue.table(object)).replace("%", "%%")

    def column(self, field: FieldModel, alias: str = "t") -> str:
        """The field's column, quoted, of the row `alias`."""
        return f"{alias}.{quote(self.release.catalogue.column(field.object, field.name))}".replace("%", "%%")

    @cached_property
    def publishing(self) -> bool:
        """Whether a publish is under way: then columns, indexes and triggers of its own stand beside those in force."""
        return bool(self.rows("select 1 from _publish where state in ('preparing', 'switched')"))


@contextmanager
def taken(database: Database, tenant: Tenant, store: FileStore) -> Iterator[Snapshot]:
    """The tenant as of now; nothing is locked, nothing can be written."""
    with database.owner(tenant) as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        row = connection.execute("select coalesce(max(number), 0) from _release").fetchone()
        assert row is not None
        yield Snapshot(database, tenant, connection, load_on(connection, tenant, row[0]), store)
