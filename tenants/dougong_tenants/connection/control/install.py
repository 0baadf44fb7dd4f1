"""Makes the control schema, the login role and the wall, and brings them up to date. Called when a process starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql

from dougong_tenants.connection.control.tables import MIGRATIONS
from dougong_tenants.connection.control.wall import builders_role, memberships, wall
from dougong_tenants.connection.login import database_name, login_password
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.errors import WallNotBuilt

if TYPE_CHECKING:
    from dougong_tenants.connection.database import Database

WALL_VERSION = 1  # raise it when `wall` changes
_LOCK = "select pg_advisory_xact_lock(4736251, 1)"  # any fixed pair; setups and tenant creations queue on it
_NUMBERS = """
create schema if not exists dougong;
create table if not exists dougong.migration (
    number integer primary key, name text not null, applied_at timestamptz not null default now())
"""


def install(database: Database) -> None:
    """Idempotent; processes that start together wait for each other. Raises WallNotBuilt, DatabaseAway."""
    if _is_current(database):
        return
    with database.administrator() as connection:
        try:
            with connection.transaction():
                connection.execute(_LOCK)
                _roles(connection, database)
                connection.execute(_NUMBERS)
                _migrate(connection)
                for statement in wall(database_name(database.dsn), database.login_role):
                    connection.execute(statement.encode())
                _join_tenants(connection, database.login_role)
                _mark(connection, 1_000_000 + WALL_VERSION, "wall")
        except errors.InsufficientPrivilege as error:
            raise WallNotBuilt(reason=str(error).strip().splitlines()[0]) from error
    database.close()  # connections that were refused before the login existed


def _is_current(database: Database) -> bool:
    """Whether the application's login works and finds everything in place: one cheap query for a usual start."""
    try:
        with psycopg.connect(database.login_dsn) as connection:
            row = connection.execute(
                "select max(number) filter (where number < 1000000), max(number) from dougong.migration"
            ).fetchone()
    except psycopg.Error:
        return False
    return row == (len(MIGRATIONS), 1_000_000 + WALL_VERSION)


def _migrate(connection: psycopg.Connection[Any]) -> None:
    done = {row[0] for row in connection.execute("select number from dougong.migration")}
    for number, (name, statements) in enumerate(MIGRATIONS, start=1):
        if number not in done:
            connection.execute(statements.encode())
            _mark(connection, number, name)


def _mark(connection: psycopg.Connection[Any], number: int, name: str) -> None:
    connection.execute(
        "insert into dougong.migration (number, name) values (%s, %s) on conflict do nothing", (number, name)
    )


def _join_tenants(connection: psycopg.Connection[Any], login: str) -> None:
    """A database restored or copied under another name has another login: let it into the tenants that came along."""
    for (role,) in connection.execute(
        "select t.role from dougong.tenant t where exists (select from pg_roles r where r.rolname = t.role)"
        " and not pg_has_role(%s, t.role, 'member')",
        (login,),
    ).fetchall():
        for statement in memberships(role, f"{role}_owner", login, connection.info.server_version):
            connection.execute(statement.encode())


def _roles(connection: psycopg.Connection[Any], database: Database) -> None:
    """The login (unless the operator made his own) and the group of owners; roles belong to the whole server."""
    login, builders = database.login_role, builders_role(database.login_role)
    for role, options in ((login, "login noinherit"), (builders, "nologin")):
        if not connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
            connection.execute(f"create role {quoted(role)} {options}".encode())
    nothing_more = "noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
    connection.execute(f"alter role {quoted(login)} login {nothing_more}".encode())
    if database.application_dsn is None:
        password = login_password(database.dsn, database.secret)
        hashed = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(login), hashed.decode()))
