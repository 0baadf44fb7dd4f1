"""The engine's own tables in each tenant's schema, and how a new version of the product brings them up to date.

Every noun keeps its DDL in `tables.STATEMENTS`, a list that only ever grows at its end: a statement's place in
the list is its number, and each tenant remembers how far it has come per noun. Called when a tenant is made and by
every start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from psycopg import Connection
from psycopg.rows import TupleRow

if TYPE_CHECKING:
    from dougong_tenants import Database, Tenant

# Imported when asked for: the nouns stand above storage and use it.
NOUNS = (
    "releases",
    "records",
    "records.history",
    "search",
    "files",
    "comments",
    "saved_views",
    "own_documents",
    "reports.subscriptions",
    "dashboards",
    "imports",
    "hand_overs",
    "exports",
    "jobs",
    "query",
    "http",
    "people",
    "access",
    "audit",
    "pipelines",
    "approvals",
    "webhooks",
    "notifications",
    "wakeups",
    "automations",
)

# The readers below give null for what they cannot read; a type change runs them over a column and inside writes.
STATEMENTS = (
    # GB18030 orders common Chinese characters by pinyin and knows every character of Unicode, so this never fails.
    # Capped because an index entry may not exceed a third of a page.
    # In plpgsql, which costs half of an SQL function that cannot be inlined.
    """create or replace function sort_key(value text) returns bytea language plpgsql immutable strict parallel safe
       as $$ begin return convert_to(lower(left(value, 200)), 'GB18030'); end $$""",
    r"""create or replace function _number(value text) returns numeric language sql immutable parallel safe
        as $$ select case when btrim(value) ~ '^[-+]?(\d{1,40}|\d{1,3}(,\d{3}){1,12})(\.\d{1,40})?$'
                          then replace(btrim(value), ',', '')::numeric end $$""",
    r"""create or replace function _day(value text) returns date language plpgsql immutable strict parallel safe
        as $$ declare part text[] := regexp_match(
          btrim(value), '^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$');
        begin return make_date(part[1]::int, part[2]::int, part[3]::int);
        exception when data_exception then return null; end $$""",
    r"""create or replace function _clock(value text) returns time language plpgsql immutable strict parallel safe
        as $$ declare part text[] := regexp_match(btrim(value), '^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?$');
        begin return make_time(part[1]::int, part[2]::int, coalesce(part[3], '0')::float8);
        exception when data_exception then return null; end $$""",
    r"""create or replace function _moment(value text, zone text) returns timestamptz language plpgsql stable strict
        parallel safe as $$ declare part text[] := regexp_match(
          btrim(value), '^(\S+?)(?:[T ]\s*([0-9:.]+)\s*(Z|[-+]\d{2}:?\d{2})?)?$');
        begin
          if part[2] is null then return _day(part[1])::timestamp at time zone zone; end if;
          if part[3] is null then return (_day(part[1]) + _clock(part[2])) at time zone zone; end if;
          return ((_day(part[1]) + _clock(part[2]))::text || replace(part[3], 'Z', '+00'))::timestamptz;
        exception when data_exception then return null; end $$""",
)


def statements() -> Iterator[tuple[str, Sequence[str]]]:
    """(noun, its STATEMENTS), storage first, then in the order of NOUNS; nouns without tables are passed over."""
    yield "storage", STATEMENTS
    for noun in NOUNS:
        module = f"dougong_platform.{noun}.tables"
        if find_spec(f"dougong_platform.{noun}") is not None and find_spec(module) is not None:
            yield noun, tuple(getattr(import_module(module), "STATEMENTS", ()))


def upgrade(database: Database, tenant: Tenant) -> int:
    """Run what this tenant has not run yet, in one transaction; the number of statements run."""
    with database.owner(tenant) as connection:
        return upgrade_on(connection)


def upgrade_on(connection: Connection[TupleRow], at_most: Mapping[str, int] | None = None) -> int:
    """As `upgrade`, on a connection that is the owner and whose search_path is the tenant's schema.

    `at_most` says how far each noun may go (0 where it is not named): a restore makes the tables as they once were.
    """
    with connection.transaction():
        connection.execute("create table if not exists _engine (noun text primary key, applied integer not null)")
        connection.execute("lock table _engine in exclusive mode")
        applied: dict[str, int] = dict(connection.execute("select noun, applied from _engine").fetchall())
        due: list[str] = []
        marks: list[tuple[str, int]] = []
        for noun, known in statements():
            all_statements = known if at_most is None else known[: at_most.get(noun, 0)]
            done = int(applied.get(noun, 0))
            if done < len(all_statements):
                due.extend(all_statements[done:])
                marks.append((noun, len(all_statements)))
        if due:
            connection.execute(";\n".join(due).encode())
            connection.cursor().executemany(
                "insert into _engine values (%s, %s) on conflict (noun) do update set applied = excluded.applied", marks
            )
    return len(due)
