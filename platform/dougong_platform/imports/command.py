"""An import without a browser: upload, map, start and work off at once. Called by the command line and by tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from dougong_platform.errors import NotFound
from dougong_platform.imports import steps, store
from dougong_platform.imports.errors import MappingInvalid
from dougong_platform.imports.run import work
from dougong_platform.people.acting import acting_as
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy.directory import find

LARGEST = 2 << 30  # bytes


def import_now(
    database: Database,
    home: Path,
    tenant_name: str,
    object: str,
    file: Path,
    *,
    mapping: Path | None = None,
    key: str | None = None,
    user: str | None = None,
    options: Mapping[str, Any] | None = None,
    trial: bool = False,
    progress: Callable[[store.Import], None] | None = None,
) -> tuple[store.Import, list[dict[str, Any]]]:
    """The finished import and a summary of its errors. Raises the faults of the steps."""
    tenant = find(database, tenant_name)
    if tenant is None:
        raise NotFound
    caller = acting_as(database, tenant, _user(database, tenant, user), cause="import")
    given = _read_mapping(mapping) if mapping else None
    with file.open("rb") as stream:
        job = steps.upload(caller, object, file.name, stream, home, LARGEST, options, given)
    if key is not None:
        job = steps.configure(caller, job.id, mapping={**job.mapping, "key": key})
    (steps.check if trial else steps.start)(caller, job.id)
    work(database, tenant, job.id, progress)
    with database.transaction(tenant, read_only=True) as tx:
        return store.read(tx, job.id), store.error_summary(tx, job.id, trial=trial)


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingInvalid(
            en=f"{path.name} is not valid YAML: {error}", zh=f"{path.name} 不是有效的 YAML：{error}"
        ) from None
    if not isinstance(given, dict):
        raise MappingInvalid(
            en=f"{path.name} has to be an object with “columns”.", zh=f"{path.name} 须为包含 columns 的对象。"
        )
    return given


def _user(database: Database, tenant: Tenant, email: str | None) -> str:
    """The id of the user with this e-mail, else of the longest-serving administrator."""
    with database.transaction(tenant, read_only=True) as tx:
        rows = tx.rows(
            'select u.id from "user" u where u.deleted_at is null and u.active and ((%(email)s::text is'
            " not null and lower(u.email) = lower(%(email)s::text))"
            ' or (%(email)s::text is null and exists (select from user_permission_set s where s."user"'
            " = u.id and s.permission_set = 'administrator' and s.until_at is null"
            " and (s.from_at is null or s.from_at <= now()))))"
            " order by u.created_at limit 1",
            {"email": email},
        )
    if not rows:
        raise NotFound
    return str(rows[0][0])
