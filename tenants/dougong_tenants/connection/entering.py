"""ENTER: the one statement with which a transaction becomes a tenant's; nothing else sets a role. Used by Database."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dougong_tenants.connection.wire import Row
from dougong_tenants.errors import TenantDropped, TenantSuspended
from dougong_tenants.tenant import Entry, Tenant

# Run by the login role, the only one that may call set_config; the role it becomes may not. The left join answers a row
# for a dropped tenant too: without one, nothing would be set and the next statement would run as the login role.
ENTER = """
select pg_catalog.set_config('role', %s, true), pg_catalog.set_config('search_path', %s, true),
       pg_catalog.set_config('statement_timeout', %s, true), pg_catalog.set_config('lock_timeout', %s, true),
       pg_catalog.set_config('plan_cache_mode', %s, true), pg_catalog.set_config('transaction_read_only', %s, true),
       t.release, t.stamp, t.status
  from (values (1)) one left join dougong.tenant t on t.id = %s::uuid
"""


class Mode(NamedTuple):
    """How a transaction runs; times in milliseconds, 0 = unlimited."""

    read_only: bool = False
    custom_plan: bool = False
    statement_timeout: int = 30_000
    lock_timeout: int = 5_000


@lru_cache(maxsize=4096)
def parameters(schema: str, role: str, tenant_id: str, mode: Mode) -> tuple[str, ...]:
    """The values of ENTER."""
    quoted = '"' + schema.replace('"', '""') + '"'
    return (role, f"{quoted}, pg_temp", str(mode.statement_timeout), str(mode.lock_timeout),
            "force_custom_plan" if mode.custom_plan else "auto", "on" if mode.read_only else "off", tenant_id)


def entry(row: Row, tenant: Tenant) -> Entry:
    """What ENTER answered; raises TenantDropped or TenantSuspended."""
    release, stamp, status = row[-3:]
    if release is None:
        raise TenantDropped(name=tenant.name)
    if status != "active":
        raise TenantSuspended(name=tenant.name)
    return Entry(release, stamp, status)
