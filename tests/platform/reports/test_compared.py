"""A period beside an earlier one, shares and running sums, groups left out, filters of the visit: held against plain
Python; and what is too large, too slow or has no rate is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop, seen
from dougong_metadata.model.compile_report import report_of
from dougong_platform.errors import BadRequest
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import Answer, Row
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from dougong_platform.reports.errors import TooSlow
from dougong_platform.reports.grouped import running
from dougong_platform.reports.periods import Span, earlier, span_of
from grid_oracle import GROUPS, AGroup, Record, money, same

WORDS = ["2026-01-01..2026-12-31", "2026-03-01..2026-03-31", "2026-02-10..2026-05-20", "2025-01-01..2025-01-31"]
OF_DATES = [group for group in GROUPS if group.given["by"] in ("bought", "genre", "owner")]


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), books=160, seed=3)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def books(shop: Bookshop) -> list[Record]:
    return seen(shop.admin, "book")


def answered(shop: Bookshop, body: dict[str, Any], asked: Asked | None = None) -> Answer:
    found = run(shop.admin, report_of(shop.admin.model, "any", {"object": "book", **body}), asked or AS_IT_SAYS)
    assert isinstance(found, Answer)
    return found


def within(books: list[Record], span: Any) -> list[Record]:
    return [b for b in books if b["bought"] and span.has(date.fromisoformat(b["bought"]))]


def total(books: list[Record]) -> Decimal:
    return sum((found for b in books if (found := money(b)) is not None), Decimal(0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WORDS), st.sampled_from(["previous", "year_ago"]), st.sampled_from(OF_DATES), st.data())
def test_an_earlier_period_stands_beside(
    shop: Bookshop, books: list[Record], word: str, how: str, group: AGroup, data: st.DataObject
) -> None:
    body = {
        "type": "summary",
        "rows": [group.given],
        "values": {"n": "COUNT()", "sum": "SUM(price)"},
        "period": {"field": "bought", "range": word},
        "compare": how,
    }
    answer = answered(shop, body)
    now = span_of(word, date(2026, 11, 23))
    assert now is not None
    before = earlier(now, how, word)
    assert [head.name for head in answer.values] == ["n", "n@before", "n@change", "sum", "sum@before", "sum@change"]
    assert answer.total is not None
    here, there = within(books, now), within(books, before)
    assert answer.total.all[0] == len(here)
    assert answer.total.all[1] == len(there)
    assert same(answer.total.all[3], total(here))
    assert same(answer.total.all[4], total(there))
    if there:
        change = Decimal(len(here) - len(there)) / len(there)
        assert abs(Decimal(answer.total.all[2]) - change) < Decimal("0.000001")
    assert sum(row.all[0] or 0 for row in answer.rows) == len(here)
    assert sum(row.all[1] or 0 for row in answer.rows) == len(there)
    if answer.rows:
        row: Row = data.draw(st.sampled_from(answer.rows))
        report = report_of(shop.admin.model, "any", {"object": "book", **body})
        for at, name in ((0, "n"), (1, "n@before")):
            found = drill(shop.admin, report, Point(row.keys, (), name))
            page = list_records(shop.admin, "book", filter=found.filter, fields=["id"], limit=1000)
            assert len(page.records) == found.count == (row.all[at] or 0)


@pytest.mark.parametrize("kind", ["percent", "days"])
def test_a_percentage_changes_by_points_and_a_length_by_days(shop: Bookshop, books: list[Record], kind: str) -> None:
    body = {
        "type": "summary",
        "values": {"done": {"value": "COUNT(done) / COUNT()", "format": kind}},
        "period": {"field": "bought", "range": "2026-01-01..2026-12-31"},
        "compare": "previous",
    }
    answer = answered(shop, body)
    now, before = (within(books, Span(date(year, 1, 1), date(year + 1, 1, 1))) for year in (2026, 2025))
    done = [Fraction(sum(b["done"] is True for b in some), len(some)) for some in (now, before)]
    assert answer.total is not None
    assert abs(Fraction(answer.total.all[2]) - (done[0] - done[1])) < Fraction(1, 10**5)
    assert [head.format for head in answer.values] == [kind, kind, "points" if kind == "percent" else "days"]


def test_months_of_a_year_ago_stand_beside_the_same_months(shop: Bookshop, books: list[Record]) -> None:
    answer = answered(
        shop,
        {
            "type": "summary",
            "rows": [{"by": "bought", "every": "month"}],
            "values": {"n": "COUNT()"},
            "period": {"field": "bought", "range": "2026-01-01..2026-12-31"},
            "compare": "year_ago",
        },
    )
    for row in answer.rows:
        month = str(row.keys[0])[:7]
        assert (row.all[0] or 0) == sum(1 for b in books if (b["bought"] or "").startswith(month))
        assert row.all[1] == sum(1 for b in books if (b["bought"] or "").startswith(f"2025{month[4:]}"))


def test_shares_add_up_and_running_sums_end_at_the_total(shop: Bookshop) -> None:
    answer = answered(
        shop,
        {
            "type": "matrix",
            "rows": [{"by": "bought", "every": "quarter"}],
            "columns": ["genre"],
            "values": {"n": {"value": "COUNT()", "show": ["share", "running"]}},
        },
    )
    assert answer.total is not None
    for at in range(len(answer.columns)):
        shares = [Decimal(row.cells[at][1]) for row in answer.rows if row.cells[at][1] is not None]
        assert abs(sum(shares) - 1) < Decimal("0.0001")
        assert Decimal(answer.rows[-1].cells[at][2]) == answer.total.cells[at][0]
    assert Decimal(answer.rows[-1].all[2]) == answer.total.all[0]


def test_having_leaves_groups_out_and_says_that_totals_count_them(shop: Bookshop, books: list[Record]) -> None:
    body = {"type": "matrix", "rows": ["owner", "shelf"], "columns": ["genre"], "values": {"n": "COUNT()"}}
    whole, narrow = answered(shop, body), answered(shop, {**body, "having": "n > 9"})
    kept = {row.keys: row for row in whole.rows if len(row.keys) == 2 and row.all[0] > 9}
    found = {row.keys: row for row in narrow.rows if len(row.keys) == 2}
    assert found == kept
    assert narrow.total == whole.total
    assert narrow.notices
    assert not whole.notices or "rate" in whole.notices[0]


def test_a_department_means_those_below_it_too(shop: Bookshop, books: list[Record]) -> None:
    upper, lower = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
    with shop.database.transaction(shop.tenant) as tx:
        tx.execute("insert into department (id, name) values (%s, 'upper')", [upper])
        tx.execute("insert into department (id, name, parent) values (%s, 'lower', %s)", [lower, upper])
        tx.execute('update "user" set department = %s where id = %s', [upper, shop.people[0]])
        tx.execute('update "user" set department = %s where id = %s', [lower, shop.people[1]])
    body = {"type": "summary", "rows": ["genre"], "values": {"n": "COUNT()"}}
    for department, people in ((upper, shop.people[:2]), (lower, shop.people[1:2])):
        answer = answered(shop, body, Asked(department=department))
        assert answer.total is not None
        assert answer.total.all[0] == sum(1 for b in books if b["owner"] in people)
    answer = answered(shop, body, Asked(owner=shop.people[2], where="pages > 3"))
    assert answer.total is not None
    assert answer.total.all[0] == sum(1 for b in books if b["owner"] == shop.people[2] and (b["pages"] or 0) > 3)


@pytest.mark.parametrize(
    "asked", [Asked(owner="me"), Asked(compare="ever"), Asked(where="pages >"), Asked(period="soon")]
)
def test_what_a_visit_cannot_ask_is_refused(shop: Bookshop, asked: Asked) -> None:
    body = {
        "type": "summary",
        "rows": ["genre"],
        "values": {"n": "COUNT()"},
        "period": {"field": "bought", "range": "this_year"},
    }
    with pytest.raises(BadRequest):
        answered(shop, body, asked)


def test_amounts_without_a_rate_are_left_out_and_counted(shop: Bookshop, books: list[Record]) -> None:
    answer = answered(shop, {"type": "summary", "rows": ["genre"], "values": {"sum": "SUM(price)"}})
    missing = sum(1 for b in books if b["price"] and b["currency"] == "USD" and not b["rate"])
    assert missing
    assert any(f"{missing:,} amounts" in notice for notice in answer.notices)
    assert answer.total is not None
    assert same(answer.total.all[0], total(books))


def test_more_groups_than_can_be_shown_are_capped_with_a_notice(shop: Bookshop, books: list[Record]) -> None:
    values = {"n": "COUNT()", "p": "SUM(pages)"}
    answer = answered(shop, {"type": "summary", "rows": ["title"], "values": values, "sort": ["-p"], "limit": 5})
    pages = sorted((b["pages"] for b in books if b["pages"] is not None), reverse=True)[:5]
    assert [int(row.all[1]) for row in answer.rows] == pages
    assert answer.capped
    assert "first 5 rows" in answer.notices[0]
    assert answer.total is not None
    assert answer.total.all[0] == len(books)


def test_what_takes_too_long_says_what_would_help(shop: Bookshop, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.database.transaction(shop.tenant) as tx:  # enough rows for some milliseconds to be too little
        tx.execute(
            "insert into page (id, book, words) select gen_random_uuid(), (select id from book limit 1), n"
            " from generate_series(1, 100000) n"
        )
    monkeypatch.setattr(running, "MOST_SECONDS", 0.005)
    with pytest.raises(TooSlow) as fault:
        answered(shop, {"type": "summary", "rows": ["genre"], "values": {"m": "MEDIAN(page.words)"}})
    assert "shorter period" in fault.value.message("en").lower()


def test_where_having_leaves_out_nothing_that_counts_nothing_is_said(shop: Bookshop) -> None:
    kept = {
        "n": "COUNT(loan)",
        "days": "SUM(loan.days)",
        "each": "days / n",
        "all": {"value": "COUNT()", "hidden": True},
    }
    body = {"type": "summary", "rows": ["id"], "values": kept, "having": "n > 0"}
    whole, narrow = answered(shop, {**body, "having": "n >= 0"}), answered(shop, body)
    assert len(narrow.rows) < len(whole.rows)
    assert narrow.total == whole.total
    said = "leaves out"
    assert not [notice for notice in (*whole.notices, *narrow.notices) if said in notice]
    assert [notice for notice in answered(shop, {**body, "having": "n > 1"}).notices if said in notice]
    of_books = {**body, "values": {**kept, "pages": "AVG(pages)"}}  # books without loans have pages too
    assert [notice for notice in answered(shop, of_books).notices if said in notice]
