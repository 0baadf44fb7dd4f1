"""The DDL runner: every change of a table while others read and write it, each with the lock it takes.

    brief        ADD COLUMN, triggers, constraints NOT VALID, drops: a strong lock for a moment. It is asked for with
                 `lock_timeout` 50 ms, and again after a pause, so that writers never wait longer behind it.
    concurrent   CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT: reads the whole table, blocks nobody.
    quiet        on tables that no release can see yet.

Everything here may be run again after being killed at any point. Called by publishing alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from psycopg import Connection, errors
from psycopg.rows import TupleRow

from dougong_platform.errors import Unavailable
from dougong_platform.storage.structure import ForeignKey, Index, TableStructure, quote

LOCK_TIMEOUT = 0.05  # seconds for which writers may stand behind us
PATIENCE = 120.0  # seconds for which a brief step is tried again
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected)

Owner = Connection[TupleRow]  # autocommit, the schema's owner, search_path = the schema
Result = TypeVar("Result")


def patiently(connection: Owner, action: Callable[[Owner], Result], patience: float = PATIENCE) -> Result:
    """Run `action` in a transaction with the short lock timeout; again, after a growing and jittered pause, while
    others hold what it needs. Raises Unavailable after `patience` seconds."""
    deadline, pause = time.monotonic() + patience, 0.02
    while True:
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = {int(LOCK_TIMEOUT * 1000)}")
                return action(connection)
        except _BUSY:
            if time.monotonic() > deadline:
                raise Unavailable from None
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, no secret
        pause = min(pause * 1.6, 1.0)


def brief(connection: Owner, statements: Sequence[str], patience: float = PATIENCE) -> None:
    """Run statements together in one transaction under the short lock timeout."""
    if statements:
        patiently(connection, lambda c: c.execute(";\n".join(statements).encode()), patience)


def create_table(table: TableStructure) -> list[str]:
    """Quiet: a new table with its sequences and indexes; foreign keys come later."""
    columns = ", ".join(f"{quote(name)} {definition}" for name, definition in table.columns.items())
    return [
        *(f"create sequence if not exists {quote(name)}" for name in table.sequences),
        f"create table if not exists {quote(table.name)} ({columns})",
        *(create_index(index) for index in table.indexes),
    ]


def add_columns(table: str, columns: Iterable[tuple[str, str]]) -> str:
    """Brief: ACCESS EXCLUSIVE for a moment; a constant default is kept in the catalogue, no row is touched."""
    added = ", ".join(f"add column if not exists {quote(name)} {definition}" for name, definition in columns)
    return f"alter table {quote(table)} {added}"


def create_index(index: Index, *, concurrently: bool = False) -> str:
    """Quiet as it stands; with `concurrently` it scans the table twice and blocks nobody."""
    unique, how = "unique " if index.unique else "", "concurrently " if concurrently else ""
    return f"create {unique}index {how}if not exists {quote(index.name)} on {quote(index.table)} {index.definition}"


def add_foreign_key(key: ForeignKey, *, valid: bool = False) -> str:
    """Brief: SHARE ROW EXCLUSIVE on both tables for a moment; rows are checked by `validate` afterwards."""
    return (
        f"alter table {quote(key.table)} add constraint {quote(key.name)} foreign key ({quote(key.column)})"
        f" references {quote(key.target)} (id){'' if valid else ' not valid'}"
    )


def drop_foreign_key(key: ForeignKey) -> str:
    """Brief: ACCESS EXCLUSIVE on both tables for a moment."""
    return f"alter table if exists {quote(key.table)} drop constraint if exists {quote(key.name)}"


def validate(connection: Owner, key: ForeignKey) -> None:
    """Concurrent: check the rows that were there before the constraint."""
    connection.execute(f"alter table {quote(key.table)} validate constraint {quote(key.name)}".encode())


def build_index(connection: Owner, index: Index) -> None:
    """Concurrent: build an index, first dropping what a killed attempt left invalid. Raises psycopg UniqueViolation."""
    for attempt in range(10):
        state = connection.execute(
            "select indisvalid from pg_index where indexrelid = to_regclass(%s)", [quote(index.name)]
        ).fetchone()
        if state is not None and state[0]:
            return
        if state is not None:
            connection.execute(f"drop index concurrently if exists {quote(index.name)}".encode())
        try:
            connection.execute(b"set max_parallel_maintenance_workers = 0")  # leave the other cores to those who write
            connection.execute(create_index(index, concurrently=True).encode())
        except errors.DeadlockDetected:  # two concurrent builds may wait for each other's snapshot
            time.sleep(random.uniform(0.1, 0.5) * (attempt + 1))  # noqa: S311  # jitter, no secret
    raise Unavailable


def has_constraint(connection: Owner, key: ForeignKey) -> bool:
    """Whether the foreign key exists, valid or not."""
    found = connection.execute(
        "select 1 from pg_constraint where conname = %s and conrelid = to_regclass(%s)", [key.name, quote(key.table)]
    )
    return found.fetchone() is not None
