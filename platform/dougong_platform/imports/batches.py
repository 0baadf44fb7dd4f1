"""An import's rows cut into batches on disk, and who works on which. Called by the steps and the worker.

The file is read once; after that a batch can be worked on by anybody, in any order, again after a crash.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from dougong_platform.imports.errors import FileUnreadable
from dougong_platform.imports.mapping import FileMapping
from dougong_platform.imports.reading import Table
from dougong_tenants import TenantTransaction
from dougong_tenants.connection import json_parameter

ROWS = 5_000
LEASE = 120  # seconds after which a batch whose worker said nothing is given to another

# (line in the file, cells, the earlier line with the same key or None)
Line = tuple[int, list[str], int | None]


def cut(folder: Path, table: Table, mapping: FileMapping) -> int:
    """Write the batches' files anew; the number of rows. Raises FileUnreadable, also when the disk is full."""
    target = folder / "batches"
    shutil.rmtree(target, ignore_errors=True)
    total = 0
    try:
        target.mkdir(parents=True)
        for number, lines in enumerate(_batches(_marked(table, mapping))):
            total += len(lines)
            with (target / f"{number:06}.json").open("wb") as file:
                file.write(orjson.dumps(lines))
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise FileUnreadable(
            en=f"The server could not store the rows ({os.strerror(error.errno or 0)}). Nothing was imported.",
            zh=f"服务器无法暂存数据（{os.strerror(error.errno or 0)}），未导入任何内容。",
        ) from error
    return total


def lines_of(folder: Path, number: int) -> list[Line]:
    """The rows of one batch."""
    return [
        (line, cells, first)
        for line, cells, first in orjson.loads((folder / "batches" / f"{number:06}.json").read_bytes())
    ]


def open_batches(tx: TenantTransaction, identifier: str, total: int, *, trial: bool) -> None:
    """The batches of a new trial or run, and no errors yet."""
    values = {"id": identifier, "trial": trial, "count": -(-total // ROWS)}
    tx.execute("delete from _import_error where import = %(id)s::uuid and trial = %(trial)s", values)
    tx.execute("delete from _import_batch where import = %(id)s::uuid and trial = %(trial)s", values)
    tx.execute(
        "insert into _import_batch (import, number, trial) select %(id)s::uuid, n, %(trial)s"
        " from generate_series(0, %(count)s - 1) n",
        values,
    )


# Materialized: run again for each candidate of a join, the inner query would lock and mark several batches.
_CLAIM = """
with next as materialized (
  select number from _import_batch
   where import = %(id)s::uuid and trial = %(trial)s
     and (state = 'waiting' or (state = 'working' and lease_until < now()))
   order by number limit 1 for update skip locked)
update _import_batch b set state = 'working', lease_until = now() + make_interval(secs => %(lease)s)
  from next where b.import = %(id)s::uuid and b.trial = %(trial)s and b.number = next.number returning b.number
"""


def claim(tx: TenantTransaction, identifier: str, *, trial: bool) -> int | None:
    """A batch for this worker, or None when nothing is left that nobody works on."""
    rows = tx.rows(_CLAIM, {"id": identifier, "trial": trial, "lease": LEASE})
    return int(rows[0][0]) if rows else None


def is_open(tx: TenantTransaction, identifier: str, number: int, *, trial: bool) -> bool:
    """Whether the batch still has to be done; locks it, so that of two workers one finds it done."""
    rows = tx.rows(
        "select state from _import_batch where import = %(id)s::uuid and trial = %(trial)s and number = %(number)s"
        " for update",
        {"id": identifier, "trial": trial, "number": number},
    )
    return bool(rows) and rows[0][0] != "done"


def close(
    tx: TenantTransaction,
    identifier: str,
    number: int,
    *,
    trial: bool,
    counts: dict[str, int],
    errors: list[dict[str, Any]],
) -> None:
    """Mark a batch done with its counts and errors, in the transaction that wrote its records."""
    values: dict[str, Any] = {"id": identifier, "trial": trial, "number": number, **counts}
    tx.execute(
        "update _import_batch set state = 'done', lease_until = null, created = %(created)s,"
        " updated = %(updated)s, unchanged = %(unchanged)s, failed = %(failed)s"
        " where import = %(id)s::uuid and trial = %(trial)s and number = %(number)s",
        values,
    )
    if errors:
        tx.execute(
            "insert into _import_error (import, trial, batch, line, field, code, message, cells)"
            " select %(id)s::uuid, %(trial)s, %(number)s, (e->>'line')::int, e->>'field', e->>'code', e->>'message',"
            " e->'cells' from jsonb_array_elements(%(errors)s::jsonb) e",
            {**values, "errors": json_parameter(errors)},
        )


def sums(tx: TenantTransaction, identifier: str, *, trial: bool) -> tuple[dict[str, int], bool]:
    """Counts over all batches, and whether all are done."""
    created, updated, unchanged, failed, left = tx.rows(
        "select coalesce(sum(created), 0)::int, coalesce(sum(updated), 0)::int,"
        " coalesce(sum(unchanged), 0)::int, coalesce(sum(failed), 0)::int,"
        " count(*) filter (where state <> 'done') from _import_batch where import = %(id)s::uuid and trial = %(trial)s",
        {"id": identifier, "trial": trial},
    )[0]
    return {
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "failed": failed,
        "done": created + updated + unchanged + failed,
    }, not left


def _marked(table: Table, mapping: FileMapping) -> Iterator[Line]:
    """Every row; a later one with the key of an earlier one names that line."""
    place = next(
        (position for position, column in mapping.columns.items() if mapping.key and column.field == mapping.key), None
    )
    seen: dict[str, int] = {}
    for line, cells in table.rows():
        first = None
        if place is not None and (key := cells[place].strip()):
            first = seen.setdefault(key, line)
        yield line, cells, None if first in (None, line) else first


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
