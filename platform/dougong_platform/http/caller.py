"""Who asks, for which tenant, under which release and rights: the first argument of everything the engine does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.errors import NotAllowed, ReleaseChanged, RightsChanged

if TYPE_CHECKING:
    from dougong_metadata.model.types import Model
    from dougong_platform.access.rights import Rights
    from dougong_platform.releases.release import Release
    from dougong_tenants import Database, Entry, Principal, Tenant


@dataclass(frozen=True, slots=True)
class Caller:
    """Immutable; `verify` it against the Entry of the very transaction that serves it.

    `user` is the user's id as text; `stamp` is the tenant's stamp under which rights were looked up, None for
    callers that the engine makes itself (imports, jobs); `cause`/`cause_ref` go into history.
    """

    database: Database
    tenant: Tenant
    release: Release
    user: str
    rights: Rights
    locale: str
    timezone: str
    cause: str = "user"
    cause_ref: str | None = None
    stamp: int | None = None
    principal: Principal | None = None

    @property
    def model(self) -> Model:
        """The compiled metadata of the caller's release."""
        return self.release.model

    def verify(self, entry: Entry) -> None:
        """Raise ReleaseChanged or RightsChanged if this caller was built from what is no longer true."""
        if entry.release != self.release.number:
            raise ReleaseChanged
        if self.stamp is not None and entry.stamp != self.stamp:
            raise RightsChanged

    def require(self, system_right: str) -> None:
        """Raise NotAllowed unless the caller holds this system right (metadata, people, tokens, jobs, audit).

        A token must also be good for it: its scopes narrow what its user may do.
        """
        if system_right not in self.rights.system:
            raise NotAllowed
        if self.principal is not None and self.principal.via == "token" and system_right not in self.principal.scopes:
            raise NotAllowed
