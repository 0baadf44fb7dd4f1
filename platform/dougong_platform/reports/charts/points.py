"""An answer as a chart needs it: places along an axis, and lines of numbers over them, cut to what an eye can follow.
`charting` calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dougong_metadata.model.report_types import SPANS, ReportModel
from dougong_platform.reports.answer import Answer, Cell, Head, Row
from dougong_platform.reports.charts.words import BLANK, LARGEST, LAST, OTHER, SUMMED, chosen
from dougong_platform.reports.number_texts import as_decimal

Keys = tuple[Any, ...]
Number = Decimal | None
SINGLE = ("pie", "funnel", "map", "gauge", "number", "scatter")  # these do not part their numbers by columns
MOST = 60  # places along an axis
MOST_DATES = 400  # … of a line over dates
MOST_SLICES = 8
MOST_LINES = 12
_ADDING = re.compile(r"\s*(?:SUM|COUNT)\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """`row` and `column`: its part of a point's keys; `row` None: no record list stands behind it."""

    label: str
    row: Keys | None = ()
    column: Keys = ()
    other: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`value`: which of the answer's value heads. `numbers`: one for each place."""

    label: str
    value: int
    numbers: tuple[Number, ...]
    row: Keys = ()
    column: Keys = ()
    whole: Number = None  # over all places, where the answer says it
    open: bool = True  # whether its points lead to records


@dataclass(frozen=True, slots=True)
class Laid:
    """Places, lines over them, and what the reader must know about what is not drawn."""

    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    dates: bool = False
    parted: bool = field(default=False)  # lines are parts of a group, not different values


def laid_out(answer: Answer, kind: str, values: Sequence[int], locale: str) -> Laid:
    """The answer's leaves (no subtotals) as places and lines of the value heads `values`."""
    rows = [row for row in answer.rows if len(row.keys) == len(answer.rows_by)]
    columns = [
        (at, head) for at, head in enumerate(answer.columns) if len(head.keys) == len(answer.columns_by) and head.keys
    ]
    if not columns and len(answer.rows_by) == 2 and kind not in SINGLE:
        return _pivoted(answer, rows, values, locale)
    dates = bool(answer.rows_by) and answer.rows_by[-1].span in SPANS
    places = tuple(Place(_said(row, locale), row.keys, other=row.is_other) for row in rows)
    if not answer.rows_by:
        rows = [row for row in (answer.total, *answer.rows) if row is not None][:1]
        places = (Place(""),)
        if columns and kind not in ("gauge", "number"):
            return _turned(answer, rows[0], columns, values, locale)
    if not columns or kind in SINGLE:
        lines = [
            Line(
                answer.values[at].label,
                at,
                tuple(as_decimal(_cell(row.all, at)) for row in rows),
                whole=as_decimal(_cell(answer.total.all, at)) if answer.total else None,
            )
            for at in values
        ]
        return Laid(places, tuple(lines), dates=dates)
    lines = [
        Line(
            _parted(answer, _said(head, locale), at, values),
            at,
            tuple(as_decimal(_at(row.cells, place, at)) for row in rows),
            column=head.keys,
            whole=as_decimal(_at(answer.total.cells, place, at)) if answer.total else None,
        )
        for place, head in columns
        for at in values
    ]
    return Laid(places, tuple(lines), dates=dates, parted=True)


def _pivoted(answer: Answer, rows: Sequence[Row], values: Sequence[int], locale: str) -> Laid:
    """Two groups of rows: the first along the axis, the second as lines."""
    firsts: dict[Any, Place] = {}
    seconds: dict[Any, str] = {}
    found: dict[tuple[Any, Any], Row] = {}
    for row in rows:
        a, b = row.keys
        firsts.setdefault(a, Place(row.labels[0] or chosen(BLANK, locale), (a,), other=row.is_other))
        seconds.setdefault(b, row.labels[1] or chosen(BLANK, locale))
        found[a, b] = row
    lines = [
        Line(
            _parted(answer, label, at, values),
            at,
            tuple(as_decimal(_cell(found[a, b].all, at)) if (a, b) in found else None for a in firsts),
            row=(b,),
        )
        for b, label in seconds.items()
        for at in values
    ]
    return Laid(tuple(firsts.values()), tuple(lines), dates=answer.rows_by[0].span in SPANS, parted=True)


def _turned(answer: Answer, row: Row, columns: Sequence[tuple[int, Head]], values: Sequence[int], locale: str) -> Laid:
    """No rows: the columns lie along the axis."""
    places = tuple(Place(_said(head, locale), (), head.keys, head.is_other) for _, head in columns)
    lines = [
        Line(answer.values[at].label, at, tuple(as_decimal(_at(row.cells, place, at)) for place, _ in columns))
        for at in values
    ]
    return Laid(places, tuple(lines), dates=answer.columns_by[-1].span in SPANS)


def cut(laid: Laid, kind: str, report: ReportModel, answer: Answer, locale: str) -> Laid:
    """No more places and lines than the kind of chart can show, with notes on what was summed up or left out."""
    adds = {at for at, head in enumerate(answer.values) if head.role == "value" and may_be_added(report, head.name)}
    most = MOST_DATES if kind in ("line", "area") and laid.dates else MOST_SLICES if kind == "pie" else MOST
    if kind != "map" and len(laid.places) > most:
        laid = _last(laid, most, locale) if laid.dates and kind != "pie" else _largest(laid, most, adds, locale)
    if len(laid.lines) > (MOST if kind == "heat" else MOST_LINES):
        laid = _fewer_lines(laid, MOST if kind == "heat" else MOST_LINES, adds, locale)
    return laid


def may_be_added(report: ReportModel, name: str) -> bool:
    """Whether the value of two groups together is the sum of both: a lone SUM or COUNT."""
    text = next((value.text for value in report.values if value.name == name), "")
    begun = _ADDING.match(text)
    return begun is not None and _closes_at_end(text.rstrip(), begun.end())


def _closes_at_end(text: str, start: int) -> bool:
    depth, quoted = 1, False
    for at in range(start, len(text)):
        if text[at] == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted and text[at] in "()":
            depth += 1 if text[at] == "(" else -1
            if depth == 0:
                return at == len(text) - 1
    return False


def _last(laid: Laid, most: int, locale: str) -> Laid:
    note = chosen(LAST, locale, shown=most, all=len(laid.places))
    return _only(laid, range(len(laid.places) - most, len(laid.places)), note)


def _largest(laid: Laid, most: int, adds: set[int], locale: str) -> Laid:
    """The largest places in the order they came in; all others in one, where every line may be added up."""
    added = all(line.value in adds for line in laid.lines)
    order = sorted(
        (at for at, place in enumerate(laid.places) if not place.other),
        key=lambda at: -_size(line.numbers[at] for line in laid.lines),
    )
    kept = sorted(order[: most - 1 if added else most])
    words = SUMMED if added else LARGEST
    cut_down = _only(laid, kept, chosen(words, locale, shown=len(kept), all=len(laid.places)))
    if not added:
        return cut_down
    rest = [at for at in range(len(laid.places)) if at not in set(kept)]
    lines = tuple(
        replace(line, numbers=(*line.numbers, _rest(whole, line.numbers, rest)))
        for line, whole in zip(cut_down.lines, laid.lines, strict=True)
    )
    places = (*cut_down.places, Place(chosen(OTHER, locale), None, other=True))
    return replace(cut_down, places=places, lines=lines)


def _rest(line: Line, kept: Iterable[Number], rest: Iterable[int]) -> Decimal:
    """What the total has beyond the places kept (it counts also groups that were not answered), else the rest's sum."""
    if line.whole is not None:
        return line.whole - sum((number or Decimal(0) for number in kept), Decimal(0))
    return sum((line.numbers[at] or Decimal(0) for at in rest), Decimal(0))


def _fewer_lines(laid: Laid, most: int, adds: set[int], locale: str) -> Laid:
    values = {line.value for line in laid.lines}
    added = laid.parted and len(values) == 1 and values <= adds
    sizes = [_size(line.numbers) for line in laid.lines]
    kept = set(sorted(range(len(sizes)), key=lambda at: -sizes[at])[: most - 1 if added else most])
    lines = tuple(line for at, line in enumerate(laid.lines) if at in kept)
    note = chosen(SUMMED if added else LARGEST, locale, shown=len(kept), all=len(laid.lines))
    if added:
        rest = [line for at, line in enumerate(laid.lines) if at not in kept]
        sums = tuple(
            sum((line.numbers[at] or Decimal(0) for line in rest), Decimal(0)) for at in range(len(laid.places))
        )
        lines = (*lines, Line(chosen(OTHER, locale), rest[0].value, sums, open=False))
    return replace(laid, lines=lines, notes=(*laid.notes, note))


def _size(numbers: Iterable[Number]) -> Decimal:
    return sum((abs(number) for number in numbers if number is not None), Decimal(0))


def _only(laid: Laid, kept: Iterable[int], note: str) -> Laid:
    at = list(kept)
    lines = tuple(replace(line, numbers=tuple(line.numbers[i] for i in at)) for line in laid.lines)
    return replace(laid, places=tuple(laid.places[i] for i in at), lines=lines, notes=(*laid.notes, note))


def _said(head: Head, locale: str) -> str:
    return " · ".join(label or chosen(BLANK, locale) for label in head.labels)


def _parted(answer: Answer, part: str, value: int, values: Sequence[int]) -> str:
    return f"{part} · {answer.values[value].label}" if len(values) > 1 else part


def _cell(cell: Cell, at: int) -> Any:
    return cell[at] if at < len(cell) else None


def _at(cells: Sequence[Cell], place: int, at: int) -> Any:
    return _cell(cells[place], at) if place < len(cells) else None
