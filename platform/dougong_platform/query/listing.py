"""Lists: `list_records` answers one page of an object's records. Called by the API, screens and exports.

One statement, or a second one for the page on which records without a value in the first sort key begin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Integer, Select, literal_column, or_, select, union_all

from dougong_metadata.expressions import compile_sql
from dougong_platform.access.predicate import ways
from dougong_platform.errors import BadCursor, BadRequest, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.cursor import decode, encode
from dougong_platform.query.each_way import count, hold
from dougong_platform.query.fields import asked_fields, require_readable
from dougong_platform.query.filter import Filter, needs_value, parse_filter
from dougong_platform.query.paging import Arm, Form, arms, conditions, order
from dougong_platform.query.rows import ReadRows
from dougong_platform.query.sort import sort_keys
from dougong_platform.storage import Statement, compile_statement, tables

MOST_ROWS = 1000  # of one page
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the cursor of the following page or None; `count` is None unless asked for."""

    records: list[dict[str, Any]]
    next: str | None = None
    count: int | None = None
    count_capped: bool = False

    def json(self) -> dict[str, Any]:
        """{"records", "next"} and, if asked for, "count" and "count_capped"."""
        found: dict[str, Any] = {"records": self.records, "next": self.next}
        if self.count is not None:
            found |= {"count": self.count, "count_capped": self.count_capped}
        return found


@dataclass(frozen=True, slots=True)
class Question:
    """What a list asks, apart from values; equal questions share a statement."""

    object: str
    fields: tuple[str, ...] | None
    sort: tuple[str, ...]
    form: Form
    limit: int
    count: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """`statements` are the page's arms in order; a later one is asked only if those before did not fill the page.
    `names` label the first columns of a row, `keys` are the positions of its sort values."""

    statements: tuple[Statement, ...]
    count_statement: Statement
    names: tuple[str, ...]
    keys: tuple[int, ...]
    custom_plan: bool


_compiled: Remembered[Compiled] = Remembered(2000)


def list_records(
    caller: Caller,
    object: str,
    *,
    fields: Sequence[str] | None = None,
    filter: str | None = None,
    sort: Sequence[str] = (),
    limit: int = 50,
    cursor: str | None = None,
    count: bool = False,
    deleted: bool = False,
) -> Page:
    """One page of the records that the caller may see. `deleted` lists the recycle bin instead.

    `fields` and `sort` take paths ("shelf.name"); without fields, all readable ones of the object. `count` counts up
    to 10,000. Raises UnknownName, NotAllowed, BadField, BadSort, BadFilter, BadCursor, BadRequest, CallerOutdated.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise BadRequest(en=f"The limit must be from 1 to {MOST_ROWS}.", zh=f"limit 须在 1 到 {MOST_ROWS} 之间。")
    parsed = parse_filter(caller.rights, object, filter) if filter else None
    asked = (caller.tenant.id, object, tuple(sort), filter, deleted)
    values = decode(asked, cursor) if cursor else None
    form = None if values is None else tuple(value is None for value in values)
    question = Question(object, None if fields is None else tuple(fields), tuple(sort), form, limit, count, deleted)
    compiled = _compile(caller, question, parsed)
    if values is not None and len(values) != len(compiled.keys):
        raise BadCursor
    params: dict[str, Any] = caller.environment
    if parsed is not None:
        params.update(parsed.params)
    count_params, params = params, params | {f"c{i}": _wire(value) for i, value in enumerate(values or ())}
    rows: list[tuple[Any, ...]] = []
    for statement in compiled.statements:
        rows += _read(caller, statement, params, compiled.custom_plan, of_cursor=values is not None)
        if len(rows) > limit:
            break
    page = _page(question, compiled, asked, rows)
    if not count or page.count is not None:
        return page
    # behind the last record no row is left to carry the count
    counted = 0 if form is None else _read(caller, compiled.count_statement, count_params, True)[0][0]
    return replace(page, count=min(counted, MOST_COUNTED), count_capped=counted > MOST_COUNTED)


def _read(
    caller: Caller, statement: Statement, params: dict[str, Any], custom_plan: bool, of_cursor: bool = False
) -> list[tuple[Any, ...]]:
    sql = statement.for_tenant(caller.tenant.schema, caller.release.number)
    try:
        entry, rows = caller.database.read(caller.tenant, sql, params, custom_plan=custom_plan)
    except psycopg.DataError:
        if of_cursor:
            raise BadCursor from None
        raise
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error  # contracted since: the caller's release is long over
    caller.verify(entry)
    return rows


def _page(question: Question, compiled: Compiled, asked: tuple[object, ...], rows: list[tuple[Any, ...]]) -> Page:
    following = None
    if len(rows) > question.limit:
        del rows[question.limit :]
        following = encode(asked, [rows[-1][position] for position in compiled.keys])
    names = compiled.names
    records = [dict(zip(names, row, strict=False)) for row in rows]  # behind the names stand sort values and the count
    if not question.count or not rows:
        return Page(records, following)
    count = rows[0][-1]
    return Page(records, following, min(count, MOST_COUNTED), count > MOST_COUNTED)


def statement_of(caller: Caller, question: Question) -> Statement:
    """The statement of a list without a filter (its first, where it has two), for those who look at its plan."""
    return _compile(caller, question, None).statements[0]


def _compile(caller: Caller, question: Question, filter: Filter | None) -> Compiled:
    release, rights = caller.release, caller.rights
    key = (
        release.model.hash,
        release.catalogue.key,
        rights.shape,
        question,
        None if filter is None else filter.shape.text,
    )
    return _compiled.get(key, lambda: _Builder(caller, question, filter).build())


class _Builder:
    """Makes the statement of one question."""

    def __init__(self, caller: Caller, question: Question, filter: Filter | None) -> None:
        require_readable(caller.rights, question.object)
        self.question = question
        rights = caller.rights
        self.names = asked_fields(rights, question.object, question.fields, deleted=question.deleted)
        self.keys = sort_keys(rights, question.object, question.sort)
        if filter is not None and needs_value(filter, self.keys[0].path):  # then a page has one arm
            self.keys = (replace(self.keys[0], nullable=False), *self.keys[1:])
        if question.form is not None and len(question.form) != len(self.keys):
            raise BadCursor
        made = tables(caller.release.model, caller.release.catalogue)
        self.rows = ReadRows(made, rights, question.object)
        deleted_at = self.rows.base.c.deleted_at
        self.where: list[ColumnElement[bool]] = [deleted_at.is_not(None) if question.deleted else deleted_at.is_(None)]
        self.ways = ways(made, rights, question.object, "read", self.rows.base)
        if filter is not None:
            self.where.append(compile_sql(filter.shape, self.rows))
        # Counting goes without the joins that only show something: even where PostgreSQL takes those away again, they
        # keep it from counting in the index alone.
        self.counted = self.rows.source
        most = MOST_COUNTED if question.count else None
        self.held = hold(self.ways, self.rows.base, self.counted, self.where, most) if self.ways is not None else None
        paths = [tuple(name.split(".")) for name in self.names]
        asked = Counter(path[0] for path in {*paths, *(key.path for key in self.keys)} if len(path) > 1)
        self.columns = {".".join(path): self.rows.shown(path, alone=asked[path[0]] == 1) for path in paths}
        self.values = [self.rows.column(key.path) for key in self.keys]
        self.custom_plan = self.ways is not None or filter is not None or question.form is not None

    def build(self) -> Compiled:
        """One statement per arm, with its outputs: fields, sort values that are no fields, the count if asked for."""
        labels, positions = self._labels()
        counts = self._count().scalar_subquery() if self.held is None else self.held.size
        counted = [counts.label("n")] if self.question.count else []
        statements = tuple(
            compile_statement(self._arm(arm, labels).add_columns(*counted))
            for arm in arms(self.keys, self.question.form)
        )
        return Compiled(statements, compile_statement(self._count()), self.names, tuple(positions), self.custom_plan)

    def _labels(self) -> tuple[dict[str, ColumnElement[Any]], list[int]]:
        """Output columns by label (f0, f1, …), and where the sort values stand among them."""
        labels = {f"f{i}": column for i, column in enumerate(self.columns.values())}
        positions = []
        for key, value in zip(self.keys, self.values, strict=True):
            name = ".".join(key.path)
            if name in self.columns:
                positions.append(self.names.index(name))
            else:
                positions.append(len(labels))
                labels[f"f{len(labels)}"] = value
        return labels, positions

    def _arm(self, arm: Arm, labels: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        behind = conditions(arm, self.keys, self.values, self.question.form)
        asked = [*self.where, *behind, *([] if self.ways is None else [or_(*self.ways)])]
        if self.held is None:
            return self._ordered(arm, labels, asked)
        few = self._ordered(arm, labels, [*self.held.few(), *behind]).subquery()
        many = self._ordered(arm, labels, [*asked, self.held.many()]).subquery()
        return select(*union_all(select(few), select(many)).subquery("page").c)  # one is empty: the order stays

    def _ordered(
        self, arm: Arm, labels: Mapping[str, ColumnElement[Any]], where: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        return (
            select(*(column.label(label) for label, column in labels.items()))
            .select_from(self.rows.source)
            .where(*where)
            .order_by(*order(arm, self.keys, self.values))
            .limit(_number(self.question.limit + 1))
        )

    def _count(self) -> Select[Any]:
        return count(self.ways, self.rows.base, self.counted, self.where, MOST_COUNTED)


def _wire(value: Any) -> str | None:
    """A cursor's value as text, which PostgreSQL reads as the sort key's type or refuses."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _number(value: int) -> ColumnElement[int]:
    """Written into the text, so that the planner sees it."""
    return literal_column(str(value), Integer)
