"""One fact of a question: the records that some of its aggregates are over, with the question's groups and conditions
said from there.

A fact is grouped by itself, so that no join between facts multiplies records. Where sums over rows and columns are
asked for, its records are read once: `fine` groups them as finely as asked, and counts, sums, averages and extremes of
larger groups are folded from that; what cannot be folded (medians, different values) is worked out of the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from dougong_metadata.expressions import (
    Checked,
    compile_aggregate,
    compile_average,
    compile_own_condition,
    compile_sql,
)
from dougong_metadata.expressions.sql import Sql, sql
from dougong_platform.access.predicate import predicate
from dougong_platform.access.rights import Rights
from dougong_platform.reports.grouped.group import Group
from dougong_platform.reports.grouped.money import MoneyRows
from dougong_platform.storage.tables import Tables

Sets = Sequence[tuple[int, ...]]  # positions of the groups that a line is about; () = all records
_FOLDED = {
    "COUNT": "CAST(coalesce(sum({}), 0) AS bigint)",
    "SUM": "coalesce(sum({}), 0)",
    "MIN": "min({})",
    "MAX": "max({})",
    "AVG": "(sum({}) / nullif(sum({}), 0))",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A checked text, and the prefix of its parameters."""

    checked: Checked
    prefix: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One aggregate by the name that formulas call it."""

    name: str
    function: str
    said: Said


@dataclass(slots=True)
class Fact:
    """`up`: the links from its `object` to the question's. `where`: all conditions. `before`: of the earlier span."""

    object: str
    up: tuple[str, ...]
    where: tuple[Said, ...]
    before: bool = False
    aggregates: list[Aggregate] = field(default_factory=list)

    @property
    def folds(self) -> bool:
        """Whether larger groups follow from smaller ones."""
        return all(aggregate.function in _FOLDED for aggregate in self.aggregates)


@dataclass(slots=True)
class Source:
    """A fact in a statement that is being made: its records, or them finely grouped."""

    fact: Fact
    groups: tuple[Group, ...]
    later: frozenset[int]  # positions of groups whose dates are those of a comparison
    tables: Tables
    rights: Rights
    fine: CTE | None = None

    def read_once(self, name: str) -> None:
        """From now on everything is folded from one grouping by all groups."""
        rows, keys, where = self._begun()
        parts = [part for aggregate in self.fact.aggregates for part in self._parts(rows, aggregate)]
        columns = [*(k.label(f"k{i}") for i, k in enumerate(keys)), *(p.label(f"p{i}") for i, p in enumerate(parts))]
        found = select(*(columns or [literal_column("1").label("one")])).select_from(rows.source).where(*where)
        if keys:
            found = found.group_by(*(literal_column(str(i + 1)) for i in range(len(keys))))
        self.fine = found.cte(name)

    def lines(self, sets: Sets, buckets: Sequence[Buckets] = ()) -> Select[Any]:
        """The aggregates by `sets` of groups: columns `level` (which groups a line is not about, as bits, the last
        group being the lowest), k0… keys, o0… whether it is all others, and the aggregates by name."""
        if self.fine is not None:
            return self._folded(self.fine, sets, buckets)
        rows, keys, where = self._begun()
        values = [self._compiled(rows, one.said) for one in self.fact.aggregates]
        source: FromClause = rows.source
        if len(sets) > 1 or buckets:
            lateral = beside({f"k{i}": key for i, key in enumerate(keys)}).lateral("keys")
            source = source.join(lateral, true())
            keys = [lateral.c[f"k{i}"] for i in range(len(keys))]
        return self._grouped(source, keys, values, sets, buckets).where(*where)

    def _folded(self, fine: CTE, sets: Sets, buckets: Sequence[Buckets]) -> Select[Any]:
        source: FromClause = fine
        keys: list[ColumnElement[Any]] = []
        for i, group in enumerate(self.groups):
            source, key = group.unfolded(source, fine.c[f"k{i}"])
            keys.append(key)
        values, at = [], 0
        for aggregate in self.fact.aggregates:
            parts = [fine.c[f"p{at + i}"] for i in range(_FOLDED[aggregate.function].count("{}"))]
            at += len(parts)
            values.append(sql(_FOLDED[aggregate.function], *parts))
        return self._grouped(source, keys, values, sets, buckets)

    def _grouped(
        self,
        source: FromClause,
        keys: list[ColumnElement[Any]],
        values: list[ColumnElement[Any]],
        sets: Sets,
        buckets: Sequence[Buckets],
    ) -> Select[Any]:
        others: dict[int, ColumnElement[Any]] = {}
        if buckets:
            source, keys, others = _bucketed(source, keys, buckets)
        used = sorted({i for one in sets for i in one})
        columns = [
            _level(keys, sets).label("level"),
            *(keys[i].label(f"k{i}") for i in used),
            *(others[i].label(f"o{i}") for i in others),
            *(value.label(one.name) for one, value in zip(self.fact.aggregates, values, strict=True)),
        ]
        found = select(*columns).select_from(source)
        grouped = [[c for i in one for c in ([keys[i], others[i]] if i in others else [keys[i]])] for one in sets]
        if len(grouped) > 1:
            return found.group_by(func.grouping_sets(*(tuple_(*one) for one in grouped)))
        if not grouped[0]:  # one line, also where no aggregate makes it one
            return found if self.fact.aggregates else found.having(true())
        if self.fine is None and not others:  # expressions: named by their place, lest parameters make them differ
            return found.group_by(*(literal_column(str(at + 2)) for at in range(len(used))))
        return found.group_by(*grouped[0])

    def _begun(self) -> tuple[MoneyRows, list[ColumnElement[Any]], list[ColumnElement[bool]]]:
        """The records, their keys and the conditions. What these join is in `rows.source` only once they are made."""
        rows = MoneyRows(self.tables, self.rights, self.fact.object)
        keys = [group.column(rows, self.fact.up, i in self.later) for i, group in enumerate(self.groups)]
        return rows, keys, self._where(rows)

    def _parts(self, rows: MoneyRows, aggregate: Aggregate) -> tuple[ColumnElement[Any], ...]:
        """What an aggregate is folded from: itself, or an average's sum and number."""
        if aggregate.function != "AVG":
            return (self._compiled(rows, aggregate.said),)
        return compile_average(aggregate.said.checked, rows, rows.amounts, prefix=aggregate.said.prefix)

    def _compiled(self, rows: MoneyRows, said: Said) -> ColumnElement[Any]:
        return compile_aggregate(said.checked, rows, rows.amounts, prefix=said.prefix)

    def _where(self, rows: MoneyRows) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [rows.base.c.deleted_at.is_(None)]
        if self.fact.up:  # a parent out of sight, or in the recycle bin, reads as blank
            conditions.append(rows.column((*self.fact.up, "id")).is_not(None))
        allowed = predicate(self.tables, self.rights, self.fact.object, "read", rows.base)
        if allowed is not None:
            conditions.append(allowed)
        conditions += [compile_sql(said.checked, rows, prefix=said.prefix) for said in self.fact.where]
        return conditions + self._counted_at_all(rows)

    def _counted_at_all(self, rows: MoneyRows) -> list[ColumnElement[bool]]:
        """Related records that stand in no number need not be read: groups without any are there by the question's own
        records."""
        own = [compile_own_condition(a.said.checked, rows, prefix=a.said.prefix) for a in self.fact.aggregates]
        asked = [condition for condition in own if condition is not None]
        return [or_(*asked)] if self.fact.up and asked and len(asked) == len(own) else []


@dataclass(frozen=True, slots=True)
class Buckets:
    """The groups at position `at` that are kept (`kept`, a table of their keys with those above them, as one text);
    all others are one."""

    at: int
    above: tuple[int, ...]
    kept: FromClause

    def joined(self, source: FromClause, keys: Sequence[ColumnElement[Any]]) -> tuple[FromClause, FromClause]:
        """The source with the kept groups beside it; these are blank in lines of other groups."""
        kept = self.kept.alias()
        mine = whole_key([keys[i] for i in (*self.above, self.at)])
        return source.outerjoin(kept, mine == kept.c.whole), kept


def _bucketed(
    source: FromClause, keys: list[ColumnElement[Any]], buckets: Sequence[Buckets]
) -> tuple[FromClause, list[ColumnElement[Any]], dict[int, ColumnElement[Any]]]:
    """Keys, blank where they are not kept, and whether they are not: as columns, for GROUPING()."""
    inside: dict[int, ColumnElement[bool]] = {}
    for bucket in buckets:
        source, kept = bucket.joined(source, keys)
        within = [kept.c.whole.is_not(None), *(inside[i] for i in bucket.above if i in inside)]
        inside[bucket.at] = and_(*within)
    shown = {f"k{i}": case((inside[i], key)) if i in inside else key for i, key in enumerate(keys)}
    shown |= {f"o{i}": not_(held) for i, held in inside.items()}
    lateral = beside(shown).lateral("bucketed")
    found: list[ColumnElement[Any]] = [lateral.c[f"k{i}"] for i in range(len(keys))]
    return source.join(lateral, true()), found, {i: lateral.c[f"o{i}"] for i in inside}


class _Beside(Sql):
    """An expression over rows that stand beside it in FROM: it brings none of them along."""

    @property
    def _from_objects(self) -> list[Any]:
        return []


def beside(columns: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    """A select of expressions over the rows before a LATERAL, by label."""
    return select(*(_Beside("{}", (column,), column.type).label(name) for name, column in columns.items()))


def whole_key(keys: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Several keys as one text that equals where they do, blanks included."""
    return sql(f"CAST(ROW({', '.join(['{}'] * len(keys))}) AS text)", *keys)


def _level(keys: Sequence[ColumnElement[Any]], sets: Sets) -> ColumnElement[Any]:
    if len(sets) == 1:
        return literal_column(str(level_of(sets[0], len(keys))))
    return sql(f"GROUPING({', '.join(['{}'] * len(keys))})", *keys)


def level_of(one: tuple[int, ...], groups: int) -> int:
    """What `level` is of lines about these groups."""
    return sum(1 << (groups - 1 - i) for i in range(groups) if i not in one)
