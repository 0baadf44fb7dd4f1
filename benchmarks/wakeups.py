"""Date rules: 100,000 records that fall due at one moment, from the look at the clock until they stand in the outbox;
beside the SQL that one would write by hand for that table. Also what a look costs that finds nothing, and finding the
tenants whose time has come among many."""

from __future__ import annotations

import datetime as dt
import statistics
import time

from benchmarks.result import Result
from benchmarks.world import World
from dougong_metadata.documents import Document
from dougong_platform.releases.provision import provision
from dougong_platform.wakeups import scan
from dougong_tenants import Tenant
from dougong_tenants.tenancy import get
from dougong_tenants.wakeups import due_tenants

NOW = dt.datetime(2027, 6, 9, 1, 0, tzinfo=dt.UTC)
TENANTS = 5_000
DOCUMENTS = (
    Document(
        "object",
        "task",
        {
            "name_field": "title",
            "fields": {"title": {"type": "text"}, "open": {"type": "boolean"}, "due": {"type": "date"}},
        },
    ),
    Document(
        "automation",
        "remind",
        {
            "object": "task",
            "on": {"date": "due", "days": -30, "time": "09:00"},
            "if": "open",
            "do": [{"update": {"set": {"title": "'told'"}}}],
        },
    ),
)
FILL = (
    "insert into \"{schema}\".task (id, title, open, due) select gen_random_uuid(), 'Task ' || g, true,"
    " case when g <= %(due)s then date '2027-07-09' else date '2027-08-01' + g %% 300 end"
    " from generate_series(1, %(rows)s) g"
)
BY_HAND = """
with due as (select id, version from reference.task
              where due = date '2027-07-09' and open and deleted_at is null
                and not exists (select from reference.fired f where f.record = task.id and f.due = task.due)),
noted as (insert into reference.fired select id, date '2027-07-09' from due),
numbered as (select id, version, (row_number() over () - 1) / 200 as part from due)
insert into reference.outbox (payload) select jsonb_build_object('ids', jsonb_agg(id), 'versions', jsonb_agg(version))
  from numbered group by part
"""
BY_HAND_TABLES = """
drop table if exists reference.task, reference.fired, reference.outbox;
create table reference.task as select * from "{schema}".task;
create index on reference.task (due, id) where deleted_at is null;
create table reference.fired (record uuid not null, due date not null, primary key (record, due));
create table reference.outbox (id bigint generated always as identity primary key, payload jsonb not null);
analyze reference.task
"""


def due_dates(world: World) -> list[Result]:
    """Seconds for the whole; milliseconds for a look that finds nothing."""
    tenant = _tenant(world, "clock")
    rows = int(100_000 * world.scale)
    with world.connect() as connection:
        fill = FILL.replace("{schema}", tenant.schema).encode()
        connection.execute(fill, {"due": rows, "rows": 2 * rows})
        connection.execute(f'vacuum analyze "{tenant.schema}".task'.encode())
        connection.execute(BY_HAND_TABLES.replace("{schema}", tenant.schema).encode())
        started = time.perf_counter()
        connection.execute(BY_HAND.encode())
        by_hand = time.perf_counter() - started
    scan(world.database, tenant, now=NOW - dt.timedelta(minutes=1))
    started = time.perf_counter()
    fired = scan(world.database, tenant, now=NOW)
    ours = time.perf_counter() - started
    if fired != rows:
        raise RuntimeError(f"{fired} of {rows} fired")
    return [
        Result(
            f"{rows:,} date rules due at once, until they are in the outbox",
            ours,
            by_hand,
            "s",
            "≤ 4 × the time",
            1 / 4,
        ),
        _nothing(world, tenant),
    ]


def _nothing(world: World, tenant: Tenant) -> Result:
    seconds = []
    for turn in range(60):
        started = time.perf_counter()
        if scan(world.database, tenant, now=NOW + dt.timedelta(minutes=turn + 1)):
            raise RuntimeError("something fired twice")
        seconds.append(time.perf_counter() - started)
    return Result(
        "a look at the clock that finds nothing", statistics.median(seconds) * 1000, None, "ms", "≤ 20 ms", 20
    )


def many_tenants(world: World) -> list[Result]:
    """One statement over all tenants, of which one is due."""
    tenant, count = _tenant(world, "clock_of_many"), int(TENANTS * world.scale)
    scan(world.database, tenant, now=NOW)
    with world.connect() as connection:
        connection.execute(
            "insert into dougong.tenant (id, name, label, schema, role, release)"
            " select gen_random_uuid(), n, '{}', n, n, 1"
            " from (select 'idle_' || g as n from generate_series(1, %s) g) t",
            [count],
        )
        connection.execute(
            "insert into dougong.wakeup select id, now() + interval '1 hour', release, timezone from dougong.tenant"
            " where name like 'idle_%' on conflict do nothing"
        )
        connection.execute("analyze dougong.tenant, dougong.wakeup")
    seconds = []
    for _ in range(60):
        started = time.perf_counter()
        due_tenants(world.database)
        seconds.append(time.perf_counter() - started)
    with world.connect() as connection:
        connection.execute("delete from dougong.tenant where name like 'idle_%'")
    name = f"finding the due ones among {count:,} tenants"
    return [Result(name, statistics.median(seconds) * 1000, None, "ms", "≤ 50 ms", 50)]


def _tenant(world: World, name: str) -> Tenant:
    provision(world.database, name, documents=list(DOCUMENTS))
    return get(world.database, name)


BENCHMARKS = {"date rules": due_dates, "due tenants": many_tenants}
