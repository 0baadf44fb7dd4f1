"""Reads on 1,000,000 rows: list pages as administrator and as a representative who sees his own, and a group-by beside
the SQL that one would write by hand under the same rule."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.processor import worked
from benchmarks.result import Result
from benchmarks.world import STAGES, World
from dougong_platform.query import list_records
from dougong_platform.reports.grouped.plain import aggregate

FIELDS = ("title", "stage", "amount", "close_date", "probability", "company", "company.name", "owner", "created_at")
TURNS = 600
PAGES: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda turn: {"filter": f'stage = "{STAGES[turn % 4]}" and amount > {turn * 131 % 500_000}', "sort": ["-amount"]},
    lambda turn: {"filter": f"amount < {500 + turn * 977 % 400_000}", "sort": ["amount"]},
    lambda turn: {"sort": ["-close_date"]},
    lambda turn: {"filter": f'close_date >= "2025-{1 + turn % 12:02}-01"', "sort": ["close_date"]},
    lambda turn: {"sort": ["title"]},
    lambda turn: {},
)
BY_HAND = """select d.stage, c.industry, count(*) as n, sum(d.amount) as total
from {schema}.deal d left join {schema}.company c on c.id = d.company
where d.deleted_at is null and d.amount > %(amount)s{rule} group by 1, 2 order by 1, 2"""
SPEC = {
    "from": "deal",
    "group_by": ["stage", "company.industry"],
    "aggregates": {"n": "COUNT()", "total": "SUM(amount)"},
    "order_by": ["stage", "company.industry"],
}


def pages(world: World) -> list[Result]:
    """p99 over pages of six kinds with their capped count; each sorted along an index. Our own time is in it too.

    On a busy machine that is mostly waiting for a core, so the CPU time of the server's processes is told beside it:
    all rows are in memory, and on a quiet machine it is the time in the database.
    """
    world.grow()
    found = []
    work = f"list page on {world.size} rows as"
    for who, user in (("administrator", world.users[0]), ("representative", world.users[1])):
        caller = world.caller(user)
        seconds, working = [], []
        list_records(caller, "deal", limit=1)
        pids = _server_processes(world)
        for turn in range(TURNS + 60):
            asked = PAGES[turn % len(PAGES)](turn)
            before, started = sum(map(worked, pids)), time.perf_counter()
            page = list_records(caller, "deal", fields=FIELDS, limit=50, count=True, **asked)
            seconds.append(time.perf_counter() - started)
            working.append(sum(map(worked, pids)) - before)
            assert page.records
        found.append(Result(f"{work} {who}, p99", p99(seconds), None, "ms", "≤ 50 ms", 50.0))
        if any(working):
            found.append(Result(f"{work} {who}, p99 of processor time", p99(working), None, "ms", "≤ 50 ms", 50.0))
    return found


def p99(seconds: list[float]) -> float:
    """Of the turns after warming up, in ms."""
    return sorted(seconds[60:])[int(TURNS * 0.99)] * 1000


def _server_processes(world: World) -> list[int]:
    """The server's processes that serve us."""
    with world.connect() as connection:
        query = "select pid from pg_stat_activity where usename = %s"
        return [pid for (pid,) in connection.execute(query, (world.database.login_role,)).fetchall()]


def grouping(world: World) -> list[Result]:
    """Count and sum by stage and by the company's industry; medians of turns."""
    world.grow()
    found = []
    with world.connect() as connection:
        for who, user in (("representative", world.users[1]), ("administrator", world.users[0])):
            caller = world.caller(user)
            rule = "" if who == "administrator" else " and d.owner = %(user)s::uuid"
            sql = BY_HAND.format(schema=world.tenant.schema, rule=rule).encode()
            ours, theirs = [], []
            for turn in range(14):
                amount = Decimal(turn * 100)
                started = time.perf_counter()
                rows = aggregate(caller, {**SPEC, "where": f"amount > {amount}"})
                between = time.perf_counter()
                by_hand = connection.execute(sql, {"amount": amount, "user": user}).fetchall()
                ended = time.perf_counter()
                if [(r["n"], Decimal(r["total"])) for r in rows] != [(n, total) for _, _, n, total in by_hand]:
                    raise RuntimeError("the two groupings differ")
                if turn > 1:
                    ours.append((between - started) * 1000)
                    theirs.append((ended - between) * 1000)
            a, b = statistics.median(ours), statistics.median(theirs)
            found.append(Result(f"group-by on {world.size} rows as {who}", a, b, "ms", "≤ 1.2 × the time", 1 / 1.2))
    return found


BENCHMARKS = {"large list": pages, "group-by": grouping}
