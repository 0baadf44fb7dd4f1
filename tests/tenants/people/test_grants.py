"""Permission sets reach people directly, by department or by position, while they last; assistants act for others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from dougong_tenants import ADMINISTRATOR, Database, Tenant, people
from dougong_tenants.errors import LastAdministrator, NoSuchPerson, PersonInvalid
from dougong_tenants.organisation import organisation_of

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
_numbers: Iterator[int] = count()
Add = Callable[..., str]


@pytest.fixture
def add(database: Database, tenant: Tenant) -> Add:
    def made(**values: object) -> str:
        sets = values.pop("sets", ())
        number = next(_numbers)
        given = {"name": f"Person {number}", "email": f"p{number}@grants.test", **values}
        return people.create_user(database, tenant, given, permission_sets=sets).id  # type: ignore[arg-type]  # names

    return made


@pytest.fixture
def sets_of(database: Database, tenant: Tenant) -> Callable[..., tuple[str, ...]]:
    return lambda user, at=None: organisation_of(database, tenant).permission_sets(user, at or datetime.now(UTC))


def audit(database: Database, tenant: Tenant, action: str) -> list[dict[str, object]]:
    sql = "select jsonb_build_object('target', target, 'kind', target_kind, 'label', label, 'details', details)"
    return [row for (row,) in database.read(tenant, f"{sql} from _audit where action = %s order by seq", (action,))[1]]


Sets = Callable[..., tuple[str, ...]]


def test_a_set_reaches_a_person_directly_while_it_lasts(
    database: Database, tenant: Tenant, add: Add, sets_of: Sets
) -> None:
    ann = add(sets=["reader"])
    people.grant(database, tenant, "auditor", user=ann, from_at=NOW + DAY, until_at=NOW + 3 * DAY)
    assert sets_of(ann) == ("reader",)
    assert sets_of(ann, NOW + 2 * DAY) == ("auditor", "reader")
    assert sets_of(ann, NOW + 3 * DAY) == ("reader",)


def test_what_is_held_for_a_time_stays_when_the_sets_held_for_good_are_replaced(
    database: Database, tenant: Tenant, add: Add, sets_of: Sets
) -> None:
    ann = add(sets=["reader", "writer"])
    people.grant(database, tenant, "auditor", user=ann, until_at=NOW + DAY)
    people.set_permission_sets(database, tenant, ann, ["writer"])
    assert sets_of(ann) == ("auditor", "writer")
    people.set_permission_sets(database, tenant, ann, ["auditor"])  # named: his for good
    assert sets_of(ann, NOW + 9 * DAY) == ("auditor",)


def test_naming_a_set_again_keeps_the_departments_it_was_granted_for(
    database: Database, tenant: Tenant, add: Add
) -> None:
    north = people.create_department(database, tenant, {"name": "North"})
    ann = add()
    people.grant(database, tenant, "auditor", user=ann, departments=[north])
    people.set_permission_sets(database, tenant, ann, ["auditor"])
    assert [one.departments for one in people.list_grants(database, tenant, user=ann)] == [(north,)]


def test_a_set_granted_to_a_department_reaches_those_below_it_or_not(
    database: Database, tenant: Tenant, add: Add, sets_of: Sets
) -> None:
    north = people.create_department(database, tenant, {"name": "North"})
    harbour = people.create_department(database, tenant, {"name": "Harbour", "parent": north})
    ann, bob = add(department=north), add(department=harbour)
    wide = people.grant(database, tenant, "reader", department=north)
    people.grant(database, tenant, "head", department=north, below=False)
    assert (sets_of(ann), sets_of(bob)) == (("head", "reader"), ("reader",))
    people.revoke(database, tenant, wide)
    assert (sets_of(ann), sets_of(bob)) == (("head",), ())


def test_a_set_granted_to_a_position_reaches_whoever_holds_it(
    database: Database, tenant: Tenant, add: Add, sets_of: Sets
) -> None:
    ann, bob = add(title="Clerk"), add(title="Cook")
    people.grant(database, tenant, "reader", title=" Clerk ")
    assert (sets_of(ann), sets_of(bob)) == (("reader",), ())
    people.update_user(database, tenant, bob, {"title": "Clerk"})
    assert sets_of(bob) == ("reader",)


def test_a_second_grant_of_the_same_replaces_its_dates_and_keeps_its_id(database: Database, tenant: Tenant) -> None:
    north = people.create_department(database, tenant, {"name": "North"})
    for aim in ({"department": north}, {"title": "Clerk"}):
        first = people.grant(database, tenant, "reader", **aim)
        second = people.grant(database, tenant, "reader", **aim, until_at=NOW + DAY)
        found = people.list_grants(database, tenant, permission_set="reader", **aim)
        assert [one.id for one in found] == [first] == [second]
        assert found[0].until_at is not None


def test_somebody_in_further_departments_has_what_reaches_each_of_them(
    database: Database, tenant: Tenant, add: Add, sets_of: Sets
) -> None:
    north, south, west = (people.create_department(database, tenant, {"name": n}) for n in ("North", "South", "West"))
    ann = add(department=north)
    people.grant(database, tenant, "southern", department=south)
    people.set_further_departments(database, tenant, ann, [south, north, west, south])
    assert organisation_of(database, tenant).departments_of(ann) == (north, *sorted((south, west)))
    assert sets_of(ann) == ("southern",)
    with pytest.raises(PersonInvalid):
        people.delete_department(database, tenant, south)  # somebody is in it
    people.set_further_departments(database, tenant, ann, [])
    assert sets_of(ann) == ()
    people.delete_department(database, tenant, south)
    assert people.list_grants(database, tenant, permission_set="southern") == []
    assert len(audit(database, tenant, "permission_set.revoked")) == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"user": "USER", "title": "Clerk"},
        {"title": " "},
        {"user": "USER", "departments": ["0191d5c8-0000-7000-8000-000000000001"]},
        {"user": "USER", "departments": ["north"]},
        {"user": "USER", "until_at": NOW - DAY},
        {"user": "USER", "from_at": NOW + 2 * DAY, "until_at": NOW + DAY},
    ],
)
def test_a_grant_that_means_nothing_is_refused(
    database: Database, tenant: Tenant, add: Add, given: dict[str, object]
) -> None:
    ann = add()
    with pytest.raises(PersonInvalid):
        people.grant(
            database,
            tenant,
            "reader",
            **{k: ann if v == "USER" else v for k, v in given.items()},  # type: ignore[arg-type]  # wrong on purpose
        )
    with pytest.raises(NoSuchPerson):
        people.grant(database, tenant, "reader", department=ann)


def test_only_an_administrator_without_an_end_counts_as_the_one_who_stays(
    database: Database, tenant: Tenant, add: Add
) -> None:
    north = people.create_department(database, tenant, {"name": "North"})
    ann, bob = add(sets=[ADMINISTRATOR]), add(department=north)
    people.grant(database, tenant, ADMINISTRATOR, user=bob, until_at=NOW + DAY)
    people.grant(database, tenant, ADMINISTRATOR, department=north)
    with pytest.raises(LastAdministrator):
        people.deactivate_user(database, tenant, ann)
    with pytest.raises(LastAdministrator):
        people.set_permission_sets(database, tenant, ann, [])
    with pytest.raises(LastAdministrator):
        people.grant(database, tenant, ADMINISTRATOR, user=ann, until_at=NOW + DAY)
    (mine,) = people.list_grants(database, tenant, user=ann)
    with pytest.raises(LastAdministrator):
        people.revoke(database, tenant, mine.id)
    people.set_permission_sets(database, tenant, bob, [ADMINISTRATOR])
    people.deactivate_user(database, tenant, ann)


def test_the_audit_log_tells_who_was_granted_what_until_when(database: Database, tenant: Tenant, add: Add) -> None:
    north = people.create_department(database, tenant, {"name": "North"})
    ann = add(name="Ann")
    given = people.grant(database, tenant, "auditor", user=ann, until_at=NOW + DAY, departments=[north])
    people.grant(database, tenant, "auditor", user=ann)
    people.revoke(database, tenant, given, by=ann)
    first, second = audit(database, tenant, "permission_set.granted")
    assert (first["target"], first["kind"], first["label"]) == (ann, "user", "Ann")
    assert first["details"]["departments"] == ["North"]  # type: ignore[index]  # JSON
    assert second["details"]["changes"]["departments"] == [["North"], []]  # type: ignore[index]  # JSON
    assert len(audit(database, tenant, "permission_set.revoked")) == 1


def test_two_people_may_act_for_each_other_and_nobody_for_himself(database: Database, tenant: Tenant, add: Add) -> None:
    ann, bob = add(name="Ann"), add(name="Bob")
    people.add_assistant(database, tenant, ann, bob)
    people.add_assistant(database, tenant, bob, ann, from_at=NOW + DAY)
    organisation = organisation_of(database, tenant)
    assert organisation.acts_for(bob, datetime.now(UTC)) == {ann}
    assert organisation.acts_for(ann, datetime.now(UTC)) == frozenset()
    assert organisation.acts_for(ann, NOW + 2 * DAY) == {bob}
    for wrong in (ann, bob):
        with pytest.raises(PersonInvalid):
            people.add_assistant(database, tenant, ann, wrong)


def test_an_assistance_gets_other_dates_and_ends(database: Database, tenant: Tenant, add: Add) -> None:
    ann, bob = add(name="Ann"), add(name="Bob")
    made = people.add_assistant(database, tenant, ann, bob)
    people.change_assistant(database, tenant, made, from_at=None, until_at=NOW + DAY)
    assert organisation_of(database, tenant).acts_for(bob, NOW + 2 * DAY) == frozenset()
    people.remove_assistant(database, tenant, made, by=ann)
    assert people.list_assistants(database, tenant, user=bob) == []
    for action in ("added", "changed", "removed"):
        (entry,) = audit(database, tenant, f"people.assistant_{action}")
        assert (entry["label"], entry["details"]["assistant_name"]) == ("Ann", "Bob")  # type: ignore[index]  # JSON
    with pytest.raises(NoSuchPerson):
        people.remove_assistant(database, tenant, made)


def test_a_queue_is_worked_by_its_team_and_can_do_nothing_itself(database: Database, tenant: Tenant, add: Add) -> None:
    ann = add()
    team = people.create_team(database, tenant, "Desk")
    people.set_members(database, tenant, team, {ann: None})
    queue = people.create_queue(database, tenant, "Incoming", team=team)
    assert queue in organisation_of(database, tenant).reach(ann, NOW).own
    refused = (
        lambda: people.grant(database, tenant, "reader", user=queue),
        lambda: people.set_permission_sets(database, tenant, queue, ["reader"]),
        lambda: people.update_user(database, tenant, queue, {"email": "q@grants.test"}),
        lambda: people.deactivate_user(database, tenant, queue),
        lambda: people.set_further_departments(database, tenant, queue, []),
        lambda: people.add_assistant(database, tenant, queue, ann),
        lambda: people.update_queue(database, tenant, ann, {"name": "x"}),
    )
    for act in refused:
        with pytest.raises(NoSuchPerson):
            act()
    for wrong in (
        lambda: people.add_assistant(database, tenant, ann, queue),
        lambda: people.update_user(database, tenant, ann, {"manager": queue}),
        lambda: people.create_queue(database, tenant, "Incoming"),
        lambda: people.create_queue(database, tenant, " "),
        lambda: people.update_queue(database, tenant, queue, {"email": "q@grants.test"}),
    ):
        with pytest.raises(PersonInvalid):
            wrong()


def test_a_queue_that_is_not_in_use_keeps_its_team_and_its_records(
    database: Database, tenant: Tenant, add: Add
) -> None:
    ann = add()
    team = people.create_team(database, tenant, "Desk")
    people.set_members(database, tenant, team, {ann: None})
    queue = people.create_queue(database, tenant, "Incoming", team=team)
    people.update_queue(database, tenant, queue, {"name": "In", "active": False}, by=ann)
    assert queue in organisation_of(database, tenant).reach(ann, NOW).own
    people.update_queue(database, tenant, queue, {"team": None})
    assert queue not in organisation_of(database, tenant).reach(ann, NOW).own
    assert len(audit(database, tenant, "people.queue_deactivated")) == 1


def test_each_of_these_changes_takes_effect_at_once(database: Database, tenant: Tenant, add: Add) -> None:
    ann, bob = add(), add()
    changes = (
        lambda: people.grant(database, tenant, "reader", user=ann),
        lambda: people.set_further_departments(database, tenant, ann, []),
        lambda: people.add_assistant(database, tenant, ann, bob),
        lambda: people.create_queue(database, tenant, "Q"),
    )
    for change in changes:
        before = organisation_of(database, tenant).stamp
        change()
        assert organisation_of(database, tenant).stamp > before
