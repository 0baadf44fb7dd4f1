"""Reports as files: what the page shows, all rows of a list under its object's right, told to the audit log."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from answers_by_hand import matrix
from dougong_platform import reports
from dougong_platform.errors import BadRequest
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import AS_IT_SAYS
from dougong_platform.reports.exporting import MOST_CELLS, export, require_room
from dougong_platform.reports.finding import find
from shelving import Person, Shelving

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def ann(reader_of: Callable[[str], Person]) -> Person:
    return reader_of("ann")


def sheet(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def noted(counted: Shelving) -> tuple[object, ...]:
    columns = "actor, target_kind, target, label, details"
    return counted.run(f"select {columns} from _audit where action = 'export.made' order by seq desc limit 1")[0]


def test_the_file_of_a_summary_holds_its_numbers(ann: Person, counted: Shelving) -> None:
    answer = reports.run(counted.admin, find(counted.admin, "by_shelf").report)
    assert isinstance(answer, Answer)
    assert answer.total is not None
    given = ann.get("/reports/by_shelf/export.xlsx")
    assert (given.status_code, given.mimetype) == (200, XLSX)
    assert given.headers["Content-Disposition"].startswith("attachment; filename=\"by_shelf.xlsx\"; filename*=UTF-8''")
    head, *lines = sheet(given.data)
    assert head == ["Shelf", "State", "Books", "Worth", "Worth (share)", "Worth (running total)", "Dearest"]
    assert [line[2] for line in lines] == [*(row.all[0] for row in answer.rows), answer.total.all[0]]
    assert [line[3] for line in lines] == [float(row.all[1]) for row in (*answer.rows, answer.total)]
    assert [line[:2] for line in lines[:2]] == [["North", "Total"], ["North", "Open"]]


def test_a_matrix_is_written_with_its_heads_merged(ann: Person) -> None:
    cells = sheet(ann.get("/reports/shelf_by_state/export.xlsx").data)
    assert [label for label in cells[0] if label] == ["Shelf", "Open", "Late", "Done", "Total"]
    assert cells[1][1] == "2026 W01"
    assert cells[2][1:3] == ["Books", "Worth"]
    assert [line[0] for line in cells[3:]] == ["North", "South", "东北岸", "Total"]


def test_what_is_set_holds_for_the_file_too(ann: Person, counted: Shelving) -> None:
    given = ann.get("/reports/by_shelf/export.csv", period="2026-01-01..2026-01-10")
    rows = list(csv.reader(io.StringIO(given.data.decode("utf-8-sig"))))
    (expected,) = counted.run("select count(*) from book where due <= '2026-01-10'")[0]
    assert rows[-1][:3] == ["Total", "", str(expected)]
    actor, *what, details = noted(counted)
    assert (actor, what) == (counted.ann, ["report", "by_shelf", "Books by shelf"])
    assert details == {"rows": 12, "format": "csv", "period": "2026-01-01..2026-01-10"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_written_whole(ann: Person, counted: Shelving, kind: str) -> None:
    data = ann.get(f"/reports/late_books/export.{kind}").data
    rows = sheet(data) if kind == "xlsx" else list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 27
    assert rows[0] == ["Title", "Shelf", "Price", "Due", "Owner"]
    assert rows[1][:2] == ["Book 125", "东北岸"]
    assert noted(counted)[1:4] == ("object", "book", "Books")


def test_rows_of_a_list_need_the_right_to_export_and_numbers_do_not(counted: Shelving) -> None:
    reader = counted.caller(counted.bob, "looker")
    report = find(counted.admin, "late_books").report
    with pytest.raises(Exception, match="not allowed"):
        export(reader, report, AS_IT_SAYS, "csv")
    summary = find(counted.admin, "by_shelf").report
    assert export(reader, summary, AS_IT_SAYS, "csv").read().startswith(b"\xef\xbb\xbf")


def test_a_file_is_in_the_readers_language(counted: Shelving) -> None:
    caller = counted.caller(counted.ann, locale="zh")
    made = export(caller, find(caller, "by_shelf").report, AS_IT_SAYS, "csv")
    assert made.name.startswith("各书架图书 ")
    first, *_ = made.read().decode("utf-8-sig").splitlines()
    assert first == "书架,状态,册数,价值,价值 (占比),价值 (累计),最高价"


def test_what_one_may_not_see_is_in_no_file(reader_of: Callable[[str], Person]) -> None:
    bob = reader_of("bob")
    assert bob.get("/reports/what_they_cost/export.csv").status_code in (400, 403)
    assert bob.get("/reports/for_keepers/export.xlsx").status_code == 404


def test_a_spreadsheet_has_room_for_so_many_numbers_and_csv_for_all() -> None:
    row = matrix().rows[0]
    enough = replace(matrix(), rows=(row,) * (MOST_CELLS // 10 - 1))
    require_room(enough)
    with pytest.raises(BadRequest) as refused:
        require_room(replace(enough, rows=(*enough.rows, row)))
    assert "CSV" in refused.value.message("en")
    assert "CSV" in refused.value.message("zh")
