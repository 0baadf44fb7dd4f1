"""ENTER: the one statement with which a transaction becomes a tenant's; nothing else sets a role. Used by Database."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dougong_tenants.connection.json_values import SETTINGS
from dougong_tenants.connection.wire import Row
from dougong_tenants.errors import TenantDropped, TenantSuspended
from dougong_tenants.tenant import Entry, Tenant

# Run by the login role, the only one that may call set_config; the role it becomes may not. The left join answers a row
# for a dropped tenant too: without one, nothing would be set and the next statement would run as the login role.
_ENTER = """
select pg_catalog.set_config('role', %s, true), pg_catalog.set_config('search_path', %s, true){settings},
       t.release, t.stamp, t.status
  from (values (1)) one left join dougong.tenant t on t.id = %s::uuid
"""


class Mode(NamedTuple):
    """How a transaction runs; times in milliseconds, 0 = unlimited. The defaults are each connection's own settings."""

    read_only: bool = False
    custom_plan: bool = False
    statement_timeout: int = int(SETTINGS["statement_timeout"])
    lock_timeout: int = int(SETTINGS["lock_timeout"])


@lru_cache(maxsize=4096)
def enter(tenant: Tenant, mode: Mode) -> tuple[str, tuple[str, ...]]:
    """ENTER with its parameters. It sets only what differs from the connection's settings: each costs 2 µs."""
    settings: dict[str, str] = {}
    if mode.read_only:
        settings["transaction_read_only"] = "on"
    if mode.custom_plan:
        settings["plan_cache_mode"] = "force_custom_plan"
    for name in ("statement_timeout", "lock_timeout"):
        if (value := str(getattr(mode, name))) != SETTINGS[name]:
            settings[name] = value
    sets = "".join(f", pg_catalog.set_config('{name}', %s, true)" for name in settings)
    schema = '"' + tenant.schema.replace('"', '""') + '"'
    return _ENTER.format(settings=sets), (tenant.role, f"{schema}, pg_temp", *settings.values(), tenant.id)


def entry(row: Row, tenant: Tenant) -> Entry:
    """What ENTER answered; raises TenantDropped or TenantSuspended."""
    release, stamp, status = row[-3:]
    if release is None:
        raise TenantDropped(name=tenant.name)
    if status != "active":
        raise TenantSuspended(name=tenant.name)
    return Entry(release, stamp, status)
