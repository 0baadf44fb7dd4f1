"""The rows that could not be imported as a CSV file: their cells as they were, and what is wrong. Mend it and
import it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from dougong_platform.http.caller import Caller
from dougong_platform.imports import store

PAGE = 1_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def error_rows(caller: Caller, job: store.Import, *, trial: bool) -> Iterator[str]:
    """CSV text piece by piece, beginning with a byte order mark so that spreadsheets read it as UTF-8."""
    heads = ("行", "问题") if caller.locale.startswith("zh") else ("Line", "Problem")
    yield "\ufeff" + _line([*job.header, *heads])
    after = 0
    while True:
        with caller.database.transaction(caller.tenant, read_only=True) as tx:
            found = store.errors_of(tx, job.id, trial=trial, limit=PAGE, after=after)
        if len(found) == PAGE:  # the last line may go on behind the page
            last = found[-1]["line"]
            found = [fault for fault in found if fault["line"] < last] or found
        by_line: dict[int, list[str]] = {}
        cells: dict[int, list[str]] = {}
        for fault in found:
            by_line.setdefault(fault["line"], []).append(fault["message"])
            cells[fault["line"]] = fault["cells"]
        for line, messages in by_line.items():
            yield _line([*map(_safe, cells[line]), str(line), _safe("; ".join(messages))])
        if not found:
            return
        after = found[-1]["line"]


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as text."""
    return "'" + cell if cell.startswith(FORMULA) and not cell.lstrip("+-").replace(".", "", 1).isdigit() else cell


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
