"""Roll-ups, kept by the writes of the records that they count: changes of counts and sums travel in the write's own
statement; what cannot be told from the change alone is worked out again afterwards, in the same transaction.

Parents are locked FOR NO KEY UPDATE in the order of their ids, so that two writers of one parent follow each other, and
neither their version nor their history changes. `recount` reads what others have committed meanwhile: it is a statement
of its own, after the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement

from dougong_metadata.expressions import compile_sql
from dougong_metadata.model.flow_types import RollupModel
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.records.action import Writing
from dougong_platform.records.arrays import array_text
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.parents_hold import asked, refuse_what_breaks
from dougong_platform.records.remembered import cached
from dougong_platform.records.shape import Shape
from dougong_platform.records.statement import Statement, fragment, quoted
from dougong_platform.storage.rollups import counted, read_by

_ADDED = frozenset({"count", "sum"})
_EXTREMES = {"min": "least", "max": "greatest"}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the row `n` adds to a roll-up, as SQL: `counts`, and `value` where it does."""

    counts: str
    value: str


class Rolling:
    """The roll-ups that one write statement touches.

    `parts` are common table expressions over `source` (rows `n`: the new values, `_old_…` the former ones of touched
    fields). `links` are those whose targets `recount` has still to see to.
    """

    def __init__(self, shape: Shape, row: NewRow, op: str, touched: Sequence[str], source: str) -> None:
        self._shape, self._row, self._op, self._source = shape, row, op, source
        model, object = shape.model, shape.object
        affected = [
            field
            for field in object.rolled_by
            if field.rollup is not None and (op != "update" or read_by(model, field.rollup).intersection(touched))
        ]
        by_link: dict[str, list[FieldModel]] = {}
        for field in affected:
            by_link.setdefault(str(field.rollup and field.rollup.link), []).append(field)
        self.parts: list[str] = []
        self.done: frozenset[tuple[str, str]] = frozenset()
        self.links: tuple[FieldModel, ...] = tuple(object.fields[n] for n, fs in by_link.items() if self._later(fs))
        for number, (name, fields) in enumerate(by_link.items()):
            now = [f for f in fields if self._at_once(f)]
            self.done |= {(f.object, f.name) for f in now}
            if now:
                self.parts += self._turning(number, object.fields[name], now)

    def _at_once(self, field: FieldModel) -> bool:
        """Whether the change alone tells the new value: of what is added up, and of extremes as rows come."""
        assert field.rollup is not None
        if field.object == self._shape.object.name:
            return False  # a statement may not update the same row twice
        return field.rollup.kind in _ADDED or (self._op == "create" and field.rollup.kind in _EXTREMES)

    def _later(self, fields: Sequence[FieldModel]) -> bool:
        """Whether anything is left to be worked out again: these roll-ups, or others that read them."""
        above = self._shape.model.objects[fields[0].object]
        names = {f.name for f in fields}
        return (
            any(not self._at_once(f) for f in fields)
            or any(f.rollup is not None and read_by(self._shape.model, f.rollup) & names for f in above.rolled_by)
            or bool(asked(self._shape.model, above, frozenset(names)))
        )

    def _turning(self, number: int, link: FieldModel, fields: Sequence[FieldModel]) -> list[str]:
        names = self._shape.catalogue
        parents = f'"§".{quoted(names.table(fields[0].object))}'
        sums, sets, moves = [], [], []
        for place, field in enumerate(fields):
            assert field.rollup is not None
            column = quoted(names.column(field.object, field.name))
            extreme = _EXTREMES.get(field.rollup.kind)
            if extreme is None:
                sums.append(f"sum(d.v{place}) as v{place}")
                sets.append(f"{column} = p.{column} + r.v{place}::{field.type.cast_type(field)}")
                moves.append(f"r.v{place} <> 0")
            else:
                sums.append(f"{field.rollup.kind}(d.v{place}) as v{place}")
                sets.append(f"{column} = {extreme}(p.{column}, r.v{place})")
                moves.append(f"r.v{place} is not null")
        signs = {"create": ("+",), "restore": ("+",), "delete": ("-",), "update": ("+", "-")}[self._op]
        rows = " union all ".join(self._change(link, fields, sign) for sign in signs)
        changes = f"select d.id, {', '.join(sums)} from ({rows}) d group by d.id"
        held = f"select p.id from {parents} p where p.id in (select id from roll_{number}) order by p.id"
        joined = f"from roll_{number} r join held_{number} h on h.id = r.id where p.id = r.id"
        return [
            f"roll_{number} as materialized (select * from ({changes}) r where {' or '.join(moves)})",
            f"held_{number} as materialized ({held} for no key update of p)",
            f"turned_{number} as (update {parents} p set {', '.join(sets)} {joined})",
        ]

    def _change(self, link: FieldModel, fields: Sequence[FieldModel], sign: str) -> str:
        """What every row gives to (+), or takes from (-), the record it points, or pointed, to."""
        before = self._op == "update" and sign == "-"
        row = self._row.again()
        columns = []
        for place, field in enumerate(fields):
            assert field.rollup is not None
            one = contribution(row, field.rollup, before=before)
            nothing = "null" if field.rollup.kind in _EXTREMES else "0"
            minus = "-" if sign == "-" else ""
            columns.append(f"case when {one.counts} then {minus}({one.value}) else {nothing} end as v{place}")
        target = text_of(row, (link.name,), before=before)
        return (
            f"select {target} as id, {', '.join(columns)} from {self._source} n {row.joins} where {target} is not null"
        )


def text_of(row: NewRow, path: tuple[str, ...], *, before: bool) -> str:
    """A column of the row `n` as text, as it is or as it was."""
    return fragment(row.prior(path) if before else row.column(path))


def contribution(row: NewRow, rollup: RollupModel, *, before: bool) -> Contribution:
    """What one row counts for."""
    counts = "true"
    if rollup.where is not None:
        counts = f"coalesce({fragment(compile_sql(rollup.where, _Seen(row, before)))}, false)"
    if rollup.field is None:
        return Contribution(counts, "1")
    value = text_of(row, (rollup.field,), before=before)
    return Contribution(counts, f"coalesce({value}, 0)" if rollup.kind == "sum" else value)


class _Seen:
    """A row as it is or as it was, for conditions of roll-ups (which read fields of the row alone)."""

    def __init__(self, row: NewRow, before: bool) -> None:
        self._row, self._before = row, before

    def column(self, path: tuple[str, ...]) -> ColumnElement[object]:
        return self._row.prior(path) if self._before else self._row.column(path)

    def gather(self, base: tuple[str, ...], object: str, link: str, build: object) -> ColumnElement[object]:
        raise TypeError("a roll-up's condition gathers nothing: publishing refused it")


def recount(
    writing: Writing,
    object: ObjectModel,
    targets: Mapping[str, Iterable[str | None]],
    touched: Iterable[str],
    done: frozenset[tuple[str, str]] = frozenset(),
) -> None:
    """Work out again what could not be told from the change: for the records of `object` that were written, `targets`
    are the ids they point, or pointed, to by each link. `touched` are the written fields (all of them for new rows),
    `done` the roll-ups (object, field) that are right already.

    What the roll-ups of those records change is passed on upwards, level by level.
    """
    model, changed = writing.caller.model, frozenset(touched)
    for link, given in sorted(targets.items()):
        ids = sorted({id for id in given if id is not None})
        above = model.objects[str(object.fields[link].to)]
        fields = [
            f
            for f in above.rollups
            if f.rollup is not None
            and (f.rollup.object, f.rollup.link) == (object.name, link)
            and read_by(model, f.rollup) & changed
        ]
        if not ids or not fields:
            continue
        due = tuple(f for f in fields if (f.object, f.name) not in done)
        if due:
            key = ("recount", model.hash, writing.caller.release.catalogue.key, tuple((f.object, f.name) for f in due))
            hold, count = cached(key, partial(_recounting, writing, above, due))
            writing.run(hold, {"ids": array_text(ids)})
            writing.run(count, {"ids": array_text(ids)})
        refuse_what_breaks(writing, above, ids, [f.name for f in fields])
        _upwards(writing, above, ids, {f.name for f in fields})


def _upwards(writing: Writing, object: ObjectModel, ids: Sequence[str], changed: set[str]) -> None:
    """The roll-ups that read these roll-ups of these records."""
    model, names = writing.caller.model, writing.caller.release.catalogue
    links = {f.rollup.link for f in object.rolled_by if f.rollup is not None and read_by(model, f.rollup) & changed}
    targets: dict[str, list[str]] = {}
    for link in links:
        column = quoted(names.column(object.name, link))
        found = writing.run(
            Statement(
                f'select distinct t.{column} from "§".{quoted(names.table(object.name))} t'
                f" where t.id = any(%(ids)s::uuid[]) and t.{column} is not null"
            ),
            {"ids": array_text(ids)},
        )
        targets[link] = [id for (id,) in found]
    if targets:
        recount(writing, object, targets, changed)


def _recounting(writing: Writing, above: ObjectModel, fields: Sequence[FieldModel]) -> tuple[Statement, Statement]:
    model, names = writing.caller.model, writing.caller.release.catalogue
    table = f'"§".{quoted(names.table(above.name))}'
    values = [(quoted(names.column(above.name, f.name)), counted(model, names, f, "p")) for f in fields]
    hold = f"select p.id from {table} p where p.id = any(%(ids)s::uuid[]) order by p.id for no key update of p"
    sets = ", ".join(f"{column} = {value}" for column, value in values)
    return Statement(hold), Statement(f"update {table} p set {sets} where p.id = any(%(ids)s::uuid[])")
