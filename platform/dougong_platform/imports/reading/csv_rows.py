"""Rows of a delimited text file. Called by `table`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from dougong_platform.imports.errors import FileUnreadable
from dougong_platform.imports.reading.encoding import bad_line, find_delimiter, find_encoding, sample_text

CELL_LIMIT = 1_000_000  # characters


class CsvRows:
    """One text file. `encoding` and `delimiter` are found unless given."""

    def __init__(self, path: Path, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.path = path
        self.encoding = encoding or find_encoding(path)
        try:
            self.delimiter = delimiter or find_delimiter(sample_text(path, self.encoding))
        except LookupError:
            raise FileUnreadable(
                en=f"There is no encoding called “{self.encoding}”.", zh=f"没有名为「{self.encoding}」的编码。"
            ) from None
        self.sheets: tuple[str, ...] = ()
        self.sheet: str | None = None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """(line on which the row begins, counted from 1; cells). Lines whose cells are all blank are left out."""
        csv.field_size_limit(CELL_LIMIT)
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            line = 1
            try:
                for row in reader:
                    if any(row):
                        yield line, row
                    line = reader.line_num + 1
            except UnicodeDecodeError:
                line = bad_line(self.path, self.encoding)
                raise FileUnreadable(
                    en=f"Line {line} cannot be read as {self.encoding}. Choose another encoding.",
                    zh=f"第 {line} 行无法按 {self.encoding} 读取，请选择其他编码。",
                ) from None
            except csv.Error as error:
                raise FileUnreadable(
                    en=f"Line {line} cannot be read: {error}. A quotation mark may be open, or a cell exceeds"
                    f" {CELL_LIMIT:,} characters.",
                    zh=f"第 {line} 行无法读取：可能有未闭合的引号，或单元格超过 {CELL_LIMIT:,} 个字符。",
                ) from None
