"""A table that nears PostgreSQL's 1,600 columns (dropped ones count) is made anew by publishing, under another name.

The new table holds what is live and what is retired but not purged. Triggers on the old one carry every write over
while the rows are copied; from the switch on the new release names the new table, and the old one waits to be dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from dougong_platform.releases.batches import Batches, Mark
from dougong_platform.storage import ddl
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import TableStructure, quote

_COLUMNS = (
    "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
    " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum"
)


@dataclass(frozen=True, slots=True)
class Rebuild:
    """`source` is the table in force; `table` what the target release has in its place, under a free name."""

    source: str
    table: TableStructure

    @property
    def trigger_name(self) -> str:
        """Name of the function that mirrors, and head of its triggers' names."""
        return f"_mirror_{blake2b(f'{self.source}.{self.table.name}'.encode(), digest_size=8).hexdigest()}"


def make(connection: Owner, rebuild: Rebuild) -> None:
    """Quiet: the new table, without indexes, with every column of the old one."""
    mine = rebuild.table.columns
    carried = {name: kind for name, kind in _columns(connection, rebuild.source).items() if name not in mine}
    columns = ", ".join(f"{quote(name)} {definition}" for name, definition in {**mine, **carried}.items())
    sequences = [f"create sequence if not exists {quote(name)}" for name in rebuild.table.sequences]
    ddl.brief(connection, [*sequences, f"create table if not exists {quote(rebuild.table.name)} ({columns})"])


def mirror(connection: Owner, rebuild: Rebuild) -> None:
    """Brief (SHARE ROW EXCLUSIVE): from now on every write to the old table is made in the new one, too.

    Set by set and in the order of ids, as writers lock them, so that two writers never wait for each other here.
    """
    name, source, target = quote(rebuild.trigger_name), quote(rebuild.source), quote(rebuild.table.name)
    columns = [quote(c) for c in _columns(connection, rebuild.source)]
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns)
    body = (
        f"begin if tg_op = 'DELETE' then delete from {target} t using changed c where t.id = c.id;"
        f" else insert into {target} ({', '.join(columns)}) select {', '.join(columns)} from changed order by id"
        f" on conflict (id) do update set {sets}; end if; return null; end"
    )
    statements = [f"create or replace function {name}() returns trigger language plpgsql as $mirror$ {body} $mirror$"]
    for event, rows in (("insert", "new"), ("update", "new"), ("delete", "old")):
        trigger = quote(f"{rebuild.trigger_name}_{event}")
        statements += [
            f"drop trigger if exists {trigger} on {source}",
            (
                f"create trigger {trigger} after {event} on {source} referencing {rows} table as changed"
                f" for each statement execute function {name}()"
            ),
        ]
    ddl.brief(connection, statements)


def copy(connection: Owner, rebuild: Rebuild, after: str | None, mark: Mark) -> None:
    """The rows that were there before the triggers, in committed batches from behind `after`.

    A batch locks its rows in the old table, so neither a change nor a purge falls between reading and copying.
    """
    source, target = quote(rebuild.source), quote(rebuild.table.name)
    columns = ", ".join(quote(c).replace("%", "%%") for c in _columns(connection, rebuild.source))
    action = f"insert into {target} ({columns}) select {columns} from batch on conflict (id) do nothing returning 1"
    due = f"not exists (select from {target} t where t.id = r.id)"
    Batches(source, columns, action, due).run(connection, after, mark)


def examine(connection: Owner, rebuild: Rebuild) -> None:
    """Concurrent: what the planner knows of the old table it has to know of the new one before anybody reads it."""
    connection.execute(f"vacuum (analyze, truncate off) {quote(rebuild.table.name)}".encode())


def unmirror(rebuild: Rebuild) -> list[str]:
    """Brief (ACCESS EXCLUSIVE on the old table): drop the triggers."""
    triggers = [f"{rebuild.trigger_name}_{event}" for event in ("insert", "update", "delete")]
    return [
        *(f"drop trigger if exists {quote(name)} on {quote(rebuild.source)}" for name in triggers),
        f"drop function if exists {quote(rebuild.trigger_name)}()",
    ]


def _columns(connection: Owner, table: str) -> dict[str, str]:
    return dict(connection.execute(_COLUMNS.encode(), [quote(table)]).fetchall())
