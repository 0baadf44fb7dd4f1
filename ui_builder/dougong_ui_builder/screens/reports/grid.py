"""An answer as a table: heads over several levels, rows indented under their subtotals, every number with the address
of its records. Called by the report page, previews and dashboards; thousands of cells, so rows are written in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from dougong_ui_builder.screens.reports.figures import NOTHING, Figures, role_word
from dougong_ui_builder.screens.reports.visit import keys_text
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.reports.answer import Answer, Cell, Head, Row, ValueHead

MOST_SHOWN = 2_000  # rows of one page; the rest is in the export
_PALE = frozenset({"before", "share", "running"})
_UNLINKED = frozenset({"running", "change"})


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
    `sort`: the address of the report in another order."""

    records: str | None = None
    sort: Callable[[str | None], str] | None = None
    sorted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """`heads`: rows of head cells; `body` and `foot`: table rows; `hidden`: how many rows are not shown."""

    heads: tuple[tuple[HeadCell, ...], ...]
    body: Markup
    foot: Markup
    columns: int
    hidden: int = 0
    heat: bool = False


def grid_of(
    answer: Answer, links: Links | None = None, *, heat: bool = False, once: Container[str] = (), most: int = MOST_SHOWN
) -> Grid:
    """The table of an answer. `heat` shades its fractions; values named in `once` stand once before the columns, not in
    each of them."""
    return _Writer(answer, links or Links(), heat, once).grid(most)


class _Writer:
    def __init__(self, answer: Answer, links: Links, heat: bool, once: Container[str]) -> None:
        self._answer, self._links, self._heat = answer, links, heat
        self._figures = Figures(answer)
        self._across = bool(answer.columns_by)
        self._over_all = self._across and (answer.total is not None or any(row.all for row in answer.rows[:1]))
        self._columns = [quote(keys_text(head.keys)) for head in answer.columns]
        self._cell_classes = [_classes(head) for head in answer.values]
        self._pieces = [self._piece(head) for head in answer.values]
        self._once = [at for at, head in enumerate(answer.values) if self._across and head.name in once]
        self._each = [at for at in range(len(answer.values)) if at not in self._once]

    def grid(self, most: int) -> Grid:
        rows = list(in_outline(self._answer.rows, len(self._answer.rows_by)))
        shown = rows[:most]
        outline = self._outline
        last: tuple[Any, ...] = ()
        lines = []
        for row in shown:
            lines.append(self._line(row, outline, last))
            last = row.keys
        total = self._answer.total
        foot = Markup()
        if total is not None and self._answer.rows_by:
            foot = self._line(total, outline, (), total=True)
        if total is not None and not rows:
            lines.append(self._line(total, outline, (), total=True))
            foot = Markup()
        times = len(self._columns) + self._over_all if self._across else 1
        wide = self._front + len(self._once) + len(self._each) * times
        return Grid(tuple(self._heads()), Markup("").join(lines), foot, wide, len(rows) - len(shown), self._heat)

    @property
    def _outline(self) -> bool:
        """Whether groups stand under one another in one column: as soon as there are subtotals, or one group."""
        groups = len(self._answer.rows_by)
        return groups <= 1 or any(len(row.keys) < groups for row in self._answer.rows)

    @property
    def _front(self) -> int:
        return 1 if self._outline else len(self._answer.rows_by)

    # heads

    def _heads(self) -> Iterator[tuple[HeadCell, ...]]:
        levels = len(self._answer.columns_by)
        values = [self._answer.values[at] for at in self._each]
        deep = levels + (1 if not self._across or len(values) > 1 else 0)
        told = self._heat and bool(self._columns)  # places in time say little without "months later"
        if told:
            label = " › ".join(group.label for group in self._answer.columns_by)
            over = HeadCell(label, columns=len(self._columns) * len(values), number=True)
            total = [self._total_head(levels + 1, deep + 1)] if self._over_all else []
            yield (*self._front_heads(deep + 1), over, *total)
        for level in range(levels):
            cells = list(self._front_heads(deep)) if level == 0 and not told else []
            cells += _spans(self._answer.columns, level, levels, len(values))
            if level == 0 and self._over_all and not told:
                cells.append(self._total_head(levels, deep))
            yield tuple(cells)
        if deep > levels:
            front = list(self._front_heads(1)) if not levels else []
            groups = len(self._columns) if self._across else 1
            named = [self._value_head(head, sortable=not self._across) for head in values] * groups
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
            yield HeadCell(" › ".join(labels), rows=deep, sort=self._unsorted())
        else:
            for label in labels:
                yield HeadCell(label, rows=deep)
        for at in self._once:
            yield self._value_head(self._answer.values[at], sortable=False, rows=deep)

    def _unsorted(self) -> str | None:
        """Back to the report's own order, once there is another."""
        return self._links.sort(None) if self._links.sort and self._links.sorted else None

    def _value_head(self, head: ValueHead, sortable: bool, label: str | None = None, rows: int = 1) -> HeadCell:
        key = next((one for one in self._links.sorted if one.removeprefix("-") == head.name), None)
        order = None if key is None else "desc" if key.startswith("-") else "asc"
        sort = None
        if sortable and self._links.sort is not None and head.role == "value" and self._answer.rows_by:
            sort = self._links.sort(head.name if order == "desc" else f"-{head.name}")
        note = role_word(head)
        return HeadCell(label or head.label, note, rows=rows, number=True, sort=sort, sorted=order)

    # rows

    def _line(self, row: Row, outline: bool, last: tuple[Any, ...], total: bool = False) -> Markup:
        depth, groups = len(row.keys), len(self._answer.rows_by)
        classes = "dg-total" if total else "dg-subtotal" if depth < groups else "dg-other" if row.is_other else ""
        keys = quote(keys_text(row.keys))
        parts = [f'<tr class="{classes}">' if classes else "<tr>", *self._row_heads(row, outline, last, total)]
        parts += self._cells(row.all, self._once, keys, "")
        if self._across:
            for column, cell in zip(self._columns, row.cells, strict=False):
                parts += self._cells(cell, self._each, keys, column)
            if self._over_all:
                parts += self._cells(row.all, self._each, keys, "", " dg-over")
        else:
            parts += self._cells(row.all, self._each, keys, "")
        parts.append("</tr>")
        return Markup("".join(parts))  # noqa: S704  # every part is escaped where it is made

    def _row_heads(self, row: Row, outline: bool, last: tuple[Any, ...], total: bool) -> Iterator[str]:
        if total or not row.keys:
            word = gettext("Total") if self._answer.rows_by else gettext("All records")
            span = f' colspan="{self._front}"' if self._front > 1 else ""
            yield f'<th scope="row"{span}>{escape(word)}</th>'
            return
        if outline:
            at = len(row.keys) - 1
            yield f'<th scope="row" data-depth="{min(at, 5)}">{self._label(row, at)}</th>'
            return
        same = True
        for at in range(len(self._answer.rows_by)):
            same = same and at < len(last) and last[at] == row.keys[at]
            blank = same and at < len(self._answer.rows_by) - 1
            label = f'<span class="dg-sr">{escape(row.labels[at])}</span>' if blank else self._label(row, at)
            yield f'<th scope="row">{label}</th>'

    def _label(self, row: Row, at: int) -> str:
        group, key = self._answer.rows_by[at], row.keys[at]
        label = row.labels[at] or gettext("(blank)")
        if group.object and isinstance(key, str) and len(key) == 36 and self._links.records:
            return f'<a href="/o/{group.object}/{escape(key)}">{escape(label)}</a>'
        return str(escape(label))

    def _cells(self, cell: Cell, values: Sequence[int], row: str, column: str, more: str = "") -> Iterator[str]:
        figures, heat = self._figures, self._heat
        for at in values:
            piece = self._pieces[at]
            value = cell[at] if at < len(cell) else None
            style = _heat(self._answer.values[at], value) if heat else ""
            start = f'<td class="{self._cell_classes[at]}{more}"{style}>'
            if value is None:
                yield f"{start}{NOTHING}</td>"
            elif piece is None:
                yield f"{start}{figures.markup(at, value)}</td>"
            else:
                where = f"&amp;row={row}" if row else ""
                where += f"&amp;column={column}" if column else ""
                whole = figures.full(at, value)
                yield f'{start}<a href="{piece}{where}" data-drawer{whole}>{figures.markup(at, value)}</a></td>'

    def _piece(self, head: ValueHead) -> str | None:
        """The beginning of the addresses of a value's records."""
        base = self._links.records
        if base is None or head.role in _UNLINKED:
            return None
        sign = "&amp;" if "?" in base else "?"
        return f"{escape(base)}{sign}value={quote(head.name)}"


def in_outline(rows: Sequence[Row], groups: int) -> Iterator[Row]:
    """The rows with every subtotal before what it sums up, wherever the answer has it."""
    subtotals = {row.keys: row for row in rows if len(row.keys) < groups}
    if not subtotals:
        yield from rows
        return
    for row in rows:
        if len(row.keys) < groups:
            continue
        for end in range(1, groups):
            above = subtotals.pop(row.keys[:end], None)
            if above is not None:
                yield above
        yield row
    yield from subtotals.values()


def _spans(columns: Sequence[Head], level: int, levels: int, values: int) -> Iterator[HeadCell]:
    """The heads of one level: equal neighbours under equal heads above become one; a column that ends above takes the
    levels below."""
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
        yield HeadCell(
            label, columns=(end - at) * values, rows=levels - level if total else 1, number=last, total=total
        )
        at = end


def _classes(head: ValueHead) -> str:
    return "dg-num dg-pale" if head.role in _PALE else "dg-num"


def _heat(head: ValueHead, value: Any) -> str:
    if head.format != "percent" or value is None:
        return ""
    share = min(max(float(value), 0.0), 1.0)
    return f' style="--dg-heat: {share * 100:.0f}%" data-heat'
