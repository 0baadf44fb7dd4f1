"""The security policy of a backup, written within the transaction that makes the tenant anew. Called by a restore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from dougong_tenants.connection.transaction import quoted
from dougong_tenants.security.keeping import check_policy, policy_values, write_policy
from dougong_tenants.security.policy import SecurityPolicy
from dougong_tenants.tenant import Tenant


def bring_back_policy(connection: psycopg.Connection[Any], tenant: Tenant, values: Mapping[str, Any] | None) -> None:
    """On the connection of the tenant's owner: `values` as `policy_values` gave them, None from where there are none.

    Raises PolicyInvalid for a policy that cannot be: the file is not taken at its word.
    """
    if values is None:
        return
    policy = check_policy(SecurityPolicy(), values)
    connection.execute("reset role")
    write_policy(connection, tenant, policy_values(policy), None)
    connection.execute(f"set role {quoted(tenant.owner)}".encode())
