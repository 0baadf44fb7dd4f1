"""What a caller may do with records that are there: asked by pages before they offer it, and by files and shares."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import any_, bindparam, false, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_platform.access.predicate import predicate
from dougong_platform.access.rights import ACTIONS
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.single import uuid_text
from dougong_platform.storage import Statement, compile_statement, tables

NOTHING: frozenset[str] = frozenset()
_statements: Remembered[Statement] = Remembered(500)


def allowed_actions(caller: Caller, object: str, id: str) -> frozenset[str]:
    """Of read, update and delete those that the caller may do with the record, which may lie in the recycle bin."""
    return allowed_on(caller, object, [id]).get(id.lower(), NOTHING)


def allowed_on(caller: Caller, object: str, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """By id, for the records that the caller may see: the same. Raises CallerOutdated."""
    wanted = sorted({found for found in map(uuid_text, ids) if found is not None})
    if not wanted or not caller.rights.may(object, "read"):
        return {}
    release = caller.release
    key = (release.model.hash, release.catalogue.key, caller.rights.shape, object)
    statement = _statements.get(key, lambda: _compile(caller, object))
    entry, rows = caller.database.read(
        caller.tenant,
        statement.for_tenant(caller.tenant.schema, release.number),
        caller.environment | {"ids": "{" + ",".join(wanted) + "}"},
        custom_plan=False,
    )
    caller.verify(entry)
    return {row[0]: frozenset(a for a, may in zip(ACTIONS, row[1:], strict=True) if may) for row in rows if row[1]}


def _compile(caller: Caller, object: str) -> Statement:
    made = tables(caller.release.model, caller.release.catalogue)
    row = made[object].alias("t")
    may = []
    for action in ACTIONS:
        condition = predicate(made, caller.rights, object, action, row)
        may.append(true() if condition is None else func.coalesce(condition, false()))
    ids = bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=False)))
    return compile_statement(select(row.c.id, *may).where(row.c.id == any_(ids)))
