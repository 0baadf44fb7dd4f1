"""Inserts, updates and deletes rows of the people tables with their system columns. Used by this folder's actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dougong_tenants.connection import ControlTransaction, Database, TenantTransaction
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.errors import NoSuchPerson, PersonStale
from dougong_tenants.identifiers import new_id
from dougong_tenants.tenant import Tenant


@contextmanager
def people_transaction(database: Database, tenant: Tenant) -> Iterator[TenantTransaction]:
    """A transaction in which nobody else changes this tenant's people.

    Checks over many rows (no circles, one administrator left, unique names) then hold without locking each row. It
    ends by raising the stamp: what processes remember of people and of who reaches what is void with the commit.
    """
    with database.transaction(tenant) as tx:
        tx.execute("select pg_advisory_xact_lock(4736252, hashtext(%s))", (tenant.schema,))
        yield tx
        with tx.control() as control:
            raise_stamp(control, tenant)


def insert(tx: ControlTransaction, table: str, values: Mapping[str, Any], by: str | None) -> str:
    """Insert a row; its new id."""
    identifier = new_id()
    row = {"id": identifier, "created_by": by, "updated_by": by, **values}
    columns = ", ".join(quoted(name) for name in row)
    marks = ", ".join(f"%({name})s" for name in row)
    tx.execute(f"insert into {quoted(table)} ({columns}) values ({marks})", row)  # ours
    return identifier


def update(
    tx: ControlTransaction,
    table: str,
    identifier: str,
    changes: Mapping[str, Any],
    by: str | None,
    version: int | None = None,
) -> int:
    """Change a row; its new version. Raises NoSuchPerson, PersonStale if `version` is given and no longer right."""
    sets = "".join(f", {quoted(name)} = %({name})s" for name in changes)
    found = tx.rows(
        f"update {quoted(table)} set version = version + 1, updated_at = now(), updated_by = %(by_)s{sets}"  # ours
        " where id = %(id_)s::uuid and deleted_at is null"
        " and (%(version_)s::integer is null or version = %(version_)s) returning version",
        {**changes, "by_": by, "id_": identifier, "version_": version},
    )
    if not found:
        there(tx, table, identifier)
        raise PersonStale
    return int(found[0][0])


def there(tx: ControlTransaction, table: str, identifier: str) -> None:
    """Raise NoSuchPerson unless the row exists and is not deleted."""
    if not tx.rows(
        f"select 1 from {quoted(table)} where id = %s::uuid and deleted_at is null",  # ours
        (identifier,),
    ):
        raise NoSuchPerson(what=table)


def person_there(tx: ControlTransaction, user: str) -> None:
    """Raise NoSuchPerson unless this is a person: a queue, which is a row of users too, is none."""
    if not tx.rows("""select 1 from "user" where id = %s::uuid and deleted_at is null and kind = 'person'""", (user,)):
        raise NoSuchPerson(what="user")


def mark_deleted(tx: ControlTransaction, table: str, identifier: str, by: str | None) -> None:
    """Deleting marks; the row stays for those who point to it."""
    update(tx, table, identifier, {"deleted_by": by}, by)
    tx.execute(f"update {quoted(table)} set deleted_at = now() where id = %s::uuid", (identifier,))  # ours
