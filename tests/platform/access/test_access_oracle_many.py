"""A drawn company with more records than a list sorts: the page and the count, which then go other ways through the
indexes, hold what the oracle says, however they are sorted and filtered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from access_oracle import Oracle
from dougong_platform.query import list_records
from dougong_platform.query.each_way import FEW
from dougong_platform.reports.grouped.plain import aggregate
from dougong_tenants import Database
from organisation_fixtures import Asker
from organisation_store import Furnished, furnish
from organisation_worlds import Granting, draw

COUNTS = {"site": 12, "machine": 2 * FEW + 200, "part": 10, "visit": 10}
SCOPES = ("own", "own_below", "department_below")
KEYS = (("name", "name"), ("-cost", "cost"), ("rank", "rank"), ("-created_at", "id"), ("site", "site.name"))
FILTERS: tuple[tuple[str | None, Any], ...] = (
    (None, lambda row, look: True),
    ('kind = "a"', lambda row, look: row["kind"] == "a"),
    ("cost < 40 and not ISBLANK(site.zone)", lambda row, look: bool(
        row["cost"] and Decimal(row["cost"]) < 40 and look(row, "site.zone")
    )),
)  # fmt: skip


@pytest.fixture(scope="module")
def many(company_database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Furnished, list[Asker]]:
    """Private objects, rules that open many machines to everybody, and askers of small and of large scopes."""
    world = draw(101)
    world.access = dict.fromkeys(world.access, "private")
    world.sets = {
        f"set_{n}": {"objects": {"*": {"read": scope, "update": "own"}}, "fields": {}} for n, scope in enumerate(SCOPES)
    }
    opened = ("cost > 50", 'site.zone = "n"', "ISBLANK(kind) or rank > 3", 'site.zone = "n" or kind = "a"')
    world.rules = [
        {"name": f"rule_{n}", "object": "machine", "when": when, "with": with_, "access": "read", "active": True}
        for n, (when, with_) in enumerate(
            zip(opened, ({"permission_sets": ["set_1"]}, {"permission_sets": ["set_2"]}) * 2, strict=True)
        )
    ]
    people = [one.id for one in world.people.values() if one.kind == "person" and one.active][:6]
    world.grants = [Granting(f"set_{n % 3}", user=id) for n, id in enumerate(people)]
    made = furnish(company_database, world, tmp_path_factory.mktemp("files"), COUNTS)
    return made, [Asker(made.acting(id), Oracle(world, id)) for id in people]


def test_a_list_of_many_is_complete_and_in_order(many: tuple[Furnished, list[Asker]]) -> None:
    sizes = []
    for asker in many[1]:
        caller, oracle = asker.caller, asker.oracle
        look = oracle.looker("machine", seen=True)
        live = oracle.live("machine")
        sizes.append(len(live))
        for text, fits in FILTERS:
            expected = {row["id"]: row for row in live if fits(row, look)}
            counting = {"from": "machine", "where": text, "aggregates": {"n": "COUNT()", "total": "SUM(cost)"}}
            told = aggregate(caller, counting)[0]
            assert int(told["n"]) == len(expected), f"{asker}: {text}"
            total = sum(Decimal(row["cost"]) for row in expected.values() if row["cost"])
            assert Decimal(told["total"] or 0) == total
            for key, path in KEYS:
                found: list[dict[str, Any]] = []
                cursor = None
                while True:
                    page = list_records(
                        caller, "machine", fields=[path], filter=text, sort=[key], limit=170, cursor=cursor, count=True
                    )
                    assert page.count == len(expected), f"{asker}: {text} by {key}"
                    found += page.records
                    cursor = page.next
                    if cursor is None:
                        break
                assert len(found) == len(expected), f"{asker}: {text} by {key}"
                assert {row["id"] for row in found} == set(expected), f"{asker}: {text} by {key}"
                if key != "-created_at":
                    values = [Decimal(row[path]) if path == "cost" and row[path] else row[path] for row in found]
                    filled = [value for value in values if value is not None]
                    assert filled == sorted(filled, reverse=key.startswith("-")), f"{asker}: {text} by {key}"
                    assert values[len(filled) :] == [None] * (len(values) - len(filled))
    assert min(sizes) < FEW < max(sizes), sizes
