"""The application's pool: connections of the login role, speaking JSON values and one statement per message."""

from __future__ import annotations

import os
from functools import cached_property
from threading import Lock
from typing import Any

import psycopg
from psycopg import pq
from psycopg._queries import PostgresQuery
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from dougong_tenants.connection.json_values import JSON_VALUES
from dougong_tenants.connection.wire import Wire
from dougong_tenants.errors import DatabaseAway, DatabaseBusy


class OneStatementCursor(psycopg.Cursor[TupleRow]):
    """psycopg would use the simple protocol, which takes `…; reset role`, for a query without parameters."""

    def _execute_send(self, query: PostgresQuery, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)


class WiredConnection(psycopg.Connection[TupleRow]):
    """A pooled connection with its Wire. psycopg's own preparing is off: its DEALLOCATE ALL would empty the Wire's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = OneStatementCursor
        self.prepare_threshold = None

    @cached_property
    def wire(self) -> Wire:
        """Made on first use: psycopg sets the adapters after __init__."""
        return Wire(self)


class Pool:
    """Opened on first use and again in a forked child. `timeout`: seconds to wait for a free connection."""

    def __init__(self, dsn: str, size: int, timeout: float) -> None:
        self._dsn, self._size, self._timeout = dsn, size, timeout
        self._lock = Lock()
        self._process: int | None = None
        self._pool: ConnectionPool[WiredConnection] | None = None

    def take(self) -> WiredConnection:
        """A free connection in autocommit mode, to be given back. Raises DatabaseAway, DatabaseBusy."""
        pool = self._opened()
        try:
            return pool.getconn()
        except PoolTimeout as timeout:
            busy = pool.get_stats().get("pool_size", 0) > 0 and self._reachable()
            raise (DatabaseBusy if busy else DatabaseAway) from timeout

    def give(self, connection: WiredConnection) -> None:
        """Take a connection back; a broken one is replaced."""
        if self._pool is None:  # closed meanwhile
            connection.close()
        else:
            self._pool.putconn(connection)

    def refresh(self) -> None:
        """After a connection was found lost: replace all idle ones that are lost too (a restarted server loses all)."""
        if self._pool is not None:
            self._pool.check()

    def close(self) -> None:
        """Close all connections; the next use opens anew."""
        with self._lock:
            if self._pool is not None and self._process == os.getpid():
                self._pool.close()
            self._pool = None

    def _opened(self) -> ConnectionPool[WiredConnection]:
        if self._pool is None or self._process != os.getpid():
            with self._lock:
                if self._pool is None or self._process != os.getpid():
                    self._pool = ConnectionPool(
                        self._dsn,
                        connection_class=WiredConnection,
                        min_size=1,
                        max_size=self._size,
                        open=True,
                        kwargs={"autocommit": True, "context": JSON_VALUES},
                        timeout=self._timeout,
                        name="dougong",
                        max_lifetime=1800.0,  # a backend keeps 48 KB for each table it ever touched
                        reconnect_timeout=30.0,
                    )
                    self._process = os.getpid()
        return self._pool

    def _reachable(self) -> bool:
        return pq.PGconn.ping(self._dsn.encode()) == pq.Ping.OK
