"""Sharp examples: averages of foreign amounts, rows that a limit keeps, what rows are sorted by, sums that do not add
up. Each number is held against the records, or against the same report asked without what cuts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop, seen
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile_report import report_of
from dougong_platform import records
from dougong_platform.errors import BadFilter, BadRequest
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer, ListAnswer
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from grid_oracle import Record, money, same

FEES = """
kind: object
name: fee
name_field: name
fields:
  page: {type: lookup, to: page, on_delete: clear}
  name: {type: text}
  unit: {type: picklist, values: [CNY, EUR]}
  rate: {type: decimal, scale: 4}
  amount: {type: currency, currency_field: unit, rate_field: rate}
  dollars: {type: currency, currency: USD}
  paid: {type: boolean}
"""
N = {"n": "COUNT()"}


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), books=160, seed=11, more=FEES)
    (shelf,) = records.create(made.admin, "shelf", [{"name": "0 comes first"}]).records
    records.create(made.admin, "book", [{"title": "late", "shelf": str(shelf.id), "genre": "poem"}])
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def books(shop: Bookshop) -> list[Record]:
    return seen(shop.admin, "book")


def asked(shop: Bookshop, visit: Asked | None = None, /, **body: Any) -> Answer:
    found = run(shop.admin, report_of(shop.admin.model, "any", {"object": "book", **body}), visit or AS_IT_SAYS)
    assert isinstance(found, Answer)
    return found


def keys(answer: Answer) -> list[Any]:
    return [row.keys[0] if len(row.keys) == 1 else row.keys for row in answer.rows]


# Amounts.


def test_an_average_of_foreign_amounts_is_of_those_that_have_a_rate(shop: Bookshop, books: list[Record]) -> None:
    body = {"rows": ["genre"], "values": {"a": "AVG(price)", "b": "AVG(price, price > 20)"}}
    answer = asked(shop, **body)
    assert any(b["price"] and money(b) is None for b in books)
    for row in [*answer.rows, answer.total]:
        assert row is not None
        mine = [b for b in books if not row.keys or b["genre"] == row.keys[0]]
        for at, few in enumerate((mine, [b for b in mine if b["price"] and Decimal(b["price"]) > 20])):
            prices = [found for b in few if (found := money(b)) is not None]
            assert same(row.all[at], sum(prices) / len(prices))
            report = report_of(shop.admin.model, "any", {"object": "book", **body})
            assert same(drill(shop.admin, report, Point(row.keys, (), "ab"[at])).value, row.all[at])


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"a": "SUM(price, done)"}, lambda b: b["done"]),
        ({"a": "SUM(price, done)", "b": "AVG(price, not done)"}, lambda b: b["done"] is not None),
        ({"a": "SUM(price, done)", "b": "MAX(price)"}, lambda b: True),
        ({"a": "PERCENTILE(price, 0.5, pages > 3)"}, lambda b: (b["pages"] or 0) > 3),
        ({"a": "COUNT(price)"}, lambda b: False),
    ],
    ids=["under a condition", "in two values", "in all", "of some records", "not added up"],
)
def test_amounts_without_a_rate_are_counted_once_and_only_where_they_are_left_out(
    shop: Bookshop, books: list[Record], values: dict[str, str], holds: Callable[[Record], bool]
) -> None:
    missing = sum(1 for b in books if b["price"] and money(b) is None and holds(b))
    notices = asked(shop, rows=["genre"], values=values).notices
    assert [n.split()[0] for n in notices] == ([str(missing)] if missing else [])


def test_amounts_behind_two_relations_without_a_rate_are_told_too(shop: Bookshop) -> None:
    pages = [p["id"] for p in seen(shop.admin, "page") if p["book"]][:3]
    given: list[dict[str, Any]] = [{"page": page, "amount": 10, "unit": "EUR", "paid": True} for page in pages]
    made = records.create(shop.admin, "fee", given)
    answer = asked(shop, rows=["genre"], values={"a": "SUM(page.fee.amount, paid)"})
    assert answer.total is not None
    assert same(answer.total.all[0], 0)
    assert answer.notices == ("3 amounts in another currency have no exchange rate and are left out.",)
    records.delete(shop.admin, "fee", [str(one.id) for one in made.records])


def test_what_is_worked_out_of_dollars_is_dollars(shop: Bookshop) -> None:
    values = {"d": "SUM(dollars)", "e": "SUM(amount)", "dd": "d * 2", "few": "SUM(dollars, amount > 5)", "b": "d + e"}
    answer = asked(shop, object="fee", values=values)
    assert {head.name: head.currency for head in answer.values} == {
        "d": "USD",
        "e": "CNY",
        "dd": "USD",
        "few": "USD",
        "b": "CNY",
    }


# What is no number.


def test_days_are_sorted_and_stand_beside_earlier_ones(shop: Bookshop, books: list[Record]) -> None:
    for minus in ("", "-"):
        answer = asked(shop, rows=["shelf"], values={"last": "MAX(bought)"}, sort=[f"{minus}last"])
        days = [row.all[0] for row in answer.rows if row.all[0]]
        assert days == sorted(days, reverse=bool(minus))
    answer = asked(
        shop,
        rows=["genre"],
        values={"last": {"value": "MAX(bought)", "show": ["share", "running"]}},
        period={"field": "bought", "range": "2026-01-01..2026-12-31"},
        compare="year_ago",
    )
    assert answer.total is not None
    days = [max(b["bought"] for b in books if (b["bought"] or "").startswith(year)) for year in ("2026", "2025")]
    assert answer.total.all == (*days, None, None, None)
    assert [head.role for head in answer.values] == ["value", "before", "change", "share", "running"]


def test_only_what_adds_up_has_a_running_sum(shop: Bookshop) -> None:
    adding = {"n": "COUNT()", "s": "SUM(pages)", "l": "SUM(loan.days)", "d": "s - n * 2", "h": "-(d / 4)"}
    others = {"a": "AVG(pages)", "r": "s / n", "c": "COUNT_DISTINCT(owner)", "m": "MAX(pages)", "p": "n + 1"}
    texts = adding | others
    answer = asked(shop, rows=["genre"], values={k: {"value": v, "show": ["running"]} for k, v in texts.items()})
    assert answer.total is not None
    last = answer.rows[-1].all
    for at, head in enumerate(answer.values):
        if head.role == "running":
            if head.of in adding:
                assert same(last[at], Decimal(answer.total.all[at - 1])), head
            else:
                assert all(row.all[at] is None for row in answer.rows), head
    assert "Only counts and sums have a running total." in answer.notices


def test_sums_of_forty_digits_stay_exact(shop: Bookshop) -> None:
    text = "COUNT() * 10000000000000000000000000000000001"
    answer = asked(shop, rows=["genre"], values={"n": {"value": text, "show": ["running", "share"]}})
    assert answer.total is not None
    assert answer.rows[-1].all[1] == answer.total.all[0]
    tiny = {"n": f"{text} * 10000000000000000000000000000000001", "t": "COUNT() / 10000000000000000000000000000000001"}
    period = {"field": "bought", "range": "2026-01-01..2026-12-31"}
    asked(shop, rows=["genre"], values=tiny, period=period, compare="year_ago")
    both = f'{text} - COUNT(genre = "poem") * 10000000000000000000000000000000000'
    answer = asked(shop, rows=["genre"], values={"n": {"value": both, "show": ["share"]}}, where='genre = "poem"')
    assert answer.rows[0].all[1] == "1.000000"


# Which rows come first.


def test_the_latest_months_are_kept_of_many(shop: Bookshop, books: list[Record]) -> None:
    months = sorted({b["bought"][:7] for b in books if b["bought"]})
    answer = asked(shop, rows=[{"by": "bought", "every": "month"}], values=N, limit=4)
    assert [key[:7] for key in keys(answer)] == months[-4:]
    assert answer.capped


def test_the_largest_groups_are_kept_of_many(shop: Bookshop, books: list[Record]) -> None:
    whole = asked(shop, rows=["word"], values=N)
    answer = asked(shop, rows=["word"], values=N, limit=3)
    assert sorted(r.all[0] for r in answer.rows) == sorted(r.all[0] for r in whole.rows)[-3:]
    assert [row for row in whole.rows if row in answer.rows] == list(answer.rows)


def test_months_without_records_push_none_with_records_out(shop: Bookshop, books: list[Record]) -> None:
    days = sorted(b["bought"] for b in books if b["bought"])
    few = f'bought in ("{days[0]}", "{days[-1]}")'
    answer = asked(shop, rows=[{"by": "bought", "every": "month"}], values=N, where=few, limit=5)
    assert [key[:7] for key in keys(answer)] == [days[0][:7], days[-1][:7]]
    assert not answer.capped
    answer = asked(shop, rows=[{"by": "bought", "every": "month"}], values=N, where=few)
    assert len(answer.rows) > 5


def test_all_others_that_are_not_shown_take_no_place(shop: Bookshop) -> None:
    rows = ["genre", {"by": "word", "top": 1, "sort": "-n", "other": False}]
    answer = asked(shop, rows=rows, values=N, limit=4)
    assert len([row for row in answer.rows if len(row.keys) == 2]) == 4
    assert not any(OTHER in row.keys for row in answer.rows)
    assert "Totals also count the groups beyond the first." in answer.notices
    shown = asked(shop, rows=[{"by": "word", "top": 4, "sort": "-n"}], values=N, limit=4)
    assert OTHER not in keys(shown)
    assert shown.capped


BY: list[Any] = ["genre", "shelf", "word", "owner", "done", {"by": "bought", "every": "quarter"}, "pages"]
VALUES = {"n": "COUNT()", "p": "SUM(pages)", "last": "MAX(bought)", "rate": "p / n", "days": "SUM(loan.days)"}
MINUS = st.sampled_from(["", "-"])
SORTS = st.lists(st.tuples(MINUS, st.sampled_from(list(VALUES))), max_size=2, unique_by=lambda one: one[1])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(BY), SORTS, MINUS, st.integers(1, 5), st.booleans())
def test_a_limit_shows_the_first_of_what_is_shown_without_it(
    shop: Bookshop, by: Any, sort: list[tuple[str, str]], minus: str, limit: int, visited: bool
) -> None:
    group = by if isinstance(by, dict) else {"by": by}
    given = (*("".join(one) for one in sort), f"{minus}{group['by']}")
    body: dict[str, Any] = {"rows": [group], "values": VALUES}
    visit = Asked(sort=given) if visited else AS_IT_SAYS
    body |= {} if visited else {"sort": list(given)}
    whole, few = asked(shop, visit, **body), asked(shop, visit, **body, limit=limit)
    assert few.rows == whole.rows[:limit]
    assert few.capped == (len(whole.rows) > limit)
    assert few.total == whole.total


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(BY), MINUS, st.sampled_from(list(VALUES)), st.integers(1, 5), st.booleans())
def test_the_order_of_a_group_says_which_rows_come_first(
    shop: Bookshop, by: Any, minus: str, name: str, limit: int, top: bool
) -> None:
    group = {**(by if isinstance(by, dict) else {"by": by}), "sort": f"{minus}{name}"} | ({"top": 4} if top else {})
    whole, few = (asked(shop, rows=[group], values=VALUES, limit=most) for most in (1000, limit))
    at = list(VALUES).index(name)
    assert [row.all[at] for row in few.rows] == [row.all[at] for row in whole.rows[:limit]]
    assert all(row in whole.rows for row in few.rows)


def test_rows_are_sorted_by_each_in_turn(shop: Bookshop) -> None:
    values = {"n": "COUNT()", "d": "COUNT_DISTINCT(done)"}
    assert keys(asked(shop, rows=["genre"], values=values, sort=["genre", "-n"])) == ["poem", "novel", "atlas", None]
    assert keys(asked(shop, rows=["genre"], values=values, sort=["-genre", "n"])) == ["atlas", "novel", "poem", None]
    by_both = asked(shop, rows=["pages"], values=values, sort=["-d", "pages"])
    wanted = sorted(by_both.rows, key=lambda r: (-r.all[1], r.keys[0] is None, r.keys[0] or 0))
    assert list(by_both.rows) == wanted


def test_shelves_are_kept_by_their_names_and_genres_by_their_place(shop: Bookshop) -> None:
    answer = asked(shop, rows=["shelf"], values=N, sort=["shelf"], limit=1)
    assert answer.rows[0].labels == ("0 comes first",)
    assert keys(asked(shop, rows=["genre"], values=N, sort=["genre"], limit=2)) == ["poem", "novel"]
    assert keys(asked(shop, rows=["genre"], values=N, sort=["-genre"], limit=1)) == ["atlas"]


def test_months_may_be_sorted_by_a_value(shop: Bookshop) -> None:
    answer = asked(shop, rows=[{"by": "bought", "every": "month", "sort": "-n"}], values=N)
    counts = [row.all[0] for row in answer.rows]
    assert counts == sorted(counts, reverse=True)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MINUS, st.sampled_from(["n", "p", "days"]), st.integers(1, 9), st.booleans())
def test_of_groups_in_groups_the_first_rows_are_kept_too(
    shop: Bookshop, minus: str, name: str, limit: int, top: bool
) -> None:
    second = {"by": "word", "top": 2, "sort": "-n", "other": False} if top else {"by": "word"}
    body = {"rows": ["genre", second], "values": VALUES, "sort": [f"{minus}{name}"]}
    whole, few = ([r for r in asked(shop, **body, limit=most).rows if len(r.keys) == 2] for most in (1000, limit))
    at = list(VALUES).index(name)
    numbers = [sorted(Decimal(row.all[at]) for row in rows) for rows in (whole, few)]
    assert numbers[1] == (numbers[0][-limit:] if minus else numbers[0][:limit])
    assert all(row in whole for row in few)


# Values by name.


def test_the_least_of_a_field_is_of_the_records_also_where_a_value_is_called_like_it(
    shop: Bookshop, books: list[Record]
) -> None:
    values = {"pages": "SUM(pages)", "least": "MIN(pages)", "twice": "MAX(pages, pages + 1)", "same": "MIN(least)"}
    answer = asked(shop, rows=["genre"], values=values)
    for row in answer.rows:
        mine = [b["pages"] for b in books if b["genre"] == row.keys[0] and b["pages"] is not None]
        assert [Decimal(number) for number in row.all] == [sum(mine), min(mine), sum(mine) + 1, min(mine)]


def test_records_behind_two_relations_are_counted_under_a_condition(shop: Bookshop) -> None:
    pages = [p["id"] for p in seen(shop.admin, "page") if p["book"]][:4]
    given_fees = [{"page": page, "paid": n % 2 == 0} for n, page in enumerate(pages * 3)]
    made = records.create(shop.admin, "fee", given_fees)
    body = {"rows": ["genre"], "values": {"n": "COUNT(page.fee, paid)", "all": "COUNT(page.fee)"}}
    answer = asked(shop, **body)
    assert answer.total is not None
    assert answer.total.all == (6, 12)
    report = report_of(shop.admin.model, "any", {"object": "book", **body})
    assert drill(shop.admin, report, Point((), (), "n")).count == 6
    records.delete(shop.admin, "fee", [str(one.id) for one in made.records])


# Conditions on groups.


@pytest.mark.parametrize("name", ["bought", "bought.month"])
def test_having_may_speak_of_a_span_by_either_name(shop: Bookshop, books: list[Record], name: str) -> None:
    having = f'{name} >= "2026-06-01" and n > 0'
    answer = asked(shop, rows=[{"by": "bought", "every": "month"}], values=N, having=having)
    assert {k[:7] for k in keys(answer)} == {b["bought"][:7] for b in books if (b["bought"] or "") >= "2026-06-01"}


def test_having_speaks_of_rows_and_of_no_column(shop: Bookshop) -> None:
    with pytest.raises(InvalidDocuments):
        asked(shop, type="matrix", rows=["shelf"], columns=["genre"], values=N, having='genre = "poem"')
    answer = asked(shop, type="matrix", rows=["genre"], columns=["shelf"], values=N, having='genre = "poem"')
    assert keys(answer) == ["poem"]


# Days and conditions of the visit.


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Atlantic/Azores", "2025-10-26"), ("America/Havana", "2025-11-02"), ("Europe/Berlin", "2025-10-26")],
)
def test_a_day_whose_clocks_are_set_back_to_midnight_is_whole(shop: Bookshop, zone: str, day: str) -> None:
    start = datetime.fromisoformat(f"{day}T00:00:00Z") - timedelta(days=1)
    halves = [start + timedelta(minutes=30 * n) for n in range(150)]
    made = records.create(shop.admin, "book", [{"title": zone, "sold_at": f"{one:%Y-%m-%dT%H:%MZ}"} for one in halves])
    caller = replace(shop.admin, timezone=zone)
    where = f'title = "{zone}"'
    for every in ("day", "hour", "week"):
        body = {"object": "book", "rows": [{"by": "sold_at", "every": every}], "values": N, "where": where}
        report = report_of(caller.model, "any", body)
        answer = run(caller, report)
        assert isinstance(answer, Answer)
        for row in answer.rows:
            assert drill(caller, report, Point(row.keys)).count == row.all[0], row.keys
        if every == "day":
            local = Counter(str(one.astimezone(ZoneInfo(zone)).date()) for one in halves)
            assert {row.keys[0]: row.all[0] for row in answer.rows} == local
    records.delete(shop.admin, "book", [str(one.id) for one in made.records])


def test_a_condition_of_the_visit_breaks_out_of_none_of_the_report(shop: Bookshop) -> None:
    visit = Asked(where="pages > 3) or (ISBLANK(pages)")
    for more in ({"type": "list", "fields": ["title"]}, {"rows": ["genre"], "values": N}):
        report = report_of(shop.admin.model, "any", {"object": "book", "where": 'genre = "poem"', **more})
        with pytest.raises(BadFilter):
            run(shop.admin, report, visit)
        with pytest.raises(BadFilter):
            drill(shop.admin, report, Point(), visit)


def test_all_others_beside_too_many_groups_say_so(shop: Bookshop) -> None:
    rows = [{"title": f"{n:03} {'y' * 180}"} for n in range(150)]
    made = records.create(shop.admin, "book", rows)
    for top in (20, 120):
        body = {"object": "book", "rows": [{"by": "title", "top": top, "sort": "n"}], "values": N}
        report = report_of(shop.admin.model, "any", {**body, "where": "ISBLANK(genre)"})
        (others,) = [row for row in asked(shop, **body, where="ISBLANK(genre)").rows if row.is_other]
        if top == 20:
            assert drill(shop.admin, report, Point(others.keys)).count == others.all[0]
        else:
            with pytest.raises(BadRequest, match="fewer groups"):
                drill(shop.admin, report, Point(others.keys))
    records.delete(shop.admin, "book", [str(one.id) for one in made.records])


# Lists.


def test_a_list_has_as_many_rows_as_it_says(shop: Bookshop) -> None:
    pages = [{"words": n, "book": seen(shop.admin, "book")[0]["id"]} for n in range(1200)]
    records.create(shop.admin, "page", pages[:600])
    records.create(shop.admin, "page", pages[600:])
    body = {"object": "page", "type": "list", "fields": ["words"], "sort": ["-words"]}
    wanted = list_records(shop.admin, "page", fields=["id"], sort=["-words"], limit=1000).records
    for limit, shown in ((10_000, None), (1100, 1100), (7, 7)):
        found = run(shop.admin, report_of(shop.admin.model, "any", {**body, "limit": limit}))
        assert isinstance(found, ListAnswer)
        ids = [one["id"] for one in found.records]
        assert ids[:1000] == [one["id"] for one in wanted][: len(ids)]
        assert len(ids) == len(set(ids)) == (shown or found.count)
        assert found.next is None
    records.delete(shop.admin, "page", [one["id"] for one in wanted if one["id"] in set(ids)])
