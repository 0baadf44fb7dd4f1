"""What people do about people, tokens and passwords stands in the tenant's log, with the values before and after."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_tenants import Database, Tenant, audit, new_id, people, tokens
from dougong_tenants.errors import EmailTaken, LastAdministrator

PASSWORD = "a long enough secret"
BOSS = new_id()


def entries(database: Database, tenant: Tenant, *columns: str) -> list[tuple[Any, ...]]:
    _, rows = database.read(tenant, f"select {', '.join(columns or ('action', 'details'))} from _audit order by seq")
    return rows


def user(database: Database, tenant: Tenant, name: str, *sets: str) -> str:
    values = {"name": name, "email": f"{name}@{tenant.name}.test"}
    return people.create_user(database, tenant, values, password=PASSWORD, permission_sets=sets, by=BOSS).id


def test_a_new_user_is_noted_with_his_sets_and_without_his_password(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann", "reader", "administrator")
    (entry,) = entries(database, tenant, "actor", "action", "target_kind", "target", "label", "details::text")
    assert entry[:5] == (BOSS, "people.user_created", "user", ann, "ann")
    assert '["administrator", "reader"]' in entry[5]
    assert PASSWORD not in entry[5]


def test_a_change_of_a_user_says_what_it_was_before_and_is_after(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann")
    people.update_user(database, tenant, ann, {"name": "Anna", "phone": "123", "title": None}, by=BOSS)
    people.update_user(database, tenant, ann, {"name": "Anna"}, by=BOSS)
    _, changed = entries(database, tenant)
    assert changed == ("people.user_changed", {"changes": {"name": ["ann", "Anna"], "phone": [None, "123"]}})


def test_permission_sets_given_and_taken_away_are_two_entries(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann", "reader", "writer")
    people.set_permission_sets(database, tenant, ann, ["writer", "printer"], by=BOSS)
    people.set_permission_sets(database, tenant, ann, ["printer", "writer"], by=BOSS)
    change = {"permission_sets": [["reader", "writer"], ["printer", "writer"]]}
    assert entries(database, tenant)[1:] == [
        ("permission_set.granted", {"permission_sets": ["printer"], "changes": change}),
        ("permission_set.revoked", {"permission_sets": ["reader"], "changes": change}),
    ]


def test_what_was_refused_did_not_happen_and_is_not_noted(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann", "administrator")
    with pytest.raises(LastAdministrator):
        people.set_permission_sets(database, tenant, ann, [], by=BOSS)
    with pytest.raises(EmailTaken):
        user(database, tenant, "ann")
    assert len(entries(database, tenant)) == 1


def test_locking_out_and_letting_in_again_are_noted(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann")
    people.deactivate_user(database, tenant, ann, by=BOSS)
    people.activate_user(database, tenant, ann, by=BOSS)
    assert entries(database, tenant, "action", "label", "details")[1:] == [
        ("people.user_deactivated", "ann", {"changes": {"active": [True, False]}}),
        ("people.user_activated", "ann", {"changes": {"active": [False, True]}}),
    ]


def test_departments_and_teams_are_followed_from_their_making_to_their_end(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann")
    north = people.create_department(database, tenant, {"name": "North"}, by=BOSS)
    south = people.create_department(database, tenant, {"name": "South"}, by=BOSS)
    people.update_department(database, tenant, south, {"head": ann}, by=BOSS)
    people.place_department(database, tenant, south, north, 0, by=BOSS)
    people.delete_department(database, tenant, south, by=BOSS)
    team = people.create_team(database, tenant, "Readers", by=BOSS)
    people.rename_team(database, tenant, team, "Writers", by=BOSS)
    people.set_members(database, tenant, team, {ann: "lead"}, by=BOSS)
    people.delete_team(database, tenant, team, by=BOSS)
    assert entries(database, tenant, "action", "label", "details->'changes'")[1:] == [
        ("people.department_created", "North", None),
        ("people.department_created", "South", None),
        ("people.department_changed", "South", {"head": [None, ann]}),
        ("people.department_changed", "South", {"parent": [None, north]}),
        ("people.department_deleted", "South", None),
        ("people.team_created", "Readers", None),
        ("people.team_changed", "Writers", {"name": ["Readers", "Writers"]}),
        ("people.team_changed", "Writers", {"members": [[], [f"{ann} lead"]]}),
        ("people.team_deleted", "Writers", None),
    ]
    assert {actor for (actor,) in entries(database, tenant, "actor")} == {BOSS}


def test_a_token_is_noted_when_issued_and_when_revoked_but_never_itself(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann")
    made = tokens.issue(database, tenant, ann, name="Import", scopes=["read"], by=BOSS)
    with audit.under(actor=ann):
        assert tokens.revoke(database, tenant, made.id)
        assert not tokens.revoke(database, tenant, made.id)
    issued, revoked = entries(database, tenant, "actor", "action", "target", "label", "details")[1:]
    assert issued[:4] == (BOSS, "token.issued", made.id, "Import")
    assert issued[4] == {"user": ann, "scopes": ["read"], "expires_at": None, "prefix": made.prefix}
    assert revoked[:4] == (ann, "token.revoked", made.id, "Import")
    assert made.token not in str((issued, revoked))


def test_a_password_set_by_another_is_told_from_ones_own(database: Database, tenant: Tenant) -> None:
    ann = user(database, tenant, "ann")
    with audit.under(actor=BOSS):
        people.set_password(database, tenant, ann, "another long secret")
    people.change_password(database, tenant, ann, "another long secret", PASSWORD)
    assert entries(database, tenant, "actor", "action", "target", "details")[1:] == [
        (BOSS, "password.changed", ann, {"how": "set_by_other"}),
        (ann, "password.changed", ann, {"how": "own"}),
    ]


def test_a_password_that_opens_several_companies_is_noted_in_each(
    database: Database, tenant: Tenant, make_tenant: Any
) -> None:
    ann = user(database, tenant, "ann")
    other = make_tenant()
    values = {"name": "Ann", "email": f"ann@{tenant.name}.test"}
    there = people.create_user(database, other, values, by=BOSS).id
    people.change_password(database, tenant, ann, PASSWORD, "another long secret")
    for where, who in ((tenant, ann), (other, there)):
        assert entries(database, where, "actor", "action", "target")[1:] == [(who, "password.changed", who)]
