"""Invitations: a link with which a user sets his password, once. Also the way back for who forgot it."""

from __future__ import annotations

from dougong_tenants.audit import note_for_person, noting
from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of, new_secret
from dougong_tenants.errors import NoSuchPerson, NotAuthenticated
from dougong_tenants.passwords import PasswordRules
from dougong_tenants.security.new_password import names_of, new_hash, rules_of_person, write_hash
from dougong_tenants.tenant import COLUMNS, Tenant, tenant_of

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
        f"select p.id, p.email, i.user_id, {COLUMNS} from dougong.invitation i"  # constant
        " join dougong.membership m using (tenant, user_id) join dougong.person p on p.id = m.person"
        " join dougong.tenant t on t.id = i.tenant where i.hash = %s and i.expires_at > now()",
        (hash_of(secret),),
    )
    if not found:
        raise NotAuthenticated
    person, email, user, *row = found[0]
    hashed, rules = new_hash(database, person, email, password, names_of(database, tenant_of(tuple(row)), user))
    with database.control() as tx:
        used = tx.rows(
            "with used as (delete from dougong.invitation where hash = %s and expires_at > now()"
            " returning tenant, user_id) select m.person from used join dougong.membership m using (tenant, user_id)",
            (hash_of(secret),),
        )
        if not used or used[0][0] != person:
            raise NotAuthenticated
        write_hash(tx, person, hashed, rules, own=True)
        tx.execute("delete from dougong.session where person = %s::uuid", (person,))
        tx.execute(
            "update dougong.tenant set stamp = stamp + 1 where id in"
            " (select tenant from dougong.membership where person = %s::uuid)",
            (person,),
        )
    note_for_person(database, person, "password.changed", himself=True, label=email, details={"how": "invitation"})
    return str(email)


def rules_of_invitation(database: Database, secret: str) -> PasswordRules:
    """What the password must be like; the usual rules for an invitation that does not work."""
    found = database.read_control(
        "select m.person from dougong.invitation i join dougong.membership m using (tenant, user_id)"
        " where i.hash = %s and i.expires_at > now()",
        (hash_of(secret),),
    )
    return rules_of_person(database, found[0][0]) if found else PasswordRules()
