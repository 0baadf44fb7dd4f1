"""Runs a question: its statement is compiled once per shape and asked in one round trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import psycopg

from dougong_metadata.expressions.types import Type
from dougong_platform.errors import BadRequest, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.fields import require_readable
from dougong_platform.reports.answer import OTHER
from dougong_platform.reports.errors import TooSlow
from dougong_platform.reports.grouped.group import LATER_DAYS, LATER_MONTHS
from dougong_platform.reports.grouped.money import ENV_CURRENCY
from dougong_platform.reports.grouped.placing import sorted_key, sorted_other
from dougong_platform.reports.grouped.plan import Plan, lift, make
from dougong_platform.reports.grouped.question import Question
from dougong_platform.reports.grouped.statement import Columns, statement
from dougong_platform.storage import Statement, compile_statement
from dougong_tenants.errors import StatementTooSlow

MOST_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Compiled:
    """A question's statement, what binds its literals, and the types of its numbers by name."""

    statement: Statement
    columns: Columns
    plan: Plan
    types: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Line:
    """`level`: which groups it is not about, as bits, the last group being the lowest. `others`: positions of groups of
    which it is all others. `before`: the numbers of the earlier span."""

    level: int
    keys: tuple[Any, ...]
    numbers: tuple[Any, ...]
    before: tuple[Any, ...] = ()
    others: frozenset[int] = frozenset()


_compiled: Remembered[Compiled] = Remembered(1000)


def run(
    caller: Caller, question: Question, given: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Compiled, list[Line]]:
    """The question's lines, in no order where it asks for sums. `given`: parameters of groups that are its own.

    Raises UnknownName, NotAllowed, BadRequest, BadField, BadFilter, BadSort, TooSlow, CallerOutdated.
    """
    require_readable(caller.rights, question.object)
    lifted = lift(question)
    compiled = _compiled.get(_key(caller, question, lifted), lambda: _compile(caller, question, lifted))
    params: dict[str, Any] = caller.environment
    params[ENV_CURRENCY] = caller.tenant.currency
    compared = question.compared
    if compared is not None:
        params |= {LATER_MONTHS: compared.months, LATER_DAYS: compared.days}
    params.update(compiled.plan.bind(question, lifted))
    params.update(_column_keys(question, compiled.plan))
    params.update(given)
    return compiled, [_line(row, compiled.columns) for row in ask(caller, compiled.statement, params)]


def _column_keys(question: Question, plan: Plan) -> dict[str, Any]:
    """What binds the columns by which rows are sorted: keys as the server writes them."""
    groups = plan.groups[len(question.rows) :]
    return {
        sorted_key(at, place): None if key in (None, OTHER) else one.written(key)
        for at, keys in enumerate(question.sort_columns)
        for place, (one, key) in enumerate(zip(groups, keys, strict=True))
    } | {
        sorted_other(at, place): key == OTHER
        for at, keys in enumerate(question.sort_columns)
        for place, key in enumerate(keys)
    }


def ask(caller: Caller, made: Statement, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a report's statement. Raises TooSlow, BadRequest, CallerOutdated."""
    sql = made.for_tenant(caller.tenant.schema, caller.release.number)
    try:
        limit = max(1, round(MOST_SECONDS * 1000))
        entry, rows = caller.database.read(caller.tenant, sql, params, statement_timeout=limit)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error
    except StatementTooSlow as error:
        raise TooSlow(seconds=MOST_SECONDS) from error
    except (psycopg.errors.DivisionByZero, psycopg.errors.NumericValueOutOfRange) as error:
        raise BadRequest(
            en="A calculation has no result (division by zero, or a number out of range).",
            zh="计算没有结果（除以零或数值超出范围）。",
        ) from error
    caller.verify(entry)
    return rows


def _key(caller: Caller, question: Question, lifted: Mapping[str, tuple[str, tuple[str, ...]]]) -> tuple[Any, ...]:
    release, compared = caller.release, question.compared
    shape = replace(
        question,
        where=(),
        period=None,
        having=None,
        numbers=(),
        sort_columns=(),
        compared=None if compared is None else replace(compared, where="", months=0, days=0, numbers=()),
    )
    texts = tuple((prefix, shape_text) for prefix, (shape_text, _) in lifted.items())
    names = tuple((number.name, number.by_gap) for number in question.numbers)
    return (release.model.hash, release.catalogue.key, caller.rights.shape, shape, names, texts)


def _compile(caller: Caller, question: Question, lifted: Any) -> Compiled:
    plan = make(caller, question, lifted)
    found, columns = statement(caller, question, plan)
    return Compiled(compile_statement(found), columns, plan, {f.name: f.type for f in plan.formulas})


def _line(row: tuple[Any, ...], columns: Columns) -> Line:
    at = 1 + columns.groups
    others = frozenset(i for n, i in enumerate(columns.others) if row[at + n])
    start = at + len(columns.others)
    end = start + columns.numbers
    return Line(row[0], row[1:at], row[start:end], row[end:] if columns.compared else (), others)
