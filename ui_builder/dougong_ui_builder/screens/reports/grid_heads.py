"""The heads of an answer's table: over several levels, each a link that orders the rows. Used by `grid`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dougong_metadata.report_order import BESIDE, SortKey
from dougong_ui_builder.screens.reports.figures import role_word
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.reports.answer import Answer, Head, ValueHead


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of the head. `sort`: the address that orders by it; `sorted`: asc, desc or None."""

    label: str
    note: str = ""
    columns: int = 1
    rows: int = 1
    number: bool = False
    total: bool = False
    sort: str | None = None
    sorted: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """`records`: the address of the records of cells, with what the visitor set, or None where nothing opens;
    `sort`: the address of the report in another order (None: its own); `sorted`: the order that holds; `chosen`: it is
    the visitor's."""

    records: str | None = None
    sort: Callable[[str | None], str] | None = None
    sorted: tuple[SortKey, ...] = ()
    chosen: bool = False


class Heads:
    """Writes them. `outline`: groups of rows stand in one column; `once` and `each`: positions of the values that stand
    before the columns, and in each of them; `over_all`: there is a column of all of them; `told`: a line above
    says what the columns are."""

    def __init__(
        self,
        answer: Answer,
        links: Links,
        *,
        outline: bool,
        once: Sequence[int],
        each: Sequence[int],
        over_all: bool,
        told: bool,
    ) -> None:
        self._answer, self._links, self._outline = answer, links, outline
        self._once, self._each, self._over_all, self._told = once, each, over_all, told
        self._across = bool(answer.columns_by)

    def lines(self) -> Iterator[tuple[HeadCell, ...]]:
        """From the highest level down."""
        levels = len(self._answer.columns_by)
        values = [self._answer.values[at] for at in self._each]
        deep = levels + (1 if not self._across or len(values) > 1 else 0)
        if self._told:
            label = " › ".join(group.label for group in self._answer.columns_by)
            over = HeadCell(label, columns=len(self._answer.columns) * len(values), number=True)
            total = [self._total_head(levels + 1, deep + 1)] if self._over_all else []
            yield (*self._front_heads(deep + 1), over, *total)
        for level in range(levels):
            cells = list(self._front_heads(deep)) if level == 0 and not self._told else []
            alone = values[0] if len(values) == 1 else None
            for cell, column in _spans(self._answer.columns, level, levels, len(values)):
                cells.append(self._sortable(cell, alone, column.keys) if alone and column else cell)
            if level == 0 and self._over_all and not self._told:
                cells.append(self._total_head(levels, deep))
            yield tuple(cells)
        if deep > levels:
            front = list(self._front_heads(1)) if not levels else []
            columns = [head.keys for head in self._answer.columns] if self._across else [None]
            named = [self._value_head(head, sortable=True, column=keys) for keys in columns for head in values]
            over_all = [self._value_head(head, sortable=True) for head in values] if self._over_all else []
            yield (*front, *named, *over_all)

    def _total_head(self, levels: int, deep: int) -> HeadCell:
        values = [self._answer.values[at] for at in self._each]
        if deep > levels:
            return HeadCell(gettext("Total"), columns=len(values), rows=levels, number=True, total=True)
        return self._value_head(values[0], sortable=True, label=gettext("Total"), rows=deep)

    def _front_heads(self, deep: int) -> Iterator[HeadCell]:
        labels = [group.label for group in self._answer.rows_by]
        if not labels:
            yield HeadCell("", rows=deep)
        elif self._outline:
            yield self._group_head(HeadCell(" › ".join(labels), rows=deep))
        else:
            for label in labels:
                yield HeadCell(label, rows=deep)
        for at in self._once:
            yield self._value_head(self._answer.values[at], sortable=False, rows=deep)

    def _group_head(self, cell: HeadCell) -> HeadCell:
        """The head of the rows: by their names, then the other way round, then as the report has them; of several
        groups only that."""
        sort, groups = self._links.sort, self._answer.rows_by
        if sort is None or (len(groups) > 1 and not self._links.chosen):
            return cell
        if len(groups) > 1:
            return replace(cell, sort=sort(None))
        order, name = self._order(groups[0].name), groups[0].name
        return replace(cell, sort=sort({None: name, "asc": f"-{name}"}.get(order)), sorted=order)

    def _order(self, name: str, column: tuple[Any, ...] | None = None, role: str = "value") -> str | None:
        """asc or desc where rows are sorted by it first."""
        first = self._links.sorted[0] if self._links.sorted else None
        if first is None or (first.name, first.column, first.role) != (name, column, role):
            return None
        return "desc" if first.descending else "asc"

    def _sortable(self, cell: HeadCell, head: ValueHead, column: tuple[Any, ...] | None = None) -> HeadCell:
        """The head of a value, over all columns or in one, as a link that orders the rows by it."""
        if self._links.sort is None or head.role not in ("value", *BESIDE) or not self._answer.rows_by:
            return cell
        name = head.of or head.name
        order = self._order(name, column, head.role)
        key = SortKey(name, order != "desc", column, head.role)
        return replace(cell, sort=self._links.sort(key.text), sorted=order)

    def _value_head(
        self,
        head: ValueHead,
        sortable: bool,
        label: str | None = None,
        rows: int = 1,
        column: tuple[Any, ...] | None = None,
    ) -> HeadCell:
        cell = HeadCell(label or head.label, role_word(head), rows=rows, number=True)
        return self._sortable(cell, head, column) if sortable else cell


def _spans(columns: Sequence[Head], level: int, levels: int, values: int) -> Iterator[tuple[HeadCell, Head | None]]:
    """The heads of one level, with the column of those that are of one alone: equal neighbours under equal heads above
    become one; a column that ends above takes the levels below."""
    at = 0
    while at < len(columns):
        head = columns[at]
        depth = len(head.keys)
        if level >= max(depth, 1):
            at += 1
            continue
        last = level == depth - 1 or depth == 0
        end = at + 1
        while not last and end < len(columns) and columns[end].keys[: level + 1] == head.keys[: level + 1]:
            if len(columns[end].keys) <= level + 1:
                break
            end += 1
        label = (head.labels[level] if level < len(head.labels) else "") or gettext("(blank)")
        total = last and depth < levels
        if total:
            label = gettext("%(name)s, total", name=label) if depth else gettext("Total")
        rows = levels - level if total else 1
        cell = HeadCell(label, columns=(end - at) * values, rows=rows, number=last, total=total)
        yield cell, head if last and not total else None
        at = end
