"""An exported list holds what the reader sees, as people write it, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest

from reading import Client, Reading

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1+1", '=HYPERLINK("http://x")')


@pytest.fixture(scope="module")
def books(reading: Reading) -> None:
    shelf = str(uuid.uuid4())
    reading.run("insert into shelf (id, owner, name) values (%s, %s, '=cmd') returning 1", [shelf, reading.ann])
    for number, title in enumerate((*FORMULAS, '北京, "quoted"\nline')):
        reading.run(
            "insert into book (id, owner, title, shelf, genre, price, discount, pages, bought, read_at, in_print, tags)"
            " values (%s, %s, %s, %s, 'novel', %s, 0.25, -3, '2026-01-02', '2025-12-31T16:30:00Z', true, %s)"
            " returning 1",
            [str(uuid.uuid4()), reading.ann, title, shelf, f"-{number}.10", ["rare", "old"]],
        )


def test_csv_is_labelled_and_harmless(client: Client, books: None) -> None:
    answer = client.open(
        "/api/v1/records/book/export?sort=pages&fields=title,shelf,genre,price,bought,read_at,in_print,tags",
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    data = answer.get_data()
    assert data.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == ["Title", "Shelf", "Genre", "Price", "Bought", "Read at", "In print", "Tags"]
    assert len(lines) == len(FORMULAS) + 1
    titles = {line[0] for line in lines}
    assert titles == {f"'{formula}" for formula in FORMULAS} | {'北京, "quoted"\nline'}
    for line in lines:
        assert line[1:3] == ["'=cmd", "Novel"]
        assert line[3].startswith("-")  # a number stays a number
        assert line[4:] == ["2026-01-02", "2026-01-01 00:30:00", "Yes", "Rare; Old"]


def test_xlsx_holds_numbers_and_dates_as_such(client: Client, books: None) -> None:
    answer = client.open(
        "/api/v1/records/book/export?format=xlsx&fields=title,price,discount,pages,read_at&filter=pages<0"
    )
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == len(FORMULAS) + 2
    assert {type(cell) for cell in rows[1]} == {str, float, int, datetime} or rows[1][3] == -3
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert rows[1][4] == datetime.fromisoformat("2026-01-01T00:30")


def test_labels_speak_the_readers_language(client_of: Callable[..., Client], reading: Reading, books: None) -> None:
    from dougong_tenants import people

    people.update_user(reading.database, reading.tenant, reading.ann, {"locale": "zh"})
    text = client_of(reading.ann).open("/api/v1/records/book/export?fields=title,genre,in_print").get_data(as_text=True)
    people.update_user(reading.database, reading.tenant, reading.ann, {"locale": "en"})
    assert text.removeprefix("\ufeff").startswith("书名,类别,In print")
    assert ",小说,是" in text


def test_long_lists_are_exported_whole(client: Client, reading: Reading, books: None) -> None:
    reading.run(
        "insert into shelf (id, owner, name) select gen_random_uuid(), %s, 'n' || n from generate_series(1, 2345) n"
        " returning 1",
        [reading.ann],
    )
    lines = client.open("/api/v1/records/shelf/export?fields=name&sort=name").get_data(as_text=True).splitlines()
    assert len(lines) == len(set(lines)) == 2345 + 2


def test_errors_come_before_any_output(client: Client, client_of: Callable[..., Client], reading: Reading) -> None:
    for path, status in (
        ("book/export?fields=nope", 400),
        ("book/export?filter=nope%3D1", 400),
        ("nope/export", 404),
        ("book/export?format=pdf", 400),
    ):
        assert client.open(f"/api/v1/records/{path}").status_code == status
    reader = client_of(reading.bob)
    assert reader.open("/api/v1/records/shelf/export").status_code == 403
    assert reader.open("/api/v1/records/book/export?fields=cost").status_code == 400
    assert "Cost" not in reader.open("/api/v1/records/book/export").get_data(as_text=True)
