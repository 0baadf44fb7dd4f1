"""Changes the security policy for a caller; called by the API and the builder's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.errors import PolicyInvalid
from dougong_tenants.security import SecurityPolicy, save_policy


def change_policy(caller: Caller, values: Mapping[str, Any]) -> SecurityPolicy:
    """The new policy. Raises PolicyInvalid that names the field, NotAllowed without the system right `people`."""
    caller.require("people")
    known = {*caller.model.permission_sets, ADMINISTRATOR}
    for name in values.get("second_factor_sets", ()):
        if name not in known:
            raise PolicyInvalid(
                "second_factor_sets", f"“{name[:60]}” is not a permission set.", f"没有权限集「{name[:60]}」。"
            )
    principal = caller.principal
    return save_policy(
        caller.database,
        caller.tenant,
        values,
        by=caller.user,
        address=client_address(),
        holds=principal.permission_sets if principal is not None else (),
    )
