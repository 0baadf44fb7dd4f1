"""The secrets with which calls are signed: sealed in the tenant's schema, shown once, renewed with an overlap."""

from __future__ import annotations

import secrets

from dougong_platform.webhooks.errors import SecretUnreadable
from dougong_tenants import Database, TenantTransaction
from dougong_tenants.secrets import seal, unseal

OVERLAP_HOURS = 24
_PURPOSE = "webhook secret"
_GOOD = """
select secret, case when previous_until > now() then previous end from _webhook where webhook = %(webhook)s
"""
_RENEW = """
insert into _webhook as w (webhook, secret, secret_at) values (%(webhook)s, %(secret)s, now())
on conflict (webhook) do update set secret = excluded.secret, secret_at = now(),
   previous = case when %(hours)s > 0 then w.secret end,
   previous_until = case when %(hours)s > 0 then now() + make_interval(hours => %(hours)s) end
"""


def good_secrets(tx: TenantTransaction, database: Database, webhook: str) -> list[str]:
    """Those that sign a call now, the newest first; one is made where there is none. Raises SecretUnreadable."""
    rows = tx.rows(_GOOD, {"webhook": webhook})
    if not rows or rows[0][0] is None:
        return [renew(tx, database, webhook, 0)]
    newest = unseal(database, _PURPOSE, rows[0][0])
    if newest is None:
        raise SecretUnreadable
    before = unseal(database, _PURPOSE, rows[0][1]) if rows[0][1] else None
    return [newest] if before is None else [newest, before]


def renew(tx: TenantTransaction, database: Database, webhook: str, overlap_hours: int = OVERLAP_HOURS) -> str:
    """A new secret, which is to be shown now and never again. The one before signs beside it for `overlap_hours`."""
    made = "whsec_" + secrets.token_urlsafe(32)
    tx.execute(_RENEW, {"webhook": webhook, "secret": seal(database, _PURPOSE, made), "hours": overlap_hours})
    return made
