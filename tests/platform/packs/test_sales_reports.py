"""The sales pack's reports and boards on the demo company: they answer everybody who may open them, every cell leads to
its records, and numbers are what SQL written by hand says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from demo_company import Company
from dougong_platform import reports
from dougong_platform.dashboards import finding as dashboards
from dougong_platform.dashboards.answering import answered
from dougong_platform.dashboards.widget_data import NumberData
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import finding
from dougong_platform.reports.answer import Answer, Cell, ListAnswer
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from dougong_platform.reports.charts.data import chart_data
from one_day import within_one_day

pytestmark = pytest.mark.slow

# One person for each permission set of the pack.
PEOPLE = (
    *("admin", "boss", "director", "amelia", "supervisor", "rep", "assistant"),
    *("finance", "marketing", "service", "legal"),
)
SEEN = {
    "legal": set[str](),
    "service": {"tickets_by_kind", "tickets_by_month", "ticket_handling", "tickets_by_product"},
}
RATE = "coalesce(exchange_rate, 1)"
PAID = "status <> 'pending'"
THIS_YEAR = "date_trunc('year', {}) = date_trunc('year', now() at time zone 'Asia/Shanghai')"
A_YEAR = Asked(period="last_365_days")  # on 1 January there is nothing of this year yet
OWED = "p.status <> 'paid' and c.status <> 'terminated'"
BY_HAND = {
    ("won_by_month", "total"): f"select sum(amount * {RATE}) from opportunity where stage = 'won' and closed_on",
    ("won_by_month", "n"): "select count(*) from opportunity where stage = 'won' and closed_on",
    ("lost_by_month", "total"): f"select sum(amount * {RATE}) from opportunity where stage = 'lost' and closed_on",
    ("decided", "n"): "select count(*) from opportunity where stage in ('won', 'lost') and closed_on",
    ("received_by_month", "total"): f"select sum(amount) from payment where {PAID} and received_on",
    ("expense_by_kind", "total"): "select sum(amount) from expense where status in ('approved', 'paid') and spent_on",
    ("team_table", "won_amount"): f"select sum(amount * {RATE}) from opportunity where stage = 'won' and closed_on",
}
BY_HAND_EVER = {
    ("pipeline_by_stage", "n"): "select count(*) from opportunity where stage not in ('won', 'lost')",
    ("pipeline_by_stage", "weighted"): (
        f"select sum(amount * {RATE} * probability) from opportunity where stage not in ('won', 'lost')"
    ),
    (
        "receivables_by_age",
        "n",
    ): f"select count(*) from payment_plan p join contract c on c.id = p.contract where {OWED}",
    ("receivables_by_age", "total"): (
        f"select sum(p.amount - coalesce((select sum(amount) from payment y where y.plan = p.id and y.{PAID}), 0))"
        f" from payment_plan p join contract c on c.id = p.contract where {OWED}"
    ),
    ("leads_waiting", "n"): "select count(*) from lead where status in ('new', 'contacting', 'qualified')",
    ("customers_by_region", "won"): f"select sum(amount * {RATE}) from opportunity where stage = 'won'",
    ("project_cost", "cost"): (
        "select sum(amount) from expense where status in ('approved', 'paid') and account is not null"
    ),
}


@pytest.fixture(scope="module")
def people(demo: Company) -> dict[str, Caller]:
    return {who: demo.caller(who) for who in PEOPLE}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_report_answers_whoever_may_open_it_and_is_drawn(people: dict[str, Caller], who: str) -> None:
    caller, seen = people[who], set()
    for found in finding.all_of(caller):
        answer = reports.run(caller, found.report)
        if isinstance(answer, Answer):
            chart_data(found.report, answer, "zh", "CNY")
            assert not answer.capped, found.key
        seen.add(found.key)
    assert SEEN.get(who, set()) <= seen
    assert bool(seen) == (who != "legal")


def test_every_report_has_something_to_tell_the_company(people: dict[str, Caller]) -> None:
    for found in finding.all_of(people["admin"]):
        if found.key == "my_deals":  # the administrator sells nothing
            continue
        period = found.report.period
        asked = A_YEAR if period and period.range.startswith("this_") else AS_IT_SAYS
        answer = reports.run(people["admin"], found.report, asked)
        told = len(answer.records if isinstance(answer, ListAnswer) else answer.rows)
        assert told >= (1 if isinstance(answer, ListAnswer) else 2), found.key


@pytest.mark.parametrize("who", ["boss", "rep", "finance", "marketing", "service"])
@within_one_day("Asia/Shanghai")
def test_the_first_and_the_last_cell_lead_to_exactly_their_records(people: dict[str, Caller], who: str) -> None:
    caller = people[who]
    for found in finding.all_of(caller):
        answer = reports.run(caller, found.report)
        if isinstance(answer, ListAnswer):
            drill = reports.drill(caller, found.report, Point())
            assert drill.count == answer.count == _count(caller, drill.object, drill.filter), found.key
            continue
        for point, expected in _points(answer):
            drill = reports.drill(caller, found.report, point)
            assert _same(drill.value, expected), (found.key, point, drill.value, expected)
            assert drill.count == _count(caller, drill.object, drill.filter), (found.key, point)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_widget_of_a_board_that_is_open_fails(people: dict[str, Caller], who: str) -> None:
    caller = people[who]
    for found in dashboards.all_of(caller):
        if not found.dashboard.only and not _is_home(caller, found) and not caller.rights.is_admin:
            continue  # he may look at it, and sees in its widgets what he may not read
        for one in found.dashboard.widgets:
            made = answered(caller, found.dashboard, one)
            assert made.fault is None, (found.key, one.name, made.fault)


@pytest.mark.parametrize(("report", "value"), BY_HAND)
@within_one_day("Asia/Shanghai")
def test_this_years_number_is_what_sql_by_hand_says(
    demo: Company, people: dict[str, Caller], report: str, value: str
) -> None:
    sql = BY_HAND[report, value]
    start, _, date = sql.rpartition(" ")
    assert _same(_total(people["boss"], report, value), _one(demo, f"{start} {THIS_YEAR.format(date)}"))


@pytest.mark.parametrize(("report", "value"), BY_HAND_EVER)
@within_one_day("Asia/Shanghai")
def test_a_number_of_all_time_is_what_sql_by_hand_says(
    demo: Company, people: dict[str, Caller], report: str, value: str
) -> None:
    assert _same(_total(people["boss"], report, value), _one(demo, BY_HAND_EVER[report, value]))


@within_one_day("Asia/Shanghai")
def test_the_trend_ends_with_what_stands_at_each_stage_today(people: dict[str, Caller]) -> None:
    trend = _answer(people["boss"], "pipeline_trend")
    now = {row.labels: row.all[0] for row in _answer(people["boss"], "pipeline_by_stage").rows}
    last = {column.labels: trend.rows[-1].cells[at][0] for at, column in enumerate(trend.columns)}
    assert last == now


def test_two_years_of_sales_can_be_compared(people: dict[str, Caller]) -> None:
    answer = _answer(people["boss"], "won_by_month")
    before = next(at for at, head in enumerate(answer.values) if head.role == "before")
    assert len([row for row in answer.rows if Decimal(str(row.all[before] or 0)) > 0]) >= 9


@within_one_day("Asia/Shanghai")
def test_a_seller_reads_his_own_numbers_and_the_boss_everybodys(people: dict[str, Caller]) -> None:
    boss = {row.keys: row.all for row in _answer(people["boss"], "beside_the_others", A_YEAR).rows}
    rep = {row.keys: row.all for row in _answer(people["rep"], "beside_the_others", A_YEAR).rows}
    mine = (people["rep"].user,)
    assert len(rep) < 5 < len(boss)
    assert rep[mine][1] == boss[mine][1], "how many he won"


@within_one_day("Asia/Shanghai")
def test_a_board_that_is_seen_as_the_boss_shows_a_seller_the_companys_average(people: dict[str, Caller]) -> None:
    rep, boss = people["rep"], people["boss"]
    found = dashboards.find(rep, "company_board")
    shown = answered(rep, found.dashboard, found.widget("deals"), A_YEAR).data
    assert isinstance(shown, NumberData)
    assert _same(shown.value, _number_of(boss, found))
    assert not _same(shown.value, _total(rep, "beside_the_others", "won", A_YEAR))


@within_one_day("Asia/Shanghai")
def test_a_seller_reads_his_numbers_beside_the_companys_average_and_best(people: dict[str, Caller]) -> None:
    rep, boss = people["rep"], people["boss"]
    found = dashboards.find(rep, "rep")
    shown = answered(rep, found.dashboard, found.widget("deals"), A_YEAR).data
    assert isinstance(shown, NumberData)
    assert shown.beside is not None
    each = {row.keys: row.all[1] for row in _answer(boss, "beside_the_others", A_YEAR).rows if row.keys != (None,)}
    assert _same(shown.value, each[(rep.user,)])
    assert _same(shown.beside.best, max(Decimal(str(one)) for one in each.values()))
    assert shown.beside.people == len(each)


def _number_of(caller: Caller, found: dashboards.Found) -> Any:
    alone = replace(found.dashboard, view_as=None)
    shown = answered(caller, alone, found.widget("deals"), A_YEAR).data
    assert isinstance(shown, NumberData)
    return shown.value


def _is_home(caller: Caller, found: dashboards.Found) -> bool:
    return not found.dashboard.for_sets.isdisjoint(caller.rights.names)


def _points(answer: Answer) -> Iterator[tuple[Point, Any]]:
    """First and last row, in the first and the last column and over all, with each number; and the whole."""
    for row in (answer.rows[:1] + answer.rows[-1:]) if answer.rows else ():
        yield from _numbers(answer, row.keys, (), row.all)
        for at in {0, len(answer.columns) - 1} if row.cells else ():
            yield from _numbers(answer, row.keys, answer.columns[at].keys, row.cells[at])
    if answer.total is not None:
        yield from _numbers(answer, (), (), answer.total.all)


def _numbers(answer: Answer, row: tuple[Any, ...], column: tuple[Any, ...], cell: Cell) -> Iterator[tuple[Point, Any]]:
    for head, value in zip(answer.values, cell, strict=True):
        if head.role == "value":
            yield Point(row, column, head.name), value


def _count(caller: Caller, object: str, filter: str) -> int:
    return list_records(caller, object, fields=["id"], filter=filter or None, limit=1, count=True).count or 0


def _same(one: Any, other: Any) -> bool:
    return abs(Decimal(str(one or 0)) - Decimal(str(other or 0))) < Decimal("0.01")


def _answer(caller: Caller, report: str, asked: Asked = AS_IT_SAYS) -> Answer:
    answer = reports.run(caller, finding.find(caller, report).report, asked)
    assert isinstance(answer, Answer)
    return answer


def _total(caller: Caller, report: str, value: str, asked: Asked = AS_IT_SAYS) -> Any:
    answer = _answer(caller, report, asked)
    assert answer.total is not None
    return answer.total.all[[head.name for head in answer.values].index(value)]


def _one(demo: Company, sql: str) -> Any:
    with demo.database.transaction(demo.tenant, read_only=True) as tx:
        return tx.rows(sql)[0][0]
