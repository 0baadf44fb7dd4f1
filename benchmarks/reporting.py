"""Six reports on 1,000,000 rows with 3,000,000 lines beside the SQL that one would write by hand for the same answer,
totals and subtotals included; and what a report's page costs without its query."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson

from benchmarks.result import Result
from benchmarks.world import PASSWORD, World
from dougong_metadata.model.compile_report import report_of
from dougong_platform.reports import run
from dougong_platform.reports.answer import Answer

TURNS = 9
GROW_ITEMS = """
insert into item (id, deal, product, quantity, total, owner)
select gen_random_uuid(), d.id, 'Product ' || (n * 7 + d.row) %% 40, 1 + (d.row + n) %% 9,
       round((d.amount / 3)::numeric, 2), d.owner
  from (select id, amount, owner, row_number() over () as row from deal limit %(deals)s) d, generate_series(1, 3) n
"""


@dataclass(frozen=True)
class Named:
    """A report, and the SQL of its answer; the first column of the line whose keys are all blank is its first total."""

    name: str
    body: dict[str, Any]
    sql: str


AMOUNT = {"n": "COUNT()", "total": "SUM(amount)"}
REPORTS = (
    Named(
        "stages by industry",
        {"type": "summary", "rows": ["stage", "company.industry"], "values": AMOUNT},
        """select count(*), sum(d.amount), d.stage, c.industry
        from {s}.deal d left join {s}.company c on c.id = d.company
        where d.deleted_at is null group by grouping sets ((3, 4), (3), ())""",
    ),
    Named(
        "months by stage",
        {"type": "matrix", "rows": [{"by": "close_date", "every": "month"}], "columns": ["stage"], "values": AMOUNT},
        """select count(*), sum(amount), date_trunc('month', close_date)::date, stage from {s}.deal
        where deleted_at is null group by grouping sets ((3, 4), (3), (4), ())""",
    ),
    Named(
        "top 10 companies and all others",
        {"type": "summary", "rows": [{"by": "company", "top": 10, "sort": "-total"}], "values": AMOUNT},
        """with every as (select count(*) as n, sum(amount) as total, company from {s}.deal where deleted_at is null
        group by company),
        ranked as (select *, row_number() over (order by total desc nulls last) <= 10 as top from every)
        select sum(n), sum(total), case when top then company end, top from ranked
        group by grouping sets ((3, 4), ()) order by 2 desc""",
    ),
    Named(
        "lines by industry",
        {"type": "summary", "rows": ["company.industry"], "values": {"n": "COUNT()", "lines": "SUM(item.total)"}},
        """with deals as (select count(*) as n, c.industry from {s}.deal d left join {s}.company c on c.id = d.company
        where d.deleted_at is null group by 2), lines as (select sum(i.total) as total, c.industry from {s}.item i
        join {s}.deal d on d.id = i.deal and d.deleted_at is null left join {s}.company c on c.id = d.company
        where i.deleted_at is null group by 2)
        select sum(d.n), sum(l.total), d.industry from deals d left join lines l on l.industry is not distinct from
        d.industry group by grouping sets ((3), ())""",
    ),
    Named(
        "win rate by owner",
        {
            "type": "summary",
            "rows": ["owner"],
            "values": {
                "n": "COUNT()",
                "rate": 'COUNT(stage = "won") / COUNT(stage in ("won", "lost"))',
                "mean": 'AVG(amount, stage = "won")',
            },
        },
        """select count(*), count(*) filter (where stage = 'won')::numeric / nullif(count(*) filter (where stage in
        ('won', 'lost')), 0), avg(amount) filter (where stage = 'won'), owner from {s}.deal where deleted_at is null
        group by grouping sets ((4), ())""",
    ),
    Named(
        "months beside those of a year ago",
        {
            "type": "summary",
            "rows": [{"by": "close_date", "every": "month"}],
            "values": AMOUNT,
            "period": {"field": "close_date", "range": "2026-01-01..2026-11-30"},
            "compare": "year_ago",
        },
        """with now as (select count(*) as n, sum(amount) as total, date_trunc('month', close_date)::date as month from
        {s}.deal where deleted_at is null and close_date >= '2026-01-01' and close_date < '2026-12-01' group by 3),
        before as (select count(*) as n, sum(amount) as total, date_trunc('month', close_date + interval '1 year')::date
        as month from {s}.deal where deleted_at is null and close_date >= '2025-01-01' and close_date < '2025-12-01'
        group by 3)
        select sum(now.n), sum(before.n), sum(now.total), sum(before.total), month
        from now full join before using (month) group by grouping sets ((5), ())""",
    ),
)


def grow_items(world: World) -> None:
    """Three lines to each of the 1,000,000 rows, once."""
    world.grow()
    with world.connect() as connection:
        connection.execute(f'set search_path = "{world.tenant.schema}"'.encode())
        row = connection.execute("select count(*) from item").fetchone()
        if row and not row[0]:
            connection.execute(GROW_ITEMS, {"deals": int(1_000_000 * world.scale)})
            connection.execute("vacuum analyze item")


def reports(world: World) -> list[Result]:
    """Medians of turns, ours and by hand one after the other."""
    grow_items(world)
    caller = world.caller()
    found = []
    with world.connect() as connection:
        for named in REPORTS:
            report = report_of(caller.model, "bench", {"object": "deal", **named.body})
            sql = named.sql.format(s=f'"{world.tenant.schema}"').encode()
            ours, theirs = [], []
            for turn in range(TURNS + 2):
                started = time.perf_counter()
                answer = run(caller, report)
                between = time.perf_counter()
                by_hand = connection.execute(sql).fetchall()
                ended = time.perf_counter()
                _same(answer, by_hand, named)
                if turn > 1:
                    ours.append((between - started) * 1000)
                    theirs.append((ended - between) * 1000)
            a, b = statistics.median(ours), statistics.median(theirs)
            name = f"report on {world.size} rows: {named.name}"
            found.append(Result(name, a, b, "ms", "≤ 1.2 × the time", 1 / 1.2))
    return found


def _same(answer: Any, by_hand: list[tuple[Any, ...]], named: Named) -> None:
    """The total over everything is in both, to the last digit."""
    assert isinstance(answer, Answer)
    assert answer.total is not None
    whole = max(row[0] for row in by_hand)
    total = next(row for row in by_hand if row[0] == whole)
    apart = abs(Decimal(str(answer.total.all[1])) - Decimal(total[1]))
    if Decimal(str(answer.total.all[0])) != whole or apart > Decimal("1e-9"):
        raise RuntimeError(f"{named.name}: {answer.total.all} is not {total}")


def page(world: World) -> list[Result]:
    """A report's page of 100 rows and 5 columns of two numbers over HTTP, without running it; p50."""
    caller = world.caller()
    body = {
        "object": "company",
        "type": "matrix",
        "rows": [{"by": "code", "top": 100, "sort": "-n", "other": False}],
        "columns": ["industry"],
        "values": {"n": "COUNT()", "names": "COUNT_DISTINCT(name)"},
    }
    body["where"] = 'code < "C000100"'
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=60)
    cookie = _signed_in(connection)
    key = _kept(world, connection, body)
    report = report_of(caller.model, "bench", body)
    pages, running = [], []
    for turn in range(60):
        started = time.perf_counter()
        connection.request("GET", f"/reports/{key}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        text = answer.read()
        between = time.perf_counter()
        if answer.status != 200 or b"C000042" not in text:
            raise RuntimeError(f"the report's page answers {answer.status}")
        run(caller, report)
        ended = time.perf_counter()
        if turn > 9:
            pages.append((between - started) * 1000)
            running.append((ended - between) * 1000)
    alone = statistics.median(pages) - statistics.median(running)
    return [Result("a report's page of 100 rows without its query, p50", alone, None, "ms", "≤ 50 ms", 50.0)]


def _signed_in(connection: http.client.HTTPConnection) -> str:
    """The cookies of a session of the administrator."""
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    text = answer.read().decode()
    cookies = _cookies(answer)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text) or re.search(
        r'name="_csrf"[^>]*value="([^"]+)"', text
    )
    form = {"email": "admin@bench.test", "password": PASSWORD}
    if token:
        form[token[0].split('"')[1]] = token[1]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    connection.request("POST", "/sign-in", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (302, 303):
        raise RuntimeError(f"signing in answers {answer.status}")
    return "; ".join(filter(None, (cookies, _cookies(answer))))


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.split(";", 1)[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")


def _kept(world: World, connection: http.client.HTTPConnection, body: dict[str, Any]) -> str:
    """The key of the report, kept by the administrator."""
    headers = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/json"}
    connection.request(
        "POST", "/api/v1/own-documents", orjson.dumps({"kind": "report", "label": "Pages", "body": body}), headers
    )
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"keeping a report answers {answer.status}: {text[:300]!r}")
    return str(orjson.loads(text)["id"])


BENCHMARKS = {"reports": reports, "report page": page}
