"""Grouped numbers: `aggregate` answers POST /api/v1/query, reports and totals with one statement under access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Select, Subquery, literal_column, select

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check, compile_sql, lift_literals
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.predicate import predicate
from dougong_platform.errors import BadRequest, BadSort, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.fields import require_readable
from dougong_platform.query.filter import bad_filter, parse_filter, scope
from dougong_platform.query.grouping import Group, group
from dougong_platform.query.rows import ReadRows
from dougong_platform.storage import Statement, compile_statement, tables

_PARTS = frozenset({"from", "where", "group_by", "aggregates", "having", "order_by", "limit"})
MOST_ROWS = 10_000
MOST_GROUPS = 10
MOST_AGGREGATES = 50


@dataclass(frozen=True, slots=True)
class Spec:
    """A grouped query as texts; `aggregates` are (alias, expression)."""

    object: str
    where: str | None = None
    group_by: tuple[str, ...] = ()
    aggregates: tuple[tuple[str, str], ...] = ()
    having: str | None = None
    order_by: tuple[str, ...] = ()
    limit: int = 1000

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Spec:
        """From JSON: {from, where, group_by, aggregates, having, order_by, limit}. Raises BadRequest."""
        unknown = sorted(set(given) - _PARTS)
        if unknown:
            raise _bad(f"“{unknown[0][:60]}” is not a part of a query.", f"查询不支持「{unknown[0][:60]}」。")
        aggregates = given.get("aggregates", {})
        if not isinstance(aggregates, dict) or not all(isinstance(v, str) for v in aggregates.values()):
            raise _bad(
                "“aggregates” must be an object of expressions by name.", "aggregates 须为“名称: 表达式”的对象。"
            )
        limit = given.get("limit", 1000)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_ROWS:
            raise _bad(f"“limit” must be from 1 to {MOST_ROWS}.", f"limit 须在 1 到 {MOST_ROWS} 之间。")
        object = _text(given, "from")
        if object is None:
            raise _bad("“from” must name an object.", "from 须为对象名。")
        return cls(
            object,
            _text(given, "where"),
            _texts(given, "group_by", MOST_GROUPS),
            tuple(aggregates.items()),
            _text(given, "having"),
            _texts(given, "order_by", MOST_GROUPS),
            limit,
        )


@dataclass(frozen=True, slots=True)
class _Prepared:
    groups: tuple[Group, ...]
    aggregates: tuple[tuple[str, Checked], ...]
    having: Checked | None


_compiled: Remembered[Statement] = Remembered(1000)


def aggregate(caller: Caller, spec: Spec | Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows by group path and alias. Raises BadRequest, BadField, BadFilter, BadSort, UnknownName, NotAllowed."""
    asked = spec if isinstance(spec, Spec) else Spec.of(spec)
    require_readable(caller.rights, asked.object)
    groups = tuple(group(caller.rights, asked.object, text) for text in dict.fromkeys(asked.group_by))
    if not groups and not asked.aggregates:
        raise _bad("Name “group_by” or “aggregates”.", "请给出 group_by 或 aggregates。")
    if len(asked.aggregates) > MOST_AGGREGATES:
        raise _bad(f"At most {MOST_AGGREGATES} aggregates.", f"聚合最多 {MOST_AGGREGATES} 个。")
    params: dict[str, Any] = caller.environment
    where = parse_filter(caller.rights, asked.object, asked.where)
    if where is not None:
        params.update(where.params)
    prepared = _prepare(caller, asked, groups, params)
    release = caller.release
    key = (
        release.model.hash,
        release.catalogue.key,
        caller.rights.shape,
        asked.object,
        None if where is None else where.shape.text,
        tuple(g.text for g in groups),
        tuple((alias, c.text) for alias, c in prepared.aggregates),
        None if prepared.having is None else prepared.having.text,
        asked.order_by,
        asked.limit,
    )
    statement = _compiled.get(
        key, lambda: compile_statement(_statement(caller, asked, prepared, None if where is None else where.shape))
    )
    return _run(caller, statement, params, [g.text for g in groups] + [alias for alias, _ in prepared.aggregates])


def _run(caller: Caller, statement: Statement, params: Mapping[str, Any], names: Sequence[str]) -> list[dict[str, Any]]:
    try:
        entry, rows = caller.database.read(
            caller.tenant, statement.for_tenant(caller.tenant.schema, caller.release.number), params
        )
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error
    except (psycopg.errors.DivisionByZero, psycopg.errors.NumericValueOutOfRange) as error:
        raise _bad(
            "A calculation has no result (division by zero, or a number out of range).",
            "计算没有结果（除以零或数值超出范围）。",
        ) from error
    caller.verify(entry)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _prepare(caller: Caller, spec: Spec, groups: tuple[Group, ...], params: dict[str, Any]) -> _Prepared:
    aggregates = []
    names: dict[str, Type] = {g.text: g.type for g in groups}
    for number, (alias, text) in enumerate(spec.aggregates):
        if alias in names or not alias or len(alias) > 60 or not alias.isprintable():
            raise _bad(f"“{alias[:60]}” cannot name an aggregate.", f"「{alias[:60]}」不能作为聚合名称。")
        checked = _lifted(text, scope(caller.rights, spec.object, "aggregate"), f"a{number}", params)
        aggregates.append((alias, checked))
        names[alias] = checked.type
    having = None
    if spec.having and spec.having.strip():
        having = _lifted(spec.having, Scope(_nothing, "", "condition", names=names), "h", params)
    return _Prepared(groups, tuple(aggregates), having)


def _lifted(text: str, where: Scope, prefix: str, params: dict[str, Any]) -> Checked:
    try:
        shape, values = lift_literals(text)
        checked = check(shape, where, source=text)
        params.update(checked.bind(values, prefix=prefix, source=text))
    except ExpressionError as error:
        raise bad_filter(error) from error
    return checked


def _statement(caller: Caller, spec: Spec, prepared: _Prepared, where: Checked | None) -> Select[Any]:
    made = tables(caller.release.model, caller.release.catalogue)
    rows = ReadRows(made, caller.rights, spec.object)
    grouped = [g.column(rows) for g in prepared.groups]
    columns = [column.label(f"g{i}") for i, column in enumerate(grouped)]
    for number, (_, checked) in enumerate(prepared.aggregates):
        columns.append(compile_sql(checked, rows, prefix=f"a{number}").label(f"a{number}"))
    conditions: list[ColumnElement[bool]] = [rows.base.c.deleted_at.is_(None)]
    allowed = predicate(made, caller.rights, spec.object, "read", rows.base)
    if allowed is not None:
        conditions.append(allowed)
    if where is not None:
        conditions.append(compile_sql(where, rows))
    inner = select(*columns).select_from(rows.source).where(*conditions)
    if grouped:
        inner = inner.group_by(*(column for column in grouped))
    found = inner.subquery("q")
    answered = _Answered(found, prepared)
    outer = select(*found.c)
    if prepared.having is not None:
        outer = outer.where(compile_sql(prepared.having, answered, prefix="h"))
    return outer.order_by(*answered.order(spec.order_by, spec.object)).limit(literal_column(str(spec.limit)))


class _Answered:
    """The grouped rows as a table, for `having` and `order_by`."""

    def __init__(self, found: Subquery, prepared: _Prepared) -> None:
        self._columns: dict[str, ColumnElement[Any]] = {}
        self._ordered: dict[str, ColumnElement[Any]] = {}
        for i, g in enumerate(prepared.groups):
            self._columns[g.text] = found.c[f"g{i}"]
            self._ordered[g.text] = g.ordered(found.c[f"g{i}"])
        for i, (alias, _) in enumerate(prepared.aggregates):
            self._columns[alias] = self._ordered[alias] = found.c[f"a{i}"]
        self._groups = tuple(g.text for g in prepared.groups)

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self._columns[".".join(path)]

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        raise TypeError("no records point to a row of numbers")

    def order(self, order_by: Sequence[str], object: str) -> list[ColumnElement[Any]]:
        """ORDER BY, blank last; ended by all groups so that equal questions have equal answers."""
        found: list[ColumnElement[Any]] = []
        for text in (*order_by, *self._groups):
            name = text.removeprefix("-")
            if name not in self._ordered:
                raise BadSort(name=name[:100])
            column = self._ordered[name]
            found.append(column.desc().nulls_last() if text.startswith("-") else column.asc().nulls_last())
        return found


def _nothing(name: str) -> Mapping[str, FieldModel]:
    return {}


def _text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise _bad(f"“{key}” must be text.", f"{key} 须为文本。")
    return value


def _texts(given: Mapping[str, Any], key: str, most: int) -> tuple[str, ...]:
    value = given.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value) or len(value) > most:
        raise _bad(f"“{key}” must be a list of at most {most} texts.", f"{key} 须为最多 {most} 项的文本列表。")
    return tuple(value)


def _bad(en: str, zh: str) -> BadRequest:
    return BadRequest(en=en, zh=zh)
