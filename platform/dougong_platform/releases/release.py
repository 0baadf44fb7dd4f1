"""A published release: number, compiled model and physical names. Loaded once per process and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform.errors import NotFound
from dougong_platform.storage import PLAIN, Catalogue

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


class Reads(Protocol):
    """A tenant's transaction or an owner's connection."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run one statement; the answer has fetchone and fetchall."""


_releases: OrderedDict[tuple[str, int], Release] = OrderedDict()
_models: OrderedDict[str, Model] = OrderedDict()
_lock = Lock()


def load(database: Database, tenant: Tenant, number: int) -> Release:
    """Release `number` of a tenant, from memory where possible. Raises NotFound."""
    found = _remembered(tenant, number)
    if found is None:
        with database.transaction(tenant, read_only=True) as tx:
            found = load_on(tx, tenant, number)
    return found


def load_on(tx: Reads, tenant: Tenant, number: int) -> Release:
    """As `load`, inside a transaction of the tenant or on its owner's connection. Number 0 is the empty tenant's."""
    key = (str(tenant.id), number)
    found = _remembered(tenant, number)
    if found is None:
        found = _read(tx, number)
        with _lock:
            _releases[key] = found
            if len(_releases) > _RELEASES_KEPT:
                _releases.popitem(last=False)
    return found


def _remembered(tenant: Tenant, number: int) -> Release | None:
    key = (str(tenant.id), number)
    with _lock:
        found = _releases.get(key)
        if found is not None:
            _releases.move_to_end(key)
        return found


def current(database: Database, tenant: Tenant) -> Release:
    """The release in force now."""
    with database.transaction(tenant, read_only=True) as tx:
        return load_on(tx, tenant, tx.entry.release)


def compiled(documents: Iterable[Document], hash: str) -> Model:
    """The model of documents whose content hash is `hash`: shared by all tenants with equal metadata."""
    with _lock:
        model = _models.get(hash)
        if model is not None:
            _models.move_to_end(hash)
            return model
    model = compile_model(list(documents))
    with _lock:
        _keep(hash, model)
    return model


def remember(model: Model) -> None:
    """Keep a compiled model for the next release with the same documents."""
    with _lock:
        _keep(model.hash, model)


def _keep(hash: str, model: Model) -> None:
    _models[hash] = model
    if len(_models) > _MODELS_KEPT:
        _models.popitem(last=False)


def documents_of(tx: Reads, number: int) -> list[Document]:
    """The documents of a release, by kind and name."""
    rows = tx.execute(
        "select r.kind, r.name, d.body from _release_document r join _document d using (hash) where r.release = %s"
        " order by r.kind, r.name",
        [number],
    ).fetchall()
    return [Document.stored(kind, name, body) for kind, name, body in rows]


def _read(tx: Reads, number: int) -> Release:
    if number == 0:
        return Release(0, compiled([], "empty"), PLAIN)
    row = tx.execute("select model_hash, catalogue from _release where number = %s", [number]).fetchone()
    if row is None:
        raise NotFound
    with _lock:
        model = _models.get(row[0])
    return Release(number, model or compiled(documents_of(tx, number), row[0]), Catalogue.from_json(row[1]))
