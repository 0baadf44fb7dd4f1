"""An answer as rows of a sheet: heads over several levels, one line per row, the total below; as CSV and as XLSX. Pure.

Every group has a column of its own, so that a sheet can be sorted and turned. Texts that a spreadsheet would run as
formulas get an apostrophe in front, numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

import xlsxwriter

from dougong_metadata.model.report_types import ReportModel
from dougong_platform.exports.columns import safe
from dougong_platform.reports.answer import Answer, Cell, Head, Row, ValueHead
from dougong_platform.reports.number_texts import as_decimal, currency_symbol

EXACT_DIGITS = 15  # of a number in a spreadsheet; longer ones are written as text
LONGEST_NAME = 31  # of a sheet
_WIDEST = 40  # characters of a column
_TEXTS = frozenset({"date", "text"})
_WORDS = {
    "en": {
        "total": "Total",
        "all": "All records",
        "blank": "(blank)",
        "before": "earlier period",
        "change": "change",
        "share": "share",
        "running": "running total",
        "capped": "There are more rows than this file holds.",
    },
    "zh": {
        "total": "合计",
        "all": "全部记录",
        "blank": "（空白）",
        "before": "对比期",
        "change": "变化",
        "share": "占比",
        "running": "累计",
        "capped": "还有更多行未包含在此文件中。",
    },
}


@dataclass(frozen=True, slots=True)
class Band:
    """A head cell over columns `first` to `last`, over rows `top` to `bottom` of the head."""

    label: str
    first: int
    last: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """`titles`: the head in one line; `bands`: the same over `deep` lines; `lines`: labels, then values; the last
    `below` of them are the total. `values`: the value head of each column, None of labels."""

    titles: tuple[str, ...]
    bands: tuple[Band, ...]
    deep: int
    values: tuple[ValueHead | None, ...]
    lines: tuple[tuple[Any, ...], ...]
    below: int
    notes: tuple[str, ...]


def sheet_of(answer: Answer, locale: str) -> Sheet:
    """The answer laid out."""
    return _Laid(answer, _WORDS["zh" if locale.startswith("zh") else "en"]).sheet()


def answer_csv(report: ReportModel, answer: Answer, locale: str) -> Iterator[bytes]:
    """UTF-8 with a byte order mark; one line of heads ("2026 Q1 · Amount"), so that programs can read it."""
    sheet = sheet_of(answer, locale)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(title) for title in sheet.titles])
    for line in sheet.lines:
        writer.writerow([_csv(value, head) for value, head in zip(line, sheet.values, strict=True)])
    yield b"\xef\xbb\xbf"
    yield text.getvalue().encode()


def answer_xlsx(report: ReportModel, answer: Answer, locale: str) -> IO[bytes]:
    """An unnamed temporary file, at its beginning: heads merged over what they are about, frozen like the labels."""
    sheet = sheet_of(answer, locale)
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, options)
    Written(book, book.add_worksheet(sheet_name(report.label.text(locale))), sheet).write()
    book.close()
    file.seek(0)
    return file


class _Laid:
    def __init__(self, answer: Answer, words: dict[str, str]) -> None:
        self._answer, self._words = answer, words
        self._groups = len(answer.rows_by)
        self._front = max(self._groups, 1)
        self._across = bool(answer.columns_by)
        self._over_all = self._across and any(row.all for row in (*answer.rows[:1], *_one(answer.total)))

    def sheet(self) -> Sheet:
        answer = self._answer
        lines = [self._line(row) for row in answer.rows]
        if answer.total is not None:
            lines.append(self._line(answer.total))
        times = len(answer.columns) + self._over_all if self._across else 1
        values = (*(None for _ in range(self._front)), *(list(answer.values) * times))
        notes = (*answer.notices, *((self._words["capped"],) if answer.capped and not answer.notices else ()))
        deep = len(answer.columns_by) + (1 if self._values_said else 0)
        below = int(answer.total is not None)
        return Sheet(self._titles(), tuple(self._bands(deep)), deep, values, tuple(lines), below, notes)

    @property
    def _values_said(self) -> bool:
        return not self._across or len(self._answer.values) > 1

    def _value_label(self, head: ValueHead) -> str:
        word = self._words.get(head.role) if head.role in ("before", "change", "share", "running") else None
        return f"{head.label} ({word})" if word else head.label

    def _labels(self) -> list[str]:
        return [group.label for group in self._answer.rows_by] or [""]

    def _titles(self) -> tuple[str, ...]:
        answer = self._answer
        if not self._across:
            return (*self._labels(), *(self._value_label(head) for head in answer.values))
        found = self._labels()
        columns = [" · ".join(self._said(head, i) for i in range(len(head.keys))) or self._words["total"]
                   for head in answer.columns]  # fmt: skip
        for column in (*columns, *((self._words["total"],) if self._over_all else ())):
            for head in answer.values:
                found.append(f"{column} · {self._value_label(head)}" if self._values_said else column)
        return tuple(found)

    def _bands(self, deep: int) -> Iterator[Band]:
        answer, levels, wide = self._answer, len(self._answer.columns_by), len(self._answer.values)
        for at, label in enumerate(self._labels()):
            yield Band(label, at, at, 0, deep - 1)
        for level in range(levels):
            for first, last, head in _runs(answer.columns, level):
                start = self._front + first * wide
                ends = len(head.keys) <= level
                if ends and level > max(len(head.keys), 0):
                    continue
                label = self._words["total"] if ends else self._said(head, level)
                yield Band(label, start, self._front + (last + 1) * wide - 1, level, levels - 1 if ends else level)
        if self._over_all:
            start = self._front + len(answer.columns) * wide
            yield Band(self._words["total"], start, start + wide - 1, 0, max(levels - 1, 0))
        if self._values_said:
            for time in range(len(answer.columns) + self._over_all if self._across else 1):
                for at, value in enumerate(answer.values):
                    column = self._front + time * wide + at
                    yield Band(self._value_label(value), column, column, deep - 1, deep - 1)

    def _said(self, head: Head, level: int) -> str:
        return (head.labels[level] if level < len(head.labels) else "") or self._words["blank"]

    def _line(self, row: Row) -> tuple[Any, ...]:
        labels = [self._said(row, at) for at in range(len(row.keys))]
        if not labels:
            labels = [self._words["total"] if self._groups else self._words["all"]]
        elif len(labels) < self._groups:
            labels.append(self._words["total"])
        labels += [""] * (self._front - len(labels))
        cells: Sequence[Cell] = (row.all,)
        if self._across:
            blank: Cell = (None,) * len(self._answer.values)
            cells = [*row.cells, *[blank] * (len(self._answer.columns) - len(row.cells))]
            cells += [row.all or blank] if self._over_all else []
        return (*labels, *(value for cell in cells for value in cell))


class Written:
    """An answer written into the sheet `page` of a workbook."""

    def __init__(self, book: Any, page: Any, sheet: Sheet) -> None:
        self._sheet, self._book, self._page = sheet, book, page
        self._formats: dict[tuple[str, bool], Any] = {}

    def write(self) -> None:
        sheet, page = self._sheet, self._page
        labels = sum(1 for head in sheet.values if head is None)
        page.freeze_panes(sheet.deep, labels)
        for band in sheet.bands:
            self._band(band, band.first < labels)
        for at, title in enumerate(sheet.titles):
            page.set_column(at, at, self._width(at, title, labels))
        for number, line in enumerate(sheet.lines):
            bold = number >= len(sheet.lines) - sheet.below
            for at, value in enumerate(line):
                self._cell(sheet.deep + number, at, value, bold)
        for number, note in enumerate(sheet.notes):
            page.write_string(sheet.deep + len(sheet.lines) + 1 + number, 0, safe(note))

    def _width(self, at: int, title: str, labels: int) -> int:
        if at >= labels:
            return min(_WIDEST, max(12, len(title.rpartition(" · ")[2]) + 4))
        longest = max((len(str(line[at])) for line in self._sheet.lines[:500]), default=0)
        return min(_WIDEST, max(10, 2 * len(title), longest + 2))

    def _band(self, band: Band, label: bool) -> None:
        text, form = safe(band.label), self._format("head" if label else "number head", True)
        if band.first == band.last and band.top == band.bottom:
            self._page.write_string(band.top, band.first, text, form)
        else:
            self._page.merge_range(band.top, band.first, band.bottom, band.last, "", form)
            self._page.write_string(band.top, band.first, text, form)

    def _cell(self, row: int, at: int, value: Any, bold: bool) -> None:
        head = self._sheet.values[at]
        found = as_decimal(value) if head is not None and head.format not in _TEXTS else None
        day = _day(value) if head is not None and head.format == "date" else None
        if value is None or value == "":
            return
        if day is not None:
            self._page.write_datetime(row, at, day, self._format("yyyy-mm-dd", bold))
        elif found is None or len(found.as_tuple().digits) > EXACT_DIGITS:
            self._page.write_string(row, at, safe(str(value)), self._format("text", bold))
        else:
            assert head is not None
            self._page.write_number(row, at, float(found), self._format(number_pattern(head), bold))

    def _format(self, pattern: str, bold: bool) -> Any:
        known = self._formats.get((pattern, bold))
        if known is None:
            given: dict[str, Any] = {"bold": bold}
            if pattern == "number head":
                given |= {"align": "center", "valign": "vcenter"}
            elif pattern == "head":
                given["valign"] = "vcenter"
            elif pattern != "text":
                given["num_format"] = pattern
            known = self._formats[pattern, bold] = self._book.add_format(given)
        return known


def number_pattern(head: ValueHead) -> str:
    """The number format of a spreadsheet; amounts carry the sign of their currency."""
    sign = f"[${currency_symbol(head.currency)}]" if head.format == "money" and head.currency else ""
    if head.format in ("percent", "points"):
        places = 1 if head.decimals is None else head.decimals
        return f"0.{'0' * places}%" if places else "0%"
    if head.decimals is not None:
        return f"{sign}#,##0.{'0' * head.decimals}" if head.decimals else f"{sign}#,##0"
    return f"{sign}#,##0.00" if head.format == "money" else "#,##0.##########" if head.format == "days" else "General"


def _day(value: Any) -> date | None:
    """A day as a spreadsheet counts it: its calendar begins in 1900."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if day.year >= 1900 else None


def _runs(columns: Sequence[Head], level: int) -> Iterator[tuple[int, int, Head]]:
    """(first, last, head) of neighbours that are equal down to this level."""
    first = 0
    for at in range(1, len(columns) + 1):
        here, start = columns[at : at + 1], columns[first]
        if here and len(start.keys) > level and here[0].keys[: level + 1] == start.keys[: level + 1]:
            continue
        yield first, at - 1, start
        first = at


def _csv(value: Any, head: ValueHead | None) -> str:
    if value is None:
        return ""
    found = as_decimal(value) if head is not None and head.format not in _TEXTS else None
    return safe(str(value)) if found is None else f"{found:f}"


def sheet_name(title: str, most: int = LONGEST_NAME) -> str:
    """What a spreadsheet takes as a sheet's name; it counts characters as UTF-16 does."""
    kept = "".join(" " if c in "[]:*?/\\" or not c.isprintable() else c for c in title).strip(" '")
    cut = kept.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip(" '")
    return cut or "Report"


def _one(total: Row | None) -> tuple[Row, ...]:
    return () if total is None else (total,)
