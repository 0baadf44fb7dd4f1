"""Taking a change back: publish an older release's documents as a new release. Used by the API and the command line."""

from __future__ import annotations

from typing import Any

from dougong_metadata.model.types import Model
from dougong_platform.releases.draft_stages import Moves
from dougong_platform.releases.publish import publish, publish_or_hand_over
from dougong_platform.releases.release import Release, load
from dougong_tenants import Database, Tenant


def restore(
    database: Database,
    tenant: Tenant,
    number: int,
    *,
    base: int | None = None,
    by: str | None = None,
    note: str = "",
    stages: Moves | None = None,
) -> Release:
    """Make release `number`'s metadata the current one again, under a new number. The draft stays as it is.

    Removed fields and objects come back with their data. A type change is converted back: PublishRefused where values
    written since do not fit. Raises NotFound, PublishConflict.
    """
    model = target(database, tenant, number)
    about: dict[str, Any] = {"base": base, "by": by, "note": note, "restored": number, "stages": stages or {}}
    return publish(database, tenant, model=model, **about)


def restore_or_hand_over(
    database: Database, tenant: Tenant, number: int, *, background: bool | None = None, **about: Any
) -> Release | None:
    """As `restore`, but None if it is left to the worker."""
    model = target(database, tenant, number)
    return publish_or_hand_over(database, tenant, background=background, model=model, restored=number, **about)


def target(database: Database, tenant: Tenant, number: int) -> Model:
    """What restoring `number` would publish, for its plan. Raises NotFound."""
    return load(database, tenant, number).model
