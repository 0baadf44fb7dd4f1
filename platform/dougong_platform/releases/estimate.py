"""How much a publish has to do, from PostgreSQL's own idea of its tables' sizes: nothing is counted.

Decides whether a publish is handed over to the worker, and what those who watch it see as the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_platform.releases import impact as cost
from dougong_platform.releases.restaging import Restaging
from dougong_platform.releases.work import Work
from dougong_platform.storage.ddl import Owner

_SIZES = (
    "select relname::text, case when reltuples < 0 then pg_relation_size(oid) / 100 else reltuples end::bigint"
    " from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'"
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """`rows` are written by fills and copies; `seconds` are those of everything, on a busy machine."""

    rows: int
    seconds: float


def estimate(connection: Owner, work: Work, stages: Restaging) -> Estimate:
    """On the owner's connection, before or while the work is done."""
    sizes: dict[str, int] = dict(connection.execute(_SIZES.encode()).fetchall())
    copied = {one.table.name: sizes.get(one.source, 0) for one in work.rebuilt}
    sizes |= copied
    filled = [sizes.get(fill.table, 0) for fill in work.fills]
    staged = [sizes.get(table, 0) for table in stages.tables]
    seconds = sum(map(cost.filling, filled)) + sum(map(cost.copying, copied.values()))
    seconds += sum(map(cost.staying, staged))
    seconds += sum(cost.indexing(sizes.get(index.table, 0)) for index in work.indexes_added)
    seconds += sum(cost.checking(sizes.get(key.table, 0)) for key in work.keys_added)
    return Estimate(sum(filled) + sum(staged) + sum(copied.values()), seconds)
