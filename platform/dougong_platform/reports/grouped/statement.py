"""A plan as one SQL statement: facts grouped each by itself, laid over each other by their keys, numbers worked out of
them, the groups that come first kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Label, Select, and_, func, literal_column, or_, select, union_all

from dougong_metadata.expressions import compile_sql
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.nodes import Path
from dougong_metadata.expressions.sql import constant, sql
from dougong_metadata.expressions.types import PG_TYPES
from dougong_metadata.model.report_types import SPANS
from dougong_platform.errors import BadSort
from dougong_platform.http.caller import Caller
from dougong_platform.reports.grouped.fact import Aggregate, Buckets, Sets, Source, level_of, whole_key
from dougong_platform.reports.grouped.group import OwnBy
from dougong_platform.reports.grouped.ordering import shown_order
from dougong_platform.reports.grouped.placing import Placing
from dougong_platform.reports.grouped.plan import Plan, named_groups
from dougong_platform.reports.grouped.question import By, Question, order_of
from dougong_platform.storage import tables

_COUNTS = ("COUNT", "COUNT_DISTINCT")
MOST_LINES = 120_000  # of a matrix and its sums


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a line's parts stand: `level`, then keys, then whether a key is all others (by position of the group), then
    the numbers, then those of the earlier span."""

    groups: int
    others: tuple[int, ...]
    numbers: int
    compared: bool


def statement(caller: Caller, question: Question, plan: Plan) -> tuple[Select[Any], Columns]:
    """The statement, and how to read its lines."""
    return _Builder(caller, question, plan).build()


class _Named:
    """Columns by the name that formulas call them."""

    def __init__(self, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self._columns = columns

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self._columns[".".join(path)]

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        raise TypeError("no records point to a line of numbers")


class _Builder:
    def __init__(self, caller: Caller, question: Question, plan: Plan) -> None:
        self.question, self.plan = question, plan
        made = tables(caller.release.model, caller.release.catalogue)
        later = frozenset(i for i, g in enumerate(plan.groups) if self._moves(g.by))
        self.sources = [
            Source(fact, plan.groups, later if fact.before else frozenset(), made, caller.rights) for fact in plan.facts
        ]
        self.rows = tuple(range(len(question.rows)))
        self.columns = tuple(range(len(question.rows), len(plan.groups)))
        tops = [i for i, by in enumerate(question.groups) if by.top]
        if question.sums or tops or any(group.unfolds for group in plan.groups):
            for at, source in enumerate(self.sources):
                if source.fact.folds:
                    source.read_once(f"fine{at}")
        self.buckets = [self._bucket(i) for i in tops]
        self.others = tuple(tops)

    def _moves(self, by: By) -> bool:
        """Whether the group's key is another one where the earlier span is asked for."""
        compared = self.question.compared
        if compared is None or isinstance(by, OwnBy):
            return compared is not None
        return by.path == compared.field and by.every in SPANS

    def build(self) -> tuple[Select[Any], Columns]:
        shape = Columns(
            len(self.plan.groups), self.others, len(self.question.numbers), self.question.compared is not None
        )
        sets: list[tuple[int, ...]] = [(*self.rows, *self.columns)]
        if self.question.sums:
            wide = [self.columns, ()] if self.columns else [()]
            sets = [(*self.rows[:depth], *one) for depth in range(len(self.rows), -1, -1) for one in wide]
        lines = self._numbers(self._laid_over(sets, self.buckets), everything=True)
        return (self._kept(lines) if self.question.sums else self._plain(lines)), shape

    # From facts to numbers.

    def _laid_over(self, sets: Sets, buckets: Sequence[Buckets], now: bool = False) -> Select[Any]:
        """All facts' aggregates by keys; `now`: without those of the earlier span."""
        sources = [s for s in self.sources if not (now and s.fact.before)]
        if len(sources) == 1:
            return sources[0].lines(sets, buckets)
        used = sorted({i for one in sets for i in one})
        keys = ["level", *(f"k{i}" for i in used), *(f"o{b.at}" for b in buckets)]
        known = [one for source in sources for one in source.fact.aggregates]
        parts = []
        for source in sources:
            found = source.lines(sets, buckets).subquery()
            own = {one.name for one in source.fact.aggregates}
            values = [_typed(one, found.c[one.name] if one.name in own else constant("NULL")) for one in known]
            parts.append(select(*(found.c[key] for key in keys), *values))
        every = union_all(*parts).subquery("facts")
        together = [self._whole(one, func.max(every.c[one.name])).label(one.name) for one in known]
        if not used:  # one line, also where there is no fact with records
            return select(func.max(every.c.level).label("level"), *together)
        return select(*(every.c[key] for key in keys), *together).group_by(*(every.c[key] for key in keys))

    def _whole(self, one: Aggregate, value: ColumnElement[Any]) -> ColumnElement[Any]:
        name = one.name.removeprefix("b")
        return func.coalesce(value, literal_column("0")) if name in self.plan.zeros else value

    def _numbers(self, lines: Select[Any], everything: bool = False) -> CTE | FromClause:
        """Keys and numbers n0…, with `everything` also those of the earlier span, b0…"""
        found = lines.subquery("laid")
        keys = [c for c in found.c if c.key[0] in "lko"]
        numbers = self._worked_out(found, "")
        columns = [numbers[number.name].label(f"n{i}") for i, number in enumerate(self.question.numbers)]
        if everything and self.question.compared is not None:
            before = self._worked_out(found, "b")
            columns += [before[number.name].label(f"b{i}") for i, number in enumerate(self.question.numbers)]
        return select(*keys, *columns).cte("numbered" if everything else None)

    def _worked_out(self, found: FromClause, before: str) -> dict[str, ColumnElement[Any]]:
        known: dict[str, ColumnElement[Any]] = {
            c.key.removeprefix(before): c for c in found.c if c.key.startswith(f"{before}m")
        }
        whole = {f.name for f in self.plan.formulas if f.type.name == "number"}
        whole |= {one.name for s in self.sources for one in s.fact.aggregates if one.said.checked.type.name == "number"}
        for formula in self.plan.formulas:
            said = formula.before if before else formula.said
            alone = isinstance(said.checked.node, Path)  # what it stands for, a whole number as such
            columns = known if alone else {n: _divisible(c) if n in whole else c for n, c in known.items()}
            known[formula.name] = compile_sql(said.checked, _Named(columns), prefix=said.prefix)
        return known

    # Which groups come first.

    def _bucket(self, at: int) -> Buckets:
        by = self.question.groups[at]
        side = self.rows if at in self.rows else self.columns
        above = tuple(i for i in side if i < at)
        lines = self._numbers(self._laid_over([(*above, at)], (), now=True))
        name = (by.sort or f"-{self.question.numbers[0].name}") if self.question.numbers else None
        order = [*([self._ordered(lines, name)] if name else []), lines.c[f"k{at}"].asc()]
        rank = func.row_number().over(partition_by=[lines.c[f"k{i}"] for i in above] or None, order_by=order)
        ranked = select(whole_key([lines.c[f"k{i}"] for i in (*above, at)]).label("whole"), rank.label("rank"))
        inner = ranked.subquery()
        kept = select(inner.c.whole).where(inner.c.rank <= literal_column(str(int(by.top or 0))))
        return Buckets(at, above, kept.cte(f"kept{at}_of"))

    def _ordered(self, lines: FromClause, text: str, shown: bool = False) -> ColumnElement[Any]:
        """One sort key of `lines`, blank last; `shown`: groups by what they are called."""
        name = text.removeprefix("-")
        position = {n.name: f"n{i}" for i, n in enumerate(self.question.numbers)}.get(name)
        if position is not None and position in lines.c:
            column: ColumnElement[Any] = lines.c[position]
        else:
            at = next((i for i, g in enumerate(self.plan.groups) if g.text == name), None)
            if at is None or f"k{at}" not in lines.c:
                raise BadSort(name=name[:100])
            group, source = self.plan.groups[at], self.sources[0]
            if shown:
                column = shown_order(source.tables, source.rights, group, lines, f"k{at}")
            else:
                column = group.ordered(lines.c[f"k{at}"])
        return _turned(column, text)

    def _place(self, lines: FromClause) -> tuple[Label[int], FromClause]:
        """The place of a row in the order, all others last, and the lines with what tells it."""
        order: list[ColumnElement[Any]] = [lines.c[f"o{i}"].asc() for i in self.others if i in self.rows]
        source, placing = lines, Placing(self.question, self.plan, self.others)
        numbers = {number.name for number in self.question.numbers}
        for text in (*self.question.sort, *self._usual()):
            said = order_of(text)
            whole = self._whole_row(lines, len(self.rows))
            if said.column is not None:
                cells = placing.column(lines, said, whole)
                source = source.outerjoin(cells, cells.c.whole == whole)
                order.append(_turned(cells.c.number, text))
            elif text in self.question.sort and said.name in numbers:
                order.append(_turned(placing.beside(lines, said), text))
            else:
                order.append(self._ordered(lines, text, shown=text in self.question.sort))
        return func.row_number().over(order_by=order).label("place"), source

    def _plain(self, lines: FromClause) -> Select[Any]:
        """One line per group, in order; equal questions have equal answers."""
        names = (*self.question.sort, *(g.text for g in self.plan.groups))
        found = select(*lines.c)
        having = self._having(lines)
        if having is not None:
            found = found.where(having)
        order = [self._ordered(lines, text) for text in names]
        return found.order_by(*order).limit(literal_column(str(int(self.question.most))))

    def _kept(self, lines: FromClause) -> Select[Any]:
        """All lines of the groups of rows that come first, and the sums."""
        having = self._having(lines)
        most: ColumnElement[int] = literal_column(str(MOST_LINES + 1))
        if not self.rows:
            return select(*lines.c).order_by(lines.c.level.desc()).limit(most)
        groups = len(self.plan.groups)
        leaf: ColumnElement[int] = literal_column(str(level_of(self.rows, groups)))
        wholes = [self._whole_row(lines, depth).label(f"w{depth}") for depth in range(1, len(self.rows) + 1)]
        place, source = self._place(lines)
        first = select(place, *wholes).select_from(source).where(lines.c.level == leaf)
        if having is not None:
            first = first.where(having)
        left_out = [lines.c[f"o{i}"] for i in self.others if i in self.rows and not self.question.groups[i].other]
        first = first.where(*(sql("(NOT {})", one) for one in left_out))
        kept = first.order_by(place).limit(literal_column(str(int(self.question.most) + 1))).cte("first_rows")
        deepest = len(self.rows)
        shown = [self._of_depth(lines, 0), kept.c.place.is_not(None)]
        for depth in range(1, deepest):
            mine = self._whole_row(lines, depth).in_(select(kept.c[f"w{depth}"]))
            shown.append(and_(self._of_depth(lines, depth), mine))
        # Sums come first, then rows and cells by their place: a matrix that is too large loses its last rows.
        placed = and_(self._of_depth(lines, deepest), kept.c[f"w{deepest}"] == self._whole_row(lines, deepest))
        answer = select(*lines.c).select_from(lines.outerjoin(kept, placed))
        return answer.where(or_(*shown)).order_by(lines.c.level.desc(), kept.c.place).limit(most)

    def _whole_row(self, lines: FromClause, depth: int) -> ColumnElement[Any]:
        """The key of a row, or of those of its groups that a sum is about."""
        rows = self.rows[:depth]
        return whole_key([lines.c[f"k{i}"] for i in rows] + [lines.c[f"o{i}"] for i in self.others if i in rows])

    def _of_depth(self, lines: FromClause, depth: int) -> ColumnElement[bool]:
        """Whether a line is about so many groups of rows."""
        groups = len(self.plan.groups)
        levels = {level_of((*self.rows[:depth], *one), groups) for one in (self.columns, ())}
        return lines.c.level.in_([literal_column(str(level)) for level in sorted(levels)])

    def _usual(self) -> list[str]:
        """What is kept where nothing else is said: the latest dates, the largest first number; of equals those whose
        keys come first."""
        first, *others = (self.plan.groups[i].text for i in self.rows)
        group = self.plan.groups[0]
        if group.by.every in SPANS or group.field.type.expression_type in ("date", "datetime"):
            return [f"-{first}", *others]
        return [*(f"-{number.name}" for number in self.question.numbers[:1]), first, *others]

    def _having(self, lines: FromClause) -> ColumnElement[bool] | None:
        said = self.plan.having
        if said is None:
            return None
        known = {number.name: lines.c[f"n{i}"] for i, number in enumerate(self.question.numbers)}
        groups = named_groups([self.plan.groups[i] for i in self.rows])
        known = {name: lines.c[f"k{i}"] for name, i in groups.items()} | known
        return compile_sql(said.checked, _Named(known), prefix=said.prefix)


def _turned(column: ColumnElement[Any], text: str) -> ColumnElement[Any]:
    """A sort key, blank last."""
    return column.desc().nulls_last() if text.startswith("-") else column.asc().nulls_last()


def _divisible(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """For formulas: counts are whole numbers, which would divide without remainder."""
    return sql("CAST({} AS numeric)", column)


def _typed(one: Aggregate, value: ColumnElement[Any]) -> ColumnElement[Any]:
    kind = "bigint" if one.function in _COUNTS else PG_TYPES[one.said.checked.type.name]
    return sql(f"CAST({{}} AS {kind})", value).label(one.name)
