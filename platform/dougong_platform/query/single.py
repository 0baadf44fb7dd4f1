"""One record by its id, and the names by which records are shown. Called by the API, screens and the write path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Text, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_platform.access.predicate import predicate
from dougong_platform.errors import NotFound, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.fields import asked_fields, require_readable
from dougong_platform.query.rows import ReadRows
from dougong_platform.storage import Statement, compile_statement, tables


@dataclass(frozen=True, slots=True)
class _Get:
    statement: Statement
    names: tuple[str, ...]


_gets: Remembered[_Get] = Remembered(1000)
_names: Remembered[Statement] = Remembered(500)


def get(
    caller: Caller, object: str, id: str, fields: Sequence[str] | None = None, *, deleted: bool = False
) -> dict[str, Any]:
    """One record by api names. `deleted` looks in the recycle bin instead.

    Raises NotFound also where the record exists and the caller may not see it; UnknownName, NotAllowed, BadField.
    """
    record_id = uuid_text(id)
    asked = None if fields is None else tuple(fields)
    release, rights = caller.release, caller.rights
    key = (release.model.hash, release.catalogue.key, rights.shape, object, asked, deleted)
    found = _gets.get(key, lambda: _compile_get(caller, object, asked, deleted))
    if record_id is None:
        raise NotFound
    rows = _read(caller, found.statement, caller.environment | {"id": record_id})
    if not rows:
        raise NotFound
    return dict(zip(found.names, rows[0], strict=True))


def display_names(caller: Caller, object: str, ids: Iterable[str]) -> dict[str, str | None]:
    """The value of the name field by id, for those of `ids` that the caller may see."""
    wanted = sorted({found for found in map(uuid_text, ids) if found is not None})
    right = caller.rights.object(object)
    if not wanted or right.read == "none":
        return {}
    release = caller.release
    key = (release.model.hash, release.catalogue.key, caller.rights.shape, object)
    statement = _names.get(key, lambda: _compile_names(caller, object))
    rows = _read(caller, statement, caller.environment | {"ids": "{" + ",".join(wanted) + "}"})
    return {row[0]: row[1] for row in rows}


def uuid_text(text: str) -> str | None:
    """The canonical form of an id, or None for what is none."""
    if len(text) == 36:
        try:
            return str(UUID(text))
        except ValueError:
            pass
    return None


def addressed(text: str) -> str:
    """The id that stands in an address. Raises NotFound for what is none."""
    found = uuid_text(text)
    if found is None:
        raise NotFound
    return found


def _read(caller: Caller, statement: Statement, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    sql = statement.for_tenant(caller.tenant.schema, caller.release.number)
    try:
        entry, rows = caller.database.read(caller.tenant, sql, params, custom_plan=False)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error  # contracted since: the caller's release is long over
    caller.verify(entry)
    return rows


def _compile_get(caller: Caller, object: str, fields: Sequence[str] | None, deleted: bool) -> _Get:
    rights = caller.rights
    require_readable(rights, object)
    names = asked_fields(rights, object, fields, deleted=deleted)
    made = tables(caller.release.model, caller.release.catalogue)
    rows = ReadRows(made, rights, object)
    columns = [rows.shown(tuple(name.split("."))).label(f"f{i}") for i, name in enumerate(names)]
    base = rows.base.c
    conditions = [
        base.id == bindparam("id", type_=PG_UUID(as_uuid=False)),
        base.deleted_at.is_not(None) if deleted else base.deleted_at.is_(None),
    ]
    allowed = predicate(made, rights, object, "read", rows.base)
    if allowed is not None:
        conditions.append(allowed)
    return _Get(compile_statement(select(*columns).select_from(rows.source).where(*conditions)), names)


def _compile_names(caller: Caller, object: str) -> Statement:
    rights = caller.rights
    made = tables(caller.release.model, caller.release.catalogue)
    rows = ReadRows(made, rights, object)
    base = rows.base.c
    name_field = caller.model.objects[object].name_field
    shown = cast(rows.shown((name_field,)) if name_field in rights.shown(object) else None, Text)
    ids = bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=False)))
    conditions = [base.id == any_(ids), base.deleted_at.is_(None)]
    allowed = predicate(made, rights, object, "read", rows.base)
    if allowed is not None:
        conditions.append(allowed)
    return compile_statement(select(base.id, shown).select_from(rows.source).where(*conditions))
