"""One XLSX file of several sheets: grids of reports, rows of records, single numbers. Called by mails that carry them.

Sheets have names that a spreadsheet takes, each its own; texts that it would run as formulas get an apostrophe."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

from dougong_platform.exports.columns import Cell, Column, safe
from dougong_platform.exports.files import fill
from dougong_platform.reports.answer import ValueHead
from dougong_platform.reports.number_texts import as_decimal
from dougong_platform.reports.sheets import EXACT_DIGITS, LONGEST_NAME, Sheet, Written, number_pattern, sheet_name

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "default_date_format": "yyyy-mm-dd",
}


class Workbook:
    """Begun empty; `read` ends it."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._file, _OPTIONS)
        self._names = {"history"}  # which spreadsheets keep for themselves
        self._count = 0

    def grid(self, title: str, sheet: Sheet) -> None:
        """A report's answer."""
        Written(self._book, self._page(title), sheet).write()

    def rows(self, title: str, columns: Sequence[Column], lines: Iterator[list[Cell]], note: str = "") -> None:
        """Records; `note` stands below them."""
        page = self._page(title)
        count = fill(self._book, page, columns, lines)
        if note:
            page.write_string(count + 2, 0, safe(note))

    def numbers(
        self, title: str, heads: Sequence[str], lines: Sequence[tuple[str, Sequence[tuple[Any, ValueHead]]]]
    ) -> None:
        """Numbers with their names: (name, (value, how it is written) each)."""
        page, bold = self._page(title), self._book.add_format({"bold": True})
        page.freeze_panes(1, 1)
        page.set_column(0, 0, 40)
        page.set_column(1, len(heads), 16)
        for at, word in enumerate(heads):
            page.write_string(0, at, safe(word), bold)
        for number, (name, values) in enumerate(lines, 1):
            page.write_string(number, 0, safe(name))
            for at, (value, head) in enumerate(values, 1):
                self._number(page, number, at, value, head)

    def read(self) -> bytes | None:
        """The file; None without a sheet."""
        if not self._count:
            return None
        self._book.close()
        return self._file.getvalue()

    def _number(self, page: Any, row: int, at: int, value: Any, head: ValueHead) -> None:
        found = as_decimal(value)
        if found is not None and len(found.as_tuple().digits) <= EXACT_DIGITS:
            page.write_number(row, at, float(found), self._book.add_format({"num_format": number_pattern(head)}))
        elif value is not None:
            page.write_string(row, at, safe(str(value)))

    def _page(self, title: str) -> Any:
        name, number = sheet_name(title), 1
        while name.casefold() in self._names:
            number += 1
            end = f" ({number})"
            name = sheet_name(title, LONGEST_NAME - len(end)) + end
        self._names.add(name.casefold())
        self._count += 1
        return self._book.add_worksheet(name)
