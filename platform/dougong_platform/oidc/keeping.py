"""What an administrator does with identity providers; asked by the API and by the builder's screens.

Only an administrator may: whoever names a provider decides who comes in as whom, administrators too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_tenants import ADMINISTRATOR, oidc
from dougong_tenants.oidc.errors import ProviderInvalid


def require_administrator(caller: Caller) -> None:
    """Raise NotAllowed for everybody else."""
    if not caller.rights.is_admin:
        raise NotAllowed


def keep_provider(caller: Caller, name: str, values: Mapping[str, Any]) -> oidc.Provider:
    """Create or replace the provider `name`. Raises NotAllowed, ProviderInvalid."""
    require_administrator(caller)
    wanted = values.get("permission_set")
    if isinstance(wanted, str) and wanted not in ("", ADMINISTRATOR, *caller.model.permission_sets):
        raise ProviderInvalid(
            "permission_set", f"There is no permission set “{wanted[:60]}”.", f"没有权限集「{wanted[:60]}」。"
        )
    return oidc.save_provider(caller.database, caller.tenant, name, values, by=caller.user)


def shown(provider: oidc.Provider) -> dict[str, Any]:
    """As the API answers it: never the secret."""
    return provider.json()
