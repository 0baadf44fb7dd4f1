"""Typed expressions to SQL. Called by the query and write paths, which say what a path's column is called there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from dougong_metadata.expressions.checked import (
    Application,
    Blank,
    Checked,
    Column,
    CurrentUser,
    Gathering,
    Literal,
    Operation,
    Recollection,
    Truth,
    Typed,
)
from dougong_metadata.expressions.conversions import split_zone
from dougong_metadata.expressions.sql import Element, constant, inline, instant, once, parameter, sql, truth
from dougong_metadata.expressions.types import PG_TYPES

ENV_USER = "env_user"  # bound to the asking user's id
ENV_TIMEZONE = "env_timezone"  # bound to that user's time zone, an IANA name
ENV_LOCALE = "env_locale"  # bound to that user's language: en or zh


class Rows(Protocol):
    """What the engine knows of the rows: aliases and joins."""

    def column(self, path: tuple[str, ...]) -> Element:
        """The column at the end of `path`; a path that begins with "$user" starts at the user who asks."""

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> Element:
        """An aggregate over the records of `object` whose field `link` points to the record at the end of `base` (() =
        the row itself), as a correlated scalar subquery: `build(rows of object)` gives what is selected and the
        condition, if any. Deleted records, and those that the asker may not see, are not there."""


Build = Callable[["Rows"], tuple[Element, Element | None]]


class AskedRows(Rows, Protocol):
    """Rows of which somebody asks who may stand for others too: `owner = $user` is then true of these as well."""

    def is_asker(self, value: Element) -> Element:
        """Whether `value`, a user's id, is the one who asks or one for whom he stands."""


class SavedRows(Rows, Protocol):
    """Rows in the middle of a save."""

    def prior(self, path: tuple[str, ...]) -> Element:
        """The same column before the save; NULL for a new row."""

    def is_new(self) -> Element:
        """True for a row that did not exist before."""


class PastRows(Rows, Protocol):
    """Rows of which it is known how they were."""

    def recall(self, recollection: Recollection, values: tuple[Element, ...], moments: tuple[Element, ...]) -> Element:
        """What the call says of the record at the end of `recollection.base`. `values` are the stages that it names, in
        order; `moments` its days: where the first begins (if there are two), and the end of the last."""


def compile_sql(checked: Checked, rows: Rows, *, prefix: str = "lit", known: bool = False) -> Element:
    """`checked` as a SQL expression over `rows`.

    Placeholders become parameters named `<prefix>_1`, … (see `Checked.bind`), literals of documents are written
    inline. A condition may come out NULL for unknown, which WHERE takes as false; `known=True` makes it false.
    """
    element = _Compiler(rows, prefix).compile(checked.typed)
    return truth("coalesce({}, false)", element) if known else element


def compile_aggregate(checked: Checked, rows: Rows, amounts: Rows, *, prefix: str = "lit") -> Element:
    """One aggregate over `rows`; what it is of, but not its condition nor what COUNT() counts, is read from `amounts`:
    the same rows, with amounts in one currency."""
    call = checked.typed
    assert isinstance(call, Application), "an aggregate is a call"
    elements = _aggregated(call, rows, rows if call.function.name == "COUNT" else amounts, prefix)
    kind = () if not call.function.by_type else (call.children[0].type if call.children else None,)
    assert call.function.sql is not None, "every aggregate has its SQL"
    return call.function.sql(*kind, *elements)


def compile_average(checked: Checked, rows: Rows, amounts: Rows, *, prefix: str = "lit") -> tuple[Element, Element]:
    """What the average of larger groups follows from: the sum of the values that AVG() is of, and their number."""
    call = checked.typed
    assert isinstance(call, Application), "an aggregate is a call"
    value, *condition = _aggregated(call, rows, amounts, prefix)
    only = " FILTER (WHERE {})" if condition else ""
    return sql(f"sum({{}}){only}", value, *condition), sql(f"count({{}}){only}", value, *condition)


def compile_own_condition(checked: Checked, rows: Rows, *, prefix: str = "lit") -> Element | None:
    """What an aggregate asks of the records that it is over; None where it is over all."""
    call = checked.typed
    assert isinstance(call, Application), "an aggregate is a call"
    at = {"COUNT": 0, "PERCENTILE": 2}.get(call.function.name, 1)
    if len(call.children) <= at:
        return None
    asked = call.children[at]
    condition = _Compiler(rows, prefix).compile(asked)
    return condition if asked.type.name == "boolean" else truth("({} IS NOT NULL)", condition)


def _aggregated(call: Application, rows: Rows, first: Rows, prefix: str) -> list[Element]:
    return [_Compiler(rows if at else first, prefix).compile(child) for at, child in enumerate(call.children)]


class _Compiler:
    def __init__(self, rows: Rows, prefix: str) -> None:
        self.rows = rows
        self.prefix = prefix

    def compile(self, typed: Typed) -> Element:
        match typed:
            case Column():
                return self.rows.column(typed.names)
            case Literal():
                return self._literal(typed)
            case Blank():
                return constant(f"CAST(NULL AS {PG_TYPES[typed.type.name]})")
            case Truth():
                return truth("true" if typed.value else "false")
            case CurrentUser():
                return parameter(ENV_USER, "uuid")
            case Operation():
                return self._operation(typed)
            case Application():
                return self._application(typed)
            case Gathering():
                return self._gathering(typed)
            case Recollection():
                return self._recollection(typed)
        raise TypeError(typed)

    def _gathering(self, typed: Gathering) -> Element:
        def build(rows: Rows) -> tuple[Element, Element | None]:
            inner, function = _Compiler(rows, self.prefix), typed.function
            assert function.sql is not None
            value = () if typed.value is None else (inner.compile(typed.value),)
            kind = () if not function.by_type else (typed.value.type if typed.value is not None else None,)
            condition = None if typed.condition is None else inner.compile(typed.condition)
            return function.sql(*kind, *value), condition

        return self.rows.gather(typed.base, typed.object, typed.link, build)

    def _recollection(self, typed: Recollection) -> Element:
        if not hasattr(self.rows, "recall"):
            raise TypeError(f"{typed.function.name}() needs rows that know how they were")
        rows: PastRows = self.rows  # type: ignore[assignment]  # seen to have recall() just now
        elements = [self.compile(child) for child in typed.children]
        values, days = elements[: -typed.days], elements[-typed.days :]
        ends = [*days[:-1], sql("({} + 1)", days[-1])]
        moments = [instant(sql("CAST({} AS timestamp)", day), timezone()) for day in ends]
        return rows.recall(typed, tuple(values), tuple(moments))

    def _literal(self, typed: Literal) -> Element:
        kind = typed.conversion.pg_type
        if not typed.conversion.zoned:
            if typed.index is None:
                return inline(typed.value or "", kind)
            return parameter(f"{self.prefix}_{typed.index}", kind)
        if typed.index is None:
            local, zone = split_zone(typed.value or "")
            where = inline(zone, "text") if zone else timezone()
            return instant(inline(local, kind), where)
        name = f"{self.prefix}_{typed.index}"
        return instant(parameter(name, kind), sql("coalesce({}, {})", parameter(f"{name}_zone", "text"), timezone()))

    def number(self, typed: Typed) -> Element:
        """For arithmetic: integers would overflow and divide without remainder, so they become numeric."""
        element = self.compile(typed)
        integer = isinstance(typed, Gathering) or (isinstance(typed, Column) and typed.is_integer)
        if integer or (isinstance(typed, Application) and typed.function.aggregate and typed.type.is_number):
            return sql("CAST({} AS numeric)", element)
        return element

    def _application(self, typed: Application) -> Element:
        assert typed.function.sql is not None
        function = typed.function
        elements = [
            self.number(child) if child.type.is_number and not function.aggregate else self.compile(child)
            for child in typed.children
        ]
        if function.by_calendar:
            return typed.function.sql(typed.calendar, *elements)
        if function.by_type:
            return typed.function.sql(typed.children[0].type if typed.children else None, *elements)
        return typed.function.sql(*elements)

    def _operation(self, typed: Operation) -> Element:
        operator, children = typed.operator, typed.children
        if operator in _ARITHMETIC:
            return sql(_ARITHMETIC[operator], *(self.number(child) for child in children))
        if operator in ("prior", "changed", "isnew"):
            return self._saving(operator, children)
        asks = hasattr(self.rows, "is_asker") and any(isinstance(c, CurrentUser) for c in children)
        if asks and operator in ("=", "!="):
            rows: AskedRows = self.rows  # type: ignore[assignment]  # seen to have is_asker() just now
            other = next((c for c in children if not isinstance(c, CurrentUser)), children[0])
            return truth("({})" if operator == "=" else "(NOT {})", rows.is_asker(self.compile(other)))
        elements = [self.compile(child) for child in children]
        if operator in ("days+", "days-"):
            pair = (elements[0], self.number(children[1]))
            if children[0].type.name == "date":
                return _date_and_days(operator[-1], children[0], children[1], pair)
            return _moment_and_days(operator[-1], pair)
        if operator == "instant":
            return instant(sql("CAST({} AS timestamp)", elements[0]), timezone())
        if operator in _MOMENTS:
            zone = (timezone(),) if operator == "day" else ()
            return sql(_MOMENTS[operator], *elements, *zone)
        if operator in ("and", "or"):
            return truth(f"({f' {operator.upper()} '.join(['{}'] * len(elements))})", *elements)
        if operator in ("in", "not in"):
            return truth(f"({{}} {operator.upper()} ({', '.join(['{}'] * (len(elements) - 1))}))", *elements)
        if operator == "&":
            return sql(f"nullif(concat({', '.join(['{}'] * len(elements))}), '')", *elements)
        if operator in ("isblank", "notblank") and children[0].type.name == "list":
            operator += " list"
        return truth(_CONDITIONS[operator], *elements)

    def _saving(self, operator: str, children: tuple[Typed, ...]) -> Element:
        rows = self.rows
        if not hasattr(rows, "prior"):
            raise TypeError("prior(), changed() and ISNEW() need rows that know their state before the save")
        saved: SavedRows = rows  # type: ignore[assignment]  # seen to have prior() just now
        if operator == "isnew":
            return truth("({})", saved.is_new())
        column = children[0]
        assert isinstance(column, Column)
        before = saved.prior(column.names)
        if operator == "prior":
            return sql("({})", before)
        return truth("({} IS DISTINCT FROM {})", rows.column(column.names), before)


def timezone() -> Element:
    """The asking user's time zone."""
    return parameter(ENV_TIMEZONE, "text")


# Days of the years 1 to 9999, counted from the first. Beyond them an answer is blank, long before PostgreSQL's limits.
_FIRST_DAY, _DAYS = "DATE '0001-01-01'", 3_652_058


def _date_and_days(sign: str, start: Typed, days: Typed, elements: tuple[Element, Element]) -> Element:
    if isinstance(days, Literal) and not isinstance(start, Operation):
        return sql(f"({{}} {sign} {{}})", *elements)  # at most 100,000 days: needs no guard, and serves an index
    return once(
        f"(CASE WHEN floor(({{d}} - {_FIRST_DAY}) {sign} {{n}}) BETWEEN 0 AND {_DAYS} "
        f"THEN {{d}} + CAST(floor({sign} {{n}}) AS integer) END)",
        d=elements[0],
        n=elements[1],
    )


def _moment_and_days(sign: str, elements: tuple[Element, Element]) -> Element:
    day = f"floor(extract(epoch FROM {{t}} - TIMESTAMPTZ '0001-01-01 00:00:00+00') / 86400 {sign} {{n}})"
    return once(
        f"(CASE WHEN {day} BETWEEN 0 AND {_DAYS} "
        f"THEN {{t}} {sign} make_interval(secs => CAST({{n}} * 86400 AS double precision)) END)",
        t=elements[0],
        n=elements[1],
    )


_ARITHMETIC = {"+": "({} + {})", "-": "({} - {})", "*": "({} * {})", "/": "({} / nullif({}, 0))", "minus": "(- {})"}
_MOMENTS = {
    "date-date": "CAST({} - {} AS numeric)",
    "datetime-datetime": "(extract(epoch FROM ({} - {})) / 86400)",
    "day": "CAST(({} AT TIME ZONE {}) AS date)",
}
_CONDITIONS = {
    "not": "(NOT {})",
    "=": "({} = {})",
    "!=": "({} <> {})",
    "<": "({} < {})",
    "<=": "({} <= {})",
    ">": "({} > {})",
    ">=": "({} >= {})",
    "isblank": "({} IS NULL)",
    "notblank": "({} IS NOT NULL)",
    "isblank list": "(coalesce(cardinality({}), 0) = 0)",
    "notblank list": "(coalesce(cardinality({}), 0) > 0)",
}
