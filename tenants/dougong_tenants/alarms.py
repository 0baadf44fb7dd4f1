"""When each tenant's clocks are looked at next: time limits of approvals, reports to be sent. One row a tenant and
clock, so that one statement finds those whose time has come; a tenant without a row is due. Called by the engine's
`approvals` and `reports`."""

from __future__ import annotations

from dougong_tenants.connection import Database
from dougong_tenants.connection.transaction import TenantTransaction
from dougong_tenants.tenant import Tenant

APPROVALS, REPORTS = "approvals", "reports"
NEVER = "infinity"

_DUE = """
select t.name from dougong.tenant t left join dougong.alarm a on a.tenant = t.id and a.kind = %(kind)s
 where t.status = 'active' and t.release > 0 and (%(name)s::text is null or t.name = %(name)s)
   and (a.at is null or a.at <= now())
 order by a.at nulls first
"""
_HOLD = """
insert into dougong.alarm (tenant, kind, at) values (%(tenant)s::uuid, %(kind)s, now())
on conflict (tenant, kind) do update set at = dougong.alarm.at
"""
_SET = "update dougong.alarm set at = %(at)s::timestamptz where tenant = %(tenant)s::uuid and kind = %(kind)s"
_EARLIER = f"{_SET} and at > %(at)s::timestamptz"


def due_alarms(database: Database, *, name: str | None = None, kind: str = APPROVALS) -> list[str]:
    """Names of the active tenants (or only `name`) whose time has come, the longest overdue first."""
    return [row[0] for row in database.read_control(_DUE, {"name": name, "kind": kind})]


def hold_alarm(tx: TenantTransaction, tenant: Tenant, kind: str = APPROVALS) -> None:
    """Nobody else sets it before this transaction ends: what is read after this and what `set_alarm` says belong
    together."""
    with tx.control() as control:
        control.execute(_HOLD, {"tenant": tenant.id, "kind": kind})


def set_alarm(tx: TenantTransaction, tenant: Tenant, at: str, kind: str = APPROVALS) -> None:
    """Look again at `at` (a moment, or NEVER); it is held."""
    with tx.control() as control:
        control.execute(_SET, {"tenant": tenant.id, "at": at, "kind": kind})


def alarm_by(tx: TenantTransaction, tenant: Tenant, at: str, kind: str = APPROVALS) -> None:
    """Look again at `at` or earlier. A tenant that was never looked at is due anyway."""
    with tx.control() as control:
        control.execute(_EARLIER, {"tenant": tenant.id, "at": at, "kind": kind})
