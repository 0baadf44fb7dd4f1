"""Funnels equal what counting things one by one gives, and each of their cells leads to just its records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.report_types import ReportModel
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer, Row
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from dougong_platform.reports.grouped import running
from well_remembered import STAGES, START, Remembered, Thing, end_of, make_remembered, midnight, money, things

VALUES = {"total": "SUM(amount)", "mean": "total / n", "priced": "COUNT(amount)", "cheap": "SUM(amount, amount < 100)"}
_zones = st.sampled_from(["Asia/Shanghai", "America/New_York"])
_days = st.builds(lambda n: START.date() + timedelta(n), st.integers(-1, 62))


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    yield made
    made.reading.database.close()


def funnel(world: Remembered, said: dict[str, Any], **more: Any) -> ReportModel:
    body = {"object": "purchase", "type": "funnel", "funnel": said, "values": VALUES, **more}
    return report_of(world.admin.model, "one", body)


def cell(answer: Answer, row: Row, name: str, column: Any = "all") -> Any:
    at = [head.name for head in answer.values].index(name)
    if column == "all":
        return row.all[at]
    return row.cells[[head.keys for head in answer.columns].index((column,))][at]


def numbers_fit(answer: Answer, row: Row, found: Sequence[Thing], column: Any = "all") -> None:
    """The cell's numbers are those of these things."""
    amounts = [money(thing.now("amount")) for thing in found]
    assert cell(answer, row, "n", column) == len(found)
    assert money(cell(answer, row, "total", column)) == sum(amounts)
    assert cell(answer, row, "priced", column) == sum(thing.now("amount") is not None for thing in found)
    assert money(cell(answer, row, "cheap", column)) == sum(a for a in amounts if a < 100)
    mean = cell(answer, row, "mean", column)
    assert (mean is None) == (not found)
    if found:
        assert abs(money(mean) - sum(amounts) / Decimal(len(found))) < Decimal("0.0001")


def leads_to(
    caller: Caller, report: ReportModel, point: Point, found: Sequence[Thing], asked: Asked = AS_IT_SAYS
) -> None:
    """The drill of the cell has these things alone, and its value is theirs."""
    made = drill(caller, report, point, asked)
    shown = list_records(caller, "purchase", filter=made.filter, limit=1000).records
    assert {record["id"] for record in shown} == {thing.id for thing in found}
    assert made.count == len(found)
    if point.value in ("n", None):
        assert made.value == len(found)
    if point.value == "total":
        assert money(made.value) == sum(money(thing.now("amount")) for thing in found)


def grouped(found: Sequence[Thing]) -> dict[Any, list[Thing]]:
    return {source: [t for t in found if t.now("source") == source] for source in {t.now("source") for t in found}}


def answer_of(caller: Caller, report: ReportModel, asked: Asked = AS_IT_SAYS) -> Answer:
    made = run(caller, report, asked)
    assert isinstance(made, Answer)
    return made


def check_rows(
    caller: Caller, report: ReportModel, wanted: Sequence[tuple[str, list[Thing]]], asked: Asked = AS_IT_SAYS
) -> Answer:
    """Rows, columns by source and drills are those of the things of each row."""
    answer = answer_of(caller, report, asked)
    assert [row.keys for row in answer.rows] == [(key,) for key, _ in wanted]
    for row, (_, found) in zip(answer.rows, wanted, strict=True):
        numbers_fit(answer, row, found)
        leads_to(caller, report, Point(row.keys, (), "total"), found, asked)
        for column in answer.columns:
            numbers_fit(answer, row, grouped(found).get(column.keys[0], []), column.keys[0])
            part = grouped(found).get(column.keys[0], [])
            leads_to(caller, report, Point(row.keys, column.keys, "n"), part, asked)
    everywhere = {thing.now("source") for _, found in wanted for thing in found}
    assert everywhere <= {column.keys[0] for column in answer.columns}
    return answer


def eyes(world: Remembered, mine: bool, zone: str) -> tuple[Caller, list[Thing]]:
    caller = replace(world.reader if mine else world.admin, timezone=zone)
    return caller, [thing for thing in world.things if thing.mine or not mine]


@settings(max_examples=25, deadline=None)
@given(things(), st.booleans(), _zones)
def test_steps_count_what_passed_all_steps_before(
    remembered: Remembered, made: list[Thing], mine: bool, zone: str
) -> None:
    remembered.fill(made)
    caller, seen = eyes(remembered, mine, zone)
    steps = {
        "begun": 'stage != "void"',
        "priced": {"where": "amount >= 0", "label": {"en": "Priced", "zh": "已报价"}},
        "far": 'stage = "done" or level = "high"',
    }
    report = funnel(remembered, {"steps": steps}, rows=["source"])
    begun = [t for t in seen if t.now("stage") not in ("void", None)]
    priced = [t for t in begun if t.now("amount") is not None and money(t.now("amount")) >= 0]
    far = [t for t in priced if t.now("stage") == "done" or t.now("level") == "high"]
    answer = check_rows(caller, report, [("begun", begun), ("priced", priced), ("far", far)])
    assert answer.total is None
    assert [row.labels for row in answer.rows][1] == ("Priced",)
    for at, (found, ahead) in enumerate([(priced, begun), (far, priced)], 1):
        rate, of_all = (cell(answer, answer.rows[at], name) for name in ("rate", "rate_all"))
        assert rate == (None if not ahead else f"{round(Decimal(len(found)) / len(ahead), 6):.6f}")
        assert of_all == (None if not begun else f"{round(Decimal(len(found)) / len(begun), 6):.6f}")
    assert cell(answer, answer.rows[0], "rate") is None


@settings(max_examples=20, deadline=None)
@given(things(), st.booleans())
def test_a_field_shows_where_records_stand(remembered: Remembered, made: list[Thing], mine: bool) -> None:
    remembered.fill(made)
    caller, seen = eyes(remembered, mine, "Asia/Shanghai")
    report = funnel(remembered, {"field": "stage"}, rows=["source"])
    wanted = [(stage, [t for t in seen if t.now("stage") == stage]) for stage in STAGES]
    answer = check_rows(caller, report, wanted)
    together = [thing for _, found in wanted for thing in found]
    assert answer.total is not None
    numbers_fit(answer, answer.total, together)
    leads_to(caller, report, Point((), (), "total"), together)


@settings(max_examples=30, deadline=None)
@given(things(), st.booleans(), _zones, _days, st.booleans())
def test_stock_is_where_records_stood_when_the_period_was_over(
    remembered: Remembered, made: list[Thing], mine: bool, zone: str, last: date, open_ended: bool
) -> None:
    remembered.fill(made)
    caller, seen = eyes(remembered, mine, zone)
    report = funnel(remembered, {"field": "stage", "mode": "stock"}, rows=["source"], period={"field": "created_at"})
    asked = Asked(period="2026-01-01.." if open_ended else f"2026-01-01..{last}")
    end = datetime.now(UTC) if open_ended else end_of(last, zone)
    wanted = [(stage, [t for t in seen if t.before("stage", end) == stage]) for stage in STAGES]
    answer = check_rows(caller, report, wanted, asked)
    together = [thing for _, found in wanted for thing in found]
    assert answer.total is not None
    numbers_fit(answer, answer.total, together)
    leads_to(caller, report, Point((), (), "n"), together, asked)


@settings(max_examples=30, deadline=None)
@given(things(), st.booleans(), _zones, _days, st.integers(0, 40))
def test_entered_counts_what_came_within_the_period_and_what_went_on_since(
    remembered: Remembered, made: list[Thing], mine: bool, zone: str, first: date, length: int
) -> None:
    remembered.fill(made)
    caller, seen = eyes(remembered, mine, zone)
    last = first + timedelta(length)
    start, end = midnight(first, zone), end_of(last, zone)
    report = funnel(remembered, {"field": "stage", "mode": "entered"}, rows=["source"], period={"field": "created_at"})
    asked = Asked(period=f"{first}..{last}")

    def stays(thing: Thing, stage: str) -> list[int]:
        return [n for n, s in enumerate(thing.stays()) if s[0] == stage and start <= s[1] < end]

    wanted = [(stage, [t for t in seen if stays(t, stage)]) for stage in STAGES]
    answer = check_rows(caller, report, wanted, asked)
    assert answer.total is None
    for at, (stage, found) in enumerate(wanted):
        row, later = answer.rows[at], STAGES[at + 1 :]
        on = [t for t in found if any(s[0] in later for s in t.stays()[stays(t, stage)[0] + 1 :])]
        last_one = stage == STAGES[-1]  # of which nothing goes on
        assert cell(answer, row, "went_on") == (None if last_one else len(on))
        rate = f"{round(Decimal(len(on)) / len(found), 6):.6f}" if found and not last_one else None
        assert cell(answer, row, "rate") == rate
        leads_to(caller, report, Point(row.keys, (), "went_on"), on, asked)
        lengths = [
            ((thing.stays()[n][2] or datetime.now(UTC)) - thing.stays()[n][1]).total_seconds() / 86400
            for thing in found
            for n in stays(thing, stage)
        ]
        days = cell(answer, row, "days")
        assert (days is None) == (not lengths or last_one)  # which is also the end: nothing waits there
        if lengths and not last_one:
            assert abs(float(days) - sum(lengths) / len(lengths)) < 0.01
            leads_to(caller, report, Point(row.keys, (), "days"), found, asked)


@pytest.mark.parametrize("mode", ["now", "stock", "entered"])
def test_an_earlier_span_stands_beside(remembered: Remembered, mode: str) -> None:
    past = [
        (datetime(2026, 2, 10, tzinfo=UTC), {"stage": "idea", "source": "fair", "amount": "5.00", "due": "2026-02-10"}),
        (datetime(2026, 3, 10, tzinfo=UTC), {"stage": "asked", "due": "2026-03-10"}),
    ]
    later = [(datetime(2026, 3, 11, tzinfo=UTC), {"stage": "idea", "due": "2026-03-11"})]
    early = [(datetime(2026, 2, 10, tzinfo=UTC), {"stage": "idea", "due": "2026-02-11"})]
    remembered.fill([Thing(past), Thing(later), Thing(later), Thing(early)])
    report = funnel(
        remembered,
        {"field": "stage", "mode": mode},
        rows=["source"],
        period={"field": "due", "range": "2026-03-01..2026-03-31"},
        compare="previous",
    )
    answer = answer_of(remembered.admin, report)
    assert answer.before == ("2026-02-01", "2026-03-01")
    idea = answer.rows[0]
    now, before = {"now": (2, 1), "stock": (3, 2), "entered": (2, 2)}[mode]
    assert [cell(answer, idea, name) for name in ("n", "n@before")] == [now, before]
    change = cell(answer, idea, "n@change")
    assert Decimal(change) == round(Decimal(now - before) / before, 6)
    made = drill(remembered.admin, report, Point(("idea",), (), "n@before"))
    assert made.count == made.value == before
    assert list_records(remembered.admin, "purchase", filter=made.filter, count=True).count == before


def test_sums_over_a_relation_count_nothing_twice(remembered: Remembered) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    made = remembered.fill(
        [Thing([(moment, {"stage": stage, "source": "fair"})]) for stage in ("idea", "idea", "done")]
    )
    for thing, cost in zip(made, ("1", "10", "100"), strict=True):
        for _ in range(2):
            remembered.reading.run(
                "insert into errand (id, purchase, cost) values (gen_random_uuid(), %s, %s) returning 1",
                [thing.id, cost],
            )
    values = {"cost": "SUM(errands.cost)", "errands": "COUNT(errands, cost > 5)", "total": "SUM(amount)"}
    stages = {"steps": {"all": "not ISBLANK(stage)", "done": 'stage = "done"'}}
    for said, costs in [(stages, ["222", "200"]), ({"field": "stage"}, ["22", "0", "0", "200"])]:
        report = funnel(remembered, said, values=values, rows=["source"])
        answer = answer_of(remembered.admin, report)
        assert [money(cell(answer, row, "cost")) for row in answer.rows] == [Decimal(c) for c in costs]
        assert [money(cell(answer, row, "cost", "fair")) for row in answer.rows] == [Decimal(c) for c in costs]
    for mode in ("stock", "entered"):
        report = funnel(remembered, {"field": "stage", "mode": mode}, values=values, period={"field": "due"})
        answer = answer_of(remembered.admin, report)
        assert [money(cell(answer, row, "cost")) for row in answer.rows] == [22, 0, 0, 200]
        assert [cell(answer, row, "errands") for row in answer.rows] == [2, 0, 0, 2]


def test_the_report_and_the_visit_narrow_it(remembered: Remembered) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    remembered.fill(
        [Thing([(moment, {"stage": "idea", "source": s, "amount": a})]) for s in ("fair", "post") for a in ("1", "9")]
    )
    for mode in ("now", "stock", "entered"):
        report = funnel(
            remembered, {"field": "stage", "mode": mode}, where='source = "fair"', period={"field": "created_at"}
        )
        asked = Asked(where="amount > 5", owner=remembered.reading.bob)
        assert cell(answer_of(remembered.admin, report), answer_of(remembered.admin, report).rows[0], "n") == 2
        answer = answer_of(remembered.admin, report, asked)
        assert cell(answer, answer.rows[0], "n") == 1
        assert drill(remembered.admin, report, Point(("idea",)), asked).count == 1


def test_nothing_at_all_has_rows_of_nothing(remembered: Remembered) -> None:
    remembered.forget()
    for said in ({"field": "stage"}, {"field": "stage", "mode": "entered"}, {"steps": {"a": "amount > 1"}}):
        answer = answer_of(remembered.admin, funnel(remembered, said, rows=["source"]))
        assert {cell(answer, row, "n") for row in answer.rows} == {0}
        assert {cell(answer, row, "mean") for row in answer.rows} == {None}
    for mode in ("now", "stock", "entered"):
        report = funnel(remembered, {"field": "stage", "mode": mode})
        assert report.funnel is not None
        nowhere = replace(report, funnel=replace(report.funnel, stages=("nowhere",)))
        assert answer_of(remembered.admin, nowhere).rows == ()


@pytest.mark.parametrize(
    "point",
    [Point(("nowhere",)), Point(("idea", "x")), Point(("idea",), ("nowhere",)), Point(("idea",), (), "nothing")],
)
def test_a_cell_that_there_is_not_leads_nowhere(remembered: Remembered, point: Point) -> None:
    remembered.fill([Thing([(datetime(2026, 3, 1, tzinfo=UTC), {"stage": "idea", "source": "fair"})])])
    with pytest.raises(BadRequest):
        drill(remembered.admin, funnel(remembered, {"field": "stage"}, rows=["source"]), point)


def test_the_columns_that_come_first_stand_beside_all_others(remembered: Remembered) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    sources = ("fair", "fair", "post", None)
    made = remembered.fill([Thing([(moment, {"stage": "idea", "source": source})]) for source in sources])
    for said in ({"field": "stage"}, {"field": "stage", "mode": "entered"}):
        report = funnel(remembered, said, rows=[{"by": "source", "top": 1, "sort": "-n"}])
        answer = answer_of(remembered.admin, report)
        assert [head.keys for head in answer.columns] == [("fair",), (OTHER,)]
        assert [cell(answer, answer.rows[0], "n", key) for key in ("all", "fair", OTHER)] == [4, 2, 2]
        leads_to(remembered.admin, report, Point(("idea",), (OTHER,)), made[2:])


def test_stages_of_other_periods_share_a_statement(remembered: Remembered) -> None:
    for mode in ("now", "stock", "entered"):
        report = funnel(remembered, {"field": "stage", "mode": mode}, period={"field": "created_at"})
        run(remembered.admin, report, Asked(period="2026-01-01..2026-03-31"))
        known = len(running._compiled._kept)
        for period in ("2025-01-01..2026-02-28", "this_month", "last_90_days"):
            run(replace(remembered.admin, timezone="America/New_York"), report, Asked(period=period))
        assert len(running._compiled._kept) == known
