"""Invitations: a link with which a user sets his password, once. Also the way back for who forgot it."""

from __future__ import annotations

from dougong_tenants.audit import note_for_person, noting
from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of, new_secret
from dougong_tenants.errors import NoSuchPerson, NotAuthenticated
from dougong_tenants.passwords import check_password, hash_password
from dougong_tenants.tenant import Tenant

_WEEK = 7 * 24 * 3600


def invite(database: Database, tenant: Tenant, user: str, *, by: str | None = None, seconds: int = _WEEK) -> str:
    """A secret for the link in the invitation's e-mail; an earlier one of the user is void.

    It must reach nobody but the owner of the e-mail: who holds it becomes that person.
    Raises NoSuchPerson for an unknown or deactivated user.
    """
    secret = new_secret()
    with noting(database, tenant) as (tx, noted):
        tx.execute("delete from dougong.invitation where tenant = %s::uuid and user_id = %s::uuid", (tenant.id, user))
        made = tx.rows(
            "insert into dougong.invitation (hash, tenant, user_id, created_by, expires_at)"
            " select %s, tenant, user_id, %s::uuid, now() + %s * interval '1 second' from dougong.membership"
            " where tenant = %s::uuid and user_id = %s::uuid and active returning 1",
            (hash_of(secret), by, seconds, tenant.id, user),
        )
        if not made:
            raise NoSuchPerson(what="user")
        noted("people.invited", actor=by, target_kind="user", target=user)
    return secret


def accept_invitation(database: Database, secret: str, password: str) -> str:
    """Set the invited person's password; his e-mail. Raises NotAuthenticated (unknown, used, over), PasswordRefused.

    Sessions that were open under an earlier password end.
    """
    found = database.read_control(
        "select p.email from dougong.invitation i join dougong.membership m using (tenant, user_id)"
        " join dougong.person p on p.id = m.person where i.hash = %s and i.expires_at > now()",
        (hash_of(secret),),
    )
    if not found:
        raise NotAuthenticated
    check_password(password, found[0][0])
    hashed = hash_password(password)
    with database.control() as tx:
        used = tx.rows(
            "with used as (delete from dougong.invitation where hash = %s and expires_at > now()"
            " returning tenant, user_id) select m.person from used join dougong.membership m using (tenant, user_id)",
            (hash_of(secret),),
        )
        if not used:
            raise NotAuthenticated
        person = used[0][0]
        tx.execute(
            "update dougong.person set password_hash = %s, password_own = true, password_changed_at = now()"
            " where id = %s::uuid",
            (hashed, person),
        )
        tx.execute("update dougong.membership set admitted = true where person = %s::uuid", (person,))
        tx.execute("delete from dougong.session where person = %s::uuid", (person,))
        tx.execute(
            "update dougong.tenant set stamp = stamp + 1 where id in"
            " (select tenant from dougong.membership where person = %s::uuid)",
            (person,),
        )
    email = str(found[0][0])
    note_for_person(database, person, "password.changed", himself=True, label=email, details={"how": "invitation"})
    return email
