"""A transaction inside a tenant's wall, and one on the control schema; handed out by Database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult

from dougong_tenants.connection.wire import Params, Row, Wire
from dougong_tenants.tenant import Entry


class Result:
    """What a statement answered; reads like a cursor. Values are canonical JSON values."""

    __slots__ = ("_next", "_pgresult", "rows")

    def __init__(self, rows: list[Row], pgresult: PGresult) -> None:
        self.rows, self._pgresult, self._next = rows, pgresult, 0

    @property
    def rowcount(self) -> int:
        """Rows written or answered; -1 for statements that have no rows."""
        answered = self._pgresult.command_tuples
        return -1 if answered is None else answered

    @property
    def description(self) -> tuple[str, ...] | None:
        """`columns`, or None for a statement that answers no rows."""
        return self.columns or None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the answered columns, in order."""
        names = (self._pgresult.fname(i) for i in range(self._pgresult.nfields))
        return tuple(name.decode() for name in names if name is not None)

    def fetchone(self) -> Row | None:
        """The next row, None after the last."""
        if self._next >= len(self.rows):
            return None
        self._next += 1
        return self.rows[self._next - 1]

    def fetchall(self) -> list[Row]:
        """The rows not fetched yet."""
        rows, self._next = self.rows[self._next :], len(self.rows)
        return rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())


class ControlTransaction:
    """A transaction of the application's own login: it reaches the control schema and no tenant's.

    Its statements name the schema: `dougong.tenant`.
    """

    def __init__(self, connection: psycopg.Connection[Any], wire: Wire) -> None:
        self.connection = connection
        self._wire = wire

    def execute(self, sql: str, params: Params = None) -> Result:
        """Run one statement (`%(name)s` or `%s` parameters); raises psycopg's errors."""
        (result,) = self._wire.run((sql, params))
        return Result(self._wire.rows(result), result)

    def rows(self, sql: str, params: Params = None) -> list[Row]:
        """The rows of one statement."""
        (result,) = self._wire.run((sql, params))
        return self._wire.rows(result)

    def together(self, *statements: tuple[str, Params]) -> list[Result]:
        """Several statements in one round trip, in order."""
        return [Result(self._wire.rows(result), result) for result in self._wire.run(*statements)]


class TenantTransaction(ControlTransaction):
    """A transaction as the tenant's role, with its schema as search path.

    `connection` is the psycopg connection (for COPY and server-side cursors; inside BEGIN), `entry` the tenant's state
    read by the statement that entered.
    """

    def __init__(self, connection: psycopg.Connection[Any], wire: Wire, role: str, entry: Entry) -> None:
        super().__init__(connection, wire)
        self.entry = entry
        self._role = role

    @contextmanager
    def control(self) -> Iterator[ControlTransaction]:
        """The control schema within this very transaction, for the tenants package.

        So a user and his sign-in change together.
        """
        self._wire.run(("set local role none", None))
        yield ControlTransaction(self.connection, self._wire)  # after an error the transaction is lost anyway
        self._wire.run((f"set local role {quoted(self._role)}", None))


def quoted(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'
