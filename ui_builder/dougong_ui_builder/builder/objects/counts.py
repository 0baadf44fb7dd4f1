"""How many records there are, have a value, have which value: asked of the release in force, given up when slow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from dougong_platform.http.caller import Caller
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables
from dougong_tenants.errors import StatementTooSlow

SLOWEST = 2_000  # milliseconds
LISTS = frozenset({"multi_picklist"})


def count_records(caller: Caller, object: str) -> int | None:
    """None when there is no such object yet, or counting takes too long."""
    rows = _read(caller, object, None, lambda table, _: select(func.count()).where(table.c.deleted_at.is_(None)))
    return int(rows[0][0]) if rows else None


def count_filled(caller: Caller, object: str, field: str) -> int | None:
    """Records that have a value."""

    def ask(table: Any, column: ColumnElement[Any]) -> Select[Any]:
        return select(func.count()).where(table.c.deleted_at.is_(None), column.is_not(None))

    rows = _read(caller, object, field, ask)
    return int(rows[0][0]) if rows else None


def count_values(caller: Caller, object: str, field: str, several: bool) -> dict[str, int]:
    """Records by the value they hold, for picklists."""

    def ask(table: Any, column: ColumnElement[Any]) -> Select[Any]:
        value = (func.unnest(column) if several else column).label("value")
        return select(value, func.count()).where(table.c.deleted_at.is_(None), column.is_not(None)).group_by(value)

    return {value: int(n) for value, n in _read(caller, object, field, ask)}


def _read(caller: Caller, object: str, field: str | None, ask: Any) -> list[tuple[Any, ...]]:
    model = caller.model.objects.get(object)
    if model is None or (field is not None and field not in model.fields):
        return []
    table = tables(caller.model, caller.release.catalogue)[object]
    statement = compile_statement(ask(table, table.c[field] if field else None))
    text = statement.text.replace('"§".', "")  # the tenant's search path finds its tables
    try:
        return list(caller.database.read(caller.tenant, text, statement.params, statement_timeout=SLOWEST)[1])
    except StatementTooSlow:
        return []
