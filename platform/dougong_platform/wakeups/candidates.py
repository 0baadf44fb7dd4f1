"""The records that a rule looks at, as SQL: which day each has, and whether the rule's condition holds now.

Compiled once per model and rule; only parameters travel after that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import UUID

from dougong_metadata.expressions import compile_sql
from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.access import rights_for
from dougong_platform.access.conditions import PlainRows
from dougong_platform.http.caller import Caller
from dougong_platform.records.statement import Statement, fragment
from dougong_platform.releases.release import Release
from dougong_platform.storage.tables import Named, column_type, tables
from dougong_tenants import Database, Tenant

NOBODY = "00000000-0000-0000-0000-000000000000"
_ZONE: ColumnElement[str] = bindparam("env_zone", None, type_=Text())


def environment(database: Database, tenant: Tenant, release: Release) -> dict[str, Any]:
    """What conditions may ask for: nobody asks, in the tenant's time zone."""
    rights = rights_for(release.model, (), True)
    caller = Caller(database, tenant, release, NOBODY, rights, tenant.locale, tenant.timezone, cause="automation")
    return caller.environment | {"env_zone": tenant.timezone, "tenant_timezone": tenant.timezone}


def day_of(column: ColumnElement[Any], is_date: bool) -> ColumnElement[Any]:
    """The field's day in the tenant's time zone."""
    return column if is_date else cast(func.timezone(_ZONE, column), Date())


def dated(release: Release, automation: AutomationModel) -> str:
    """SELECT id, version, at, day, met: the next `env_limit` records in the order of (at, id) after (env_at, env_id)
    whose day is between env_first and env_last, and which are not deleted."""
    return _dated(_named(release), automation.name)


def fitting(release: Release, automation: AutomationModel) -> str:
    """SELECT id, version: all records for which the condition holds."""
    return _fitting(_named(release), automation.name)


def nearest(release: Release, automation: AutomationModel) -> str:
    """SELECT the first day from env_at on: one look into the index."""
    return _nearest(_named(release), automation.name)


def among(release: Release, automation: AutomationModel) -> str:
    """SELECT the earliest day of the records `env_ids` from env_first to env_last on which nothing was decided yet."""
    return _among(_named(release), automation.name)


def _named(release: Release) -> Named:
    return Named(release.model.hash, release.catalogue.key, release.model, release.catalogue)


@lru_cache(maxsize=2_000)
def _dated(named: Named, name: str) -> str:
    automation, table, rows = _parts(named, name)
    met = _met(automation, table, rows)
    at, is_date, day = _date(named, automation, table)
    kind = column_type("date" if is_date else "timestamptz")
    low, id = bindparam("env_at", None, type_=kind), bindparam("env_id", None, type_=UUID(as_uuid=False))
    found = (
        select(table.c.id, table.c.version, at.label("at"), day.label("day"), met.label("met"))
        .select_from(rows.source)
        .where(
            table.c.deleted_at.is_(None),
            func.row(at, table.c.id) > func.row(low, id),
            at <= bindparam("env_end", None, type_=kind),
            day.between(bindparam("env_first", None, type_=Date()), bindparam("env_last", None, type_=Date())),
        )
        .order_by(at, table.c.id)
    )
    return f"{_text(found)} limit %(env_limit)s"


@lru_cache(maxsize=2_000)
def _fitting(named: Named, name: str) -> str:
    automation, table, rows = _parts(named, name)
    met = _met(automation, table, rows)
    found = select(table.c.id, table.c.version).select_from(rows.source).where(table.c.deleted_at.is_(None), met)
    return _text(found)


@lru_cache(maxsize=2_000)
def _nearest(named: Named, name: str) -> str:
    automation, table, _ = _parts(named, name)
    at, is_date, _ = _date(named, automation, table)
    start = bindparam("env_at", None, type_=column_type("date" if is_date else "timestamptz"))
    found = select(day_of(func.min(at), is_date)).where(table.c.deleted_at.is_(None), at >= start)
    return _text(found)


@lru_cache(maxsize=2_000)
def _among(named: Named, name: str) -> str:
    automation, table, _ = _parts(named, name)
    _, _, day = _date(named, automation, table)
    found = select(table.c.id, day.label("day")).where(
        table.c.deleted_at.is_(None),
        table.c.id == func.any(bindparam("env_ids", None, type_=column_type("uuid[]"))),
        day.between(bindparam("env_first", None, type_=Date()), bindparam("env_last", None, type_=Date())),
    )
    return (
        f'select min(c.day) from ({_text(found)}) c where not exists (select from "§"._fired f'
        " where f.rule = %(rule)s and f.record = c.id and f.due = c.day + %(days)s::int + %(time)s::time)"
    )


def _text(found: Select[Any]) -> str:
    return Statement(fragment(found)).text  # type: ignore[arg-type]  # it takes any clause


def _parts(named: Named, name: str) -> tuple[AutomationModel, FromClause, PlainRows]:
    automation = named.model.automations[name]
    assert automation.object is not None
    known = tables(named.model, named.catalogue)
    table = known[automation.object].alias("t")
    return automation, table, PlainRows(known, named.model, automation.object, table)


def _met(automation: AutomationModel, table: FromClause, rows: PlainRows) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if automation.record_types:
        parts.append(func.coalesce(table.c.record_type.in_(list(automation.record_types)), False))
    if automation.condition is not None:
        parts.append(compile_sql(automation.condition, rows, known=True))
    return and_(true(), *parts) if parts else literal_column("true")


def _date(
    named: Named, automation: AutomationModel, table: FromClause
) -> tuple[ColumnElement[Any], bool, ColumnElement[Any]]:
    """The column, whether it is a date, and its day."""
    assert automation.object is not None
    field = named.model.objects[automation.object].fields[str(automation.trigger.field)]
    column, is_date = table.c[field.name], field.type.pg_type == "date"
    return column, is_date, day_of(column, is_date)
