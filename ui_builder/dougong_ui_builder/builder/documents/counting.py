"""How many of an object's recent records meet a condition: "of 1,000 recent records 143 would show"."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from dougong_metadata.expressions import Checked, compile_sql
from dougong_platform.http.caller import Caller
from dougong_platform.releases.violations import PlainRows
from dougong_platform.storage import compile_statement
from dougong_platform.storage.tables import tables
from dougong_tenants.errors import StatementTooSlow

RECENT = 1_000  # records looked at
SLOWEST = 3_000  # milliseconds
_WHILE_SAVING = frozenset({"PRIOR", "CHANGED", "ISNEW"})


def count_shown(caller: Caller, condition: Checked) -> dict[str, Any]:
    """{shown, of} over the release in force; {} where it cannot be asked (a new field, a slow question)."""
    model, release = caller.model, caller.release
    known = condition.object in model.objects and all(
        of in model.objects and name in model.objects[of].fields for of, name in condition.fields
    )
    if not known or {name.upper() for name in condition.functions} & _WHILE_SAVING or condition.user_paths:
        return {}
    rows = PlainRows(tables(model, release.catalogue), model, condition.object)
    met = case((func.coalesce(compile_sql(condition, rows), False), 1), else_=0).label("met")
    recent = (
        select(met)
        .select_from(rows.source)
        .where(rows.base.c.deleted_at.is_(None))
        .order_by(rows.base.c.id.desc())
        .limit(RECENT)
        .subquery("recent")
    )
    statement = compile_statement(select(func.coalesce(func.sum(recent.c.met), 0), func.count()).select_from(recent))
    params = {**statement.params, **caller.environment}
    try:
        text = statement.text.replace('"§".', "")  # the tenant's search path finds its tables
        _, found = caller.database.read(caller.tenant, text, params, statement_timeout=SLOWEST)
    except StatementTooSlow:
        return {}
    return {"shown": int(found[0][0]), "of": int(found[0][1])}
