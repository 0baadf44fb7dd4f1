"""Named actions on users: created, changed, deactivated and let in again. Their permission sets: `direct_sets`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import errors

from dougong_tenants.audit import note
from dougong_tenants.connection import Database, TenantTransaction
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.errors import EmailTaken, NoSuchPerson, PersonInvalid
from dougong_tenants.passwords import check_password, hash_password, verify_password
from dougong_tenants.people import memberships
from dougong_tenants.people.checks import (
    check_email,
    check_exists,
    check_id,
    check_line,
    check_locale,
    check_person,
    check_text,
    check_timezone,
)
from dougong_tenants.people.direct_sets import an_administrator_stays, write_sets
from dougong_tenants.people.noting import note_change, values_of
from dougong_tenants.people.rows import insert, people_transaction, person_there, update
from dougong_tenants.security.new_password import rules_of_tenant
from dougong_tenants.tenant import Tenant

_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": lambda v: check_text("name", v, required=True),
    "email": check_email,
    "phone": lambda v: check_text("phone", v, 40),
    "title": lambda v: check_text("title", v),
    "department": lambda v: check_id("department", v),
    "manager": lambda v: check_id("manager", v),
    "locale": check_locale,
    "timezone": check_timezone,
    "avatar": lambda v: v,
}


@dataclass(frozen=True, slots=True)
class CreatedUser:
    """`keeps_password`: the e-mail belonged to a person already, whose own password stays the one that counts."""

    id: str
    keeps_password: bool


def create_user(
    database: Database,
    tenant: Tenant,
    values: Mapping[str, Any],
    *,
    password: str | None = None,
    permission_sets: Iterable[str] = (),
    by: str | None = None,
) -> CreatedUser:
    """Create a user from field values (`name` and `email` at least) and make him a member.

    Without a password he gets in by an invitation. Raises PersonInvalid and its kinds.
    """
    checked = _check({"name": None, "email": None, **values})
    if password is not None:
        check_password(password, checked["email"], rules_of_tenant(database, tenant), (checked["name"],))
    sets = tuple(permission_sets)
    hashed, known = _hashed(database, checked["email"], password)  # slow: before any lock is taken
    with people_transaction(database, tenant) as tx:
        _check_links(tx, checked)
        try:
            user = insert(tx, "user", checked, by)
        except errors.UniqueViolation as taken:
            raise EmailTaken(checked["email"]) from taken
        write_sets(tx, user, sets, by)
        with tx.control() as control:
            try:
                keeps = memberships.join(control, tenant, user, checked["email"], hashed, knows_password=known)
            except errors.UniqueViolation as taken:  # a deleted user of this tenant still holds the membership
                raise EmailTaken(checked["email"]) from taken
            raise_stamp(control, tenant)
        about = {**checked, "permission_sets": sorted(set(sets))}
        label = checked["name"]
        note(tx, "people.user_created", actor=by, target_kind="user", target=user, label=label, details=about)
    return CreatedUser(user, keeps and password is not None)


def update_user(
    database: Database,
    tenant: Tenant,
    user: str,
    changes: Mapping[str, Any],
    *,
    by: str | None = None,
    version: int | None = None,
) -> int:
    """Change fields (name, email, phone, title, department, manager, locale, timezone, avatar); the new version.

    Raises PersonInvalid and its kinds, NoSuchPerson, PersonStale.
    """
    checked = _check(changes)
    with people_transaction(database, tenant) as tx:
        person_there(tx, user)
        _check_links(tx, checked)
        check_line(tx, "user", "manager", user, checked.get("manager"))
        before = values_of(tx, "user", user, checked)
        try:
            new_version = update(tx, "user", user, checked, by, version)
            with tx.control() as control:
                if "email" in checked:
                    memberships.change_email(control, tenant, user, checked["email"])
                raise_stamp(control, tenant)
        except errors.UniqueViolation as taken:
            raise EmailTaken(checked["email"]) from taken
        note_change(tx, "people.user_changed", "user", user, before, checked, by)
    return new_version


def deactivate_user(database: Database, tenant: Tenant, user: str, *, by: str | None = None) -> None:
    """Lock the user out at once: sessions and tokens end, his records stay his.

    Raises LastAdministrator, NoSuchPerson.
    """
    _set_active(database, tenant, user, active=False, by=by)


def activate_user(database: Database, tenant: Tenant, user: str, *, by: str | None = None) -> None:
    """Let a deactivated user sign in again; what ended stays ended."""
    _set_active(database, tenant, user, active=True, by=by)


def find_user(database: Database, tenant: Tenant, email: str) -> str | None:
    """The id of the user with this e-mail, None if there is none."""
    _, rows = database.read(
        tenant, 'select id from "user" where email = %s and deleted_at is null', (check_email(email),)
    )
    return str(rows[0][0]) if rows else None


def get_user(database: Database, tenant: Tenant, email: str) -> str:
    """As `find_user`; raises NoSuchPerson."""
    user = find_user(database, tenant, email)
    if user is None:
        raise NoSuchPerson(what="user")
    return user


def _set_active(database: Database, tenant: Tenant, user: str, *, active: bool, by: str | None) -> None:
    with people_transaction(database, tenant) as tx:
        person_there(tx, user)
        before = values_of(tx, "user", user, ("active",))
        with an_administrator_stays(tx):
            update(tx, "user", user, {"active": active}, by)
        action = "people.user_activated" if active else "people.user_deactivated"
        note_change(tx, action, "user", user, before, {"active": active}, by)
        with tx.control() as control:
            memberships.set_active(control, tenant, user, active)
            raise_stamp(control, tenant)


def _check(values: Mapping[str, Any]) -> dict[str, Any]:
    for name in values:
        if name not in _CHECKS:
            raise PersonInvalid(name, "A user has no such field that may be set.", "用户没有可设置的此字段。")
    return {name: _CHECKS[name](value) for name, value in values.items()}


def _check_links(tx: TenantTransaction, checked: Mapping[str, Any]) -> None:
    check_exists(tx, "department", "department", checked.get("department"))
    check_person(tx, "manager", checked.get("manager"))


def _hashed(database: Database, email: str, password: str | None) -> tuple[str | None, bool]:
    """(hash for a new person, whether the password is a known person's own)."""
    if password is None:
        return None, False
    found = database.read_control("select password_hash from dougong.person where email = %s", (email,))
    return hash_password(password), bool(found) and verify_password(found[0][0], password)
