"""Fills the schema of a new tenant from a backup, inside the transaction that makes it. Called by restore.

The engine's tables are made as they were when the backup was written, filled, and then brought up to date as those of
a tenant that lived through the upgrade. Objects' tables are made from the backup's own release, never from its SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from psycopg import sql

from dougong_metadata.documents import content_hash
from dougong_platform.backups.archive import Reader
from dougong_platform.backups.save import LEFT_OUT
from dougong_platform.hand_overs.store import cut_off as cut_hand_overs_off
from dougong_platform.imports.store import cut_off
from dougong_platform.releases.release import Release, documents_of, load_on
from dougong_platform.reports.subscriptions import clock as subscriptions
from dougong_platform.storage import Catalogue, ddl
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.engine_tables import upgrade_on
from dougong_platform.storage.structure import TableStructure, column_definition, quote, structure
from dougong_platform.storage.tables import is_column_type
from dougong_platform.wakeups.rules import begin_anew
from dougong_tenants import Tenant
from dougong_tenants.people import Member, join_members
from dougong_tenants.security import bring_back_policy
from dougong_tenants.tenancy import record_release

_PHYSICAL = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def fill(connection: Owner, tenant: Tenant, archive: Reader) -> int:
    """Everything but the files; the number of rows of objects."""
    heading = archive.heading
    upgrade_on(connection, at_most=heading.engine)
    links = _let_go_of_links(connection)
    there = _tables_there(connection)
    _load(connection, archive, [name for name in heading.tables if name in there])
    _check_documents(connection, archive)
    release = load_on(connection, tenant, heading.release)
    made = structure(release.model, release.catalogue)
    for table in _tables(connection, archive, release):
        connection.execute(";\n".join(ddl.create_table(table)).encode())
    rows = _load(connection, archive, [name for name in heading.tables if name not in there])
    finishing = [ddl.create_index(index) for index in made.indexes.values()]
    finishing += [ddl.add_foreign_key(key, valid=True) for key in made.foreign_keys.values()]
    for statement in (*finishing, *links):
        connection.execute(statement.encode())
    _sequences(connection, archive)
    _settle(connection, archive)
    upgrade_on(connection)
    begin_anew(connection)
    subscriptions.begin_anew(connection)
    join_members(connection, tenant, [Member(**one) for one in heading.members])
    bring_back_policy(connection, tenant, heading.tenant.get("security"))
    record_release(connection, tenant, heading.release)
    return rows


def _tables_there(connection: Owner) -> set[str]:
    return {
        name
        for (name,) in connection.execute(
            "select relname::text from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
        )
    }


def _let_go_of_links(connection: Owner) -> list[str]:
    """Drop the foreign keys of people and engine tables, some of which point at each other; how to make them again."""
    found = connection.execute(
        "select c.relname::text, k.conname::text, pg_get_constraintdef(k.oid) from pg_constraint k"
        " join pg_class c on c.oid = k.conrelid"
        " where k.contype = 'f' and k.connamespace = current_schema()::regnamespace"
    ).fetchall()
    for table, name, _ in found:
        connection.execute(f"alter table {quote(table)} drop constraint {quote(name)}".encode())
    return [f"alter table {quote(table)} add constraint {quote(name)} {text}" for table, name, text in found]


def _load(connection: Owner, archive: Reader, names: list[str]) -> int:
    count = 0
    for name in names:
        if name in LEFT_OUT:
            archive.damaged(f"it holds {name}")
        statement = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, archive.heading.tables[name]))
        )
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for chunk in archive.chunks(f"tables/{name}"):
                    copy.write(chunk)
            count += cursor.rowcount
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
    return count


def _check_documents(connection: Owner, archive: Reader) -> None:
    """Models are shared by all tenants under the hash of their documents, so that hash must be true; and physical
    names become SQL."""
    for number, model_hash, catalogue in connection.execute(
        "select number, model_hash, catalogue from _release where number > 0"
    ).fetchall():
        if content_hash(documents_of(connection, number)) != model_hash:
            archive.damaged(f"the documents of release {number} are not those that were published")
        names = Catalogue.from_json(catalogue)
        for name in (*names.tables.values(), *names.columns.values()):
            if not _PHYSICAL.fullmatch(name):
                archive.damaged(f"{name!r} is no name of a table or column")


def _tables(connection: Owner, archive: Reader, release: Release) -> Iterator[TableStructure]:
    """The release's tables with the columns that it has retired, then tables retired as a whole; none with indexes."""
    kept = connection.execute(
        "select t.object, t.physical, t.state, c.physical, c.storage from _column t left join _column c"
        " on c.object = t.object and c.field <> '' and (c.state = 'retired' or t.state = 'retired') where t.field = ''"
    ).fetchall()
    retired: dict[str, dict[str, str]] = {}
    for _, table, _, column, storage in kept:
        columns = retired.setdefault(table, {})
        if column is not None:
            if not _PHYSICAL.fullmatch(column) or not is_column_type(kind := storage.split(":")[0]):
                archive.damaged(f"{column!r} is no column")
            columns[column] = kind
    for table in structure(release.model, release.catalogue).tables.values():
        yield replace(table, columns={**table.columns, **retired.pop(table.name, {})}, indexes=())
    system = {f.name: column_definition(f) for f in release.model.objects["user"].fields.values() if f.system}
    for object, table, state, _, _ in kept:
        if table in retired and state == "retired" and _PHYSICAL.fullmatch(table):
            yield TableStructure(object, table, {**system, **retired.pop(table)}, (), (), ())


def _sequences(connection: Owner, archive: Reader) -> None:
    for name, (value, called) in archive.heading.sequences.items():
        connection.execute(sql.SQL("create sequence if not exists {}").format(sql.Identifier(name)))
        connection.execute("select setval(quote_ident(%s)::regclass, %s, %s)", [name, value, called])


def _settle(connection: Owner, archive: Reader) -> None:
    """What was under way in the original, or lost by it, does not go on here."""
    connection.execute("delete from _publish where state in ('preparing', 'switched')")
    connection.execute("delete from _file where field is null and id::text = any(%s)", [archive.missing])
    cut_off(connection)
    cut_hand_overs_off(connection)
    if archive.heading.reindex and archive.heading.release:
        connection.execute(
            "insert into _outbox (topic, payload) values ('release', jsonb_build_object('base', 0, 'number', %s::int))",
            [archive.heading.release],
        )
