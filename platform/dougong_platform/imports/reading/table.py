"""A file as a table: its header and its rows, each padded to the header's width. Called by the import's steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dougong_platform.imports.errors import FileTooWide, FileUnreadable
from dougong_platform.imports.reading.csv_rows import CsvRows
from dougong_platform.imports.reading.sheet_rows import SheetRows

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Limits:
    columns: int = 500
    rows: int = 1_000_000


LIMITS = Limits()


class Table:
    """`header` are the column names as the file says them, made different where two are alike; `extra` counts the cells
    beyond the header that were left out."""

    def __init__(self, source: CsvRows | SheetRows, header_row: int = 1) -> None:
        self.source = source
        self.header_row = header_row
        self.header = self._read_header()
        self.extra = 0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line or row number in the file, cells); raises FileUnreadable that names the line."""
        width = len(self.header)
        for seen, (number, cells) in enumerate(self._after_header(), 1):
            if seen > LIMITS.rows:
                raise FileUnreadable(
                    en=f"The file has more than {LIMITS.rows:,} rows. Split it.",
                    zh=f"文件超过 {LIMITS.rows:,} 行，请拆分后导入。",
                )
            if len(cells) > width:
                self.extra += sum(1 for cell in cells[width:] if cell)
                cells = cells[:width]
            elif len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            yield number, cells

    def _after_header(self) -> Iterator[tuple[int, list[str]]]:
        for position, row in enumerate(self.source, 1):
            if position > self.header_row:
                yield row

    def _read_header(self) -> tuple[str, ...]:
        for position, (_, cells) in enumerate(self.source, 1):
            if position == self.header_row:
                while cells and not cells[-1].strip():
                    cells = cells[:-1]
                if len(cells) > LIMITS.columns:
                    raise FileTooWide(columns=len(cells), limit=LIMITS.columns)
                if cells:
                    return _different(cells)
        raise FileUnreadable(en="The file has no header line.", zh="文件没有表头行。")


def open_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int = 1,
) -> Table:
    """The table in `path`, told by its content and not by its name. Raises FileUnreadable, FileTooWide."""
    if path.stat().st_size == 0:
        raise FileUnreadable(en="The file is empty.", zh="文件为空。")
    with path.open("rb") as file:
        head = file.read(4)
    source = SheetRows(path, sheet) if head in SPREADSHEETS else CsvRows(path, encoding, delimiter)
    return Table(source, header_row)


def _different(cells: list[str]) -> tuple[str, ...]:
    """Trimmed names; a blank one is called by its position, a repeated one gets a number."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"#{position}"
        base, number = name, 2
        while name in names:
            name, number = f"{base} ({number})", number + 1
        names.append(name)
    return tuple(names)
