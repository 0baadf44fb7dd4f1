"""Files are read as people have them, and refused with the place where they cannot be read."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from dougong_platform.imports.errors import FileTooWide, FileUnreadable
from dougong_platform.imports.reading import open_table

DATA = Path(os.environ.get("DOUGONG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.fixture
def messy() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"the real data is not at {DATA}: its licences keep it outside the project")
    return DATA / "messy"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [
        delimiter.join(row)
        for row in (("名称", "城市", "电话"), ("苏州澄光半导体", "苏州", "0512-1"), ("青岛海晟食品", "青岛", "0532-2"))
    ]
    table = open_table(write(tmp_path / "a.csv", "\n".join(lines), encoding))
    assert table.header == ("名称", "城市", "电话")
    assert [cells for _, cells in table.rows()] == [
        ["苏州澄光半导体", "苏州", "0512-1"],
        ["青岛海晟食品", "青岛", "0532-2"],
    ]


def test_western_accents_are_not_taken_for_chinese(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "a.csv", "name,city\nCafé Müller,Zürich\nÅke,Malmö\n", "cp1252"))
    assert [cells for _, cells in table.rows()] == [["Café Müller", "Zürich"], ["Åke", "Malmö"]]


def test_every_file_of_the_spectrum_reads_as_its_authors_say(messy: Path) -> None:
    compared = 0
    for answer in sorted((messy / "csv-spectrum").glob("*.json")):
        source = answer.with_suffix(".csv")
        if not source.exists() or source.stem == answer.stem + ".csv":
            continue
        table = open_table(source)
        rows = [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows()]
        wanted = json.loads(answer.read_text("utf-8"))
        # Authors' line ends inside cells differ by platform; the cells are the same.
        assert [{k: v.replace("\r\n", "\n") for k, v in row.items()} for row in rows] == [
            {k: v.replace("\r\n", "\n") for k, v in row.items()} for row in wanted
        ], source.name
        compared += 1
    assert compared >= 8


def test_codes_with_leading_zeros_stay_text(messy: Path) -> None:
    table = open_table(DATA / "cn_companies" / "listed_companies_gbk.csv")
    first = next(table.rows())[1]
    assert first[2] == "000001"
    assert first[3] == "平安银行"


def test_a_password_is_named_as_the_reason(messy: Path) -> None:
    with pytest.raises(FileUnreadable, match="password"):
        open_table(messy / "calamine" / "password.xlsx")


def test_rows_carry_the_line_of_the_file(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "a.csv", 'a,b\n1,"two\nlines"\n\n3,4\n'))
    assert list(table.rows()) == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_short_rows_are_filled_and_long_ones_counted(tmp_path: Path) -> None:
    table = open_table(write(tmp_path / "a.csv", "a,b,c\n1\n1,2,3,4,5\n"))
    assert [cells for _, cells in table.rows()] == [["1", "", ""], ["1", "2", "3"]]
    assert table.extra == 2


def test_equal_and_blank_column_names_become_different(tmp_path: Path) -> None:
    assert open_table(write(tmp_path / "a.csv", "name,,name,name\n1,2,3,4\n")).header == (
        "name",
        "#2",
        "name (2)",
        "name (3)",
    )


def test_two_thousand_columns_are_refused_with_the_number(tmp_path: Path) -> None:
    with pytest.raises(FileTooWide, match="2000 columns; at most 500"):
        open_table(write(tmp_path / "a.csv", ",".join(f"c{n}" for n in range(2000)) + "\n"))


def test_an_empty_file_and_one_without_a_header_say_so(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="empty"):
        open_table(write(tmp_path / "a.csv", ""))
    with pytest.raises(FileUnreadable, match="header"):
        open_table(write(tmp_path / "b.csv", "\n\n\n"))


def test_a_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n1,2\n", "utf-8")
    path.write_bytes(path.read_bytes() + "名,3\n".encode("gb18030"))
    with pytest.raises(FileUnreadable, match=r"Line 3 .*utf-8"):
        list(open_table(path, encoding="utf-8").rows())


def test_an_unknown_encoding_or_sheet_is_named(tmp_path: Path, messy: Path) -> None:
    with pytest.raises(FileUnreadable, match="no-such-code"):
        open_table(write(tmp_path / "a.csv", "a,b\n"), encoding="no-such-code")
    with pytest.raises(FileUnreadable, match="Sheets: "):
        open_table(messy / "calamine" / "table-multiple.xlsx", sheet="Nowhere")


def test_a_cell_of_ten_megabytes_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="Line 2"):
        list(open_table(write(tmp_path / "a.csv", "a,b\n" + "x" * 10_000_000 + ",1\n")).rows())


def test_an_archive_that_unpacks_beyond_reason_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(FileUnreadable, match="unpacks"):
        open_table(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not an archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook"])
def test_a_damaged_workbook_is_called_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match="damaged"):
        open_table(path)


def test_an_archive_that_is_no_workbook_is_called_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    path = tmp_path / "a.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(FileUnreadable, match="damaged"):
        open_table(path)


def test_spreadsheet_numbers_come_as_people_see_them(messy: Path) -> None:
    from dougong_platform.imports.reading.sheet_rows import cell_text

    assert [
        cell_text(value)
        for value in (1.0, 0.1 + 0.2, 125.43999999999998, 1.4e-14, 1e15, -60.70400000000001, True, None)
    ] == ["1", "0.3", "125.44", "0", "1000000000000000", "-60.704", "TRUE", ""]
