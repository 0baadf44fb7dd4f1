"""Brings a backup back as a new tenant: schema, rows, people and files, in one transaction or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from psycopg import errors, sql

from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_platform.backups.archive import Reader, reading
from dougong_platform.backups.errors import BackupDamaged, BackupOfAnother, BackupTooNew, TenantNotEmpty
from dougong_platform.backups.filling import fill
from dougong_platform.backups.unpacking import unpacked
from dougong_platform.files.store import FileStore
from dougong_platform.storage.engine_tables import statements
from dougong_tenants import Database, Tenant
from dougong_tenants.errors import TenantsError
from dougong_tenants.tenancy import NewTenant, create, find, get

_UNREADABLE = (errors.DataError, errors.IntegrityError, errors.ProgrammingError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Restored:
    """The tenant as it is now, and how much came back."""

    tenant: Tenant
    rows: int
    files: int
    made_at: str


def restore(database: Database, home: Path, path: Path, tenant: str, name: str | None = None) -> Restored:
    """Bring the backup of `tenant` back under the name `name` (its own unless given); a tenant of that name which has
    no records is replaced.

    Raises BackupDamaged, BackupTooNew, BackupOfAnother, TenantNotEmpty, TenantNameInvalid; nothing has changed then.
    """
    with reading(path) as archive:
        heading = archive.heading
        if heading.tenant["name"] != tenant:
            raise BackupOfAnother(path=path, found=heading.tenant["name"], wanted=tenant)
        _known(archive)
        present = find(database, name or tenant)
        if present is not None and not _empty(database, present):
            raise TenantNotEmpty(name=present.name)
        rows = _make(database, FileStore(home), archive, name or tenant, present)
        return Restored(
            get(database, name or tenant), rows, sum("." not in f for f in archive.files()), heading.made_at
        )


def _known(archive: Reader) -> None:
    """Refuse what a later version wrote: changes of tables that this one does not know."""
    here = {noun: len(all_) for noun, all_ in statements()}
    if any(applied > here.get(noun, 0) for noun, applied in archive.heading.engine.items()):
        raise BackupTooNew(path=archive.path, product=archive.heading.product)


def _empty(database: Database, tenant: Tenant) -> bool:
    """Whether no object has a record, deleted or not, and there is no file."""
    with database.owner(tenant) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "select physical from _column where field = '' and to_regclass(quote_ident(physical)) is not null"
            )
        ]
        query = sql.SQL(" union all ").join(
            sql.SQL("(select 1 from {} limit 1)").format(sql.Identifier(t)) for t in [*tables, "_file"]
        )
        return connection.execute(query).fetchone() is None


def _make(database: Database, store: FileStore, archive: Reader, name: str, present: Tenant | None) -> int:
    about, rows = archive.heading.tenant, 0
    try:
        label = Label(about["label"]["en"], about["label"]["zh"])
        new = NewTenant(name, label, about["locale"], about["timezone"], about["currency"])
        with unpacked(store, archive) as placed:

            def prepare(connection: object, made: Tenant) -> None:
                nonlocal rows
                rows = fill(connection, made, archive)  # type: ignore[arg-type]  # an owner's connection, as create says
                placed(made.schema)

            create(database, new, prepare, instead_of=present)
    except _UNREADABLE as problem:
        raise BackupDamaged(path=archive.path, reason=str(problem).strip().split("\n")[0]) from problem
    except Fault as problem:
        if isinstance(problem, (TenantsError, BackupDamaged)):
            raise
        raise BackupDamaged(path=archive.path, reason=problem.message("en")) from problem
    return rows
