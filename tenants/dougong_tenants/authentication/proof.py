"""Looks up a session or token and its user; the engine remembers the answer for a minute.

One round trip, and one more where the organisation has changed since it was last read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Literal

from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of
from dougong_tenants.errors import NotAuthenticated, TenantSuspended
from dougong_tenants.organisation import Organisation, organisation_of
from dougong_tenants.principal import ADMINISTRATOR, SCOPES, TOKEN_START, Principal
from dougong_tenants.security.policy import COLUMNS as POLICY
from dougong_tenants.security.policy import WIDTH, policy_of
from dougong_tenants.tenancy.directory import COLUMNS, tenant_of
from dougong_tenants.tenant import Tenant

_OWN = 7  # columns of a session or token itself; a policy's and a tenant's follow

# `last_seen_at` and `last_used_at` are written at most once a minute: a write would cost more than the request.
_SESSION_FOUND = """
with found as (
    select s.id, s.user_id, s.person, s.expires_at, s.last_seen_at, s.second_step, s.preview_user
      from dougong.session s
     where s.hash = %s and s.expires_at > now() and s.last_seen_at + s.idle_seconds * interval '1 second' > now())"""
_SESSION_TOUCHED = """, touched as (
    update dougong.session s set last_seen_at = now() from found
     where s.id = found.id and found.last_seen_at < now() - interval '1 minute')"""
_SESSION_READ = f"""
select f.id, f.user_id, f.person, f.expires_at, null::text[], f.second_step, f.preview_user, {POLICY}, {COLUMNS}
  from found f join dougong.membership m on m.user_id = f.user_id and m.person = f.person and m.active
  join dougong.tenant t on t.id = m.tenant left join dougong.security_policy p on p.tenant = t.id
"""  # constant
_SESSION = _SESSION_FOUND + _SESSION_TOUCHED + _SESSION_READ
_SESSION_IDLE = _SESSION_FOUND + _SESSION_READ
_TOKEN = f"""
with found as (
    select k.id, k.user_id, k.tenant, k.expires_at, k.scopes, k.last_used_at from dougong.token k
     where k.hash = %s and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())),
touched as (
    update dougong.token k set last_used_at = now() from found
     where k.id = found.id and coalesce(found.last_used_at, '-infinity') < now() - interval '1 minute')
select f.id, f.user_id, m.person, f.expires_at, f.scopes, true, null, {POLICY}, {COLUMNS}
  from found f join dougong.membership m on m.tenant = f.tenant and m.user_id = f.user_id and m.active
  join dougong.tenant t on t.id = m.tenant left join dougong.security_policy p on p.tenant = t.id
"""  # constant


def authenticate_session(database: Database, secret: str, *, idle: bool = False) -> Principal:
    """The principal of a session cookie. `idle`: a page asks by itself, which keeps no session from ending. Raises
    NotAuthenticated, TenantSuspended."""
    return _authenticate(database, "session", _SESSION_IDLE if idle else _SESSION, secret)


def authenticate_token(database: Database, token: str) -> Principal:
    """The principal of an API token. Raises NotAuthenticated, TenantSuspended."""
    if not token.startswith(TOKEN_START):
        raise NotAuthenticated
    return _authenticate(database, "token", _TOKEN, token)


def _authenticate(database: Database, via: Literal["session", "token"], sql: str, secret: str) -> Principal:
    """Both reads must show one stamp: a revocation between them would otherwise go unseen under the newer stamp."""
    for _ in range(5):
        found = database.read_control(sql, (hash_of(secret),))
        if not found:
            raise NotAuthenticated
        tenant = tenant_of(found[0][_OWN + WIDTH :])
        if tenant.status != "active":
            raise TenantSuspended(name=tenant.name)
        organisation = organisation_of(database, tenant, tenant.stamp)
        if found[0][1] not in organisation.people:
            organisation = organisation_of(database, tenant)  # a restore may have brought him without a new stamp
        if organisation.stamp == tenant.stamp:
            principal = _principal(via, found[0], tenant, organisation)
            return _previewed(principal, str(found[0][_OWN - 1]), organisation) or principal
    raise NotAuthenticated


def _principal(
    via: Literal["session", "token"], found: tuple[Any, ...], tenant: Tenant, organisation: Organisation
) -> Principal:
    identifier, user, person, expires, scopes, second_step, _ = found[:_OWN]
    policy = policy_of(found[_OWN : _OWN + WIDTH])
    known = organisation.people.get(user)
    if known is None or not known.active:
        raise NotAuthenticated
    now = dt.datetime.now(dt.UTC)
    permission_sets = organisation.permission_sets(user, now)
    if not second_step and policy.requires_second_factor(permission_sets):
        raise NotAuthenticated  # the policy or his rights changed since he signed in: the door asks for it
    return Principal(
        tenant=tenant,
        user=user,
        person=person,
        via=via,
        scopes=frozenset(SCOPES if scopes is None else scopes),
        locale=known.locale or tenant.locale,
        timezone=known.timezone or tenant.timezone,
        permission_sets=permission_sets,
        is_admin=ADMINISTRATOR in permission_sets,
        expires=dt.datetime.fromisoformat(expires) if expires else None,
        stamp=tenant.stamp,
        name=known.name,
        email=known.email or "",
        id=identifier,
        reach=organisation.reach(user, now),
        changes_at=organisation.next_change(now),
        allowed=policy.allowed,
    )


def _previewed(principal: Principal, user: str, organisation: Organisation) -> Principal | None:
    """The user as whom an administrator looks on; None where he looks on as himself, or may no longer."""
    known = organisation.people.get(user)
    if known is None or not known.active or not principal.is_admin or user == principal.user:
        return None
    now = dt.datetime.now(dt.UTC)
    permission_sets = organisation.permission_sets(user, now)
    return replace(
        principal,
        user=user,
        locale=known.locale or principal.tenant.locale,
        timezone=known.timezone or principal.tenant.timezone,
        permission_sets=permission_sets,
        is_admin=ADMINISTRATOR in permission_sets,
        name=known.name,
        email=known.email or "",
        reach=organisation.reach(user, now),
        previewed_by=principal,
    )
