"""Going through a table in committed batches while others write to it: fills and rebuilt tables are made this way.

A batch takes only rows that nobody holds (SKIP LOCKED), so it waits for no writer, and a writer waits for it at most
for its few hundredths of a second. Rows that were passed over are come back to until none is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from dougong_platform.errors import Unavailable
from dougong_platform.storage.ddl import PATIENCE, Owner

FIRST = "00000000-0000-0000-0000-000000000000"
LARGEST_BATCH = 5_000
SMALLEST_BATCH = 25
FIRST_BATCH = 200
BATCH_SECONDS = 0.025  # a writer waits for its row at most about this long
# A batch lost in a crash is done again. By row through the primary key: the planner guesses a batch ten times too large
# and would read the whole table for each.
_SETTINGS = b"""set local synchronous_commit = off; set local plan_cache_mode = force_custom_plan;
                set local enable_hashjoin = off; set local enable_mergejoin = off"""

Mark = Callable[[str, int], None]  # the last id of a batch, and how many rows it changed


@dataclass(frozen=True, slots=True)
class Batches:
    """Quoted `table` by its ids; `columns` of its rows r go to `action`, a statement over `batch` that returns a row
    per change. `due` (a condition on r): which rows still need it; asked of every row before the end. `before`: further
    tables of the statement (`name as (…)`), which the action may name. `rest`: so many rows may be left to the caller,
    where writers go on making rows due and no trigger stops them."""

    table: str
    columns: str
    action: str
    due: str
    before: str = ""
    rest: int = 0

    def text(self, only_due: bool) -> bytes:
        """The statement of one batch, for (after, last, size); answers (its last id, changes)."""
        due = f" and {self.due}" if only_due else ""
        return (
            f"with batch as materialized (select {self.columns} from {self.table} as r where r.id > %s and r.id <= %s"
            f"{due} order by r.id limit %s for no key update of r skip locked),"
            f" {f'{self.before}, ' if self.before else ''}changed as ({self.action})"
            " select (select id from batch order by id desc limit 1), (select count(*) from changed)"
        ).encode()

    def run(self, connection: Owner, after: str | None, mark: Mark) -> None:
        """All rows that there are now, from behind `after`. What is added meanwhile is a trigger's affair. Unavailable
        where somebody holds on to more than `rest` of them."""
        last = connection.execute(f"select id from {self.table} order by id desc limit 1".encode()).fetchone()
        if last is None:
            return
        _through(connection, self.text(False), after or FIRST, last[0], mark)
        remaining = f"select from {self.table} as r where r.id <= %s and {self.due} limit {self.rest + 1}".encode()
        deadline = time.monotonic() + PATIENCE
        while connection.execute(remaining, [last[0]]).rowcount > self.rest:
            if time.monotonic() > deadline:
                raise Unavailable
            _through(connection, self.text(True), FIRST, last[0], lambda _, count: mark(str(last[0]), count))
            time.sleep(0.02)  # who holds the rows is given time to let go


def _through(connection: Owner, text: bytes, position: str, last: str, mark: Mark) -> None:
    size = FIRST_BATCH
    while True:
        began = time.monotonic()
        with connection.transaction():
            connection.execute(_SETTINGS)
            row = connection.execute(text, [position, last, size]).fetchone()
            if row is None or row[0] is None:
                return
            position = str(row[0])
            mark(position, int(row[1]))
        spent = max(time.monotonic() - began, 0.001)
        size = int(min(LARGEST_BATCH, max(SMALLEST_BATCH, size * min(1.5, BATCH_SECONDS / spent))))
