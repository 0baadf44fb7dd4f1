"""Who may sign in to a tenant, read for a backup or a check and written by a restore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from dougong_tenants.connection import Database
from dougong_tenants.connection.transaction import quoted
from dougong_tenants.identifiers import new_id
from dougong_tenants.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the control schema knows him. `admitted`: the person's password opens this tenant. `second_factor`: id,
    sealed key, step of the last code and the hashes of unused recovery codes (hexadecimal), None without one.
    """

    user: str
    email: str
    password_hash: str | None
    active: bool
    admitted: bool
    second_factor: Sequence[Any] | None = None


def members_of(database: Database, tenant: Tenant) -> list[Member]:
    """All members, by user."""
    rows = database.read_control(
        "select m.user_id, p.email, p.password_hash, m.active, m.admitted,"
        " case when f.id is not null then jsonb_build_array(f.id, f.secret, f.last_step, ("
        " select coalesce(jsonb_agg(encode(c.hash, 'hex') order by c.hash), '[]') from dougong.recovery_code c"
        " where c.person = p.id and c.used_at is null)) end"
        " from dougong.membership m join dougong.person p on p.id = m.person"
        " left join dougong.second_factor f on f.person = p.id where m.tenant = %s::uuid order by m.user_id",
        (tenant.id,),
    )
    return [Member(*row) for row in rows]


def join_members(connection: psycopg.Connection[Any], tenant: Tenant, members: Iterable[Member]) -> None:
    """Within the transaction that makes a tenant, on its owner's connection: the members of a backup.

    A person who is known here keeps the password he has; it opens this tenant if it is the one in the backup, or if he
    chose it himself. The backup's word that a password is somebody's own is not taken: another company may have written
    it. A second factor comes back for who is nowhere else: it would lock the person out there. Sessions, tokens and
    invitations are not brought back.
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
        if member.second_factor is not None:
            _bring_back_factor(connection, tenant, member)
    connection.execute(f"set role {quoted(tenant.owner)}".encode())


def _bring_back_factor(connection: psycopg.Connection[Any], tenant: Tenant, member: Member) -> None:
    """Under the id to which its key and recovery codes are bound; not where another has that id by now."""
    assert member.second_factor is not None
    id, secret, last_step, codes = member.second_factor
    person = connection.execute(
        "insert into dougong.second_factor (id, person, secret, last_step)"
        " select %(id)s::uuid, m.person, %(secret)s, %(step)s from dougong.membership m"
        " where m.tenant = %(tenant)s::uuid and m.user_id = %(user)s::uuid and not exists"
        " (select from dougong.membership o where o.person = m.person and o.tenant <> m.tenant)"
        " on conflict do nothing returning person",
        {"id": id, "secret": secret, "step": last_step, "tenant": tenant.id, "user": member.user},
    ).fetchone()
    if person is not None:
        connection.execute(
            "insert into dougong.recovery_code (person, hash) select %s::uuid, decode(unnest(%s::text[]), 'hex')",
            (person[0], list(codes)),
        )
