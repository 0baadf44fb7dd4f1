"""What rules cost a write, and what a formula costs a list: ten validations, three before-automations and two roll-ups
beside the same object without them; a list sorted by a formula over a path beside the SQL written by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.result import Result
from benchmarks.world import World
from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.query import list_records
from dougong_platform.records import create, update
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.releases.publish import publish
from dougong_platform.releases.release import current
from dougong_tenants.people.users import find_user

FIELDS = """
  name: {type: text, max_length: 200}
  pieces: {type: integer}
  price: {type: decimal, scale: 2}
  due: {type: date}
  level: {type: picklist, values: [low, middle, high]}
  mark: {type: text}
  touched: {type: date}
"""
SHEET = """kind: object
name: %(name)s_sheet
name_field: name
fields:
  name: {type: text}
%(rollups)s---
kind: object
name: %(name)s
name_field: name
fields:
  sheet: {type: lookup, to: %(name)s_sheet}"""
ROLLUPS = """  pieces: {type: rollup, of: ruled.sheet, sum: pieces}
  lines: {type: rollup, of: ruled.sheet, count: true, where: 'level != "low"'}
"""
VALIDATIONS = (
    "pieces >= 0",
    "ISBLANK(price) or price < 1000000",
    "ISBLANK(due) or due >= DATE(2020, 1, 1)",
    "LEN(name) > 2",
    'NOT(CONTAINS(name, "###"))',
    "ISBLANK(price) or pieces * price < 10000000",
    'level != "high" or price > 1',
    "ISNEW() or NOT(changed(name)) or LEN(name) < 150",
    "ISBLANK(due) or YEAR(due) < 2100",
    "ISBLANK(sheet.name) or LEN(sheet.name) < 200",
)
AUTOMATIONS = (
    ("ISBLANK(level)", 'level: "IF(pieces > 50, \\"high\\", \\"low\\")"'),
    ("changed(price)", "touched: TODAY()"),
    ("changed(level) or ISNEW()", 'mark: "level & \\" \\" & name"'),
)


def _documents() -> str:
    parts = []
    for name, rollups in (("plain", ""), ("ruled", ROLLUPS)):
        parts.append(SHEET % {"name": name, "rollups": rollups} + FIELDS)
    for number, must in enumerate(VALIDATIONS):
        parts.append(
            f"kind: validation\nname: v{number}\nobject: ruled\nmust: '{must}'\n"
            f"message: {{en: No {number}., zh: 否。}}\n"
        )
    for number, (when, sets) in enumerate(AUTOMATIONS):
        parts.append(
            f"kind: automation\nname: a{number}\nobject: ruled\nposition: {number}\non: saved\nif: '{when}'\n"
            f"do: [{{set: {{{sets}}}}}]\n"
        )
    return "---\n".join(parts)


def _tenant(world: World) -> tuple[Caller, dict[str, list[str]]]:
    tenant = provision(
        world.database,
        "rules",
        documents=read_documents(_documents()),
        administrator=FirstAdministrator("admin@rules.test", "benchmark-pass-1", "Admin"),
    )
    admin = acting_as(
        world.database, tenant, str(find_user(world.database, tenant, "admin@rules.test")), cause="benchmark"
    )
    sheets = {
        name: [str(o.id) for o in create(admin, f"{name}_sheet", [{"name": f"S{n}"} for n in range(200)]).records]
        for name in ("plain", "ruled")
    }
    return admin, sheets


def _rows(sheets: Sequence[str], turn: int, count: int) -> list[dict[str, Any]]:
    return [
        {
            "sheet": sheets[(turn * 31 + n) % len(sheets)],
            "name": f"Bolt {turn} {n}",
            "pieces": (turn + n) % 90,
            "price": f"{(turn * 7 + n) % 900 + 1}.25",
            "due": "2026-12-01",
        }
        for n in range(count)
    ]


def writing(world: World) -> list[Result]:
    """One row created, one updated, 10,000 created; medians, alternating between the two objects."""
    admin, sheets = _tenant(world)
    made: dict[str, list[str]] = {"plain": [], "ruled": []}

    def creating(name: str, turn: int) -> None:
        made[name].append(str(create(admin, name, _rows(sheets[name], turn, 1)).records[0].id))

    def updating(name: str, turn: int) -> None:
        update(
            admin,
            name,
            [{"id": made[name][turn % len(made[name])], "price": f"{turn % 800 + 1}.75", "pieces": turn % 80}],
        )

    found = []
    for what, work in (("create", creating), ("update", updating)):
        plain, ruled = _alternate(work, 400)
        found.append(Result(f"{what} one under rules, beside none", ruled, plain, "ms", "≤ 2 × the time", 0.5))
    plain, ruled = _alternate(lambda name, turn: create(admin, name, _rows(sheets[name], turn, 10_000)) and None, 3)
    found.append(
        Result(
            "10,000 rows under rules, beside none",
            1e7 / ruled,
            1e7 / plain,
            "rows/s",
            "told",
            0.0,
            higher_is_better=True,
        )
    )
    return found


def _alternate(work: Callable[[str, int], None], turns: int) -> tuple[float, float]:
    """Medians in ms: without rules, with them."""
    seconds: dict[str, list[float]] = {"plain": [], "ruled": []}
    for turn in range(turns + turns // 10):
        for name, list_ in seconds.items():
            started = time.perf_counter()
            work(name, turn)
            if turn >= turns // 10:
                list_.append((time.perf_counter() - started) * 1000)
    return statistics.median(seconds["plain"]), statistics.median(seconds["ruled"])


BY_HAND = """select d.id, d.title, d.amount, c.name,
 round(d.amount * case c.industry when 'software' then 3 when 'retail' then 2 else 1 end, 2) as weighed
from {schema}.deal d left join {schema}.company c on c.id = d.company and c.deleted_at is null
where d.deleted_at is null and d.stage = %(stage)s order by weighed desc nulls last, d.id desc limit 51"""


def _publish_formula(world: World) -> None:
    documents = {d.key: d for d in current(world.database, world.tenant).model.documents.values()}
    deal = documents["object", "deal"]
    weighed = {
        "type": "formula",
        "returns": "decimal",
        "formula": 'amount * CASE(company.industry, "software", 3, "retail", 2, 1)',
    }
    changed = Document("object", "deal", {**deal.body, "fields": {**deal.body["fields"], "weighed": weighed}})
    documents[changed.key] = changed
    publish(world.database, world.tenant, model=compile_model(documents.values()))


def sorting(world: World) -> list[Result]:
    """50 of 100,000 rows in the order of a formula over a path, beside the SQL by hand; medians of turns."""
    _publish_formula(world)
    caller = world.caller(world.users[0])
    sql = BY_HAND.format(schema=world.tenant.schema).encode()
    ours, theirs = [], []
    with world.connect() as connection:
        for turn in range(24):
            stage = ("open", "quoted", "won", "lost")[turn % 4]
            started = time.perf_counter()
            page = list_records(
                caller,
                "deal",
                fields=["title", "amount", "company.name", "weighed"],
                filter=f'stage = "{stage}"',
                sort=["-weighed"],
                limit=50,
            )
            between = time.perf_counter()
            by_hand = connection.execute(sql, {"stage": stage}).fetchall()
            ended = time.perf_counter()
            if [r["weighed"] for r in page.records] != [str(row[4]) for row in by_hand[:50]]:
                raise RuntimeError("the two lists differ")
            if turn > 3:
                ours.append((between - started) * 1000)
                theirs.append((ended - between) * 1000)
    a, b = statistics.median(ours), statistics.median(theirs)
    return [
        Result(f"list of {world.rows:,} rows sorted by a formula over a path", a, b, "ms", "≤ 1.2 × the time", 1 / 1.2)
    ]


BENCHMARKS = {"rules": writing, "formula": sorting}
