"""Sessions: begun by signing in, listed and ended by their user; each with the CSRF token that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong_tenants.audit import noting
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.credentials import hash_of, new_secret, same, signature
from dougong_tenants.given_text import storable
from dougong_tenants.identifiers import new_id
from dougong_tenants.tenant import COLUMNS, Tenant, tenant_of


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """In seconds: a session ends after `idle` without a request, and after `longest` anyway."""

    idle: int = 12 * 3600
    longest: int = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What its user sees of a session; times as ISO 8601 text. `proof`: password or oidc, `second_step`: with two."""

    id: str
    created_at: str
    last_seen_at: str
    expires_at: str
    address: str | None
    device: str | None
    second_step: bool = False
    proof: str = "password"


def begin_session(
    database: Database,
    *,
    person: str,
    tenant: Tenant,
    user: str,
    address: str | None,
    device: str | None,
    terms: SessionTerms,
    second_step: bool = False,
    proof: str = "password",
) -> str:
    """A new session's secret, the value of its cookie; only its hash is stored."""
    secret = new_secret()
    with noting(database, tenant) as (tx, noted):
        tx.execute(
            "insert into dougong.session (id, hash, person, tenant, user_id, idle_seconds, expires_at, address, device,"
            " second_step, proof) values (%s, %s, %s, %s, %s, %s, now() + %s * interval '1 second', %s, %s, %s, %s)",
            (
                new_id(),
                hash_of(secret),
                person,
                tenant.id,
                user,
                terms.idle,
                terms.longest,
                _clean(address, 100),
                _clean(device, 300),
                second_step,
                proof,
            ),
        )
        details = {"proof": proof, "second_step": second_step, "device": _clean(device, 300)}
        noted(
            "sign_in.succeeded",
            actor=user,
            target_kind="user",
            target=user,
            ip=_clean(address, 100),
            via="session",
            details=details,
        )
    return secret


def list_sessions(database: Database, tenant: Tenant, user: str) -> list[SessionInfo]:
    """The user's sessions that still work, the one used last first."""
    rows = database.read_control(
        "select id, created_at, last_seen_at, expires_at, address, device, second_step, proof from dougong.session"
        " where tenant = %s::uuid and user_id = %s::uuid and expires_at > now()"
        " and last_seen_at + idle_seconds * interval '1 second' > now() order by last_seen_at desc",
        (tenant.id, user),
    )
    return [SessionInfo(*row) for row in rows]


def sign_out(database: Database, secret: str) -> None:
    """End the session that this cookie carries; no error if there is none."""
    hashed = hash_of(secret)
    found = database.read_control(
        f"select s.user_id, {COLUMNS} from dougong.session s join dougong.tenant t on t.id = s.tenant"  # constant
        " where s.hash = %s and t.status = 'active'",
        (hashed,),
    )
    for user, *row in found:
        with noting(database, tenant_of(tuple(row))) as (tx, noted):
            ended = tx.rows(
                "with ended as (delete from dougong.session where hash = %s returning tenant)"
                " update dougong.tenant set stamp = stamp + 1 where id in (select tenant from ended) returning 1",
                (hashed,),
            )
            if ended:
                noted("sign_out", actor=user, target_kind="user", target=user, via="session")


def end_session(database: Database, tenant: Tenant, user: str, session: str) -> bool:
    """End one of the user's sessions by its id; whether there was one."""
    return bool(_end(database, tenant, user, "id::text = %(id)s", {"id": storable(session)}))


def end_other_sessions(database: Database, tenant: Tenant, user: str, keep: str | None = None) -> int:
    """End all of the user's sessions in this tenant but `keep` (an id); how many."""
    return _end(database, tenant, user, "id::text is distinct from %(id)s", {"id": keep})


def _end(database: Database, tenant: Tenant, user: str, which: str, values: Mapping[str, str | None]) -> int:
    with noting(database, tenant) as (tx, noted):
        ended = tx.rows(
            f"delete from dougong.session where tenant = %(tenant)s::uuid and user_id = %(user)s::uuid and {which}"
            " returning device, address",
            {"tenant": tenant.id, "user": user, **values},
        )
        if ended:
            details = {"sessions": [{"device": device, "address": address} for device, address in ended]}
            noted("session.revoked", target_kind="user", target=user, details=details)
        raise_stamp(tx, tenant)
    return len(ended)


def sweep_sessions(database: Database) -> None:
    """Delete sessions, challenges and invitations that are over; the engine's schedule calls this daily."""
    with database.control() as tx:
        tx.execute(
            "delete from dougong.session where expires_at < now()"
            " or last_seen_at + idle_seconds * interval '1 second' < now()"
        )
        tx.execute("delete from dougong.invitation where expires_at < now()")
        tx.execute("delete from dougong.sign_in_challenge where expires_at < now()")
        tx.execute("delete from dougong.oidc_spent where spent_at < now() - interval '1 hour'")


def csrf_token(secret: str) -> str:
    """The token of the session with this secret: forms carry it, other sites cannot know it."""
    return signature(secret, "csrf", "")


def csrf_fits(secret: str, given: str) -> bool:
    """Whether `given` is that token."""
    return same(csrf_token(secret), given)


def _clean(text: str | None, longest: int) -> str | None:
    return storable(text)[:longest] if text is not None else None
