"""What the control schema knows of users' access: shown to those who look after people. Read only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dougong_tenants.connection import Database
from dougong_tenants.tenant import Tenant

_ACCESS = """
select m.user_id, s.last_seen_at, coalesce(s.open, 0), coalesce(t.valid, 0),
       p.password_hash is not null and m.admitted, i.expires_at,
       exists (select from dougong.membership o where o.person = m.person and o.tenant <> m.tenant),
       exists (select from dougong.second_factor f where f.person = m.person)
  from dougong.membership m join dougong.person p on p.id = m.person
  left join lateral (
       select max(last_seen_at) as last_seen_at, count(*) filter (where expires_at > now()
              and last_seen_at + idle_seconds * interval '1 second' > now()) as open
         from dougong.session s where s.tenant = m.tenant and s.user_id = m.user_id) s on true
  left join lateral (
       select count(*) as valid from dougong.token t where t.tenant = m.tenant and t.user_id = m.user_id
          and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())) t on true
  left join dougong.invitation i on i.tenant = m.tenant and i.user_id = m.user_id and i.expires_at > now()
 where m.tenant = %(tenant)s::uuid and m.user_id = any(%(users)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Access:
    """`last_seen_at`, `invited_until`: ISO 8601 text, None if not known. `can_enter`: there is a password that admits.
    `sessions`, `tokens`: how many work now. `elsewhere`: the person belongs to other companies too. `second_step`:
    signing in takes a code."""

    last_seen_at: str | None = None
    sessions: int = 0
    tokens: int = 0
    can_enter: bool = False
    invited_until: str | None = None
    elsewhere: bool = False
    second_step: bool = False


def access_of(database: Database, tenant: Tenant, users: Iterable[str]) -> dict[str, Access]:
    """{user id: Access} of those that are members."""
    wanted = list(users)
    if not wanted:
        return {}
    rows = database.read_control(_ACCESS, {"tenant": tenant.id, "users": wanted})
    return {user: Access(*rest) for user, *rest in rows}
