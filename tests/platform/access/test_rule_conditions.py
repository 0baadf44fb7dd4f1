"""Every condition of a sharing rule that the oracle knows, one by one: it opens the same records in SQL as in plain
Python."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from access_oracle import Oracle
from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.access.rights import Rights
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from organisation_fixtures import Company
from organisation_rules import RULES
from organisation_worlds import Granting, World

OWN = {"objects": {"*": {"read": "own"}}, "fields": {}}


def ruled(world: World) -> World:
    """The same company with one set, whose holders read their own, and all conditions as rules for everybody."""
    conditions = [(object, when) for object, found in RULES.items() for when in found]
    rules: list[dict[str, Any]] = [
        {
            "name": f"rule_{n}",
            "object": object,
            "when": when,
            "with": {"everyone": True},
            "access": "read",
            "active": True,
        }
        for n, (object, when) in enumerate(conditions)
    ]
    closed = dict.fromkeys(world.access, "private")
    grants = [Granting("own", user=id) for id in world.people]
    return replace(world, access=closed, sets={"own": OWN}, rules=rules, grants=grants)


def test_each_condition_opens_the_records_that_fit_it(company: Company) -> None:
    world = ruled(company.made.world)
    model = compile_model(read_documents(world.documents()))
    compiled = {rule.name: rule for rules in model.sharing.values() for rule in rules}
    met: set[bool] = set()
    for number, rule in enumerate(world.rules):
        one = company.askers[number % len(company.askers)]
        for asker in company.askers if "$user" in rule["when"] else (one,):
            oracle = Oracle(replace(world, rules=[rule]), asker.oracle.me)
            object = rule["object"]
            caller: Caller = replace(
                asker.caller,
                release=replace(asker.caller.release, model=model),
                rights=Rights(model, ["own"], False, {object: (compiled[rule["name"]],)}, len(oracle.own) == 1),
            )
            found = {row["id"] for row in list_records(caller, object, fields=["id"], limit=1000).records}
            expected = {row["id"] for row in oracle.live(object)}
            assert found == expected, f"{asker}: {object}: {rule['when']}"
            met.add(len(expected) > len([row for row in oracle.live(object) if row["owner"] in oracle.own]))
    assert met == {True, False}
