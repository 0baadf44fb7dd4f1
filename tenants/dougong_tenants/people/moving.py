"""Who may sign in to a tenant, read for a backup or a check and written by a restore."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from dougong_tenants.connection import Database
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.identifiers import new_id
from dougong_tenants.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the control schema knows him. `admitted`: the person's password opens this tenant."""

    user: str
    email: str
    password_hash: str | None
    active: bool
    admitted: bool


def members_of(database: Database, tenant: Tenant) -> list[Member]:
    """All members, by user."""
    rows = database.read_control(
        "select m.user_id, p.email, p.password_hash, m.active, m.admitted from dougong.membership m"
        " join dougong.person p on p.id = m.person where m.tenant = %s::uuid order by m.user_id",
        (tenant.id,),
    )
    return [Member(*row) for row in rows]


def join_members(connection: psycopg.Connection[Any], tenant: Tenant, members: Iterable[Member]) -> None:
    """Within the transaction that makes a tenant, on its owner's connection: the members of a backup.

    A person who is known here keeps the password he has; it opens this tenant if it is the one in the backup, or if he
    chose it himself. The backup's word that a password is somebody's own is not taken: another company may have written
    it. Sessions, tokens and invitations are not brought back.
    """
    connection.execute("reset role")
    for member in members:
        connection.execute(
            "insert into dougong.person (id, email, password_hash, password_changed_at)"
            " values (%(id)s, %(email)s, %(hash)s, case when %(hash)s::text is not null then now() end)"
            " on conflict (email) do nothing",
            {"id": new_id(), "email": member.email, "hash": member.password_hash},
        )
        connection.execute(
            "insert into dougong.membership (tenant, user_id, person, active, admitted)"
            " select %(tenant)s::uuid, %(user)s::uuid, p.id, %(active)s,"
            " %(admitted)s and (p.password_own or p.password_hash is not distinct from %(hash)s)"
            " from dougong.person p where p.email = %(email)s",
            {
                "tenant": tenant.id,
                "user": member.user,
                "active": member.active,
                "admitted": member.admitted,
                "hash": member.password_hash,
                "email": member.email,
            },
        )
    connection.execute(f"set role {quoted(tenant.owner)}".encode())
