"""Summaries, matrices and reports of wins and losses: lines of a question laid out as rows, columns and totals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import SPANS, ReportModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import scope
from dougong_platform.reports.answer import OTHER, Answer, Cell, GroupHead, Head, Row
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.conditions import today_of
from dougong_platform.reports.grouped.fact import level_of
from dougong_platform.reports.grouped.ordering import linked_object
from dougong_platform.reports.grouped.question import Order, order_of
from dougong_platform.reports.grouped.running import Compiled, Line, run
from dougong_platform.reports.grouped.statement import MOST_LINES
from dougong_platform.reports.kinds.asking import Grid, grid_of
from dougong_platform.reports.kinds.cells import Descending, added, adds_up, beside, change_of, ranked, share_of
from dougong_platform.reports.kinds.currencies import NOTICE, PREFIX, texts_of
from dougong_platform.reports.kinds.filling import filled
from dougong_platform.reports.kinds.heads import heads, path_label, roles_of
from dougong_platform.reports.kinds.kept_back import counts_more
from dougong_platform.reports.labels import TOTAL, KeyLabels

MOST_COLUMNS = 100
Keys = tuple[Any, ...]
_NONE = (None, 0, "0")
_CAPPED = Label("Only the first {n} rows are shown; the totals count all.", "仅显示前 {n} 行；合计包含全部数据。")
_WIDE = Label("Only {n} of the columns are shown.", "仅显示 {n} 列。")
_NOT_ADDED = Label("Only counts and sums have a running total.", "只有计数与合计才有累计值。")
_LEFT_OUT = Label("Totals also count the groups beyond the first.", "合计包含前几名以外的分组。")
_KEPT_BACK = Label("Totals also count the groups that “having” leaves out.", "合计包含被「分组条件」隐藏的分组。")


def answer(caller: Caller, report: ReportModel, asked: Asked) -> Answer:
    """The report's numbers. Raises what `grouped.running.run` does."""
    grid = grid_of(caller, report, asked)
    compiled, lines = run(caller, grid.question)
    return _Layout(caller, report, grid, compiled, lines, bool(asked.sort and grid.question.sort)).answer()


@dataclass(frozen=True, slots=True)
class _Number:
    now: Cell
    before: Cell


class _Layout:
    def __init__(
        self, caller: Caller, report: ReportModel, grid: Grid, compiled: Compiled, lines: list[Line], visited: bool
    ) -> None:
        self.visited = visited  # whether the reader has asked for an order, which goes before that of groups
        self.caller, self.report, self.grid, self.compiled = caller, report, grid, compiled
        self.groups = compiled.plan.groups
        self.depth, self.wide = len(grid.question.rows), len(grid.question.columns)
        self.shown = [i for i, value in enumerate(grid.values) if not value.hidden]
        self.today = str(today_of(caller))
        self.adding = self._adding()
        self.cut = lines[-1].keys[: self.depth] if self.depth and len(lines) > MOST_LINES else None
        self.types = [compiled.types[number.name] for number in grid.question.numbers]
        self.lines = self._by_keys(lines)
        self.labels = [
            KeyLabels(caller, group, {keys[i] for keys in self._keys_at(at) for i in [self._side(at)]})
            for at, group in enumerate(self.groups)
        ]

    def _by_keys(self, lines: list[Line]) -> dict[tuple[Keys, Keys | None], _Number]:
        """Numbers by the keys of row (fewer than there are groups: a sum) and column (None: over all)."""
        depths = {}
        for depth in range(self.depth + 1):
            rows = tuple(range(depth))
            columns = tuple(range(self.depth, self.depth + self.wide))
            depths[level_of((*rows, *columns), len(self.groups))] = (depth, bool(self.wide))
            depths[level_of(rows, len(self.groups))] = (depth, False)
        zeros = self._zeros()
        found = {}
        for line in lines:
            depth, columns_too = depths[line.level]
            keys = tuple(OTHER if i in line.others else key for i, key in enumerate(line.keys))
            column = keys[self.depth :] if columns_too else None
            before = tuple(0 if n is None and zero else n for n, zero in zip(line.before, zeros, strict=False))
            now = tuple(0 if n is None and zero else n for n, zero in zip(line.numbers, zeros, strict=False))
            if self._is_to_come(keys) and all(n in _NONE for n in now):
                now = (None,) * len(now)  # of days to come nothing is known: blank, not 0
            found[keys[:depth], column] = _Number(now, before)
        return found

    def _is_to_come(self, keys: Keys) -> bool:
        """Whether a line beside an earlier period is of a span that lies behind today."""
        if self.grid.question.compared is None:
            return False
        spans = ((g.by.every, key) for g, key in zip(self.groups, keys, strict=False))
        return any(every in SPANS and isinstance(key, str) and key > self.today for every, key in spans)

    def _adding(self) -> set[int]:
        """The positions of numbers that have a running sum: those that add up."""
        asked = [i for i, value in enumerate(self.grid.values) if "running" in value.show]
        texts, object = texts_of(self.grid.values), self.grid.question.object
        about = scope(self.caller.rights, object, "aggregate")
        return {i for i in asked if adds_up(self.grid.values[i].name, texts, about)}

    def _zeros(self) -> list[bool]:
        """Of each number whether it is 0, not blank, where there are no records."""
        formulas = {f.name: f for f in self.compiled.plan.formulas}
        texts = [formulas[n.name].said.checked.text.strip() for n in self.grid.question.numbers]
        return [text in self.compiled.plan.zeros for text in texts]

    def _side(self, at: int) -> int:
        return at if at < self.depth else at - self.depth

    def _keys_at(self, at: int) -> list[Keys]:
        if at < self.depth:
            return [row for row, _ in self.lines if len(row) > at]
        return [column for _, column in self.lines if column]

    # Heads.

    def answer(self) -> Answer:
        """Rows in order, with their sums before them."""
        columns = self._columns()
        leaves, capped = self._leaves()
        notices = []
        if capped:
            notices.append(_CAPPED.text(self.caller.locale).format(n=f"{len(leaves):,}"))
        if len(columns) > MOST_COLUMNS:
            dated = self.groups[self.depth].by.every in SPANS
            columns, capped = columns[-MOST_COLUMNS:] if dated else columns[:MOST_COLUMNS], True
            notices.append(_WIDE.text(self.caller.locale).format(n=MOST_COLUMNS))
        if self.report.having and self.report.totals and self.depth and self._keeps_back(leaves):
            notices.append(_KEPT_BACK.text(self.caller.locale))
        if self.report.totals and any(by.top and not by.other for by in self.grid.question.groups):
            notices.append(_LEFT_OUT.text(self.caller.locale))
        if any("running" in v.show and i not in self.adding for i, v in enumerate(self.grid.values)):
            notices.append(_NOT_ADDED.text(self.caller.locale))
        left_out = self._without_rate()
        if left_out:
            notices.append(NOTICE.text(self.caller.locale).format(n=f"{left_out:,}"))
        rows = self._rows(leaves, columns)
        spans = self.grid.spans
        return Answer(
            tuple(self._group_head(at) for at in range(self.depth)),
            tuple(self._group_head(at) for at in range(self.depth, len(self.groups))),
            tuple(heads(self.caller, self.grid, self.compiled.types)),
            tuple(rows),
            tuple(Head(keys, self._labels_of(keys, self.depth)) for keys in columns),
            self._total(columns),
            capped,
            tuple(notices),
            _days(spans.now),
            _days(spans.before),
        )

    def _keeps_back(self, leaves: list[Keys]) -> bool:
        """Whether groups that are not shown are more than nothing."""
        texts, about = texts_of(self.grid.values), scope(self.caller.rights, self.grid.question.object, "aggregate")
        asked = [value.name for value in self.grid.values if not value.hidden]
        rows, whole = [self.lines[row, None] for row in leaves], self.lines[(), None]
        now = counts_more(texts, asked, about, [number.now for number in rows], whole.now)
        return now or bool(whole.before and counts_more(texts, asked, about, [n.before for n in rows], whole.before))

    def _without_rate(self) -> int:
        """How many amounts no rate brings into the tenant's currency."""
        whole = self.lines.get(((), None))
        names = [n.name.startswith(PREFIX) for n in self.grid.question.numbers]
        return sum(int(n or 0) for n, counts in zip(whole.now, names, strict=True) if counts) if whole else 0

    def _group_head(self, at: int) -> GroupHead:
        group = self.groups[at]
        given = (*self.report.rows, *self.report.columns)[at]
        label = given.label or path_label(self.caller, self.report.object, group)
        linked = linked_object(group.field) if group.by.every is None else None
        return GroupHead(group.text, label.text(self.caller.locale), group.field.type.name, group.by.every, linked)

    def _columns(self) -> list[Keys]:
        if not self.wide:
            return []
        shown = {c for _, c in self.lines if c is not None and not self._is_left_out(c, self.depth)}
        found = sorted(shown, key=lambda keys: self._order(keys, self.depth))
        group = self.groups[self.depth]
        if self.wide == 1 and group.by.every in SPANS and not group.by.top:
            return [(key,) for key in filled([c[0] for c in found], str(group.by.every), group.fiscal)]
        return found

    def _leaves(self) -> tuple[list[Keys], bool]:
        """The rows that come first, in the order in which they are shown, and whether there are more."""
        if not self.depth:
            return [], False
        found = [row for row, column in self.lines if column is None and len(row) == self.depth]
        kept = self._whole_rows(found)[: self.grid.question.most]
        group, question = self.groups[0], self.grid.question
        plain = not (question.having or question.sort or len(kept) < len(found) or group.by.top)
        if self.depth == 1 and group.by.every in SPANS and plain:
            every = [(key,) for key in filled([row[0] for row in found], str(group.by.every), group.fiscal)]
            if len(every) <= question.most:
                return every, False
        return sorted(kept, key=self._sorted), len(kept) < len(found)

    def _whole_rows(self, rows: list[Keys]) -> list[Keys]:
        """Of a matrix that was too large those whose cells are all there."""
        if self.cut is None:
            return rows
        with_cells = {row for row, column in self.lines if column is not None and len(row) == self.depth}
        return [row for row in rows if row in with_cells and row != self.cut]

    def _is_left_out(self, keys: Keys, first: int) -> bool:
        """Whether it is all others of a group that shows none."""
        return any(key == OTHER and not self.groups[first + at].by.other for at, key in enumerate(keys))

    def _sorted(self, row: Keys) -> tuple[Any, ...]:
        """Siblings stand together, in the order that the report asks for at each level."""
        return tuple(self._sibling_order(row[: at + 1], at) for at in range(self.depth))

    def _sibling_order(self, keys: Keys, at: int) -> tuple[Any, ...]:
        given = self.report.rows[at] if at < len(self.report.rows) else None
        own = () if given is None or not given.sort or self.visited else (given.sort,)
        names = [n.name for n in self.grid.question.numbers]
        columns = self.grid.question.sort_columns
        natural = self.labels[at].order(keys[-1])
        by_value: list[Any] = [keys[-1] == OTHER]
        for order in map(order_of, own or self.grid.sort):
            if order.name in names:
                column = None if order.column is None else columns[order.column]
                by_value.append(self._rank(order, names.index(order.name), keys, column))
            elif order.name == self.groups[at].text:
                turned = (natural[0], Descending(natural[1:])) if order.descending else natural
                return (*by_value, *turned)  # no two siblings are alike in it
        return (*by_value, *natural)

    def _rank(self, order: Order, i: int, keys: Keys, column: Keys | None) -> tuple[int, Any]:
        number, whole, value = self.lines.get((keys, column)), self.lines.get(((), column)), None
        if number is not None and whole is not None:
            before = number.before[i] if number.before else None
            value = beside(order.role, number.now[i], before, whole.now[i], self.types[i], self.grid.values[i].by_gap)
        return ranked(value, order.descending, self.types[i])

    def _order(self, keys: Keys, first: int) -> tuple[Any, ...]:
        return tuple(self.labels[first + at].order(key) for at, key in enumerate(keys))

    def _labels_of(self, keys: Keys, first: int) -> tuple[str, ...]:
        return tuple(self.labels[first + at].of(key) for at, key in enumerate(keys))

    # Cells.

    def _rows(self, leaves: list[Keys], columns: list[Keys]) -> list[Row]:
        found: list[Row] = []
        running: dict[Keys | None, list[Decimal]] = {}
        seen: set[Keys] = set()
        for leaf in leaves:
            for depth in range(1, self.depth):
                if self.report.totals and leaf[:depth] not in seen:
                    seen.add(leaf[:depth])
                    found.append(self._row(leaf[:depth], columns, None))
            found.append(self._row(leaf, columns, running))
        return found

    def _row(self, keys: Keys, columns: list[Keys], running: dict[Keys | None, list[Decimal]] | None) -> Row:
        cells = tuple(self._cell(keys, column, running) for column in columns)
        return Row(keys, self._labels_of(keys, 0), self._cell(keys, None, running), cells)

    def _total(self, columns: list[Keys]) -> Row | None:
        if not self.report.totals:
            return None
        cells = tuple(self._cell((), column, None) for column in columns)
        return Row((), (TOTAL.text(self.caller.locale),), self._cell((), None, None), cells)

    def _cell(self, keys: Keys, column: Keys | None, running: dict[Keys | None, list[Decimal]] | None) -> Cell:
        number = self.lines.get((keys, column)) or self._nothing(keys, column)
        whole = self.lines.get(((), column)) or self._nothing((), column)
        found: list[Any] = []
        for i in self.shown:
            value = self.grid.values[i]
            now = number.now[i]
            found.append(now)
            for role in roles_of(self.grid, value):
                if role == "before":
                    found.append(number.before[i])
                elif role == "change":
                    found.append(change_of(now, number.before[i], self.types[i], value.by_gap))
                elif role == "share":
                    found.append(share_of(now, whole.now[i], self.types[i]))
                else:
                    found.append(self._running(i, now, column, running))
        return tuple(found)

    def _running(
        self, i: int, now: Any, column: Keys | None, running: dict[Keys | None, list[Decimal]] | None
    ) -> str | None:
        if running is None or i not in self.adding:
            return None
        sums = running.setdefault(column, [Decimal(0)] * len(self.grid.values))
        sums[i] = added(sums[i], now)
        return f"{sums[i]:f}"

    def _nothing(self, keys: Keys, column: Keys | None) -> _Number:
        """A group without records: counts and sums are 0 in a row of its own, and blank inside a matrix or in days to
        come."""
        blank = column is not None or self._is_to_come(keys)
        cell = tuple(0 if zero and not blank else None for zero in self._zeros())
        return _Number(cell, cell)


def _days(span: Any) -> tuple[str, str] | None:
    if span is None or span.first is None or span.until is None:
        return None
    return (str(span.first), str(span.until))
