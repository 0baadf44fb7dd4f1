"""Members of a backup: who may sign in to a restored tenant, and with which password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_tenants import Database, Tenant, tenancy
from dougong_tenants.errors import DatabaseBusy
from dougong_tenants.identifiers import new_id
from dougong_tenants.people import Member, create_user, join_members, members_of
from dougong_tenants.tenancy import NewTenant

PASSWORD = "a long enough secret"


def test_members_are_read_as_they_are_joined(database: Database, tenant: Tenant) -> None:
    made = create_user(database, tenant, {"name": "Ann", "email": "ann@moving.test"}, password=PASSWORD)
    (ann,) = members_of(database, tenant)
    assert (ann.user, ann.email, ann.active, ann.admitted) == (made.id, "ann@moving.test", True, True)
    assert ann.password_hash is not None


@pytest.mark.parametrize(
    ("hash", "own", "admitted"),
    [("the backup's", False, True), ("another", False, False), ("another", True, True), (None, False, True)],
    ids=["the same password", "another company's", "his own", "nobody knows him"],
)
def test_a_known_person_enters_by_the_backups_password_or_by_his_own(
    database: Database, make_tenant: Callable[..., Tenant], hash: str | None, own: bool, admitted: bool
) -> None:
    email = f"{new_id()}@moving.test"
    if hash is not None:
        with database.control() as tx:
            tx.execute(
                "insert into dougong.person (id, email, password_hash, password_own) values (%s, %s, %s, %s)",
                (new_id(), email, hash, own),
            )
    restored = make_tenant()
    joined = Member(str(new_id()), email, "the backup's", True, True)
    with database.owner(restored) as connection:
        connection.execute(
            'insert into "user" (id, name, email) values (%s::uuid, %s, %s)', [joined.user, "Somebody", email]
        )
        join_members(connection, restored, [joined])
    (member,) = members_of(database, restored)
    assert (member.user, member.admitted) == (joined.user, admitted)
    assert member.password_hash == (hash or "the backup's")
    ((is_own,),) = database.read_control("select password_own from dougong.person where email = %s", (email,))
    assert is_own is own  # a backup's word is not taken


def test_whom_the_backup_does_not_admit_is_not_admitted(database: Database, tenant: Tenant) -> None:
    joined = Member(str(new_id()), f"{new_id()}@moving.test", "a hash", False, False)
    with database.owner(tenant) as connection:
        join_members(connection, tenant, [joined])
    assert members_of(database, tenant) == [joined]


def test_a_tenant_is_replaced_whole_or_not_at_all(database: Database, make_tenant: Callable[..., Tenant]) -> None:
    old = make_tenant("replaced")
    create_user(database, old, {"name": "Ann", "email": "ann@replaced.test"}, password=PASSWORD)

    def fails(connection: Any, tenant: Tenant) -> None:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        tenancy.create(database, NewTenant("replaced"), fails, instead_of=old)
    assert tenancy.get(database, "replaced").id == old.id
    assert len(members_of(database, old)) == 1
    new = tenancy.create(database, NewTenant("replaced"), instead_of=old)
    assert new.id != old.id
    assert members_of(database, new) == []
    with database.transaction(new) as tx:
        assert tx.rows('select count(*) from "user"') == [(0,)]


def test_a_tenant_in_use_is_not_replaced(database: Database, make_tenant: Callable[..., Tenant]) -> None:
    old = make_tenant("in_use")
    with database.transaction(old) as tx:
        tx.execute("insert into team (id, name) values (gen_random_uuid(), 'Working')")
        with pytest.raises(DatabaseBusy):
            tenancy.create(database, NewTenant("in_use"), instead_of=old)
    assert tenancy.get(database, "in_use").id == old.id
