"""Users, departments and teams: what may be saved, who stands above whom, and what ends with whom."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dougong_tenants import ADMINISTRATOR, Database, Tenant, people, tokens
from dougong_tenants.authentication import authenticate_session, authenticate_token
from dougong_tenants.errors import (
    CircularLine,
    EmailTaken,
    LastAdministrator,
    NoSuchPerson,
    NotAuthenticated,
    PasswordRefused,
    PersonInvalid,
    PersonStale,
    SignInRefused,
)
from dougong_tenants.sign_in import sign_in

PASSWORD = "a long enough secret"
NOBODY = "0191d5c8-0000-7000-8000-000000000001"


def add(database: Database, tenant: Tenant, name: str, **more: object) -> str:
    return people.create_user(
        database, tenant, {"name": name, "email": f"{name}@{tenant.name}.test", **more}, password=PASSWORD
    ).id


def user(database: Database, tenant: Tenant, id: str) -> tuple[object, ...]:
    return database.read(tenant, 'select name, email, active, version, manager from "user" where id = %s', (id,))[1][0]


def test_a_user_is_created_found_and_changed(database: Database, tenant: Tenant) -> None:
    ann = people.create_user(database, tenant, {"name": " Ann ", "email": " Ann@One.TEST "}, password=PASSWORD).id
    assert user(database, tenant, ann) == ("Ann", "ann@one.test", True, 1, None)
    assert people.find_user(database, tenant, "ANN@one.test") == ann
    assert people.find_user(database, tenant, "bob@one.test") is None
    with pytest.raises(NoSuchPerson):
        people.get_user(database, tenant, "bob@one.test")
    assert people.update_user(database, tenant, ann, {"title": "Captain", "locale": "en"}, by=ann, version=1) == 2
    with pytest.raises(PersonStale):
        people.update_user(database, tenant, ann, {"title": "Cook"}, version=1)
    with pytest.raises(NoSuchPerson):
        people.update_user(database, tenant, tenant.id, {"title": "Cook"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 201),
        ("name", "a\0b"),
        ("name", "\ud800"),
        ("name", 5),
        ("email", "nobody"),
        ("email", "a b@c.test"),
        ("email", None),
        ("email", "a@b\0.test"),
        ("email", "x" * 300 + "@a.test"),
        ("department", "x"),
        ("department", NOBODY),
        ("manager", NOBODY),
        ("locale", "xx"),
        ("timezone", "Mars/Olympus"),
        ("id", "x"),
        ("version", 9),
        ("active", False),
        ("nonsense", 1),
    ],
)
def test_a_wrong_value_names_its_field(database: Database, tenant: Tenant, field: str, value: object) -> None:
    with pytest.raises(PersonInvalid) as refused:
        people.create_user(database, tenant, {"name": "A", "email": "a@wrong.test", field: value})
    assert refused.value.data["field"] == field
    assert refused.value.message("en") != refused.value.message("zh")
    assert people.find_user(database, tenant, "a@wrong.test") is None


def test_an_email_belongs_to_one_user_of_a_tenant_and_to_users_of_several(
    database: Database, make_tenant: Callable[[], Tenant]
) -> None:
    one, two = make_tenant(), make_tenant()
    values = {"name": "A", "email": "a@several.test"}
    assert not people.create_user(database, one, values, password=PASSWORD).keeps_password
    with pytest.raises(EmailTaken):
        people.create_user(database, one, {"name": "B", "email": "A@several.test"})
    assert people.create_user(database, two, values, password="another secret").keeps_password
    other = add(database, one, "x")
    with pytest.raises(EmailTaken):
        people.update_user(database, one, other, {"email": "a@several.test"})


def test_who_set_a_password_elsewhere_cannot_come_in_with_it(
    database: Database, make_tenant: Callable[[], Tenant]
) -> None:
    cunning, careful, third = make_tenant(), make_tenant(), make_tenant()
    people.create_user(database, cunning, {"name": "V", "email": "victim@way.test"}, password="known to cunning")
    victim = people.create_user(database, careful, {"name": "V", "email": "victim@way.test"}).id
    with pytest.raises(SignInRefused):
        sign_in(database, "victim@way.test", "known to cunning", tenant=careful.name)
    assert sign_in(database, "victim@way.test", "known to cunning").tenant == cunning.name
    people.create_user(database, third, {"name": "V", "email": "victim@way.test"}, password="known to cunning")
    assert sign_in(database, "victim@way.test", "known to cunning", tenant=third.name).session is not None
    with pytest.raises(PasswordRefused):
        people.set_password(database, careful, victim, "chosen by careful")
    people.change_password(database, careful, victim, "known to cunning", "known to nobody else")
    assert sign_in(database, "victim@way.test", "known to nobody else", tenant=careful.name).session is not None


def test_nobody_stands_above_himself(database: Database, tenant: Tenant) -> None:
    ann = add(database, tenant, "ann")
    bob = add(database, tenant, "bob", manager=ann)
    cai = add(database, tenant, "cai", manager=bob)
    for below in (ann, bob, cai):
        with pytest.raises(CircularLine):
            people.update_user(database, tenant, ann, {"manager": below})
    people.update_user(database, tenant, cai, {"manager": ann})
    people.update_user(database, tenant, bob, {"manager": None})


def test_departments_are_a_tree(database: Database, tenant: Tenant) -> None:
    top = people.create_department(database, tenant, {"name": "Company"})
    middle = people.create_department(database, tenant, {"name": "North", "parent": top, "position": 2})
    leaf = people.create_department(database, tenant, {"name": "Harbour", "parent": middle})
    for below in (top, middle, leaf):
        with pytest.raises(CircularLine):
            people.update_department(database, tenant, top, {"parent": below})
    head = add(database, tenant, "head", department=leaf)
    people.update_department(database, tenant, leaf, {"parent": top, "head": head})
    with pytest.raises(PersonInvalid):
        people.delete_department(database, tenant, leaf)
    people.delete_department(database, tenant, middle)
    with pytest.raises(PersonInvalid):
        people.create_department(database, tenant, {"name": "X", "parent": middle})
    for wrong in ({"position": "1"}, {"active": 1}, {"colour": "red"}, {"name": ""}, {"head": "x"}):
        with pytest.raises(PersonInvalid):
            people.update_department(database, tenant, top, wrong)


def test_two_moves_at_once_make_no_circle(database: Database, tenant: Tenant) -> None:
    one, two = (people.create_department(database, tenant, {"name": name}) for name in ("One", "Two"))

    def move(pair: tuple[str, str]) -> bool:
        try:
            people.update_department(database, tenant, pair[0], {"parent": pair[1]})
        except CircularLine:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(move, [(one, two), (two, one)])) == [False, True]


def test_teams_have_members_in_roles(database: Database, tenant: Tenant) -> None:
    ann, bob = add(database, tenant, "ann"), add(database, tenant, "bob")
    team = people.create_team(database, tenant, "Night watch")
    people.set_members(database, tenant, team, {ann: "lead", bob: None})
    members = 'select "user", role from team_member where team = %s order by role'
    assert database.read(tenant, members, (team,))[1] == [(ann, "lead"), (bob, None)]
    people.set_members(database, tenant, team, {bob: "lead"})
    assert database.read(tenant, members, (team,))[1] == [(bob, "lead")]
    with pytest.raises(PersonInvalid):
        people.create_team(database, tenant, "Night watch")
    with pytest.raises(PersonInvalid):
        people.set_members(database, tenant, team, {tenant.id: None})
    assert people.rename_team(database, tenant, team, "Day watch") == 2
    people.delete_team(database, tenant, team)
    with pytest.raises(NoSuchPerson):
        people.rename_team(database, tenant, team, "Any")


def test_one_administrator_always_stays(database: Database, tenant: Tenant) -> None:
    ann, bob = add(database, tenant, "ann"), add(database, tenant, "bob")
    people.deactivate_user(database, tenant, bob)  # nobody is an administrator yet: nothing to keep
    people.set_permission_sets(database, tenant, ann, [ADMINISTRATOR, "reader", "reader"])
    for remove in (
        lambda: people.set_permission_sets(database, tenant, ann, ["reader"]),
        lambda: people.deactivate_user(database, tenant, ann),
    ):
        with pytest.raises(LastAdministrator):
            remove()
    people.set_permission_sets(database, tenant, bob, [ADMINISTRATOR])
    with pytest.raises(LastAdministrator):  # bob may not come in
        people.deactivate_user(database, tenant, ann)
    people.activate_user(database, tenant, bob)
    people.deactivate_user(database, tenant, ann)


def test_a_deactivated_user_is_out_at_once_and_back_without_the_old_keys(database: Database, tenant: Tenant) -> None:
    ann = add(database, tenant, "ann")
    session = sign_in(database, f"ann@{tenant.name}.test", PASSWORD).session
    token = tokens.issue(database, tenant, ann, name="script").token
    assert session is not None
    stamp = authenticate_session(database, session).stamp
    assert authenticate_token(database, token).user == ann
    people.deactivate_user(database, tenant, ann)
    assert database.read(tenant, "select 1")[0].stamp > stamp
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            authenticate_session(database, session)
        with pytest.raises(NotAuthenticated):
            authenticate_token(database, token)
        with pytest.raises(SignInRefused):
            sign_in(database, f"ann@{tenant.name}.test", PASSWORD, tenant=tenant.name + "x")
        if user(database, tenant, ann)[2] is False:
            with pytest.raises(SignInRefused):
                sign_in(database, f"ann@{tenant.name}.test", PASSWORD)
            people.activate_user(database, tenant, ann)
    assert sign_in(database, f"ann@{tenant.name}.test", PASSWORD).session is not None


def test_every_change_of_people_voids_what_is_remembered(database: Database, tenant: Tenant) -> None:
    ann = add(database, tenant, "ann")
    stamps = [database.read(tenant, "select 1")[0].stamp]
    for change in (
        lambda: people.update_user(database, tenant, ann, {"title": "x"}),
        lambda: people.set_permission_sets(database, tenant, ann, ["reader"]),
        lambda: people.set_password(database, tenant, ann, "a brand new one"),
        lambda: people.deactivate_user(database, tenant, ann),
    ):
        change()
        stamps.append(database.read(tenant, "select 1")[0].stamp)
    assert stamps == sorted(set(stamps))


def test_an_email_is_changed_for_this_company_only(database: Database, make_tenant: Callable[[], Tenant]) -> None:
    one, two = make_tenant(), make_tenant()
    first = people.create_user(database, one, {"name": "A", "email": "old@change.test"}, password=PASSWORD).id
    people.update_user(database, one, first, {"email": "new@change.test"})
    assert sign_in(database, "new@change.test", PASSWORD).tenant == one.name
    with pytest.raises(SignInRefused):
        sign_in(database, "old@change.test", PASSWORD)
    people.change_password(database, one, first, PASSWORD, "my own from now on")
    people.create_user(database, two, {"name": "A", "email": "new@change.test"})
    people.update_user(database, one, first, {"email": "third@change.test"})
    assert sign_in(database, "new@change.test", "my own from now on").tenant == two.name
    with pytest.raises(SignInRefused):
        sign_in(database, "third@change.test", "my own from now on")


@pytest.mark.parametrize(
    "password",
    ["short", "password", "PassWord123", "1234567890", "aaaaaaaaaaaa", "x" * 300, "ann.long@pass.test", "ann.long"],
)
def test_a_weak_password_is_refused(database: Database, tenant: Tenant, password: str) -> None:
    with pytest.raises(PasswordRefused):
        people.create_user(database, tenant, {"name": "A", "email": "ann.long@pass.test"}, password=password)


def test_changing_a_password_needs_the_present_one(database: Database, tenant: Tenant) -> None:
    ann = add(database, tenant, "ann")
    with pytest.raises(PasswordRefused):
        people.change_password(database, tenant, ann, "not it at all", "another good one")
    with pytest.raises(PasswordRefused):
        people.change_password(database, tenant, ann, PASSWORD, "short")
    mail = f"ann@{tenant.name}.test"
    kept, other = sign_in(database, mail, PASSWORD).session, sign_in(database, mail, PASSWORD).session
    assert kept is not None
    assert other is not None
    people.change_password(
        database, tenant, ann, PASSWORD, "another good one", keep_session=authenticate_session(database, kept).id
    )
    assert authenticate_session(database, kept).user == ann
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, other)
    with pytest.raises(SignInRefused):
        sign_in(database, mail, PASSWORD)
