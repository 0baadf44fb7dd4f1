"""A trend over 100,000 records of two years with eight saves each, four of them at another stage: amounts by stage at
the end of each week of a year, beside the SQL that one would write by hand for the same answer."""

from __future__ import annotations

import statistics
import time
from decimal import Decimal
from typing import Any

import psycopg

from benchmarks.result import Result
from benchmarks.world import World
from dougong_metadata.model.compile_report import report_of
from dougong_platform.reports import run
from dougong_platform.reports.answer import Answer

TURNS = 3
RECORDS = """
insert into opportunity (id, title, stage, amount, owner, created_at, close_date)
select gen_random_uuid(), 'Opportunity ' || g, 'open', 0, %(owner)s, now() - (g * 7919 %% 700) * interval '1 day',
       date '2026-01-01'
  from generate_series(1, %(rows)s) g
"""
# Each record's saves 0 to 7: the even ones move it, of the others two change the amount and two another field.
SAVES = """
create temp table saves as
select id, n,
       created_at + (now() - created_at) * (n - (hashtext(id::text || n) & 127) / 256.0) / 8 * (n > 0)::int as at,
       (array['open', 'qualified', 'quoted', 'won', 'lost'])[1 + (hashtext(n || id::text) & 1023) * n / 1400] as stage,
       round((hashtext(id::text || n || 'x') & 1048575)::numeric * 0.85, 2) as amount
  from opportunity, generate_series(0, 7) n
"""
STAYS = """
insert into _stay (object, record, field, value, entered_at, left_at)
select 'opportunity', id, 'stage', stage, at, lead(at) over (partition by id order by n) from saves where n % 2 = 0
 order by at
"""
HISTORY = """
insert into _history (at, object, record, version, cause, op, changes)
select at, 'opportunity', id, n + 1, 'user', case n when 0 then 'create' else 'update' end,
       case when n in (0, 3, 5) then jsonb_build_object('amount', jsonb_build_array(
              (lag(amount) over (partition by id, n in (0, 3, 5) order by n))::text, amount::text))
            when n % 2 = 0 then jsonb_build_object('stage', jsonb_build_array(
              lag(stage) over (partition by id, n % 2 order by n), stage))
            else jsonb_build_object('close_date', jsonb_build_array('2026-01-01', '2026-02-01')) end
  from saves order by at
"""
NOW = """
update opportunity o set stage = s.stage, amount = a.amount
  from saves s, saves a where s.id = o.id and s.n = 6 and a.id = o.id and a.n = 5
"""
BODY: dict[str, Any] = {
    "object": "opportunity",
    "type": "trend",
    "trend": {"field": "stage", "every": "week", "amount": "amount"},
    "period": {"field": "created_at", "range": "last_365_days"},
}
# What stood at each evening, and the amount that it had: the one before the first change since.
BY_HAND = """
with points as (
  select day, (day + 1)::timestamp at time zone %(zone)s as ends from unnest(%(days)s::date[]) day),
changes as (
  select record, (changes #>> '{{amount,0}}')::numeric as amount, at as until,
         lag(at) over (partition by record order by seq) as since,
         lead(at) over (partition by record order by seq) is null as last
    from {s}._history where object = 'opportunity' and op <> 'create' and changes ? 'amount'
     and at >= (select min(ends) from points)),
amounts as (
  select record, amount, since, until from changes
  union all
  select c.record, o.amount, c.until, null from changes c join {s}.opportunity o on o.id = c.record where c.last)
select p.day::text, s.value, count(*), sum(coalesce(case when a.record is null then o.amount else a.amount end, 0))
  from points p
  join {s}._stay s on s.entered_at < p.ends and (s.left_at is null or s.left_at >= p.ends)
  join {s}.opportunity o on o.id = s.record and o.deleted_at is null
  left join amounts a on a.record = s.record and (a.since is null or a.since < p.ends)
                     and (a.until is null or a.until >= p.ends)
 where s.object = 'opportunity' and s.field = 'stage'
 group by 1, 2
"""


def trend(world: World) -> list[Result]:
    """Medians of turns, ours and by hand one after the other, every point compared."""
    caller = world.caller()
    report = report_of(caller.model, "bench", BODY)
    ours, theirs = [], []
    with world.connect() as connection:
        _fill(world, connection)
        for turn in range(TURNS + 1):
            started = time.perf_counter()
            answer = run(caller, report)
            between = time.perf_counter()
            assert isinstance(answer, Answer)
            sql = BY_HAND.format(s=f'"{world.tenant.schema}"')
            days = [row.keys[0] for row in answer.rows]
            by_hand = connection.execute(sql.encode(), {"zone": caller.timezone, "days": days}).fetchall()
            ended = time.perf_counter()
            _same(answer, by_hand)
            if turn:
                ours.append((between - started) * 1000)
                theirs.append((ended - between) * 1000)
    name = f"trend of amounts by stage over {world.rows:,} records with history, 12 months by week"
    a, b = statistics.median(ours), statistics.median(theirs)
    return [Result(name, a, b, "ms", "≤ 1.2 × the time", 1 / 1.2)]


def _fill(world: World, connection: psycopg.Connection[Any]) -> None:
    connection.execute(f'set search_path = "{world.tenant.schema}"'.encode())
    row = connection.execute("select count(*) from opportunity").fetchone()
    if row and not row[0]:
        connection.execute(RECORDS, {"rows": world.rows, "owner": str(world.users[1])})
        for sql in (SAVES, STAYS, HISTORY, NOW, "drop table saves"):
            connection.execute(sql.encode())
        connection.execute("vacuum analyze opportunity, _stay, _history")


def _same(answer: Answer, by_hand: list[tuple[Any, ...]]) -> None:
    """Each stage at each point, to the last digit."""
    found = {(day, stage): (n, Decimal(amount)) for day, stage, n, amount in by_hand}
    for row in answer.rows:
        for column, cell in zip(answer.columns, row.cells, strict=True):
            said = (cell[0], Decimal(str(cell[1])))
            if said != found.get((row.keys[0], column.keys[0]), (0, Decimal(0))):
                raise RuntimeError(f"{row.keys} {column.keys}: {said}")


BENCHMARKS = {"report trend": trend}
