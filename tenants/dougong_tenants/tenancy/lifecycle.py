"""What happens to a tenant after its creation: suspended, resumed, described anew, moved to a release, dropped."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg import errors

from dougong_metadata.label import Label
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.errors import NoSuchTenant
from dougong_tenants.tenancy.directory import get
from dougong_tenants.tenant import Tenant

_PATIENCE = 5.0  # seconds that running transactions of a dropped tenant get to end by themselves


def suspend(database: Database, name: str) -> Tenant:
    """From the next transaction on, nobody enters the tenant; its data stays. Its sessions work again once resumed."""
    return _set_status(database, name, "suspended")


def resume(database: Database, name: str) -> Tenant:
    """Open a suspended tenant again."""
    return _set_status(database, name, "active")


def describe(
    database: Database,
    name: str,
    *,
    label: Label | None = None,
    locale: str | None = None,
    timezone: str | None = None,
    currency: str | None = None,
) -> Tenant:
    """Change what is given; raises NoSuchTenant."""
    with database.control() as tx:
        tx.execute(
            "update dougong.tenant set label = coalesce(%(label)s::jsonb, label),"
            " locale = coalesce(%(locale)s, locale), timezone = coalesce(%(timezone)s, timezone),"
            " currency = coalesce(%(currency)s, currency), stamp = stamp + 1 where name = %(name)s",
            {
                "label": {"en": label.en, "zh": label.zh} if label else None,
                "locale": locale,
                "timezone": timezone,
                "currency": currency,
                "name": name,
            },
        )
    return get(database, name)


def record_release(connection: psycopg.Connection[Any], tenant: Tenant, number: int) -> None:
    """Within the switch's transaction on an owner connection: make `number` the tenant's release."""
    connection.execute("reset role")
    connection.execute("update dougong.tenant set release = %s where id = %s::uuid", (number, tenant.id))
    connection.execute(f"set role {quoted(tenant.owner)}".encode())


def drop(database: Database, name: str) -> None:
    """Remove the tenant with all its data, for ever. Its running transactions are given some seconds, then ended."""
    tenant = get(database, name)
    with database.control() as tx:  # nobody new comes in
        tx.execute("update dougong.tenant set status = 'suspended' where id = %s::uuid", (tenant.id,))
        raise_stamp(tx, tenant)
    deadline = time.monotonic() + _PATIENCE
    with database.administrator() as connection:
        while True:
            try:
                with connection.transaction():
                    connection.execute("set local lock_timeout = '500ms'")
                    remove(connection, tenant)
                return
            except (errors.LockNotAvailable, errors.DeadlockDetected):
                if time.monotonic() > deadline:
                    _end_transactions(connection, tenant)


def remove(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    """Within a transaction on an administrator's connection: row, schema, roles, and persons who are nowhere else."""
    if not connection.execute("delete from dougong.tenant where id = %s::uuid returning 1", (tenant.id,)).fetchone():
        raise NoSuchTenant(name=tenant.name)
    connection.execute(
        "delete from dougong.person p where not exists (select from dougong.membership m where m.person = p.id)"
    )
    role, owner = quoted(tenant.role), quoted(tenant.owner)
    for statement in (f"drop schema {quoted(tenant.schema)} cascade", f"drop owned by {owner}, {role}"):
        connection.execute(statement.encode())
    for one in (owner, role):
        try:
            with connection.transaction():
                connection.execute(f"drop role {one}".encode())
        except errors.DependentObjectsStillExist:
            pass  # a copy of this database on the same server has the tenant too; roles are the server's


def _end_transactions(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    connection.execute(
        "select pg_terminate_backend(l.pid) from pg_locks l join pg_class c on c.oid = l.relation"
        " where c.relnamespace = %s::regnamespace and l.database = (select oid from pg_database"
        " where datname = current_database()) and l.pid <> pg_backend_pid()",
        (quoted(tenant.schema),),
    )


def _set_status(database: Database, name: str, status: str) -> Tenant:
    with database.control() as tx:
        tx.execute(
            "update dougong.tenant set status = %(status)s, stamp = stamp + 1,"
            " suspended_at = case when %(status)s = 'suspended' then now() end where name = %(name)s",
            {"status": status, "name": name},
        )
    return get(database, name)
