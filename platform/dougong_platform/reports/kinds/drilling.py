"""From a cell back to its records: their condition as a filter of the expression language, and what they come to.

A number that is one aggregate leads to the records that it is over, also where these are a relation's: the sum of an
order's lines leads to lines. A number made of several leads to the report's own records, or to those of the one
relation that all of them are over: a person's rate of finished among begun books to the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dougong_metadata.expressions import MAX_LENGTH, check, format, nodes, parse
from dougong_metadata.expressions.facts import Measure, Split, said_from, split
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.report_types import ReportModel
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import scope
from dougong_platform.reports.answer import OTHER, ValueHead
from dougong_platform.reports.asked import Asked, Drill, Point
from dougong_platform.reports.conditions import all_of_these
from dougong_platform.reports.grouped.group import Group, group
from dougong_platform.reports.grouped.question import Number, Question
from dougong_platform.reports.grouped.running import run
from dougong_platform.reports.kinds import listing
from dougong_platform.reports.kinds.asking import Grid, grid_of
from dougong_platform.reports.kinds.heads import heads
from dougong_platform.reports.labels import TOTAL, KeyLabels

MOST_FIELDS = 5
_ROLES = ("", "value", "before", "change", "share", "running")  # what a number may be asked as


def of_list(caller: Caller, report: ReportModel, asked: Asked) -> Drill:
    """All records of a list."""
    filter = listing.filter_of(caller, report, asked)
    return Drill(report.object, filter, count_of(caller, report.object, filter), None, report.fields)


def of_grid(caller: Caller, report: ReportModel, asked: Asked, point: Point) -> Drill:
    """Of a summary, a matrix or a report of wins and losses. Raises BadRequest for keys that cannot be."""
    return _Drilling(caller, report, asked, point).drill()


def count_of(caller: Caller, object: str, filter: str) -> int:
    """How many records fit."""
    question = Question(object, (filter,) if filter else (), numbers=(Number("n", "COUNT()"),))
    return int(run(caller, question)[1][0].numbers[0])


class _Drilling:
    def __init__(self, caller: Caller, report: ReportModel, asked: Asked, point: Point) -> None:
        self.caller, self.report, self.asked, self.point = caller, report, asked, point
        self.grid: Grid = grid_of(caller, report, asked)
        question = self.grid.question
        fiscal = caller.model.fiscal_start
        self.rows = [group(caller.rights, question.object, by, fiscal) for by in question.rows]
        self.columns = [group(caller.rights, question.object, by, fiscal) for by in question.columns]
        if len(point.row) > len(self.rows) or len(point.column) not in (0, len(self.columns)):
            raise _no_such_cell()
        name, _, role = (point.value or "").partition("@")
        self.before = role == "before"
        names = [value.name for value in self.grid.values if not value.hidden] or [question.numbers[0].name]
        self.name = name or names[0]
        known = self.name in {n.name for n in question.numbers} and role in _ROLES
        if not known or (self.before and question.compared is None):
            raise _no_such_cell()
        before = question.compared.numbers if question.compared is not None and self.before else ()
        self.numbers = before or question.numbers

    def drill(self) -> Drill:
        conditions = self._conditions()
        measures = self._measures()
        if len(measures) == 1 and self._is_aggregate():
            return self._to_one(conditions, measures[0])
        value, count, head = self._of_formula(_short_enough(all_of_these(conditions)))
        object, up = self.report.object, tuple[str, ...]()
        if measures and measures[0].up and len({one.up for one in measures}) == 1:
            object, up = measures[0].object, measures[0].up
            conditions = [*self._said_from(up, conditions), *_any_of(self.caller, measures)]
            count = count_of(self.caller, object, _short_enough(all_of_these(conditions)))
        return Drill(object, all_of_these(conditions), count, value, self._fields(up), self._labels(), head)

    def _to_one(self, conditions: list[str], measure: Measure) -> Drill:
        """To the records of one aggregate."""
        said = [*self._said_from(measure.up, conditions), *_own_conditions(self.caller, measure)]
        filter = _short_enough(all_of_these(said))
        numbers = (Number("n", "COUNT()"), Number("value", str(measure.text)))
        compiled, lines = run(self.caller, Question(measure.object, (filter,) if filter else (), numbers=numbers))
        count, value = lines[0].numbers
        head = self._head(compiled.types["value"])
        return Drill(measure.object, filter, int(count), value, self._fields(measure.up, measure), self._labels(), head)

    def _said_from(self, up: tuple[str, ...], conditions: list[str]) -> list[str]:
        base = scope(self.caller.rights, self.report.object)
        said = [said_from(text, up, base) for text in conditions]
        return [*said, f"not ISBLANK({'.'.join((*up, 'id'))})"] if up else said

    def _head(self, type: Type) -> ValueHead | None:
        found = heads(self.caller, self.grid, {n.name: type for n in self.grid.question.numbers})
        return next((head for head in found if head.name == (self.point.value or self.name)), None)

    def _of_formula(self, filter: str) -> tuple[Any, int, ValueHead | None]:
        counted = Number("_records", "COUNT()")
        question = Question(self.report.object, (filter,) if filter else (), numbers=(*self.numbers, counted))
        compiled, lines = run(self.caller, question)
        at = [n.name for n in self.numbers].index(self.name)
        return lines[0].numbers[at], int(lines[0].numbers[-1]), self._head(compiled.types[self.name])

    def _conditions(self) -> list[str]:
        question = self.grid.question
        compared = question.compared
        found = list(question.where)
        if self.before and compared is not None:
            found.append(compared.where)
        elif question.period:
            found.append(question.period)
        for groups, keys in ((self.rows, self.point.row), (self.columns, self.point.column)):
            found += [self._holds(groups, keys, at) for at in range(len(keys))]
        return [text for text in found if text]

    def _holds(self, groups: Sequence[Group], keys: tuple[Any, ...], at: int) -> str:
        one, key = groups[at], keys[at]
        if key == OTHER and one.by.top:
            return self._all_others(one, self._kept(groups, keys, at))
        try:
            return one.holds(key, self._back(one))
        except (ValueError, TypeError, ArithmeticError, IndexError):
            raise _no_such_cell() from None

    def _back(self, one: Group) -> tuple[int, int]:
        """How many months and days before its key a group's records lie: of the earlier numbers of a comparison."""
        compared = self.grid.question.compared
        moves = self.before and compared is not None and one.by.path == compared.field
        return (compared.months, compared.days) if moves and compared is not None else (0, 0)

    def _kept(self, groups: Sequence[Group], keys: tuple[Any, ...], at: int) -> list[Any]:
        """The keys of the groups that come first, beside which all others stand; asked anew, for a report need not show
        them all."""
        one, question = groups[at], self.grid.question
        if OTHER in keys[:at]:
            return []
        above = [self._held(group, key) for group, key in zip(groups[:at], keys[:at], strict=True)]
        where = (*question.where, *above)
        asked = replace(
            question, where=where, rows=(one.by,), columns=(), having=None, sort=(), sums=False, compared=None
        )
        _, lines = run(self.caller, replace(asked, most=int(one.by.top or 0) + 1))
        return [line.keys[0] for line in lines if not line.others]

    def _held(self, one: Group, key: Any) -> str:
        try:
            return one.holds(key)
        except (ValueError, TypeError, ArithmeticError, IndexError):
            raise _no_such_cell() from None

    def _all_others(self, one: Group, kept: list[Any]) -> str:
        name = ".".join(one.path)
        held = [one.holds(key, self._back(one)) for key in kept if key is not None]
        no = f"not ({' or '.join(f'({text})' for text in held)})" if held else ""
        if None in kept:
            return " and ".join(filter(None, [f"not ISBLANK({name})", no]))
        return f"(ISBLANK({name}) or {no})" if no else ""

    def _measures(self) -> list[Measure]:
        """The aggregates that the number is made of, also by way of other numbers."""
        names, found = [self.name], list[Measure]()
        for name in names:
            parts = self._split(name)
            found += parts.measures
            said = {node.names for node in nodes.walk(parse(parts.formula)) if isinstance(node, nodes.Path)}
            names += [n.name for n in self.numbers if (n.name,) in said and n.name not in names]
        return found

    def _is_aggregate(self) -> bool:
        """Whether the number is one aggregate and nothing else."""
        return self._split(self.name).formula.strip() == "_0"

    def _split(self, name: str) -> Split:
        text = next(n.text for n in self.numbers if n.name == name)
        return split(
            text, scope(self.caller.rights, self.report.object, "aggregate"), {n.name for n in self.numbers} - {name}
        )

    def _labels(self) -> tuple[str, ...]:
        found = []
        for groups, keys in ((self.rows, self.point.row), (self.columns, self.point.column)):
            found += [KeyLabels(self.caller, one, [key]).of(key) for one, key in zip(groups, keys, strict=False)]
        return tuple(found) or (TOTAL.text(self.caller.locale),)

    def _fields(self, up: tuple[str, ...], measure: Measure | None = None) -> tuple[str, ...]:
        """Columns that explain the number: what is aggregated, what else the report sums up of these records, then what
        it is grouped by."""
        found: list[str] = []
        if measure is not None:
            found += [".".join(n.names) for n in nodes.walk(parse(measure.text)) if isinstance(n, nodes.Path)]
        found += self._summed(up)
        if self.report.period is not None and self.report.period.field is not None:
            found.append(".".join((*up, self.report.period.field)))
        found += [".".join((*up, *one.path)) for one in (*self.rows, *self.columns)]
        return tuple(dict.fromkeys(found))[:MOST_FIELDS]

    def _summed(self, up: tuple[str, ...]) -> list[str]:
        """Fields of the records of which the report shows a sum."""
        base, numbers = scope(self.caller.rights, self.report.object, "aggregate"), self.numbers
        shown = {value.name for value in self.grid.values if not value.hidden}
        found = []
        for number in numbers:
            others = {n.name for n in numbers} - {number.name}
            measures = split(number.text, base, others).measures if number.name in shown else ()
            calls = [parse(measure.text) for measure in measures if measure.up == up]
            sums = [call.arguments[0] for call in calls if isinstance(call, nodes.Call) and call.name == "SUM"]
            found += [".".join(one.names) for one in sums if isinstance(one, nodes.Path)]
        return found


def _own_conditions(caller: Caller, measure: Measure) -> list[str]:
    """What an aggregate itself asks of its records: COUNT(stage = "won"), SUM(amount, done), COUNT(due)."""
    call = parse(measure.text)
    assert isinstance(call, nodes.Call), "split() finds calls"
    arguments = call.arguments
    if call.name == "COUNT":
        if not arguments:
            return []
        kind = check(measure.text, scope(caller.rights, measure.object, "aggregate")).typed.children[0].type.name
        said = format(arguments[0])
        return [said if kind == "boolean" else f"not ISBLANK({said})"]
    condition = arguments[2:] if call.name == "PERCENTILE" else arguments[1:]
    return [format(one) for one in condition]


def _any_of(caller: Caller, measures: list[Measure]) -> list[str]:
    """That a record counts in one of these aggregates; nothing where one of them is over all."""
    each = [all_of_these(_own_conditions(caller, one)) for one in measures]
    return [] if "" in each else [" or ".join(f"({text})" for text in dict.fromkeys(each))]


def _short_enough(filter: str) -> str:
    """All others beside hundreds of groups can be told apart by no filter that a list takes."""
    if len(filter) > MAX_LENGTH:
        raise BadRequest(
            en="These records lie outside of too many groups for one filter; let the report keep fewer groups.",
            zh="这些记录不属于的分组过多，无法写成一个筛选条件；请让报表保留较少的分组。",
        )
    return filter


def _no_such_cell() -> BadRequest:
    return BadRequest(en="This report has no such cell.", zh="此报表没有该单元格。")
