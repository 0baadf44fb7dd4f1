"""Access on 1,000,000 rows: list pages as director, representative and administrator; a group-by beside the SQL that
one would write by hand under the same rules; moving a department."""

from __future__ import annotations

import statistics
import time
from decimal import Decimal
from typing import Any

from benchmarks.access_world import Company
from benchmarks.querying import BY_HAND, FIELDS, PAGES, SPEC, TURNS, p99
from benchmarks.result import Result
from benchmarks.world import World
from dougong_platform.access.scopes import array_text
from dougong_platform.query import list_records
from dougong_platform.reports.grouped.plain import aggregate
from dougong_tenants import people
from dougong_tenants.organisation import Organisation, organisation_of

_MADE: dict[int, Company] = {}
# What somebody would write who knows these rules: the same ways, each as he would put it.
HAND_RULES = """ and (d.owner = any(%(owners)s::uuid[])
 or d.id = any(array(select s.record from {schema}._share s where s.object = 'deal'
                     and s.subject = any(%(subjects)s::uuid[])
                     and (s.expires_at is null or s.expires_at > now()))){rules})"""
HAND_OVER = (
    " or (d.amount > 880000 and d.company = any(array(select c.id from {schema}.company c"
    " where c.deleted_at is null and c.industry = '{industry}')))"
)
HAND_ASKS = (
    " or d.company = any(array(select c.id from {schema}.company c where c.deleted_at is null"
    " and c.owner = %(user)s::uuid))"
    " or (d.stage = 'won' and d.company = any(array(select c.id from {schema}.company c where c.deleted_at is null"
    " and c.owner = %(user)s::uuid))) or d.created_by = %(user)s::uuid"
)


def company(world: World) -> Company:
    """Made when first asked for."""
    if id(world) not in _MADE:
        _MADE[id(world)] = Company(world)
    return _MADE[id(world)]


def pages(world: World) -> list[Result]:
    """p99 over pages of six kinds with their capped count, each sorted along an index."""
    made = company(world)
    found = []
    for who, user in (("director", made.director), ("representative", made.rep), ("administrator", made.admin)):
        caller = made.caller(user)
        below = len(caller.reach.below) - 1
        seconds = []
        for turn in range(TURNS + 60):
            asked = PAGES[turn % len(PAGES)](turn)
            started = time.perf_counter()
            list_records(caller, "deal", fields=FIELDS, limit=50, count=True, **asked)
            seconds.append(time.perf_counter() - started)
        words = {"director": f"director ({below} below)", "representative": "representative (own 500)"}.get(who, who)
        name = f"{server(world)}: list page under 20 rules and 50,000 shares as {words}, p99"
        found.append(Result(name, p99(seconds), None, "ms", "≤ 50 ms", 50.0))
    return found


def grouping(world: World) -> list[Result]:
    """Count and sum by stage and by the company's industry, as the director and as the representative."""
    made = company(world)
    found = []
    with world.connect() as connection:
        for who, user in (("director", made.director), ("representative", made.rep)):
            caller = made.caller(user)
            rules = _rules_by_hand(made, caller)
            sql = BY_HAND.format(schema=made.tenant.schema, rule=rules).encode()
            owners = caller.reach.owners("own_below" if who == "director" else "own")
            params = {"owners": array_text(owners), "subjects": array_text(caller.reach.subjects), "user": user}
            ours, theirs = [], []
            for turn in range(14):
                amount = Decimal(turn * 100)
                started = time.perf_counter()
                rows = aggregate(caller, {**SPEC, "where": f"amount > {amount}"})
                between = time.perf_counter()
                by_hand = connection.execute(sql, {"amount": amount, **params}).fetchall()
                ended = time.perf_counter()
                if [(r["n"], Decimal(r["total"])) for r in rows] != [(n, total) for _, _, n, total in by_hand]:
                    raise RuntimeError("the two groupings differ")
                if turn > 1:
                    ours.append((between - started) * 1000)
                    theirs.append((ended - between) * 1000)
            a, b = statistics.median(ours), statistics.median(theirs)
            name = f"{server(world)}: group-by under 20 rules and 50,000 shares as {who}"
            found.append(Result(name, a, b, "ms", "≤ 1.2 × the time", 1 / 1.2))
    return found


def moving(world: World) -> list[Result]:
    """Moving departments of 100 people and more, and a new manager: until the next list is read with it."""
    made = company(world)
    known = made.organisation
    department = max(
        (d for d, _ in made.departments[5:20]), key=lambda d: -abs(len(_inside(known, d)) - 100)
    )  # of the third level: about 100 people in it and below
    moved = _inside(known, department)
    new_parent = next(d for d, p in made.departments[1:5] if d != known.departments[department].parent)
    started = time.perf_counter()
    people.update_department(made.database, made.tenant, department, {"parent": new_parent})
    list_records(made.caller(made.director), "deal", limit=50, count=True)
    one = (time.perf_counter() - started) * 1000
    after = organisation_of(made.database, made.tenant)
    if not all(new_parent in _above(after, user) for user in moved):
        raise RuntimeError("the department has not moved")
    started = time.perf_counter()
    people.update_user(made.database, made.tenant, made.rep, {"manager": made.director})
    page = list_records(made.caller(made.director), "deal", filter=f'owner = "{made.rep}"', limit=50)
    two = (time.perf_counter() - started) * 1000
    if not page.records:
        raise RuntimeError("the new manager does not see his new report's records")
    name = server(world)
    return [
        Result(f"{name}: {len(moved)} people move with their department", one, None, "ms", "≤ 1 s", 1000.0),
        Result(f"{name}: a new manager, until his next page", two, None, "ms", "≤ 1 s", 1000.0),
    ]  # fmt: skip


def server(world: World) -> str:
    """PostgreSQL 18, PostgreSQL 15."""
    with world.connect() as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


def _rules_by_hand(made: Company, caller: Any) -> str:
    """The rules that reach this person, as one would write them down for him."""
    text = ""
    for rule in caller.rights.rules.get("deal", ()):
        if rule.name.startswith("own_"):
            stage, amount = rule.when.text.split('"')[1], rule.when.text.rsplit(" ", 1)[1]
            text += f" or (d.stage = '{stage}' and d.amount > {amount})"
        elif rule.name.startswith("over_"):
            text += HAND_OVER.format(schema=made.tenant.schema, industry=rule.when.text.split('"')[1])
    text += HAND_ASKS.format(schema=made.tenant.schema)
    return HAND_RULES.format(schema=made.tenant.schema, rules=text)


def _inside(known: Organisation, department: str) -> set[str]:
    return {user for user in known.people if department in _above(known, user)}


def _above(known: Organisation, user: str) -> set[str]:
    own = known.departments_of(user)
    return {*own, *(above for one in own for above in known.departments_above(one))}


BENCHMARKS = {"access: pages": pages, "access: group-by": grouping, "access: moving": moving}
