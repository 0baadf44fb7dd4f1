"""Who somebody is here: recognised by his identity, linked by his e-mail, created, or told that nobody knows him."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dougong_tenants import Database, Tenant, oidc, people
from dougong_tenants.authentication import authenticate_session
from dougong_tenants.errors import NoSuchPerson, SignInRefused
from dougong_tenants.oidc.errors import (
    NoSuchProvider,
    PasswordClosed,
    PersonLockedOut,
    PersonTaken,
    PersonUnknown,
)
from dougong_tenants.sign_in import SignedIn, admit, sign_in

ISSUER = "https://login.library.example"
PASSWORD = "a long enough secret"


@pytest.fixture
def provider(database: Database, tenant: Tenant) -> oidc.Provider:
    return saved(database, tenant)


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> str:
    return people.create_user(database, tenant, {"name": "Ann", "email": mail(tenant)}, password=PASSWORD).id


def mail(tenant: Tenant, name: str = "ann") -> str:
    return f"{name}@{tenant.name}.test"


def saved(database: Database, tenant: Tenant, name: str = "company", **values: Any) -> oidc.Provider:
    return oidc.save_provider(
        database, tenant, name, {"issuer": ISSUER, "client_id": "dougong", "client_secret": "hush", **values}
    )


def claims(email: str, subject: str = "1", issuer: str = ISSUER, name: str = "Somebody") -> oidc.Claims:
    return oidc.Claims(issuer, subject, email, name)


def user_of(database: Database, tenant: Tenant, person: str) -> str:
    found = admit(database, person, tenant, proof="oidc")
    assert isinstance(found, SignedIn)
    assert found.session is not None
    return authenticate_session(database, found.session).user


def test_a_user_is_recognised_by_his_email_once_and_by_his_identity_from_then_on(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    person = oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    assert user_of(database, tenant, person) == ann
    # his e-mail changes there, then here: he stays who he is
    assert oidc.recognise(database, tenant, provider, claims("married@new.test")) == person
    people.update_user(database, tenant, ann, {"email": "other@new.test"})
    assert user_of(database, tenant, oidc.recognise(database, tenant, provider, claims("x@y.test"))) == ann
    (linked,) = oidc.identities_of(database, tenant, ann)
    assert (linked.provider, linked.email, linked.issuer) == ("company", "x@y.test", ISSUER)


def test_whoever_inherits_an_email_does_not_become_its_former_owner(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    oidc.recognise(database, tenant, provider, claims(mail(tenant), subject="1"))
    with pytest.raises(PersonTaken):
        oidc.recognise(database, tenant, provider, claims(mail(tenant), subject="2"))
    (linked,) = oidc.linked_to(database, provider, 10)
    oidc.unlink_from(database, tenant, provider, linked.id, by=ann)
    oidc.recognise(database, tenant, provider, claims(mail(tenant), subject="2"))
    with pytest.raises(PersonTaken):
        oidc.recognise(database, tenant, provider, claims(mail(tenant), subject="1"))


def test_another_issuers_subject_is_another_person(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    oidc.recognise(database, tenant, provider, claims(mail(tenant), subject="1"))
    moved = saved(database, tenant, issuer="https://elsewhere.example")
    assert moved.id == provider.id
    with pytest.raises(PersonUnknown):
        oidc.recognise(database, tenant, moved, claims("boss@elsewhere.test", "1", "https://elsewhere.example"))


def test_nobody_is_matched_by_email_where_that_is_switched_off(database: Database, tenant: Tenant, ann: str) -> None:
    strict = saved(database, tenant, match_email=False, create_users=True)
    with pytest.raises(PersonTaken):
        oidc.recognise(database, tenant, strict, claims(mail(tenant)))
    oidc.link(database, tenant, strict, claims(mail(tenant)), ann)  # as his settings do
    oidc.link(database, tenant, strict, claims(mail(tenant)), ann)
    assert user_of(database, tenant, oidc.recognise(database, tenant, strict, claims("any@where.test"))) == ann


def test_an_identity_belongs_to_one_user(database: Database, tenant: Tenant, provider: oidc.Provider, ann: str) -> None:
    bob = people.create_user(database, tenant, {"name": "Bob", "email": mail(tenant, "bob")}).id
    oidc.link(database, tenant, provider, claims(mail(tenant), "1"), ann)
    for subject, user in (("1", bob), ("2", ann)):
        with pytest.raises(PersonTaken):
            oidc.link(database, tenant, provider, claims("x@y.test", subject), user)


def test_the_unknown_are_created_only_where_that_is_wanted(
    database: Database, tenant: Tenant, provider: oidc.Provider
) -> None:
    with pytest.raises(PersonUnknown):
        oidc.recognise(database, tenant, provider, claims(mail(tenant, "new")))
    north = people.create_department(database, tenant, {"name": "North"})
    open_ = saved(database, tenant, create_users=True, permission_set="reader", department=north)
    person = oidc.recognise(database, tenant, open_, claims(mail(tenant, "new"), name="New One"))
    user = user_of(database, tenant, person)
    _, rows = database.read(tenant, 'select name, email, department from "user" where id = %s', (user,))
    assert rows == [("New One", mail(tenant, "new"), north)]
    found = admit(database, person, tenant, proof="oidc")
    assert isinstance(found, SignedIn)
    assert found.session is not None
    principal = authenticate_session(database, found.session)
    assert (principal.permission_sets, principal.is_admin) == (("reader",), False)
    with pytest.raises(SignInRefused):
        sign_in(database, mail(tenant, "new"), "")  # no password opens for him


def test_two_windows_at_once_create_one_user(database: Database, tenant: Tenant) -> None:
    open_ = saved(database, tenant, create_users=True)
    with ThreadPoolExecutor(6) as threads:
        found = set(
            threads.map(lambda _: oidc.recognise(database, tenant, open_, claims(mail(tenant, "new"))), range(6))
        )
    assert len(found) == 1
    assert len(oidc.linked_to(database, open_, 10)) == 1


def test_whoever_was_locked_out_stays_out(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    people.deactivate_user(database, tenant, ann)
    with pytest.raises(PersonLockedOut):  # at his first sign-in
        oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    people.activate_user(database, tenant, ann)
    person = oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    people.deactivate_user(database, tenant, ann)
    with pytest.raises(PersonLockedOut):
        oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    with pytest.raises(SignInRefused):
        admit(database, person, tenant, proof="oidc")


def test_one_companys_provider_opens_no_other_company(
    database: Database, tenant: Tenant, ann: str, make_tenant: Callable[[], Tenant]
) -> None:
    """Whoever runs a provider says what e-mail somebody has: he must not come in elsewhere by that."""
    evil = make_tenant()
    theirs = saved(database, evil, create_users=True)
    person = oidc.recognise(database, evil, theirs, claims(mail(tenant)))
    assert user_of(database, evil, person) != ann
    assert oidc.identities_of(database, tenant, ann) == []
    with pytest.raises(NoSuchProvider):
        oidc.get_provider(database, tenant, "company")


def test_members_come_by_the_provider_where_passwords_are_closed(database: Database, tenant: Tenant, ann: str) -> None:
    root = people.create_user(
        database,
        tenant,
        {"name": "Root", "email": mail(tenant, "root")},
        password=PASSWORD,
        permission_sets=["administrator"],
    ).id
    saved(database, tenant, label={"en": "Acme", "zh": "宏图"}, password_sign_in=False)
    with pytest.raises(PasswordClosed) as closed:
        sign_in(database, mail(tenant), PASSWORD)
    assert "宏图" in closed.value.message("zh")
    with pytest.raises(SignInRefused) as wrong:  # told only to whom the password belongs
        sign_in(database, mail(tenant), "wrong")
    assert not isinstance(wrong.value, PasswordClosed)
    found = sign_in(database, mail(tenant, "root"), PASSWORD)
    assert isinstance(found, SignedIn)
    assert authenticate_session(database, found.session or "").user == root
    saved(database, tenant, password_sign_in=False, active=False)
    assert isinstance(sign_in(database, mail(tenant), PASSWORD), SignedIn)


def test_links_are_the_users_own_to_remove(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    bob = people.create_user(database, tenant, {"name": "Bob", "email": mail(tenant, "bob")}).id
    oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    (linked,) = oidc.identities_of(database, tenant, ann)
    for identity in (linked.id, "x\0", ""):
        with pytest.raises(NoSuchPerson):
            oidc.unlink(database, tenant, bob, identity)
    oidc.unlink(database, tenant, ann, linked.id)
    assert oidc.identities_of(database, tenant, ann) == []


def test_a_removed_provider_takes_its_links_and_leaves_the_users(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    oidc.remove_provider(database, tenant, "company", by=ann)
    with pytest.raises(NoSuchProvider):
        oidc.remove_provider(database, tenant, "company", by=ann)
    assert people.find_user(database, tenant, mail(tenant)) == ann
    again = saved(database, tenant, match_email=False)
    with pytest.raises(PersonTaken):
        oidc.recognise(database, tenant, again, claims(mail(tenant)))


def test_every_change_is_noted_and_no_secret_with_it(
    database: Database, tenant: Tenant, provider: oidc.Provider, ann: str
) -> None:
    saved(database, tenant, create_users=True, client_secret="another hush")
    oidc.recognise(database, tenant, provider, claims(mail(tenant)))
    oidc.remove_provider(database, tenant, "company", by=ann)
    _, rows = database.read(
        tenant, "select action, target, details::text from _audit where action like 'oidc.%%' order by seq"
    )
    assert [row[0] for row in rows] == ["oidc.changed", "oidc.changed", "oidc.linked", "oidc.changed"]
    assert '"create_users": [false, true]' in rows[1][2]
    assert "hush" not in str(rows)
