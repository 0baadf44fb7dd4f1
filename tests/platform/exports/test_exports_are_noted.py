"""Who takes a list away stands in the audit log: which, how narrowed down, and how many rows were really sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform import records
from reading import Client, Reading

TITLES = 1200  # more than one page, and more than one chunk


@pytest.fixture(scope="module", autouse=True)
def books(reading: Reading) -> None:
    records.create(reading.admin, "book", [{"title": f"Book {n}", "pages": n} for n in range(TITLES)])


def exports(reading: Reading) -> list[tuple[Any, ...]]:
    columns = "actor, target_kind, target, label, ip, via, details"
    return reading.run(f"select {columns} from _audit where action = 'export.made' order by seq")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_is_noted_with_filter_columns_and_the_number_of_rows(
    reading: Reading, client: Client, format: str
) -> None:
    asked = {"format": format, "filter": "pages < 7", "fields": "title,shelf", "sort": "-pages"}
    answer = client.open("/api/v1/records/book/export", query_string=asked)
    assert answer.status_code == 200
    assert answer.data
    actor, *what, ip, via, details = exports(reading)[-1]
    assert (actor, what, ip, via) == (reading.ann, ["object", "book", "Books"], "127.0.0.1", "token")
    assert details == {
        "rows": 7,
        "filter": "pages < 7",
        "sort": ["-pages"],
        "columns": ["title", "shelf.name"],
        "format": format,
        "complete": True,
    }


def test_who_goes_away_half_way_is_noted_with_what_was_sent(reading: Reading, client: Client) -> None:
    answer = client.open("/api/v1/records/book/export", buffered=False)
    chunks = iter(answer.response)
    next(chunks), next(chunks)
    answer.close()
    details = exports(reading)[-1][-1]
    assert 0 < details["rows"] < TITLES
    assert details["complete"] is False


def test_what_was_refused_is_no_export(reading: Reading, client_of: Callable[..., Client]) -> None:
    before = len(exports(reading))
    assert client_of(reading.bob).get("/api/v1/records/shelf/export")[0] == 403
    assert client_of(reading.ann).get("/api/v1/records/book/export", filter="nothing = 1")[0] == 400
    assert len(exports(reading)) == before
