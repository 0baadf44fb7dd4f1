"""A published release: its number, its compiled model and its physical names. Loaded once per process and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform.errors import NotFound
from dougong_platform.storage import Catalogue

if TYPE_CHECKING:
    from dougong_tenants import Database, Tenant

_RELEASES_KEPT = 2_000  # small: a number and two references
_MODELS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Release:
    """What every request works under. Immutable; `number` counts from 1 in each tenant."""

    number: int
    model: Model
    catalogue: Catalogue


_releases: OrderedDict[tuple[str, int], Release] = OrderedDict()
_models: OrderedDict[str, Model] = OrderedDict()
_lock = Lock()


def load(database: Database, tenant: Tenant, number: int) -> Release:
    """Release `number` of a tenant, from memory where possible. Raises NotFound."""
    key = (str(tenant.id), number)
    with _lock:
        found = _releases.get(key)
        if found is not None:
            _releases.move_to_end(key)
            return found
    release = _read(database, tenant, number)
    with _lock:
        _releases[key] = release
        if len(_releases) > _RELEASES_KEPT:
            _releases.popitem(last=False)
    return release


def current(database: Database, tenant: Tenant) -> Release:
    """The release in force now."""
    with database.transaction(tenant, read_only=True) as tx:
        number = tx.entry.release
    return load(database, tenant, number)


def compiled(documents: Iterable[Document], hash: str) -> Model:
    """The model of documents whose content hash is `hash`: shared by all tenants with equal metadata."""
    with _lock:
        model = _models.get(hash)
        if model is not None:
            _models.move_to_end(hash)
            return model
    model = compile_model(list(documents))
    remember(model)
    return model


def remember(model: Model) -> None:
    """Keep a compiled model for the next release with the same documents."""
    with _lock:
        _models[model.hash] = model
        if len(_models) > _MODELS_KEPT:
            _models.popitem(last=False)


def documents_of(tx: Any, number: int) -> list[Document]:
    """The documents of a release, by kind and name; `tx` is anything with `execute`."""
    rows = tx.execute(
        "select r.kind, r.name, d.body from _release_document r join _document d using (hash) where r.release = %s"
        " order by r.kind, r.name", [number]).fetchall()
    return [Document.stored(kind, name, body) for kind, name, body in rows]


def _read(database: Database, tenant: Tenant, number: int) -> Release:
    with database.transaction(tenant, read_only=True) as tx:
        row = tx.execute("select model_hash, catalogue from _release where number = %s", [number]).fetchone()
        if row is None:
            raise NotFound
        with _lock:
            model = _models.get(row[0])
        documents = [] if model is not None else documents_of(tx, number)
    return Release(number, model or compiled(documents, row[0]), Catalogue.from_json(row[1]))
