"""Filling a column from the rest of its row: a trigger for rows that are written meanwhile, batches for all others.

A type change, an auto-number added to existing records and a returned lookup whose targets are gone are fills. The
expression never fails and gives the same value again, so a fill may be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from dougong_platform.releases.batches import Batches, Mark
from dougong_platform.releases.conversions import literal
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import quote


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


def run(connection: Owner, fill: Fill, after: str | None, mark: Mark) -> None:
    """Fill existing rows in committed batches in the order of ids, from behind `after`; `mark` remembers each batch."""
    table, column = quote(fill.table), quote(fill.column)
    value, due = fill.sql(fill.value, "r").replace("%", "%%"), _due(fill)
    action = f"update {table} as r set {column} = {value} from batch where r.id = batch.id and {due} returning 1"
    Batches(table, "r.id", action, due).run(connection, after, mark)


def _due(fill: Fill) -> str:
    """Which rows still need it: all whose value differs, or, without a source, those without a value."""
    if fill.source is None:
        return f"({fill.sql(fill.when, 'r')})".replace("%", "%%")
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
