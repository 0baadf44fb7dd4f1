"""Issues, lists and revokes API tokens. A token acts as its user, within its scopes; called by the API and the CLI."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from dougong_tenants.audit import noting
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.connection.json_values import moment
from dougong_tenants.credentials import hash_of, new_secret
from dougong_tenants.errors import NoSuchPerson, TokenInvalid
from dougong_tenants.given_text import storable
from dougong_tenants.identifiers import new_id
from dougong_tenants.principal import SCOPES, TOKEN_START
from dougong_tenants.tenant import Tenant

_SHOWN = len(TOKEN_START) + 6


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What is shown of a token later; `prefix` are its first characters, times are ISO 8601 text."""

    id: str
    user: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """`token` is shown this once and cannot be found out again."""

    token: str
    id: str
    prefix: str


def issue(
    database: Database,
    tenant: Tenant,
    user: str,
    *,
    name: str,
    scopes: Iterable[str] = ("read", "write"),
    expires_at: dt.datetime | None = None,
    by: str | None = None,
) -> IssuedToken:
    """A new token of a user. Raises TokenInvalid, NoSuchPerson for an unknown or deactivated user."""
    given = tuple(dict.fromkeys(scopes))
    _check(name, given, expires_at)
    token, identifier = TOKEN_START + new_secret(), new_id()
    with noting(database, tenant) as (tx, noted):
        made = tx.rows(
            "insert into dougong.token (id, hash, prefix, tenant, user_id, name, scopes, created_by, expires_at)"
            " select %s, %s, %s, tenant, user_id, %s, %s::text[], %s::uuid, %s from dougong.membership"
            " where tenant = %s::uuid and user_id = %s::uuid and active returning 1",
            (identifier, hash_of(token), token[:_SHOWN], name.strip(), list(given), by, expires_at, tenant.id, user),
        )
        if not made:
            raise NoSuchPerson(what="user")
        details = {
            "user": user,
            "scopes": list(given),
            "expires_at": moment(expires_at) if expires_at else None,
            "prefix": token[:_SHOWN],
        }
        noted("token.issued", actor=by, target_kind="token", target=identifier, label=name.strip(), details=details)
    return IssuedToken(token, identifier, token[:_SHOWN])


def list_tokens(database: Database, tenant: Tenant, user: str | None = None) -> list[TokenInfo]:
    """The tenant's tokens, or one user's, newest first; revoked and expired ones too."""
    rows = database.read_control(
        "select id, user_id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at from dougong.token"
        " where tenant = %(tenant)s::uuid and (%(user)s::uuid is null or user_id = %(user)s::uuid) order by id desc",
        {"tenant": tenant.id, "user": user},
    )
    return [TokenInfo(i, u, name, prefix, tuple(scopes), *times) for i, u, name, prefix, scopes, *times in rows]


def revoke(database: Database, tenant: Tenant, token: str, *, user: str | None = None) -> bool:
    """Revoke by id, only `user`'s own if given; whether there was one. It stops working with this commit."""
    with noting(database, tenant) as (tx, noted):
        revoked = tx.rows(
            "update dougong.token set revoked_at = now() where tenant = %(tenant)s::uuid and id::text = %(id)s"
            " and (%(user)s::uuid is null or user_id = %(user)s::uuid) and revoked_at is null"
            " returning id, name, user_id, prefix",
            {"tenant": tenant.id, "id": storable(token), "user": user},
        )
        for id, name, owner, prefix in revoked:
            details = {"user": owner, "prefix": prefix}
            noted("token.revoked", target_kind="token", target=id, label=name, details=details)
        raise_stamp(tx, tenant)
    return bool(revoked)


def _check(name: str, scopes: tuple[str, ...], expires_at: dt.datetime | None) -> None:
    if not name.strip() or len(name) > 100 or "\0" in name or not name.isprintable():
        raise TokenInvalid("name", "A token needs a name of at most 100 characters.", "令牌须有名称，最多 100 个字符。")
    wrong = [scope for scope in scopes if scope not in SCOPES]
    if wrong or not scopes:
        raise TokenInvalid("scopes", f"Scopes are: {', '.join(SCOPES)}.", f"权限范围只能是：{'、'.join(SCOPES)}。")
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= dt.datetime.now(dt.UTC)):
        raise TokenInvalid(
            "expires_at",
            "The expiry must be a moment in the future, with its time zone.",
            "到期时间须为将来的时刻，并带时区。",
        )
