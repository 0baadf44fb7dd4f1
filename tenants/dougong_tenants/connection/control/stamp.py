"""The tenant's stamp: raised by every change of people, permissions, sessions and tokens."""

from __future__ import annotations

from dougong_tenants.connection.transaction import ControlTransaction
from dougong_tenants.tenant import Tenant


def raise_stamp(tx: ControlTransaction, tenant: Tenant) -> None:
    """Every principal remembered of the tenant is void once the transaction commits."""
    tx.execute("update dougong.tenant set stamp = stamp + 1 where id = %s::uuid", (tenant.id,))
