"""Joins a tenant's user to the person who signs in, in the control schema. Used by the user actions."""

from __future__ import annotations

from dougong_tenants.connection import ControlTransaction
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.identifiers import new_id
from dougong_tenants.tenant import Tenant


def join(
    tx: ControlTransaction,
    tenant: Tenant,
    user: str,
    email: str,
    password_hash: str | None,
    *,
    knows_password: bool = False,
) -> bool:
    """Make the user a member under this e-mail; True if that person was already known and keeps his present password.

    The administrator of one company must not set the password with which somebody enters another: so a known person's
    is kept, and admits here only if he chose it himself or whoever invites him knows it (`knows_password`).
    """
    fresh = tx.rows(
        "insert into dougong.person (id, email, password_hash, password_changed_at)"
        " values (%(id)s, %(email)s, %(hash)s, case when %(hash)s::text is not null then now() end)"
        " on conflict (email) do nothing returning id",
        {"id": new_id(), "email": email, "hash": password_hash},
    )
    tx.execute(
        "insert into dougong.membership (tenant, user_id, person, admitted)"
        " select %s, %s, id, password_own or %s from dougong.person where email = %s",
        (tenant.id, user, bool(fresh) or knows_password, email),
    )
    return not fresh


def change_email(tx: ControlTransaction, tenant: Tenant, user: str, email: str) -> None:
    """The user signs in by another e-mail from now on; a person of several companies stays whole elsewhere."""
    person, alone = tx.rows(
        "select m.person, (select count(*) from dougong.membership o where o.person = m.person) = 1"
        " from dougong.membership m where m.tenant = %s and m.user_id = %s",
        (tenant.id, user),
    )[0]
    known = tx.rows("select id from dougong.person where email = %s", (email,))
    if known and known[0][0] == person:
        return
    if alone and not known:
        tx.execute("update dougong.person set email = %s where id = %s", (email, person))
        return
    other = known[0][0] if known else new_id()
    if not known:
        tx.execute("insert into dougong.person (id, email) values (%s, %s)", (other, email))
    end_access(tx, tenant, user)
    tx.execute(
        "update dougong.membership set person = %(person)s, admitted = (select password_own or not %(known)s"
        " from dougong.person where id = %(person)s) where tenant = %(tenant)s and user_id = %(user)s",
        {"person": other, "known": bool(known), "tenant": tenant.id, "user": user},
    )
    tx.execute(
        "delete from dougong.person p where id = %s and not exists"
        " (select from dougong.membership m where m.person = p.id)",
        (person,),
    )


def set_active(tx: ControlTransaction, tenant: Tenant, user: str, active: bool) -> None:
    """Let the user in, or out: then his sessions, tokens and invitations in this tenant end with this transaction."""
    tx.execute(
        "update dougong.membership set active = %s where tenant = %s and user_id = %s", (active, tenant.id, user)
    )
    if not active:
        end_access(tx, tenant, user)


def end_access(tx: ControlTransaction, tenant: Tenant, user: str) -> None:
    """End the user's sessions, tokens and invitations here, and what processes remember of them."""
    key = (tenant.id, user)
    tx.together(
        ("delete from dougong.session where tenant = %s and user_id = %s", key),
        ("delete from dougong.invitation where tenant = %s and user_id = %s", key),
        ("update dougong.token set revoked_at = now() where tenant = %s and user_id = %s and revoked_at is null", key),
    )
    raise_stamp(tx, tenant)
