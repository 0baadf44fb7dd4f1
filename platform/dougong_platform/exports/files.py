"""Writes a list as CSV (streamed) or XLSX (row by row to a temporary file), page by page in the list's own order."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any

import xlsxwriter

from dougong_platform.errors import BadRequest, NotAllowed
from dougong_platform.exports.columns import Cell, Cells, Column, export_columns, safe
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import require_readable
from dougong_platform.query.listing import MOST_ROWS, list_records

MOST_XLSX = 1_048_575  # rows below the heading
_EXACT_DIGITS = 15  # of a number in a spreadsheet; longer ones are written as text


@dataclass(frozen=True, slots=True)
class Export:
    """What to export: a list's question."""

    object: str
    fields: Sequence[str] | None = None
    filter: str | None = None
    sort: Sequence[str] = ()


def rows(caller: Caller, export: Export) -> tuple[tuple[Column, ...], Iterator[list[Cell]]]:
    """The columns and the rows behind them. The first page is read at once, so that its errors come before any output.

    Raises NotAllowed without the right to export, and what `list_records` raises.
    """
    require_readable(caller.rights, export.object)
    if not caller.rights.object(export.object).export:
        raise NotAllowed
    columns = export_columns(caller, export.object, export.fields)
    pages = _pages(caller, export, [column.path for column in columns])
    first = next(pages)
    cells = Cells(caller.locale, caller.timezone)
    return columns, (cells.of(columns, record) for record in chain(first, chain.from_iterable(pages)))


def _pages(caller: Caller, export: Export, paths: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    cursor = None
    while True:
        page = list_records(
            caller, export.object, fields=paths, filter=export.filter, sort=export.sort, limit=MOST_ROWS, cursor=cursor
        )
        yield page.records
        cursor = page.next
        if cursor is None:
            return


def csv_chunks(columns: Sequence[Column], lines: Iterator[list[Cell]]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which makes spreadsheets read it as such; lines end as RFC 4180 says."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([safe(column.heading) for column in columns])
    yield b"\xef\xbb\xbf"
    for number, line in enumerate(lines):
        writer.writerow([_text(cell) for cell in line])
        if number % 500 == 499:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_file(columns: Sequence[Column], lines: Iterator[list[Cell]]) -> IO[bytes]:
    """An unnamed temporary file, at its beginning. Raises BadRequest for more rows than a sheet holds."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    fill(book, book.add_worksheet(), columns, lines)
    book.close()
    file.seek(0)
    return file


def fill(book: Any, sheet: Any, columns: Sequence[Column], lines: Iterator[list[Cell]]) -> int:
    """Write a heading and the rows into a sheet of a workbook; how many. Raises BadRequest for more than it holds."""
    formats = {
        "head": book.add_format({"bold": True}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "percent": book.add_format({"num_format": "0.00%"}),
    }
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, min(40, max(10, 2 * len(column.heading))))
        sheet.write_string(0, at, column.heading, formats["head"])
    number = 0
    for number, line in enumerate(lines, 1):
        if number > MOST_XLSX:
            raise BadRequest(
                en="More rows than a spreadsheet holds; export as CSV.", zh="行数超过电子表格上限，请导出为 CSV。"
            )
        for at, cell in enumerate(line):
            if cell is not None:
                _write(sheet, number, at, cell, columns[at], formats)
    return number


def _write(sheet: Any, row: int, at: int, cell: Cell, column: Column, formats: dict[str, Any]) -> None:
    if isinstance(cell, Decimal | int) and not isinstance(cell, bool):
        if len(Decimal(cell).as_tuple().digits) > _EXACT_DIGITS:
            sheet.write_string(row, at, str(cell))
        else:
            percent = column.field.type.name == "percent"
            sheet.write_number(row, at, float(cell), formats["percent"] if percent else None)
    elif isinstance(cell, datetime) and cell.year >= 1900:
        sheet.write_datetime(row, at, cell, formats["moment"])
    elif isinstance(cell, date) and cell.year >= 1900:
        sheet.write_datetime(row, at, cell)
    else:
        sheet.write_string(row, at, _text(cell))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
