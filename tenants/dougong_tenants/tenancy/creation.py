"""Creates a tenant: roles, schema with people tables, row. One transaction, so a killed creation leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors

from dougong_metadata.label import Label
from dougong_tenants.audit import tables as audit_tables
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.wall import memberships
from dougong_tenants.connection.database import become_owner
from dougong_tenants.connection.login import database_name
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.errors import DatabaseBusy, TenantNameTaken
from dougong_tenants.identifiers import new_id
from dougong_tenants.people.tables import LATER, STATEMENTS
from dougong_tenants.tenancy.directory import get
from dougong_tenants.tenancy.lifecycle import remove
from dougong_tenants.tenancy.names import check_name, role_of, schema_of
from dougong_tenants.tenant import Tenant

Prepare = Callable[[psycopg.Connection[Any], Tenant], None]


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What a tenant starts with; all of it can be changed later but the name."""

    name: str
    label: Label | None = None
    locale: str = "zh"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"


def create(
    database: Database, new: NewTenant, prepare: Prepare | None = None, *, instead_of: Tenant | None = None
) -> Tenant:
    """Create the tenant and answer it; raises TenantNameInvalid, TenantNameTaken.

    `prepare(connection, tenant)` runs within the same transaction as the schema's owner with the schema as search path:
    there the engine makes its own tables. `instead_of` is dropped in that transaction too (DatabaseBusy while it is in
    use): a restore replaces a tenant whole or not at all.
    """
    name = check_name(new.name)
    tenant = Tenant(
        new_id(),
        name,
        new.label or Label.of(None, name),
        schema_of(name),
        role_of(name, database_name(database.dsn)),
        "active",
        locale=new.locale,
        timezone=new.timezone,
        currency=new.currency,
    )
    with database.administrator() as connection, connection.transaction():
        if instead_of is not None:
            _make_room(connection, instead_of)
        _register(connection, tenant)
        _build(connection, tenant, database.login_role)
        become_owner(connection, tenant)
        connection.execute(";\n".join((*STATEMENTS, *LATER, *audit_tables.STATEMENTS)).encode())
        if prepare is not None:
            prepare(connection, tenant)
        connection.execute("reset role")
    return get(database, name)


def _make_room(connection: psycopg.Connection[Any], old: Tenant) -> None:
    try:
        with connection.transaction():
            connection.execute("set local lock_timeout = '10s'")
            remove(connection, old)
            connection.execute("set local lock_timeout = 0")
    except (errors.LockNotAvailable, errors.DeadlockDetected) as busy:
        raise DatabaseBusy from busy


def _register(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    """The row comes first: a second creation of that name waits at the unique key and is then told."""
    try:
        connection.execute(
            "insert into dougong.tenant (id, name, label, schema, role, locale, timezone, currency)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                tenant.id,
                tenant.name,
                {"en": tenant.label.en, "zh": tenant.label.zh},
                tenant.schema,
                tenant.role,
                tenant.locale,
                tenant.timezone,
                tenant.currency,
            ),
        )
    except errors.UniqueViolation as taken:
        raise TenantNameTaken(name=tenant.name) from taken


def _build(connection: psycopg.Connection[Any], tenant: Tenant, login: str) -> None:
    role, owner, schema = (quoted(name) for name in (tenant.role, tenant.owner, tenant.schema))
    for statement in (
        f"drop role if exists {role}",
        f"drop role if exists {owner}",  # left by a database that was dropped whole
        f"create role {role} nologin",
        f"create role {owner} nologin",
        *memberships(tenant.role, tenant.owner, login, connection.info.server_version),
        f"create schema {schema} authorization {owner}",
        f"grant usage on schema {schema} to {role}",
        *(
            f"alter default privileges for role {owner} in schema {schema} grant {rights} on {things} to {role}"
            for things, rights in (
                ("tables", "select, insert, update, delete, truncate"),
                ("sequences", "usage, select, update"),
                ("functions", "execute"),
            )
        ),
    ):
        connection.execute(statement.encode())
