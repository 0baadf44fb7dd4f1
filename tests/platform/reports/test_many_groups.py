"""Reports over more groups than a page can show: 200,000 records in 100,000 groups, matrices that are too large. They
come in time, say what they leave out, and what they show is whole."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from bookshop import Bookshop, make_bookshop
from dougong_metadata.model.compile_report import report_of
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer
from dougong_platform.reports.asked import Point

ROWS = 200_000
MOST_SECONDS = 30  # far beyond what it takes, far below work that grows with the square of the groups; the budget of
# a quiet machine is held by `make bench`
FILL = """
insert into book (id, owner, title, word, pages, price)
select gen_random_uuid(), %s::uuid, 't' || n, 'w' || (n %% 100000), n %% 100, n %% 977
from generate_series(1, %s) n
"""


@pytest.fixture(scope="module")
def shop(module_database_url: str) -> Iterator[Bookshop]:
    made = make_bookshop(module_database_url, books=0)
    with made.database.transaction(made.tenant, statement_timeout=600_000) as tx:
        tx.execute(FILL, [made.people[0], ROWS])
    yield made
    made.database.close()


def answered(shop: Bookshop, **body: Any) -> Answer:
    report = report_of(shop.admin.model, "many", {"object": "book", "values": {"n": "COUNT()"}, **body})
    began = time.monotonic()
    answer = run(shop.admin, report)
    assert time.monotonic() - began < MOST_SECONDS
    assert isinstance(answer, Answer)
    return answer


def test_a_hundred_thousand_groups_are_cut_and_counted(shop: Bookshop) -> None:
    answer = answered(shop, rows=["word"], sort=["-n"])
    assert (len(answer.rows), answer.capped) == (1000, True)
    assert answer.notices == ("Only the first 1,000 rows are shown; the totals count all.",)
    assert len(orjson.dumps(answer.json())) < 100_000
    assert answer.total is not None
    assert answer.total.all == (ROWS,)


def test_sums_of_groups_that_are_not_shown_are_not_sent_either(shop: Bookshop) -> None:
    answer = answered(shop, rows=["word", "pages"], limit=50)
    leaves = [row for row in answer.rows if len(row.keys) == 2]
    sums = [row for row in answer.rows if len(row.keys) == 1]
    assert len(leaves) == 50
    assert {row.keys for row in sums} == {row.keys[:1] for row in leaves}
    assert all(row.all == (2,) for row in sums)


def test_all_others_of_a_hundred_thousand_lead_to_their_records(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "rows": [{"by": "word", "top": 10, "sort": "-n"}],
        "values": {"n": "COUNT()"},
        "limit": 3,
    }
    answer = answered(shop, **body)
    assert answer.capped
    found = drill(shop.admin, report_of(shop.admin.model, "many", body), Point((OTHER,), (), "n"))
    assert found.count == found.value == ROWS - 20


def test_a_matrix_of_a_thousand_by_a_hundred_is_whole(shop: Bookshop) -> None:
    with shop.database.transaction(shop.tenant, statement_timeout=600_000) as tx:
        tx.execute("update book set word = 'w' || (substr(title, 2)::int / 100 %% 1000)", [])
    answer = answered(shop, type="matrix", rows=["word"], columns=["pages"])
    assert (len(answer.rows), len(answer.columns), answer.capped) == (1000, 100, False)
    assert all(sum(cell[0] or 0 for cell in row.cells) == row.all[0] for row in answer.rows)
    assert answer.total is not None
    assert [cell[0] for cell in answer.total.cells] == [ROWS // 100] * 100


def test_a_matrix_that_is_too_large_loses_whole_rows_and_says_so(shop: Bookshop) -> None:
    with shop.database.transaction(shop.tenant, statement_timeout=600_000) as tx:
        tx.execute("update book set word = 'w' || (substr(title, 2)::int %% 999)", [])
    answer = answered(shop, type="matrix", rows=["word"], columns=["price"])
    assert answer.capped
    assert 100 < len(answer.rows) < 999
    assert answer.notices[0].startswith(f"Only the first {len(answer.rows)} rows")
    assert len(answer.columns) == 100
    shown = {float(head.keys[0]) for head in answer.columns}
    wanted = Counter((f"w{n % 999}", float(n % 977)) for n in range(1, ROWS + 1) if n % 977 in shown)
    for row in answer.rows:
        for head, cell in zip(answer.columns, row.cells, strict=True):
            assert (cell[0] or 0) == wanted[row.keys[0], float(head.keys[0])]
    assert answer.total is not None
    assert answer.total.all == (ROWS,)
