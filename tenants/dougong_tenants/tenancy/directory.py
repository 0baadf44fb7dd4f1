"""Finds tenants; called for every request by name (the engine remembers the answers) and by sweeps over all."""

from __future__ import annotations

from dougong_tenants.connection import Database
from dougong_tenants.errors import NoSuchTenant
from dougong_tenants.given_text import storable
from dougong_tenants.tenant import COLUMNS, Tenant, tenant_of

__all__ = ["COLUMNS", "all_tenants", "find", "get", "tenant_of"]


def find(database: Database, name: str) -> Tenant | None:
    """The tenant called `name`, None if there is none; suspended ones too."""
    rows = database.read_control(f"select {COLUMNS} from dougong.tenant t where t.name = %s", (storable(name),))
    return tenant_of(rows[0]) if rows else None


def get(database: Database, name: str) -> Tenant:
    """As `find`; raises NoSuchTenant."""
    tenant = find(database, name)
    if tenant is None:
        raise NoSuchTenant(name=name[:80])
    return tenant


def all_tenants(database: Database, *, active: bool | None = None) -> list[Tenant]:
    """All tenants by name, or only the (in)active ones."""
    rows = database.read_control(
        f"select {COLUMNS} from dougong.tenant t"  # constant
        " where %(active)s::boolean is null or (t.status = 'active') = %(active)s order by t.name",
        {"active": active},
    )
    return [tenant_of(row) for row in rows]
