"""Rows of a spreadsheet (XLSX, XLS, ODS), read by calamine after the file was found to be safe. Called by `table`."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from dougong_platform.imports.errors import FileUnreadable

UNPACKED_LIMIT = 400 << 20  # bytes of all parts of an XLSX or ODS together
RATIO_LIMIT = 300  # unpacked to packed, above 10 MB
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: an old XLS, or an encrypted XLSX
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
DAMAGED = {
    "en": "The spreadsheet is damaged or not a spreadsheet. Save it again as XLSX or CSV.",
    "zh": "电子表格已损坏或不是电子表格，请另存为 XLSX 或 CSV。",
}
PROTECTED = {
    "en": "The spreadsheet is protected by a password. Remove the password and choose the file again.",
    "zh": "电子表格受密码保护，请去除密码后重新选择文件。",
}
BOMB = {
    "en": "The spreadsheet unpacks to far more than it should; it is not read.",
    "zh": "电子表格解压后异常庞大，已拒绝读取。",
}


class SheetRows:
    """One sheet of a workbook; the first unless `sheet` names another."""

    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        refuse_unsafe(path)
        try:
            self.workbook = CalamineWorkbook.from_path(str(path))
        except CalamineError as error:
            raise FileUnreadable(**(PROTECTED if "password" in str(error).lower() else DAMAGED)) from None
        self.sheets = tuple(self.workbook.sheet_names)
        if not self.sheets:
            raise FileUnreadable(en="The spreadsheet has no sheet.", zh="电子表格中没有工作表。")
        if sheet is not None and sheet not in self.sheets:
            raise FileUnreadable(
                en=f"There is no sheet “{sheet}”. Sheets: {', '.join(self.sheets)}.",
                zh=f"没有工作表「{sheet}」，现有：{'、'.join(self.sheets)}。",
            )
        self.sheet = sheet or self.sheets[0]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """(row number as the spreadsheet shows it, cells). Rows without any cell are left out."""
        try:
            sheet = self.workbook.get_sheet_by_name(self.sheet)
            first = (sheet.start or (0, 0))[0] + 1
            for number, row in enumerate(sheet.iter_rows(), first):
                cells = [cell_text(value) for value in row]
                if any(cells):
                    yield number, cells
        except CalamineError:
            raise FileUnreadable(**DAMAGED) from None


def refuse_unsafe(path: Path) -> None:
    """Raise FileUnreadable for an encrypted workbook, a damaged archive, or one that unpacks beyond reason.

    The sizes in an archive's directory can lie, so every part is unpacked once and counted.
    """
    with path.open("rb") as file:
        head = file.read(8)
        if head == COMPOUND:
            if ENCRYPTED in file.read(1 << 20) or ENCRYPTED in _tail(path):
                raise FileUnreadable(**PROTECTED)
            return
    if not head.startswith(b"PK"):
        raise FileUnreadable(**DAMAGED)
    packed, unpacked = path.stat().st_size, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.flag_bits & 1:
                    raise FileUnreadable(**PROTECTED)
                with archive.open(entry) as part:
                    while chunk := part.read(1 << 20):
                        unpacked += len(chunk)
                        if unpacked > UNPACKED_LIMIT or (unpacked > 10 << 20 and unpacked > packed * RATIO_LIMIT):
                            raise FileUnreadable(**BOMB)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise FileUnreadable(**DAMAGED) from None


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        return file.read()


def cell_text(value: Any) -> str:
    """A cell as a person would have typed it: whole numbers without ".0", dates in ISO 8601."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # A spreadsheet means fifteen digits; what its binary form has beyond them, or below 1e-10, is noise.
        exact = round(Decimal(f"{value:.15g}"), 10)
        return format(exact.normalize() + 0, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds() / 86400)
    return str(value)
