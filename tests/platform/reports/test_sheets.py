"""Reports as CSV and XLSX: the same numbers in the same places, heads merged, and nothing that runs as a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from answers_by_hand import REPORT, cohort, matrix, summary
from dougong_platform.reports.answer import Answer, GroupHead, Row, ValueHead
from dougong_platform.reports.sheets import answer_csv, answer_xlsx, sheet_of


def read_csv(answer: Answer, locale: str = "en") -> list[list[str]]:
    data = b"".join(answer_csv(REPORT, answer, locale))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def read_xlsx(answer: Answer, locale: str = "en") -> tuple[str, list[list[object]], list[str]]:
    """The sheet's name, its cells, and which ranges are merged."""
    data = answer_xlsx(REPORT, answer, locale).read()
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    merged = [part.partition('"')[0] for part in page.split('<mergeCell ref="')[1:]]
    assert "<f>" not in page
    name = book.sheet_names[0]
    return name, book.get_sheet_by_name(name).to_python(), merged


def test_a_summary_has_a_column_for_every_group_and_its_sums_say_so() -> None:
    assert read_csv(summary()) == [
        ["Room", "Shelf", "Books", "Price", "Price (earlier period)", "Price (change)"],
        ["East", "Upper <shelf>", "3", "1200", "1000", "0.2"],
        ["East", "(blank)", "1", "300.5", "", ""],
        ["East", "Total", "4", "1500.5", "1000", "0.5005"],
        ["West", "Other", "2", "80", "100", "-0.2"],
        ["West", "Total", "2", "80", "100", "-0.2"],
        ["Total", "", "6", "1580.5", "1100", "0.4368"],
    ]


def test_a_spreadsheet_holds_the_same_numbers_as_numbers() -> None:
    name, cells, merged = read_xlsx(summary())
    assert name == "Books by room"
    assert cells[1] == ["East", "Upper <shelf>", 3.0, 1200.0, 1000.0, 0.2]
    assert cells[6] == ["Total", "", 6.0, 1580.5, 1100.0, 0.4368]
    assert cells[8][0] == "Two rates are missing."
    assert merged == []


def test_heads_over_several_levels_are_merged() -> None:
    _, cells, merged = read_xlsx(matrix())
    assert cells[0] == ["Room", "2025", "", "", "", "2026", "", "", "", "", "", "Total", ""]
    assert cells[1] == ["", "Q4", "", "Total", "", "Q1", "", "Q2", "", "Total", "", "", ""]
    assert cells[2] == ["", *["Books", "Price"] * 6]
    assert cells[3] == ["East", 1.0, 10.0, 1.0, 10.0, 2.0, 20.0, "", "", 2.0, 20.0, 3.0, 30.0]
    assert cells[5][0] == "Total"
    assert sorted(merged) == sorted(["A1:A3", "B1:E1", "B2:C2", "D2:E2", "F1:K1", "F2:G2", "H2:I2", "J2:K2", "L1:M2"])


def test_a_program_reads_a_matrix_by_one_line_of_heads() -> None:
    heads, east, *_ = read_csv(matrix())
    assert heads[:5] == ["Room", "2025 · Q4 · Books", "2025 · Q4 · Price", "2025 · Books", "2025 · Price"]
    assert heads[-2:] == ["Total · Books", "Total · Price"]
    assert east[:5] == ["East", "1", "10", "1", "10"]


def test_no_text_of_a_record_runs_as_a_formula() -> None:
    assert read_csv(matrix())[2][0] == "'=1+1"
    _, cells, _ = read_xlsx(matrix())
    assert cells[4][0] == "'=1+1"


def test_a_matrix_of_one_number_needs_no_line_that_says_which() -> None:
    answer = cohort()
    rows = tuple(replace(row, all=(), cells=tuple(cell[:1] for cell in row.cells)) for row in answer.rows)
    _, cells, _ = read_xlsx(replace(answer, rows=rows, values=answer.values[:1]))
    assert cells == [["Bought", "at 0", "at 1", "at 2"], ["2026-01", 1.0, 0.5, 0.25], ["2026-02", 1.0, 0.0, ""]]


def test_a_report_without_groups_is_one_line() -> None:
    answer = Answer((), (), summary().values, (), total=summary().total)
    assert read_csv(answer)[1] == ["All records", "6", "1580.5", "1100", "0.4368"]


def test_numbers_too_long_for_a_spreadsheet_are_text() -> None:
    answer = summary()
    row = Row(("x", "y"), ("x", "y"), (1, "12345678901234567.89", None, None))
    _, cells, _ = read_xlsx(replace(answer, rows=(row,), total=None))
    assert cells[1][3] == "12345678901234567.89"


def test_a_sheet_is_called_as_a_sheet_may_be_called() -> None:
    label = type(REPORT.label)("Books: [all] by room/shelf, from the very first to the last", "书")
    data = answer_xlsx(replace(REPORT, label=label), summary(), "en").read()
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names == ["Books   all  by room shelf, fro"]


def test_what_the_file_says_is_in_the_readers_language() -> None:
    rows = read_csv(summary(), "zh")
    assert rows[0][4:] == ["Price (对比期)", "Price (变化)"]
    assert rows[-1][0] == "合计"


def test_a_capped_answer_says_that_there_is_more() -> None:
    assert sheet_of(replace(matrix(), capped=True), "en").notes == ("There are more rows than this file holds.",)


def test_amounts_carry_their_currency_and_days_are_days_in_a_spreadsheet() -> None:
    first = ValueHead("first", "首次购入", "date")
    price = ValueHead("price", "金额", "money", currency="CNY")
    foreign = ValueHead("foreign", "外币金额", "money", currency="CHF", decimals=0)
    days = ("2026-02-28", "0001-01-01", "9999-12-31", None)
    rows = tuple(Row((n,), (f"书 {n}",), (day, "-1234.5", "99")) for n, day in enumerate(days))
    answer = Answer((GroupHead("title", "书名", "text"),), (), (first, price, foreign), rows)
    data = answer_xlsx(REPORT, answer, "zh").read()
    _, cells, _ = read_xlsx(answer, "zh")
    assert cells[0] == ["书名", "首次购入", "金额", "外币金额"]
    assert cells[1] == ["书 0", date(2026, 2, 28), -1234.5, 99.0]
    assert [line[1] for line in cells[2:]] == ["0001-01-01", date(9999, 12, 31), ""]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        styles = parts.read("xl/styles.xml").decode()
    assert 'formatCode="[$¥]#,##0.00"' in styles
    assert 'formatCode="[$CHF ]#,##0"' in styles
    assert 'formatCode="yyyy-mm-dd"' in styles
    assert read_csv(answer, "zh")[:2] == [
        ["书名", "首次购入", "金额", "外币金额"],
        ["书 0", "2026-02-28", "-1234.5", "99"],
    ]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_no_text_from_anywhere_begins_a_formula(start: str) -> None:
    said = ValueHead("last", start, "text")
    answer = Answer((GroupHead("title", start, "text"),), (), (said,), (Row((start,), (start,), (start,)),))
    for table in (read_csv(answer), read_xlsx(answer)[1]):
        for cell in (cell for line in table for cell in line):
            assert str(cell).startswith(("'", "＝")), cell
