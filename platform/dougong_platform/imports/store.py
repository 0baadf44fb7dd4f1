"""What the tables of imports hold, as objects. Used by the steps, the worker, the API and the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_tenants import TenantTransaction
from dougong_tenants.connection import json_parameter

# draft → checking → checked → running → done → undoing → undone; failed from anywhere a worker is at it
STATES = ("draft", "checking", "checked", "running", "done", "undoing", "undone", "failed")
_COLUMNS = (
    "id",
    "object",
    "file_name",
    "path",
    "size",
    "state",
    "options",
    "mapping",
    "header",
    "total",
    "done",
    "created",
    "updated",
    "unchanged",
    "failed",
    "created_by",
    "created_at",
    "started_at",
    "finished_at",
    "problem",
)
_SELECT = f"select {', '.join(_COLUMNS)} from _import"


@dataclass(frozen=True, slots=True)
class Import:
    """One import. `done`, `created`, `updated`, `unchanged`, `failed` count rows of the trial or the run,
    whichever was last."""

    id: str
    object: str
    file_name: str
    path: str
    size: int
    state: str
    options: Mapping[str, Any]
    mapping: Mapping[str, Any]
    header: list[str]
    total: int | None
    done: int
    created: int
    updated: int
    unchanged: int
    failed: int
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    problem: Mapping[str, Any] | None

    @property
    def folder(self) -> Path:
        """Where its file and its batches lie."""
        return Path(self.path).parent

    def json(self) -> dict[str, Any]:
        """What the API shows; never the path."""
        shown = {name: getattr(self, name) for name in _COLUMNS if name != "path"}
        shown["progress"] = round(self.done / self.total, 4) if self.total else None
        return shown


def read(tx: TenantTransaction, identifier: str, *, lock: bool = False) -> Import:
    """One import. Raises NotFound."""
    rows = tx.rows(_SELECT + " where id = %(id)s::uuid" + (" for update" if lock else ""), {"id": identifier})
    if not rows:
        raise NotFound
    return Import(*rows[0])


def read_own(caller: Caller, tx: TenantTransaction, identifier: str, *, lock: bool = False) -> Import:
    """One import of this caller (or any, for who may look at jobs). Raises NotFound."""
    found = read(tx, identifier, lock=lock)
    if found.created_by != caller.user and "jobs" not in caller.rights.system:
        raise NotFound
    return found


def read_all(caller: Caller, tx: TenantTransaction, limit: int = 50) -> list[Import]:
    """The newest imports: the caller's own, or all for who may look at jobs."""
    own = "" if "jobs" in caller.rights.system else " where created_by = %(user)s::uuid"
    return [
        Import(*row)
        for row in tx.rows(
            f"{_SELECT}{own} order by created_at desc limit %(limit)s", {"user": caller.user, "limit": limit}
        )
    ]


def insert(tx: TenantTransaction, values: Mapping[str, Any]) -> None:
    """A new import in state draft."""
    tx.execute(
        "insert into _import (id, object, file_name, path, size, state, options, mapping, header,"
        " created_by) values (%(id)s::uuid,"
        " %(object)s, %(file_name)s, %(path)s, %(size)s, 'draft', %(options)s::jsonb, %(mapping)s::jsonb,"
        " %(header)s::jsonb, %(created_by)s::uuid)",
        {name: _stored(value) for name, value in values.items()},
    )


def change(tx: TenantTransaction, identifier: str, **values: Any) -> None:
    """Set columns of one import; lists and objects are stored as JSON."""
    sets = ", ".join(
        f"{name} = %({name})s" + ("::jsonb" if name in ("options", "mapping", "header", "problem") else "")
        for name in values
    )
    tx.execute(
        f"update _import set {sets} where id = %(id)s::uuid",
        {**{name: _stored(value) for name, value in values.items()}, "id": identifier},
    )


def _stored(value: Any) -> Any:
    return json_parameter(value) if isinstance(value, (list, dict)) else value


def errors_of(
    tx: TenantTransaction, identifier: str, *, trial: bool, limit: int = 200, after: int = 0
) -> list[dict[str, Any]]:
    """Errors in the order of lines: {line, field, code, message, cells}."""
    names = ("line", "field", "code", "message", "cells")
    rows = tx.rows(
        f"select {', '.join(names)} from _import_error where import = %(id)s::uuid and trial = %(trial)s"
        f" and line > %(after)s"
        " order by line, field limit %(limit)s",
        {"id": identifier, "trial": trial, "after": after, "limit": limit},
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def error_summary(tx: TenantTransaction, identifier: str, *, trial: bool) -> list[dict[str, Any]]:
    """How many lines each kind of error meets: {field, code, message (of the first), count}, most first."""
    names = ("field", "code", "message", "count")
    rows = tx.rows(
        "select field, code, min(message), count(*) from _import_error where import = %(id)s::uuid and"
        " trial = %(trial)s"
        " group by field, code order by count(*) desc, field limit 100",
        {"id": identifier, "trial": trial},
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def cut_off(connection: Connection[Any]) -> None:
    """In a restored tenant, whose imports' files stayed where they were: what was not finished never will be."""
    connection.execute("update _import set path = ''")
    connection.execute(
        "update _import set state = 'failed', problem = %s::jsonb where state not in ('done', 'undone', 'failed')",
        [_stored({"en": "The tenant was restored from a backup.", "zh": "租户已从备份恢复。"})],
    )
