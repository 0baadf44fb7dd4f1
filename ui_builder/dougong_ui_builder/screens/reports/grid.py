"""An answer as a table: heads over several levels, rows indented under their subtotals, every number with the address
of its records. Called by the report page, previews and dashboards; thousands of cells, so rows are written in Python.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from dougong_ui_builder.screens.reports.figures import NOTHING, Figures
from dougong_ui_builder.screens.reports.grid_heads import HeadCell, Heads, Links
from dougong_ui_builder.screens.reports.visit import keys_text
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.reports.answer import Answer, Cell, Row, ValueHead

__all__ = ["MOST_SHOWN", "Grid", "HeadCell", "Links", "grid_of", "in_outline"]

MOST_SHOWN = 2_000  # rows of one page; the rest is in the export
_PALE = frozenset({"before", "share", "running"})
_UNLINKED = frozenset({"running", "change"})


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
        self._heads = Heads(
            answer,
            self._links,
            outline=self._outline,
            once=self._once,
            each=self._each,
            over_all=self._over_all,
            told=heat and bool(answer.columns),  # places in time say little without "months later"
        )

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
        return Grid(tuple(self._heads.lines()), Markup("").join(lines), foot, wide, len(rows) - len(shown), self._heat)

    @property
    def _outline(self) -> bool:
        """Whether groups stand under one another in one column: as soon as there are subtotals, or one group."""
        groups = len(self._answer.rows_by)
        return groups <= 1 or any(len(row.keys) < groups for row in self._answer.rows)

    @property
    def _front(self) -> int:
        return 1 if self._outline else len(self._answer.rows_by)

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


def _classes(head: ValueHead) -> str:
    return "dg-num dg-pale" if head.role in _PALE else "dg-num"


def _heat(head: ValueHead, value: Any) -> str:
    if head.format != "percent" or value is None:
        return ""
    share = min(max(float(value), 0.0), 1.0)
    return f' style="--dg-heat: {share * 100:.0f}%" data-heat'
