"""Who asks, for which tenant, under which release and rights: the first argument of everything the engine does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dougong_platform.errors import NotAllowed, ReleaseChanged, RightsChanged
from dougong_tenants.organisation import alone

if TYPE_CHECKING:
    from dougong_metadata.model.types import Model
    from dougong_platform.access.rights import Rights
    from dougong_platform.releases.release import Release
    from dougong_tenants import Database, Entry, Principal, Tenant
    from dougong_tenants.organisation import Reach


ANY_KIND = "*"


@dataclass(frozen=True, slots=True)
class Caller:
    """Immutable; `verify` it against the Entry of the very transaction that serves it.

    `user` is the user's id as text; `stamp` is the tenant's stamp under which rights were looked up, None for
    callers that the engine makes itself (imports, jobs); `cause`/`cause_ref` go into history; `reach` says whose
    records are the user's, None = his own alone. `chain` names the automations whose effects these writes are.
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
    reach: Reach | None = None
    chain: tuple[str, ...] = ()

    @property
    def model(self) -> Model:
        """The compiled metadata of the caller's release."""
        return self.release.model

    @property
    def environment(self) -> dict[str, Any]:
        """The parameters that any of the caller's statements may ask for: who, his time zone, whom he reaches.

        A new dictionary: add what else the statement needs.
        """
        return {
            "env_user": self.user,
            "env_timezone": self.timezone,
            "env_locale": self.locale,
            **_owner_lists(self.rights, self.reach, self.user),
        }

    def verify(self, entry: Entry) -> None:
        """Raise ReleaseChanged or RightsChanged if this caller was built from what is no longer true."""
        if entry.release != self.release.number:
            raise ReleaseChanged
        if self.stamp is not None and entry.stamp != self.stamp:
            raise RightsChanged

    def holds(self, system_right: str, kind: str | None = None) -> bool:
        """Whether the caller holds this system right (metadata, people, tokens, jobs, audit).

        `metadata` is held for single kinds of documents too: `kind` says which one is meant, ANY_KIND that one of them
        is enough. A token must also be good for the right: its scopes narrow what its user may do.
        """
        rights = self.rights
        by_kind = system_right == "metadata" and (kind in rights.kinds or (kind == ANY_KIND and bool(rights.kinds)))
        if system_right not in rights.system and not by_kind:
            return False
        principal = self.principal
        return principal is None or principal.via != "token" or system_right in principal.scopes

    def require(self, system_right: str, kind: str | None = None) -> None:
        """Raise NotAllowed unless the caller holds this system right."""
        if not self.holds(system_right, kind):
            raise NotAllowed


@lru_cache(maxsize=2_000)
def _owner_lists(rights: Rights, reach: Reach | None, user: str) -> Mapping[str, str]:
    return rights.parameters(reach or alone(user))
