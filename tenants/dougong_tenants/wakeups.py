"""When the engine next has to look at each tenant's clock: one row a tenant, so that one statement finds those whose
time has come. Called by the engine's `wakeups`.

A row also says under which release and time zone it was worked out: with another of either the tenant is due at once,
as it is without a row.
"""

from __future__ import annotations

from dougong_tenants.connection import Database
from dougong_tenants.connection.transaction import TenantTransaction
from dougong_tenants.tenant import Tenant

NEVER = "infinity"

_DUE = """
select t.name from dougong.tenant t left join dougong.wakeup w on w.tenant = t.id
 where t.status = 'active' and t.release > 0 and (%(name)s::text is null or t.name = %(name)s)
   and (w.at is null or w.at <= coalesce(%(now)s::timestamptz, now()) or w.release <> t.release
        or w.timezone <> t.timezone)
 order by w.at nulls first
"""


def due_tenants(database: Database, *, now: str | None = None, name: str | None = None) -> list[str]:
    """Names of the active tenants (or only `name`) whose time has come at `now`, the longest overdue first."""
    return [row[0] for row in database.read_control(_DUE, {"now": now, "name": name})]


def next_wakeup(database: Database, tenant: Tenant) -> str | None:
    """When it will be looked at next: a moment, "infinity", or None where nobody has looked yet."""
    rows = database.read_control("select at::text from dougong.wakeup where tenant = %s::uuid", (tenant.id,))
    return str(rows[0][0]) if rows else None


def set_wakeup(tx: TenantTransaction, tenant: Tenant, at: str, release: int) -> None:
    """Look again at `at` (a moment or NEVER), which was worked out under this release."""
    with tx.control() as control:
        control.execute(
            "insert into dougong.wakeup (tenant, at, release, timezone) values (%s::uuid, %s::timestamptz, %s, %s)"
            " on conflict (tenant) do update set at = excluded.at, release = excluded.release,"
            " timezone = excluded.timezone",
            (tenant.id, at, release, tenant.timezone),
        )


def wake_by(tx: TenantTransaction, tenant: Tenant, at: str) -> None:
    """Look again at `at` or earlier. Waits for nobody where it is to be earlier anyway."""
    with tx.control() as control:
        control.execute(
            "update dougong.wakeup set at = %(at)s::timestamptz"
            " where tenant = %(tenant)s::uuid and at > %(at)s::timestamptz",
            {"tenant": tenant.id, "at": at},
        )
