"""Groups: what a record falls into by a field, as SQL, and as a condition that finds the records of one group again.

Spans of dates are named by their first day ("2026-01-01"), places in a cycle by their number (hours from 0, Monday is
1, January is 1), buckets of numbers by their lower end, of `edges` by how many edges lie at or below the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from dougong_metadata.expressions.printing import quoted
from dougong_metadata.expressions.sql import parameter, sql
from dougong_metadata.expressions.types import DATE, NUMBER, Type
from dougong_metadata.model.report_types import CYCLES, SPANS
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadField, BadRequest
from dougong_platform.query.rows import ReadRows, field_at
from dougong_platform.reports.grouped.question import By
from dougong_platform.reports.periods import bucket_span, come_from, condition
from dougong_platform.storage.tables import sort_key, sorted_by_key

LATER_MONTHS, LATER_DAYS = "later_months", "later_days"  # parameters of a comparison
_MOST_DIGITS = 200
_CYCLES = {"hour": ("HOUR", range(24)), "weekday": ("WEEKDAY", range(1, 8)), "month_of_year": ("MONTH", range(1, 13))}
_FISCAL = {"fiscal_quarter": "quarter", "fiscal_year": "year"}


@dataclass(frozen=True, slots=True)
class Group:
    """A grouping whose field is known. `fiscal` is the month with which fiscal years begin."""

    by: By
    path: tuple[str, ...]
    field: FieldModel
    fiscal: int = 1

    @property
    def text(self) -> str:
        """What `having`, `sort` and rows of a plain query call it."""
        return self.by.text

    @property
    def type(self) -> Type:
        """Its type in a `having` expression."""
        if self.by.every is not None:
            return DATE if self.by.every in SPANS else NUMBER
        return NUMBER if self.by.step or self.by.edges else Type.of(self.field)

    @property
    def _of_moments(self) -> bool:
        return self.field.type.expression_type == "datetime"

    def column(self, rows: ReadRows, above: tuple[str, ...] = (), later: bool = False) -> ColumnElement[Any]:
        """The key of a record of `rows`, whose links `above` lead to the object of the group. `later`: as if the
        date lay `later_months` and `later_days` (parameters) later."""
        column: ColumnElement[Any] = rows.column((*above, *self.path))
        by = self.by
        if by.step:
            return sql(f"(floor({{}} / {_digits(by.step)}) * {_digits(by.step)})", column)
        if by.edges:
            edges = ", ".join(_digits(edge) for edge in by.edges)
            return sql(f"width_bucket(CAST({{}} AS numeric), CAST(ARRAY[{edges}] AS numeric[]))", column)
        if by.every is None:
            return column
        if self._of_moments:
            column = sql("({} AT TIME ZONE {})", column, parameter("env_timezone", "text"))
        if later:
            months, days = parameter(LATER_MONTHS, "integer"), parameter(LATER_DAYS, "integer")
            column = sql("({} + make_interval(months => {}, days => {}))", column, months, days)
        return self._cut(by.every, column)

    @property
    def unfolds(self) -> bool:
        """Whether records are first grouped by another key, which `unfolded` then takes apart: of what folds alone."""
        return False

    def unfolded(self, source: FromClause, key: ColumnElement[Any]) -> tuple[FromClause, ColumnElement[Any]]:
        """The source with what the key, as `column` made it, is taken apart into."""
        return source, key

    def _cut(self, every: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
        if every == "hour":
            return sql("CAST(extract(hour FROM {}) AS integer)", column)
        if every == "weekday":
            return sql("CAST(extract(isodow FROM {}) AS integer)", column)
        if every == "month_of_year":
            return sql("CAST(extract(month FROM {}) AS integer)", column)
        moved = (self.fiscal - 1) if every in _FISCAL else 0
        unit = _FISCAL.get(every, every)
        if not moved:
            return sql(f"CAST(date_trunc('{unit}', CAST({{}} AS timestamp)) AS date)", column)
        back = f"date_trunc('{unit}', CAST({{}} AS timestamp) - INTERVAL '{moved} months')"
        return sql(f"CAST({back} + INTERVAL '{moved} months' AS date)", column)

    def ordered(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """What keys are sorted by."""
        plain = self.by.every is None and not self.by.step and not self.by.edges
        return sort_key(column) if plain and sorted_by_key(self.field) else column

    def holds(self, key: Any, back: tuple[int, int] = (0, 0)) -> str:
        """The condition of a record of the object that it falls into the group of this key. `back`: how many months and
        days before (of a comparison)."""
        name, by = ".".join(self.path), self.by
        if key is None:
            return f"ISBLANK({name})"
        if by.every in SPANS:
            span = bucket_span(str(key), str(by.every), self.fiscal)
            return condition(name, span if back == (0, 0) else come_from(span, *back))
        if by.every in _CYCLES:
            function, places = _CYCLES[by.every]
            place = int(str(key))
            if place not in places:
                raise ValueError("no such place in the cycle")
            return f"{function}({name}) = {place % 7 + 1 if by.every == 'weekday' else place}"
        if by.step:
            low = _written(key)
            return f"{name} >= {low:f} and {name} < {low + Decimal(by.step):f}"
        if by.edges:
            at = int(str(key))
            if not 0 <= at <= len(by.edges):
                raise ValueError("no such bucket")
            low_end = [f"{name} >= {by.edges[at - 1]}"] if at > 0 else []
            high_end = [f"{name} < {by.edges[at]}"] if at < len(by.edges) else []
            return " and ".join(low_end + high_end)
        known = self.field.picklist.values if self.field.picklist is not None else None
        if known is not None and str(key) not in known:  # records keep what a picklist has no more
            return f"TEXT({name}) = {quoted(str(key))}"
        return f"{name} = {self._literal(key)}"

    def written(self, key: Any) -> str:
        """A key as the server writes it as text."""
        if isinstance(key, bool):
            return "true" if key else "false"
        if self.by.every is None and self._of_moments:
            return str(key).replace("T", " ").replace("Z", "+00")
        return str(key)

    def _literal(self, key: Any) -> str:
        kind = self.field.type.expression_type
        if kind == "boolean":
            return "TRUE" if key in (True, "true") else "FALSE"
        if kind in ("number", "money"):
            return f"{_written(key):f}"
        return quoted(str(key))


@dataclass(frozen=True, slots=True)
class OwnBy(By):
    """A grouping that says itself what a record falls into: by its stays, or by how long after its birth. What its
    group's `column` joins may bring columns besides (MoneyRows.beside), of which numbers speak (Question.beside);
    `later` it is asked as of the earlier span of a comparison."""

    def made(self, rights: Rights, object: str, fiscal: int) -> Group:
        """Its group. Raises as `group` does."""
        raise NotImplementedError


def group(rights: Rights, object: str, by: By, fiscal: int = 1) -> Group:
    """The grouping, under the reader's rights. Raises BadField, and BadRequest for what its type does not allow."""
    if isinstance(by, OwnBy):
        return by.made(rights, object, fiscal)
    path = tuple(by.path.split("."))
    field = field_at(rights, object, path)
    kind = field.type.expression_type
    if not field.type.groupable:
        raise BadField(name=by.path[:100], object=object)
    if by.every is not None and (
        by.every not in (*SPANS, *CYCLES)
        or kind not in ("date", "datetime")
        or (by.every == "hour" and kind != "datetime")
    ):
        raise BadField(name=by.text[:100], object=object)
    if (by.step or by.edges) and kind not in ("number", "money"):
        raise BadField(name=by.path[:100], object=object)
    _check_edges(by)
    return Group(by, path, field, fiscal)


def read_by(rights: Rights, object: str, text: str) -> By:
    """One entry of a plain query's `group_by`: a path, or one that ends in a span or cycle ("bought.month")."""
    path, _, every = text.rpartition(".")
    if path and every in (*SPANS, *CYCLES):
        try:
            field_at(rights, object, tuple(text.split(".")))
        except BadField:
            return By(path, every)
    return By(text)


def _check_edges(by: By) -> None:
    numbers = [_number(text) for text in ((by.step,) if by.step else by.edges)]
    if by.step and numbers[0] <= 0:
        raise BadRequest(en="The width of buckets must be above 0.", zh="分段宽度必须大于 0。")
    if any(low >= high for low, high in pairwise(numbers)):
        raise BadRequest(en="The edges of buckets must ascend.", zh="分段的边界必须递增。")


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > 20 or len(text) > 30:
        raise BadRequest(en=f"“{text[:40]}” is not a number.", zh=f"「{text[:40]}」不是数字。")
    return found


def _written(key: Any) -> Decimal:
    """A number as somebody names it who asks for a group. Raises ValueError for one that no field holds."""
    found = Decimal(str(key)[:_MOST_DIGITS])
    if not found.is_finite() or abs(found.adjusted()) > _MOST_DIGITS:
        raise ValueError("out of range")
    return found


def _digits(text: str) -> str:
    """A number written into the statement; `group` has seen that it is one."""
    return f"CAST('{_number(text):f}' AS numeric)"
