"""Filling a column from the rest of its row: a trigger for rows that are written meanwhile, batches for all others.

A type change, an auto-number added to existing records and a returned lookup whose targets are gone are fills. The
expression never fails and gives the same value again, so a fill may be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from dougong_platform.releases.conversions import literal
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import quote

LARGEST_BATCH = 5_000
SMALLEST_BATCH = 250
BATCH_SECONDS = 0.03  # a writer waits for its row at most about this long
# A batch lost in a crash is done again. By row through the primary key: the planner guesses a batch ten times too large
# and would read the whole table for each.
_BATCH_SETTINGS = b"""set local synchronous_commit = off; set local plan_cache_mode = force_custom_plan;
                     set local enable_hashjoin = off; set local enable_mergejoin = off"""


@dataclass(frozen=True, slots=True)
class Fill:
    """`value` and `refused` (a condition: this row's value cannot be kept) are SQL with {r} for the row.

    `when` narrows the trigger: on insert it runs only where this holds. `source` is the column whose update runs it.
    """

    object: str
    field: str
    table: str
    column: str
    value: str
    source: str | None = None
    refused: str | None = None
    when: str = "true"
    trigger: bool = True

    @property
    def trigger_name(self) -> str:
        """Name of the trigger and of its function."""
        return f"_fill_{blake2b(f'{self.table}.{self.column}'.encode(), digest_size=8).hexdigest()}"

    def sql(self, template: str, row: str) -> str:
        """`value` or `refused` with the row's alias in place."""
        return template.replace("{r}", row)


def install(fill: Fill, publish: str) -> list[str]:
    """Brief (SHARE ROW EXCLUSIVE): the trigger that keeps the column right while old and new rows are written.

    Once the release has switched, writers set the column themselves and leave the source alone: it is idle then.
    """
    name, column = quote(fill.trigger_name), quote(fill.column)
    body = f"new.{column} := {fill.sql(fill.value, 'new')};"
    if fill.refused is not None:
        place = f"{literal(publish)}, {literal(fill.object)}, {literal(fill.field)}"
        body += (
            f" if new.deleted_at is null and {fill.sql(fill.refused, 'new')} then"
            f" insert into _unconverted values ({place}, new.id) on conflict do nothing; end if;"
        )
    source = f" or update of {quote(fill.source)}" if fill.source is not None else ""
    body = f"begin if tg_op = 'UPDATE' or ({fill.sql(fill.when, 'new')}) then {body} end if; return new; end"
    return [
        f"create or replace function {name}() returns trigger language plpgsql as $fill$ {body} $fill$",
        f"drop trigger if exists {name} on {quote(fill.table)}",
        f"create trigger {name} before insert{source} on {quote(fill.table)} for each row execute function {name}()",
    ]


def remove(fill: Fill) -> list[str]:
    """Brief (ACCESS EXCLUSIVE): drop the trigger."""
    name = quote(fill.trigger_name)
    return [f"drop trigger if exists {name} on {quote(fill.table)}", f"drop function if exists {name}()"]


def run(connection: Owner, fill: Fill, after: str | None, mark: Callable[[str], None]) -> None:
    """Fill existing rows in committed batches in the order of ids, from behind `after`; `mark` remembers each batch.

    Rows added meanwhile are the trigger's; the last id at the start is where this ends.
    """
    table, column = quote(fill.table), quote(fill.column)
    last = connection.execute(f"select id from {table} order by id desc limit 1".encode()).fetchone()
    if last is None:
        return
    value = fill.sql(fill.value, "r")
    text = (
        f"with batch as materialized (select id from {table} where id > %s and id <= %s order by id limit %s"
        f" for no key update), filled as (update {table} as r set {column} = {value.replace('%', '%%')} from batch"
        f" where r.id = batch.id and {_due(fill)} returning 1)"
        " select (select id from batch order by id desc limit 1), (select count(*) from filled)"
    )
    position, size = after or "00000000-0000-0000-0000-000000000000", 1_000
    while True:
        began = time.monotonic()
        with connection.transaction():
            connection.execute(_BATCH_SETTINGS)
            row = connection.execute(text.encode(), [position, last[0], size]).fetchone()
            if row is None or row[0] is None:
                return
            position = str(row[0])
            mark(position)
        spent = max(time.monotonic() - began, 0.001)
        size = int(min(LARGEST_BATCH, max(SMALLEST_BATCH, size * min(2.0, BATCH_SECONDS / spent))))


def _due(fill: Fill) -> str:
    """Which rows still need it: all whose value differs, or, without a source, those without a value."""
    if fill.source is None:
        return f"({fill.sql(fill.when, 'r')})"
    return f"r.{quote(fill.column)} is distinct from {fill.sql(fill.value, 'r')}".replace("%", "%%")


def count_refused(connection: Owner, fill: Fill, publish: str, *, marked_only: bool) -> int:
    """Live rows whose value cannot be kept; with `marked_only` just those that triggers wrote down (fast)."""
    if fill.refused is None:
        return 0
    condition = f"r.deleted_at is null and {fill.sql(fill.refused, 'r')}"
    source = f"{quote(fill.table)} as r"
    if marked_only:
        source = f"_unconverted u join {source} on r.id = u.record"
        condition += (
            f" and u.publish = {literal(publish)} and u.object = {literal(fill.object)}"
            f" and u.field = {literal(fill.field)}"
        )
    found = connection.execute(f"select count(*) from {source} where {condition}".encode()).fetchone()
    return 0 if found is None else int(found[0])
