"""Database: the one way to PostgreSQL. Every transaction, every read and every DDL connection starts here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import errors, pq
from psycopg.rows import TupleRow

from dougong_tenants.connection.entering import Mode, enter, entry
from dougong_tenants.connection.json_values import JSON_VALUES, OWNER_SETTINGS
from dougong_tenants.connection.login import login_dsn, login_role, with_settings
from dougong_tenants.connection.pool import Pool, WiredConnection
from dougong_tenants.connection.transaction import ControlTransaction, TenantTransaction, quoted
from dougong_tenants.connection.wire import OUTDATED_STATEMENT, Params, Row
from dougong_tenants.errors import DatabaseAway, OutcomeUnknown, StatementTooSlow
from dougong_tenants.tenant import Entry, Tenant

T = TypeVar("T")
MODE = Mode()
READ = Mode(read_only=True, custom_plan=True)
READ_ANY_PLAN = Mode(read_only=True)


class Database:
    """One database server as the application sees it. Safe for threads; opens its pool on first use, also after a fork.

    `dsn` is a superuser's (it makes roles and schemas and changes tables); requests run over a pool of `pool_size`
    connections of the login role, whose password is derived from `secret`. `application_dsn` names that login instead
    where an operator has made it.
    """

    def __init__(
        self,
        dsn: str,
        pool_size: int = 8,
        *,
        secret: str = "",
        application_dsn: str | None = None,
        pool_timeout: float = 10.0,
        application: str = "dougong",
    ) -> None:
        self.dsn = dsn
        self.secret = secret
        self.application_dsn = application_dsn
        self.login_role = login_role(dsn)
        self.login_dsn = with_settings(application_dsn or login_dsn(dsn, secret), application)
        self._owner_dsn = with_settings(dsn, f"{application} owner", OWNER_SETTINGS)
        self._pool = Pool(self.login_dsn, pool_size, pool_timeout)

    def install(self) -> None:
        """Make or bring up to date the control schema, the login role and the wall; several processes may at once."""
        from dougong_tenants.connection.control.install import install  # needed once per process

        install(self)

    @contextmanager
    def transaction(
        self,
        tenant: Tenant,
        *,
        read_only: bool = False,
        custom_plan: bool = False,
        statement_timeout: int = MODE.statement_timeout,
        lock_timeout: int = MODE.lock_timeout,
    ) -> Iterator[TenantTransaction]:
        """A transaction inside the tenant's wall; commits at the end, rolls back on an exception. Timeouts in ms.

        Raises TenantSuspended, TenantDropped, DatabaseAway, DatabaseBusy, OutcomeUnknown; psycopg's errors of the
        statements pass through.
        """
        mode = Mode(read_only, custom_plan, statement_timeout, lock_timeout)
        connection, entered = self._begin(("begin", None), enter(tenant, mode))
        try:
            with self._completed(ControlTransaction(connection, connection.wire)):
                yield TenantTransaction(connection, connection.wire, tenant.role, entry(entered, tenant))
        finally:
            self._pool.give(connection)

    def read(
        self,
        tenant: Tenant,
        sql: str,
        params: Params = None,
        *,
        custom_plan: bool = True,
        statement_timeout: int = READ.statement_timeout,
    ) -> tuple[Entry, list[Row]]:
        """One reading statement inside the tenant's wall, in one round trip; (entry, rows of canonical JSON values).

        ENTER and the statement are sent without BEGIN: until the pipeline's end they are one transaction anyway.
        """
        mode = READ if custom_plan else READ_ANY_PLAN
        if statement_timeout != mode.statement_timeout:
            mode = mode._replace(statement_timeout=statement_timeout)
        entering = enter(tenant, mode)

        def once(connection: WiredConnection) -> tuple[Entry, list[Row]]:
            wire = connection.wire
            entered, answer = wire.run(entering, (sql, params))
            return entry(wire.rows(entered)[0], tenant), wire.rows(answer)

        return self._retried(once)

    def read_control(self, sql: str, params: Params = None) -> list[Row]:
        """One reading statement on the control schema, for the tenants package; in its own transaction."""
        return self._retried(lambda connection: connection.wire.rows(connection.wire.run((sql, params))[0]))

    @contextmanager
    def control(self) -> Iterator[ControlTransaction]:
        """A transaction on the control schema, for the tenants package."""
        connection, _ = self._begin(("begin", None))
        try:
            tx = ControlTransaction(connection, connection.wire)
            with self._completed(tx):
                yield tx
        finally:
            self._pool.give(connection)

    @contextmanager
    def owner(self, tenant: Tenant) -> Iterator[psycopg.Connection[TupleRow]]:
        """An autocommit connection as the owner of the tenant's schema, for DDL by releases. New for each use.

        What it creates, the tenant's role may use at once (default privileges).
        """
        with self.administrator() as connection:
            with suppress(psycopg.errors.InsufficientPrivilege):
                # A change that waits for an autovacuum ends it when deadlocks are looked for: within its lock timeout
                connection.execute("set deadlock_timeout = '20ms'")
            become_owner(connection, tenant)
            yield connection

    @contextmanager
    def administrator(self) -> Iterator[psycopg.Connection[TupleRow]]:
        """An autocommit connection of the DSN's own login: makes and drops roles and schemas. Never for requests."""
        try:
            connection = psycopg.connect(self._owner_dsn, autocommit=True, context=JSON_VALUES)
        except psycopg.OperationalError as error:
            raise DatabaseAway from error
        with connection:
            yield connection

    def check(self) -> None:
        """Raise DatabaseAway unless the server answers."""
        self.read_control("select 1")

    def close(self) -> None:
        """Close the pool; the next use opens it again."""
        self._pool.close()

    def _begin(self, *statements: tuple[str, Params]) -> tuple[WiredConnection, Row]:
        """A connection on which the statements have begun a transaction, and the last one's first row.

        Nothing has been done yet, so a lost connection is tried again once.
        """
        for last in (False, True):
            connection = self._pool.take()
            try:
                rows = connection.wire.rows(connection.wire.run(*statements)[-1])
                return connection, rows[0] if rows else ()
            except BaseException as error:
                _roll_back(connection)
                self._pool.give(connection)
                if not (isinstance(error, psycopg.OperationalError) and connection.closed):
                    raise
                if last:
                    raise DatabaseAway from error
            self._pool.refresh()
        raise AssertionError("the loop returns or raises")

    @contextmanager
    def _completed(self, tx: ControlTransaction) -> Iterator[None]:
        """Commit what the body did, or undo it."""
        try:
            yield
        except BaseException as error:
            _roll_back(tx.connection)
            if isinstance(error, psycopg.OperationalError) and tx.connection.closed:
                raise DatabaseAway from error
            raise
        try:
            tx.execute("commit")
        except psycopg.OperationalError as error:
            if tx.connection.closed:
                raise OutcomeUnknown from error
            raise

    @contextmanager
    def _taken(self) -> Iterator[WiredConnection]:
        connection = self._pool.take()
        try:
            yield connection
        finally:
            self._pool.give(connection)

    def _retried(self, once: Callable[[WiredConnection], T]) -> T:
        """Run a read; once more when its connection was lost or the server has forgotten a prepared statement."""
        try:
            with self._taken() as connection:
                try:
                    return once(connection)
                except OUTDATED_STATEMENT:
                    connection.wire.forget()
                    return once(connection)
        except errors.QueryCanceled as error:
            raise StatementTooSlow from error
        except psycopg.OperationalError:
            if not connection.closed:
                raise
            self._pool.refresh()
        with self._taken() as connection:
            try:
                return once(connection)
            except psycopg.OperationalError as error:
                raise (DatabaseAway if connection.closed else StatementTooSlow) from error


def become_owner(connection: psycopg.Connection[Any], tenant: Tenant) -> None:
    """Make an administrator's connection act as the owner of the tenant's schema."""
    connection.execute(f"set role {quoted(tenant.owner)}".encode())
    connection.execute(f"set search_path = {quoted(tenant.schema)}, pg_temp".encode())


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    """Undo; a connection that cannot is closed, and the pool replaces it."""
    if connection.closed or connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
        return
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()
