"""Named actions on passwords: changed by the person, or set by the administrator of the only company he belongs to."""

from __future__ import annotations

from typing import Any

from dougong_tenants.audit import note_for_person, noting
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.errors import NoSuchPerson, PasswordRefused
from dougong_tenants.passwords import verify_password
from dougong_tenants.people import memberships
from dougong_tenants.security.new_password import names_of, new_hash, write_hash
from dougong_tenants.tenant import Tenant


def set_password(database: Database, tenant: Tenant, user: str, password: str) -> None:
    """An administrator sets a user's password; the user's sessions and tokens end.

    Raises PasswordRefused, also for somebody who belongs to other companies too: that password is not theirs to set.
    """
    person, email, alone = _member(database, tenant, user)
    if not alone:
        raise PasswordRefused(
            "This person also belongs to other companies and sets the password himself.",
            "该人员同时属于其他公司，须由本人修改密码。",
        )
    hashed, rules = new_hash(database, person, email, password, names_of(database, tenant, user))
    with noting(database, tenant) as (tx, noted):
        write_hash(tx, person, hashed, rules, own=False)
        memberships.end_access(tx, tenant, user)
        noted("password.changed", target_kind="user", target=user, label=email, details={"how": "set_by_other"})


def change_password(
    database: Database, tenant: Tenant, user: str, old: str, new: str, *, keep_session: str | None = None
) -> None:
    """A person changes his own password; his other sessions end, in all companies. Raises PasswordRefused."""
    person, email, alone = _member(database, tenant, user)
    (stored,) = database.read_control("select password_hash from dougong.person where id = %s::uuid", (person,))
    if not verify_password(stored[0], old):
        raise PasswordRefused("The present password is not right.", "当前密码不正确。")
    hashed, rules = new_hash(database, person, email, new, names_of(database, tenant, user))
    about: dict[str, Any] = {"label": email, "details": {"how": "own"}}
    with noting(database, tenant) as (tx, noted):
        write_hash(tx, person, hashed, rules, own=True)
        tx.execute(
            "delete from dougong.session where person = %s::uuid and id is distinct from %s::uuid",
            (person, keep_session),
        )
        tx.execute(
            "update dougong.tenant set stamp = stamp + 1 where id in"
            " (select tenant from dougong.membership where person = %s::uuid)",
            (person,),
        )
        raise_stamp(tx, tenant)
        noted("password.changed", actor=user, target_kind="user", target=user, **about)
    if not alone:  # it opens his other companies too
        note_for_person(database, person, "password.changed", but=tenant.name, himself=True, **about)


def _member(database: Database, tenant: Tenant, user: str) -> tuple[str, str, bool]:
    """(person, e-mail, whether this tenant is his only one)."""
    rows = database.read_control(
        "select p.id, p.email, (select count(*) from dougong.membership o where o.person = p.id) = 1"
        " from dougong.membership m join dougong.person p on p.id = m.person"
        " where m.tenant = %s::uuid and m.user_id = %s::uuid",
        (tenant.id, user),
    )
    if not rows:
        raise NoSuchPerson(what="user")
    person, email, alone = rows[0]
    return person, email, alone
