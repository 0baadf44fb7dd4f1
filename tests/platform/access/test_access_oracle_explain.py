"""Drawn companies against brute force: an explanation says what the oracle says, and what it names decides: without the
grants that it names the access is gone, with one of several it stays, and for a refusal it names none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from access_oracle import Oracle, Row
from dougong_platform.access.rights import ACTIONS, Rights
from dougong_platform.explain.audience import audience
from dougong_platform.explain.record_access import explain_access
from dougong_platform.http.caller import Caller
from dougong_platform.query.allowed import allowed_actions
from dougong_tenants.people.rows import people_transaction
from organisation_fixtures import Asker, Company
from organisation_store import Furnished
from organisation_worlds import OBJECTS, Draw, World

REFUSALS = frozenset({"no_grant", "not_owner", "inactive", "no_read"})
SINGLE = frozenset({"share", "rule"})  # what one can take away without touching a permission set


def sampled(company: Company, most: int) -> Iterator[tuple[Asker, str, Row]]:
    for number, asker in enumerate(company.askers):
        by = Draw(company.made.world.seed * 1000 + number)
        for object in OBJECTS:
            live = [row for row in company.made.world.rows[object].values() if row["deleted_at"] is None]
            for row in by.chance.sample(live, min(most, len(live))):
                yield asker, object, row


def named(because: list[dict[str, Any]], object: str, id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(object, record, grant) of every grant, with those of a record that owns it."""
    for grant in because:
        if grant["kind"] == "parent":
            yield from named(grant["because"], grant["object"], grant["id"])
        else:
            yield object, id, grant


def decides(grant: dict[str, Any]) -> bool:
    """Whether it is a grant of its own: a set that grants a smaller scope only lets others reach."""
    return grant["kind"] != "permission_set" or grant["scope"] == "all"


def without(world: World, oracle: Oracle, object: str, id: str, grant: dict[str, Any]) -> World:
    """The world with this grant taken away."""
    match grant["kind"]:
        case "owner":
            rows = {**world.rows[object], id: {**world.rows[object][id], "owner": "somebody else"}}
            return replace(world, rows={**world.rows, object: rows})
        case "assistant":
            pair = (grant["for"], oracle.me)
            return replace(world, assistants=[a for a in world.assistants if (a.user, a.assistant) != pair])
        case "queue":
            idle = replace(world.people[grant["queue"]], team=None)
            return replace(world, people={**world.people, grant["queue"]: idle})
        case "scope" | "permission_set":
            sets = grant.get("sets") or [grant["name"]]
            return replace(world, grants=[g for g in world.grants if g.permission_set not in sets])
        case "default_access":
            return replace(world, access={**world.access, object: "private"})
        case "rule":
            return replace(world, rules=[r for r in world.rules if r["name"] != grant["name"]])
        case "share":
            return replace(world, shares=[s for s in world.shares if s.id != grant["id"]])
    raise AssertionError(f"the test knows no grant of kind {grant['kind']}")


def test_what_an_explanation_names_decides(company: Company) -> None:
    world, admin = company.made.world, company.made.admin
    for asker, object, row in sampled(company, 6):
        oracle, id = asker.oracle, row["id"]
        told = explain_access(admin, object, id, oracle.me)
        for action in ACTIONS:
            because = told[action]["because"]
            about = f"{asker}: {action} {object} {id}: {because}"
            assert told[action]["allowed"] == oracle.can(object, row, action), about
            grants = [one for one in named(because, object, id) if decides(one[2])]
            if not told[action]["allowed"]:
                assert {grant["kind"] for *_, grant in grants} <= REFUSALS, about
                continue
            assert grants, about
            less = world
            for of, record, grant in grants:
                less = without(less, oracle, of, record, grant)
            assert not Oracle(less, oracle.me).can(object, less.rows[object][id], action), about
            one_left(world, oracle, object, id, action, grants)


def one_left(
    world: World, oracle: Oracle, object: str, id: str, action: str, grants: list[tuple[str, str, dict[str, Any]]]
) -> None:
    """A share or rule that is named is enough by itself: the access stays when the other grants go, as far as they can
    without a change of the record, which a rule may ask for, or of a permission set."""
    for kept in grants:
        others = [one for one in grants if one is not kept and one[2]["kind"] in SINGLE | {"default_access"}]
        if kept[2]["kind"] not in SINGLE or not others or len(others) + 1 < len(grants):
            continue
        fewer = world
        for of, record, grant in others:
            fewer = without(fewer, oracle, of, record, grant)
        stays = Oracle(fewer, oracle.me)
        if oracle.why(object, world.rows[object][id], "read") and action != "delete":
            assert stays.why(object, fewer.rows[object][id], action) is not None, (str(oracle.me), object, id, kept)


def test_the_audience_of_a_record_is_everybody_who_may_read_it(company: Company) -> None:
    made = company.made
    people = [p.id for p in made.world.people.values() if p.kind == "person" and p.active]
    everybody = [Oracle(made.world, id) for id in people]
    for object in OBJECTS:
        live = [row for row in made.world.rows[object].values() if row["deleted_at"] is None]
        for row in Draw(made.world.seed).chance.sample(live, 5):
            told = audience(made.admin, object, row["id"], 500)
            expected = {
                oracle.me: sorted(a for a in ACTIONS if oracle.can(object, row, a))
                for oracle in everybody
                if oracle.can(object, row, "read")
            }
            expected[made.admin.user] = sorted(ACTIONS)
            assert {one["id"]: one["actions"] for one in told["users"]} == expected, f"{object} {row['id']}"
            assert told["count"] == len(expected) == sum(told["by"].values())


def test_taking_the_named_grants_away_takes_the_access_at_once(company: Company) -> None:
    """The same in the database, for rows of people, shares and owners, and in the model for what it grants."""
    made, done = company.made, 0
    for asker, object, row in sampled(company, 3):
        caller, id = asker.caller, row["id"]
        if "read" not in allowed_actions(caller, object, id):
            continue
        because = explain_access(made.admin, object, id, caller.user)["read"]["because"]
        grants = [one for one in named(because, object, id) if decides(one[2])]
        rows = [found for one in grants for found in rows_of(made, caller, *one)]
        if not all(rows):
            continue
        rules = {grant["name"] for *_, grant in grants if grant["kind"] == "rule"}
        closed = {of for of, _, grant in grants if grant["kind"] == "default_access"}
        with gone(made, [found for found in rows if found[1]]):
            left = remodelled(made.acting(caller.user), rules, closed)
            assert "read" not in allowed_actions(left, object, id), f"{asker}: {object} {id}: {because}"
        assert "read" in allowed_actions(made.acting(caller.user), object, id), "the test did not put it back"
        done += 1
    assert done > 2


def remodelled(caller: Caller, rules: set[str], closed: set[str]) -> Caller:
    """The caller under a model without these sharing rules, in which these objects are private."""
    rights, model = caller.rights, caller.model
    objects = {
        name: replace(one, default_access="private") if name in closed else one for name, one in model.objects.items()
    }
    model = replace(model, objects=objects, hash=f"{model.hash} without {sorted(rules | closed)}")
    kept = {of: tuple(r for r in found if r.name not in rules) for of, found in rights.rules.items()}
    release = replace(caller.release, model=model)
    return replace(caller, release=release, rights=Rights(model, rights.names, False, kept, rights.lonely))


Rows = tuple[str, str, list[Any]]


def rows_of(made: Furnished, caller: Caller, object: str, id: str, grant: dict[str, Any]) -> list[Rows | None]:
    """(table, condition, values) of the rows that are this grant; without a table for what the model says; None for
    what this test does not take away."""
    match grant["kind"]:
        case "owner":
            return [(object, "id = %s", [id])]
        case "share":
            return [("_share", "id = %s", [grant["id"]])]
        case "assistant":
            return [("_assistant", '"user" = %s and assistant = %s', [grant["for"], caller.user])]
        case "rule" | "default_access":
            return [("", "", [])]
        case "scope" | "permission_set":
            sets = sorted(grant.get("sets") or [grant["name"]])
            return [
                ("user_permission_set", 'permission_set = any(%s) and "user" = %s', [sets, caller.user]),
                ("_permission_set_assignment", "permission_set = any(%s)", [sets]),
            ]
    return [None]


@contextmanager
def gone(made: Furnished, rows: list[Rows]) -> Iterator[None]:
    """While these rows are away; of a record, its owner, in whose place comes the administrator."""
    kept: list[tuple[str, str]] = []
    owners: list[tuple[str, str, str]] = []
    with people_transaction(made.database, made.tenant) as tx:
        for table, where, values in rows:
            if table in OBJECTS:
                owners += [(table, *one) for one in tx.rows(f"select id, owner from {table} where {where}", values)]
                tx.execute(f"update {table} set owner = %s where {where}", [made.admin.user, *values])
            else:
                found = tx.rows(f"delete from {table} where {where} returning to_jsonb({table})::text", values)
                kept += [(table, row) for (row,) in found]
    yield
    with people_transaction(made.database, made.tenant) as tx:
        for table, row in kept:
            tx.execute(f"insert into {table} select * from jsonb_populate_record(null::{table}, %s::jsonb)", [row])
        for table, id, owner in owners:
            tx.execute(f"update {table} set owner = %s where id = %s", [owner, id])
