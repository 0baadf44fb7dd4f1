"""IN_PERIOD() and what people own, at random: any value over any records beside the earlier period, in any time zone,
is what plain Python makes of the records; and what it leads to is counted and summed up to exactly it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop, seen
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.dashboard_types import WidgetModel
from dougong_platform import records
from dougong_platform.dashboards.reported import number, over_all
from dougong_platform.errors import BadFilter
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from dougong_platform.reports.grouped.running import run as run_question
from dougong_platform.reports.kinds.asking import grid_of
from dougong_platform.reports.periods import Span, earlier, span_of
from grid_oracle import Record, money, same
from one_day import on_one_day

GIFT = """
kind: object
name: gift
default_access: read
name_field: name
fields:
  name: {type: text}
  given_to: {type: user}
  given_on: {type: date}
  worth: {type: integer}
"""
ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "UTC")
PERIODS = (
    *("all", "2025-01-01..2025-12-31", "2026-02-01..2026-02-28", "2024-03-05..2025-06-20", "2026-01-05..2026-01-05"),
    *("2025-06-15..", "..2025-06-15", "this_year", "last_12_months"),
)
Inside = Callable[[Any], bool]


@dataclass(frozen=True)
class World:
    books: list[Record]
    pages: list[Record]
    loans: list[Record]
    gifts: list[Record]

    def about(self, names: str, key: str, base: str) -> list[Record]:
        return [one for one in getattr(self, names) if one[key] == base]

    def behind(self, names: str, books: list[Record]) -> list[Record]:
        """Pages or loans of these books."""
        ids = {one["id"] for one in books}
        return [one for one in getattr(self, names) if one["book"] in ids]

    def book(self, id: str) -> Record:
        return next(one for one in self.books if one["id"] == id)


@dataclass(frozen=True)
class ANumber:
    text: str
    number: Callable[[World, str, Inside], Any]  # of the records of one person, or of one genre of books


def _worth(books: list[Record]) -> Decimal:
    return sum((found for one in books if (found := money(one)) is not None), Decimal(0))


def _mine(w: World, p: str) -> list[Record]:
    return w.about("books", "owner", p)


def _pages_of(w: World, p: str, inside: Inside) -> int:
    return sum(r["words"] or 0 for r in w.behind("pages", _mine(w, p)) if inside(w.book(r["book"])["bought"]))


def _mean(found: list[int]) -> Decimal | None:
    return Decimal(sum(found)) / len(found) if found else None


OF_PEOPLE = [
    ANumber("COUNT(owned_book)", lambda w, p, inside: len(_mine(w, p))),
    ANumber("COUNT(owned_book, IN_PERIOD(bought))", lambda w, p, inside: sum(inside(b["bought"]) for b in _mine(w, p))),
    ANumber(
        "COUNT(IN_PERIOD(owned_book.sold_at))", lambda w, p, inside: sum(inside(b["sold_at"]) for b in _mine(w, p))
    ),
    ANumber(
        "SUM(owned_book.price, IN_PERIOD(sold_at) and done)",
        lambda w, p, inside: _worth([b for b in _mine(w, p) if b["done"] and inside(b["sold_at"])]),
    ),
    ANumber(
        "AVG(owned_book.pages, IN_PERIOD(bought))",
        lambda w, p, inside: _mean([b["pages"] for b in _mine(w, p) if inside(b["bought"]) and b["pages"] is not None]),
    ),
    ANumber(
        "MAX(owned_book.bought, in_period(bought) or in_period(sold_at))",
        lambda w, p, inside: max(
            (b["bought"] for b in _mine(w, p) if b["bought"] and (inside(b["bought"]) or inside(b["sold_at"]))),
            default=None,
        ),
    ),
    ANumber("SUM(owned_book.page.words, IN_PERIOD(book.bought))", _pages_of),
    ANumber(
        "COUNT(owned_book.loan, IN_PERIOD(at))",
        lambda w, p, inside: sum(inside(r["at"]) for r in w.behind("loans", _mine(w, p))),
    ),
    ANumber(
        "SUM(owned_loan.days, not IN_PERIOD(at) or days > 30)",
        lambda w, p, inside: sum(
            r["days"] for r in w.about("loans", "owner", p) if not inside(r["at"]) or r["days"] > 30
        ),
    ),
    ANumber(
        "SUM(gift.worth, IN_PERIOD(given_on))",
        lambda w, p, inside: sum(r["worth"] for r in w.about("gifts", "given_to", p) if inside(r["given_on"])),
    ),
]


def _genre(w: World, genre: str) -> list[Record]:
    return w.about("books", "genre", genre)


OF_GENRES = [
    ANumber("COUNT(IN_PERIOD(bought))", lambda w, g, inside: sum(inside(b["bought"]) for b in _genre(w, g))),
    ANumber(
        "SUM(price, IN_PERIOD(sold_at))",
        lambda w, g, inside: _worth([b for b in _genre(w, g) if inside(b["sold_at"])]),
    ),
    ANumber(
        "COUNT(loan, IN_PERIOD(at) and days > 10)",
        lambda w, g, inside: sum(inside(r["at"]) and r["days"] > 10 for r in w.behind("loans", _genre(w, g))),
    ),
    ANumber(
        "COUNT(IN_PERIOD(IF(done, bought, DATEVALUE(sold_at))))",
        lambda w, g, inside: sum(inside(b["bought"] if b["done"] else b["sold_at"]) for b in _genre(w, g)),
    ),
]


ASKS = {
    "user": "COUNT(owned_book, IN_PERIOD(bought)) / COUNT(owned_loan)",
    "book": "COUNT(IN_PERIOD(bought)) / COUNT()",
}


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), more=GIFT)
    days = ["2024-05-01", "2025-02-10", "2025-11-30", "2026-02-28", None]
    rows = [
        {"given_to": made.people[n % 2], "given_on": days[n % 5], "worth": 3**n, "owner": made.people[2]}
        for n in range(12)
    ]
    records.create(made.admin, "gift", rows)
    yield made
    made.database.close()


def world_of(caller: Caller) -> World:
    fields = ["id", "given_to", "given_on", "worth"]
    gifts = list_records(caller, "gift", fields=fields, limit=1000).records if caller.rights.is_admin else []
    return World(*(seen(caller, name) for name in ("book", "page", "loan")), gifts)


def inside_of(span: Span | None, zone: str) -> Inside:
    def inside(value: str | None) -> bool:
        if value is None:
            return False
        moment = datetime.fromisoformat(value)
        day = moment.astimezone(ZoneInfo(zone)).date() if "T" in value else moment.date()
        return span is None or span.has(day)

    return inside


def answered(caller: Caller, body: dict[str, Any], asked: Asked = AS_IT_SAYS) -> Answer:
    found = run(caller, report_of(caller.model, "any", body), asked)
    assert isinstance(found, Answer)
    return found


@settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["user", "book"]),
    st.data(),
    st.sampled_from(PERIODS),
    st.sampled_from([None, "previous", "year_ago"]),
    st.sampled_from(ZONES),
    st.sampled_from(["admin", "clerk"]),
)
def test_what_lies_in_the_period_is_told_of_any_records(
    shop: Bookshop, object: str, data: st.DataObject, word: str, how: str | None, zone: str, who: str
) -> None:
    caller = replace(getattr(shop, who), timezone=zone)
    offered = OF_GENRES if object == "book" else OF_PEOPLE if who == "admin" else OF_PEOPLE[:-1]
    numbers = data.draw(st.lists(st.sampled_from(offered), min_size=1, max_size=4, unique_by=lambda one: one.text))
    body: dict[str, Any] = {
        "object": object,
        "rows": ["id" if object == "user" else "genre"],
        "values": {f"v{at}": one.text for at, one in enumerate(numbers)} | {"any": ASKS[object]},
        "period": {"range": "this_month"},
    }
    asked = Asked(period=word, compare=how)
    today, answer = on_one_day(zone, lambda _: answered(caller, body, asked))
    now = span_of(word, today)
    before = earlier(now, how, word) if now is not None and how is not None else None
    world = world_of(caller)
    heads = [head.name for head in answer.values]
    keys = set(shop.people) if object == "user" else {"poem", "novel", "atlas"}
    assert keys <= {str(row.keys[0]) for row in answer.rows}
    spans = {"": now} | ({"@before": before} if before is not None else {})
    assert {name.partition("@")[2] for name in heads} == ({"", "before", "change"} if before is not None else {""})
    for row in answer.rows:
        if row.keys[0] not in keys:
            continue
        for at, one in enumerate(numbers):
            for role, span in spans.items():
                wanted = one.number(world, str(row.keys[0]), inside_of(span, zone))
                cell = row.all[heads.index(f"v{at}{role}")]
                assert same(cell, wanted) or (cell is None and wanted in (0, None)), (one.text, role, cell, wanted)
    row = data.draw(st.sampled_from(answer.rows))
    name = data.draw(st.sampled_from([head for head in heads if not head.endswith("@change")]))
    found = drill(caller, report_of(caller.model, "any", body), Point(row.keys, (), name), asked)
    listed = list_records(caller, found.object, filter=found.filter or None, fields=["id"], limit=1000, count=True)
    assert listed.count == len(listed.records) == found.count
    assert "PERIOD" not in found.filter.upper()
    cell = row.all[heads.index(name)]
    assert same(found.value, cell) or (cell is None and found.value in (0, "0")), (name, found, cell)


def test_periods_that_differ_in_their_days_alone_share_a_statement(shop: Bookshop) -> None:
    body = {"object": "user", "rows": ["id"], "values": {"n": ASKS["user"]}, "period": {"range": "this_year"}}
    report = report_of(shop.admin.model, "any", body)

    def statement(word: str) -> str:
        grid = grid_of(shop.admin, report, Asked(period=word, compare="previous"))
        return run_question(shop.admin, grid.question)[0].statement.for_tenant("t", 1)

    assert statement("2025-01-01..2025-12-31") == statement("2026-02-10..2026-02-20")
    assert "2025" not in statement("2025-01-01..2025-12-31")


def test_a_number_made_of_numbers_asks_for_it_too(shop: Bookshop) -> None:
    values = {"last": {"value": "MAX(bought)", "hidden": True}, "n": "IF(IN_PERIOD(last), COUNT(), 0)"}
    body = {"object": "book", "values": values, "period": {"range": "all"}, "compare": "year_ago"}
    last = max(b["bought"] for b in seen(shop.admin, "book") if b["bought"])
    count, year = len(seen(shop.admin, "book")), int(last[:4])
    for words, wanted in (
        (f"{year}-01-01..{year}-12-31", (count, 0)),
        (f"{year + 1}-01-01..{year + 1}-12-31", (0, count)),
    ):
        found = over_all(answered(shop.admin, body, Asked(period=words)))
        assert (int(found[0]), int(found[1])) == wanted


def test_a_rate_of_what_people_own_leads_to_what_it_is_a_rate_of(shop: Bookshop) -> None:
    values = {
        "done": {"value": "COUNT(owned_book, done and IN_PERIOD(bought))", "hidden": True},
        "rate": "done / COUNT(owned_book, IN_PERIOD(bought))",
        "dearer": "SUM(owned_book.price) * 2",
        "mixed": "done / COUNT()",
    }
    body = {"object": "user", "rows": ["id"], "values": values, "period": {"range": "2025-01-01..2025-12-31"}}
    report, person = report_of(shop.admin.model, "any", body), shop.people[0]
    mine = [book for book in seen(shop.admin, "book") if book["owner"] == person]
    bought = [book for book in mine if (book["bought"] or "").startswith("2025")]
    for name, object, wanted in (
        ("rate", "book", bought),
        ("dearer", "book", mine),
        ("mixed", "user", [{"id": person}]),
    ):
        found = drill(shop.admin, report, Point((person,), (), name), AS_IT_SAYS)
        listed = list_records(shop.admin, found.object, filter=found.filter, fields=["id"], limit=1000, count=True)
        assert (found.object, found.count, listed.count) == (object, len(wanted), len(wanted))
        assert {str(one["id"]) for one in listed.records} == {one["id"] for one in wanted}
        if name == "rate":
            rate = Decimal(sum(book["done"] is True for book in bought)) / len(bought)
            assert same(found.value, rate)


def test_beside_a_date_of_the_report_both_hold(shop: Bookshop) -> None:
    body = {
        "object": "book",
        "values": {"n": "COUNT()", "sold": "COUNT(IN_PERIOD(sold_at))"},
        "period": {"field": "bought", "range": "2025-01-01..2025-12-31"},
        "compare": "year_ago",
    }
    books = seen(shop.admin, "book")
    found = answered(shop.admin, body)
    cell = dict(zip([head.name for head in found.values], over_all(found), strict=True))
    for role, year in (("", 2025), ("@before", 2024)):
        inside = inside_of(span_of(f"{year}-01-01..{year}-12-31", date(2026, 1, 1)), shop.admin.timezone)
        here = [b for b in books if inside(b["bought"])]
        assert (cell[f"n{role}"], cell[f"sold{role}"]) == (len(here), sum(inside(b["sold_at"]) for b in here))


def test_filters_by_person_and_department_mean_the_people_themselves(shop: Bookshop) -> None:
    department = "01900000-0000-7000-8000-000000000009"
    with shop.database.transaction(shop.tenant) as tx:
        tx.execute("insert into department (id, name) values (%s, 'readers')", [department])
        tx.execute('update "user" set department = %s where id = any(%s)', [department, list(shop.people[:2])])
    body = {"object": "user", "rows": ["id"], "values": {"n": "COUNT(owned_book)"}}

    def people(asked: Asked) -> set[str]:
        return {str(row.keys[0]) for row in answered(shop.admin, body, asked).rows}

    assert people(Asked(owner=shop.people[2])) == {shop.people[2]}
    assert people(Asked(department=department)) == set(shop.people[:2])
    widget = WidgetModel("w", "number", (0, 0, 3, 3), None, {"object": "user", "value": "COUNT()"})
    assert number(shop.admin, widget, Asked(department=department)).value == 2
    own = {"object": "book", "value": "COUNT(IN_PERIOD(bought))", "period": {"range": "2025-01-01..2025-12-31"}}
    wanted = sum((b["bought"] or "")[:4] == "2025" for b in seen(shop.admin, "book") if b["owner"] == shop.people[2])
    assert number(shop.admin, replace(widget, settings=own), Asked(owner=shop.people[2])).value == wanted


def test_elsewhere_it_says_where_it_may_stand(shop: Bookshop) -> None:
    with pytest.raises(BadFilter, match="values of summaries"):
        list_records(shop.admin, "book", filter="IN_PERIOD(bought)", fields=["id"], limit=1)
    with pytest.raises(InvalidDocuments):
        report_of(shop.admin.model, "any", {"object": "book", "fields": ["title"], "where": "IN_PERIOD(bought)"})


def test_what_somebody_may_not_know_of_is_not_counted_for_him(shop: Bookshop) -> None:
    values = {"n": "COUNT(gift, IN_PERIOD(given_on))"}
    report = report_of(
        shop.admin.model, "any", {"object": "user", "rows": ["id"], "values": values, "period": {"range": "all"}}
    )
    with pytest.raises(BadFilter):
        run(shop.clerk, report)
