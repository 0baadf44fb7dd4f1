"""The explanation read backwards: whom it names are just those who find the record when they look for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong_platform import records
from dougong_platform.errors import NotAllowed
from dougong_platform.explain.audience import audience
from dougong_platform.explain.record_access import explain_access
from dougong_platform.people.acting import acting_as
from dougong_platform.query import list_records
from dougong_platform.query.allowed import allowed_actions
from dougong_tenants import new_id, people
from reading import Reading, make_reading

DOCUMENTS = """
kind: object
name: site
name_field: name
default_access: private
fields:
  name: {type: text}
  state: {type: picklist, values: [open, closed]}
  keeper: {type: user}
---
kind: object
name: visit
name_field: name
default_access: private
fields:
  name: {type: text}
  site: {type: lookup, to: site, follows_shares: true}
---
kind: object
name: note
name_field: name
fields:
  visit: {type: detail, to: visit}
  name: {type: text}
---
kind: permission_set
name: worker
objects: {'*': {create: true, read: own_below, update: own, share: true}}
---
kind: permission_set
name: neighbour
objects: {'*': {read: department}}
---
kind: sharing
name: keepers
object: site
when: keeper = $user or keeper.manager = $user
with: {everyone: true}
access: edit
---
kind: sharing
name: of_open_sites
object: visit
when: site.state = "open"
with: {permission_sets: [neighbour]}
"""


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def staff(office: Reading) -> list[str]:
    """Six people: two departments, a line of managers, a mix of sets."""
    near, far = (people.create_department(office.database, office.tenant, {"name": name}) for name in ("near", "far"))
    made: list[str] = []
    both = ["worker", "neighbour"]
    sets_of = (["worker"], ["worker"], ["neighbour"], both, [], ["worker"])
    for number, (department, sets) in enumerate(zip((near, near, near, far, far, far), sets_of, strict=True)):
        values = {
            "name": f"p{number}",
            "email": f"p{number}@site.test",
            "department": department,
            "manager": made[number - 1] if number in (1, 5) else None,
        }
        made.append(people.create_user(office.database, office.tenant, values, permission_sets=sets).id)
    return made


@pytest.fixture(scope="module")
def ids(office: Reading, staff: list[str]) -> dict[tuple[str, int], str]:
    found = {}
    for number in range(6):
        site = {"name": f"s{number}", "state": ("open", "closed")[number % 2], "owner": staff[number]}
        site["keeper"] = staff[(number + 2) % 6]
        found["site", number] = str(records.create(office.admin, "site", [site]).records[0].id)
        visit = {"name": f"v{number}", "site": found["site", number], "owner": staff[(number + 1) % 6]}
        found["visit", number] = str(records.create(office.admin, "visit", [visit]).records[0].id)
        note = {"name": "n", "visit": found["visit", number], "owner": staff[0]}
        found["note", number] = str(records.create(office.admin, "note", [note]).records[0].id)
    share = "insert into _share (id, object, record, subject, access, relations, created_by, expires_at)"
    for values in (
        ("site", found["site", 0], staff[5], "read", "{visit.site}", None),
        ("site", found["site", 1], staff[4], "edit", "{}", None),
        ("visit", found["visit", 3], staff[2], "edit", "{}", None),
        ("visit", found["visit", 2], staff[5], "edit", "{}", "2020-01-01"),
    ):
        with office.database.transaction(office.tenant) as tx:
            tx.execute(
                f"{share} values (%s, %s, %s, %s, %s, %s::text[], %s, %s)",
                (new_id(), *values[:5], staff[0], values[5]),
            )
    return found


def test_the_audience_is_whoever_finds_the_record(
    office: Reading, staff: list[str], ids: dict[tuple[str, int], str]
) -> None:
    everybody = [office.ann, office.bob, office.cat, *staff]
    callers = {user: acting_as(office.database, office.tenant, user, cause="user") for user in everybody}
    for (object, _), id in ids.items():
        told = audience(office.admin, object, id)
        expected = {user: allowed_actions(caller, object, id) for user, caller in callers.items()}
        assert {one["id"]: set(one["actions"]) for one in told["users"]} == {
            u: set(a) for u, a in expected.items() if a
        }
        assert told["count"] == sum(told["by"].values()) == len(told["users"])
        for user, actions in expected.items():
            said = explain_access(office.admin, object, id, user)
            assert {action for action in ("read", "update", "delete") if said[action]["allowed"]} == actions


def test_lists_hold_what_the_audience_says(office: Reading, staff: list[str], ids: dict[tuple[str, int], str]) -> None:
    for user in staff:
        caller = acting_as(office.database, office.tenant, user, cause="user")
        for object in ("site", "visit", "note"):
            of_object = [id for (name, _), id in ids.items() if name == object]
            named = {
                id for id in of_object if user in {one["id"] for one in audience(office.admin, object, id)["users"]}
            }
            if caller.rights.may(object, "read"):
                assert {record["id"] for record in list_records(caller, object).records} == named
            else:
                assert not named


def test_others_are_explained_only_to_who_keeps_people_or_shares(
    office: Reading, staff: list[str], ids: dict[tuple[str, int], str]
) -> None:
    neighbour = acting_as(office.database, office.tenant, staff[2], cause="user")
    with pytest.raises(NotAllowed):
        explain_access(neighbour, "visit", ids["visit", 0], staff[0])
    with pytest.raises(NotAllowed):
        audience(neighbour, "visit", ids["visit", 0])
    because = explain_access(neighbour, "visit", ids["visit", 0])["read"]["because"]
    assert "of_open_sites" in [one.get("name") for one in because if one["kind"] == "rule"]
