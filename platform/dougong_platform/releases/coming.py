"""Unique keys of a release that is being prepared: they bind writers a little before it is in force. Asked by the write
path when PostgreSQL refuses a row under a key that the release in force does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel
from dougong_platform.releases.release import compiled, documents_of
from dougong_platform.storage import Catalogue
from dougong_platform.storage.structure import structure
from dougong_tenants import Database, Tenant


@dataclass(frozen=True, slots=True)
class ComingKey:
    """The fields that have to be unique together from release `release` on, as that release knows them."""

    release: int
    object: str
    fields: tuple[FieldModel, ...]


def coming_key(database: Database, tenant: Tenant, index: str) -> ComingKey | None:
    """The key behind a unique index of the publish that is going on; None if it is no key of such."""
    with database.transaction(tenant, read_only=True) as tx:
        rows = tx.rows("select target, model_hash, catalogue from _publish where state = 'preparing'")
        if not rows:
            return None
        number, hash, catalogue = rows[0]
        model, names = compiled(documents_of(tx, number), hash), Catalogue.from_json(catalogue)
    found = structure(model, names).unique(index)
    if found is None:
        return None
    object = next(o for o in model.objects.values() if not o.system and names.table(o.name) == found.table)
    return ComingKey(number, object.name, tuple(object.fields[name] for name in found.fields))
