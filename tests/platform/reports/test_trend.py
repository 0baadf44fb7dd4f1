"""A trend is what looking at every record on every evening would have told, and its cells lead to those records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import dropwhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.report_types import SPANS, ReportModel
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import Answer, Row
from dougong_platform.reports.asked import AS_IT_SAYS, Asked, Point
from dougong_platform.reports.periods import bucket_after, bucket_start
from one_day import on_one_day
from well_remembered import ALL_STAGES, START, Remembered, Thing, end_of, make_remembered, midnight, money, things

_zones = st.sampled_from(["Asia/Shanghai", "America/New_York"])
Move = tuple[int, int, str | None]  # so many days ago, at that hour, to that stage
VALUES = {"total": "SUM(amount)", "fairs": 'COUNT(source = "fair")'}


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    yield made
    made.reading.database.close()


def trend(world: Remembered, said: dict[str, Any] | None = None, **more: Any) -> ReportModel:
    body = {"object": "purchase", "type": "trend", "trend": {"field": "stage", **(said or {})}, **more}
    return report_of(world.admin.model, "one", body)


def answer_of(caller: Caller, report: ReportModel, asked: Asked = AS_IT_SAYS) -> Answer:
    made = run(caller, report, asked)
    assert isinstance(made, Answer)
    return made


def value(answer: Answer, row: Row, name: str, stage: str | None) -> Any:
    cell = row.all if stage is None else row.cells[[head.keys for head in answer.columns].index((stage,))]
    return cell[[head.name for head in answer.values].index(name)]


def last_days(every: str, first: date, last: date) -> list[str]:
    days, at = [], bucket_start(first, every)
    while at <= last:
        at = bucket_after(at, every)
        days.append(str(min(at - timedelta(1), last)))
    return days


def standing(found: Sequence[Thing], stage: str | None, end: datetime) -> list[Thing]:
    held = ALL_STAGES if stage is None else (stage,)
    return [thing for thing in found if thing.before("stage", end) in held]


@settings(max_examples=30, deadline=None)
@given(
    things(),
    st.booleans(),
    _zones,
    st.sampled_from([span for span in SPANS if span != "day"]),
    st.integers(-5, 50),
    st.integers(0, 40),
    st.booleans(),
)
def test_every_evening_is_told(
    remembered: Remembered,
    made: list[Thing],
    mine: bool,
    zone: str,
    every: str,
    offset: int,
    length: int,
    of_all_time: bool,
) -> None:
    remembered.fill(made)
    caller = replace(remembered.reader if mine else remembered.admin, timezone=zone)
    seen = [thing for thing in remembered.things if thing.mine or not mine]
    first = START.date() + timedelta(offset)
    asked = Asked(period="all" if of_all_time else f"{first}..{first + timedelta(length)}")
    report = trend(remembered, {"every": every, "amount": "amount"}, values=VALUES, period={"field": "created_at"})
    today, answer = on_one_day(zone, lambda _: answer_of(caller, report, asked))
    assert answer.notices == ()
    if of_all_time:
        begun = [stay[1] for thing in seen for stay in thing.stays()]
        days = last_days(every, min(begun).astimezone(ZoneInfo(zone)).date(), today) if begun else []
        told = dropwhile(lambda day: not standing(seen, None, end_of(date.fromisoformat(day), zone)), days)
        assert [row.keys[0] for row in answer.rows] == list(told)
    else:
        assert [row.keys[0] for row in answer.rows] == last_days(every, first, first + timedelta(length))
    for row in answer.rows[:12]:
        end = end_of(date.fromisoformat(row.keys[0]), zone)
        for stage in (None, *ALL_STAGES):
            there = standing(seen, stage, end)
            assert value(answer, row, "n", stage) == len(there)
            assert value(answer, row, "fairs", stage) == sum(t.now("source") == "fair" for t in there)
            assert money(value(answer, row, "total", stage)) == sum(money(t.now("amount")) for t in there)
            assert money(value(answer, row, "amount", stage)) == sum(money(t.value_on("amount", end)) for t in there)


@settings(max_examples=6, deadline=None)
@given(things(), st.booleans(), _zones, st.integers(0, 55))
def test_a_cell_leads_to_the_records_that_stood_there(
    remembered: Remembered, made: list[Thing], mine: bool, zone: str, offset: int
) -> None:
    remembered.fill(made)
    caller = replace(remembered.reader if mine else remembered.admin, timezone=zone)
    seen = [thing for thing in remembered.things if thing.mine or not mine]
    first = START.date() + timedelta(offset)
    report = trend(
        remembered,
        {"every": "day", "amount": "amount"},
        period={"field": "created_at", "range": f"{first}..{first + timedelta(3)}"},
    )
    for row in answer_of(caller, report).rows:
        end = end_of(date.fromisoformat(row.keys[0]), zone)
        for stage in (None, *ALL_STAGES):
            there = standing(seen, stage, end)
            point = Point(row.keys, () if stage is None else (stage,), "amount")
            found = drill(caller, report, point)
            shown = list_records(caller, "purchase", filter=found.filter, limit=1000).records
            assert {record["id"] for record in shown} == {thing.id for thing in there}
            assert found.count == len(there)
            assert money(found.value) == sum(money(thing.value_on("amount", end)) for thing in there)
            one = drill(caller, report, replace(point, value="n"))
            assert one.value == one.count == len(there)


@pytest.fixture
def one(remembered: Remembered) -> Thing:
    moments = [START + timedelta(days=n) for n in (0, 10, 20)]
    changes: list[dict[str, Any]] = [{"stage": "idea", "amount": "1.00"}, {"stage": "asked"}, {"amount": "2.00"}]
    (made,) = remembered.fill([Thing(list(zip(moments, changes, strict=True)))])
    return made


def test_sums_over_a_relation_count_nothing_twice_where_the_amount_changed(remembered: Remembered, one: Thing) -> None:
    for cost in ("1.00", "10.00"):
        remembered.reading.run(
            "insert into errand (id, purchase, cost) values (gen_random_uuid(), %s, %s) returning 1", [one.id, cost]
        )
    report = trend(
        remembered,
        {"every": "day", "amount": "amount"},
        values={"cost": "SUM(errands.cost)", "errands": "COUNT(errands, cost > 5)"},
        period={"field": "created_at", "range": "2026-02-20..2026-03-15"},
    )
    answer = answer_of(remembered.admin, report)
    for row in answer.rows:
        found = [value(answer, row, name, None) for name in ("n", "cost", "errands", "amount")]
        amount = 1 if row.keys[0] < "2026-03-12" else 2
        assert [Decimal(number) for number in found] == [1, 11, 1, amount]
        assert money(value(answer, row, "cost", "idea")) == (11 if row.keys[0] < "2026-03-02" else 0)


def test_what_history_does_not_tell_counts_as_it_is_now_and_says_so(remembered: Remembered, one: Thing) -> None:
    report = trend(remembered, {"amount": "amount"}, period={"field": "created_at", "range": "2026-02-20..2026-02-28"})
    assert report.trend is not None
    report = replace(report, trend=replace(report.trend, amount="double"))
    answer = answer_of(remembered.admin, report)
    assert money(value(answer, answer.rows[0], "amount", "idea")) == 4
    assert answer.notices == ("No history tells what “Double” was, so it counts as it is now.",)


def test_deleted_records_are_left_out_as_their_drill_could_not_show_them(remembered: Remembered, one: Thing) -> None:
    report = trend(remembered, period={"field": "created_at", "range": "2026-02-20..2026-02-28"})
    assert value(answer_of(remembered.admin, report), answer_of(remembered.admin, report).rows[0], "n", "idea") == 1
    remembered.reading.run("update purchase set deleted_at = now() returning 1")
    answer = answer_of(remembered.admin, report)
    assert value(answer, answer.rows[0], "n", "idea") == 0


def test_stages_rows_and_heads_are_as_the_report_says(remembered: Remembered, one: Thing) -> None:
    report = trend(
        remembered,
        {"every": "month", "stages": ["asked", "idea"]},
        period={"field": "created_at", "range": "2026-02-01..2026-04-15"},
    )
    answer = answer_of(replace(remembered.admin, locale="zh"), report)
    assert [head.labels for head in answer.columns] == [("询价",), ("意向",)]
    assert [(row.keys, row.labels) for row in answer.rows] == [
        (("2026-02-28",), ("2026年2月",)),
        (("2026-03-31",), ("2026年3月",)),
        (("2026-04-15",), ("2026年4月",)),
    ]
    assert [value(answer, row, "n", None) for row in answer.rows] == [1, 1, 1]
    assert answer.period == ("2026-02-01", "2026-04-16")


def test_more_than_400_points_are_capped_and_days_to_come_are_none(remembered: Remembered, one: Thing) -> None:
    report = trend(remembered, {"every": "day"}, period={"field": "created_at", "range": "2020-01-01..2026-03-01"})
    answer = answer_of(remembered.admin, report)
    assert (len(answer.rows), answer.capped, answer.rows[-1].keys) == (400, True, ("2026-03-01",))
    assert answer_of(remembered.admin, report, Asked(period="next_year")).rows == ()
    coming = Asked(period="next_7_days")
    today, answer = on_one_day("Asia/Shanghai", lambda _: answer_of(remembered.admin, report, coming))
    assert answer.rows[-1].keys == (str(today),)


def test_all_time_begins_with_the_first_record_and_is_capped_beyond_400_points(remembered: Remembered) -> None:
    for back, capped in ((399, False), (400, True), (900, True)):

        def told(today: date, back: int = back) -> Answer:
            begun = midnight(today - timedelta(back), "Asia/Shanghai")
            remembered.fill([Thing([(begun, {"stage": "idea"})]), Thing([(begun, {"stage": None})])])
            return answer_of(remembered.admin, trend(remembered, {"every": "day"}))

        today, answer = on_one_day("Asia/Shanghai", told)
        assert (len(answer.rows), answer.capped) == (400, capped)
        assert answer.rows[0].keys == (str(today - timedelta(399)),)
        assert value(answer, answer.rows[0], "n", "idea") == 1
        assert bool(answer.notices) is capped
    assert len(answer_of(remembered.admin, trend(remembered, {"every": "year"})).rows) in (3, 4)


def went(today: date, moves: Sequence[Move]) -> Thing:
    """A thing that made these moves, by the clock of Shanghai."""
    begins = (midnight(today - timedelta(back), "Asia/Shanghai") for back, _, _ in moves)
    pairs = zip(begins, moves, strict=True)
    return Thing([(day + timedelta(hours=hour), {"stage": stage}) for day, (_, hour, stage) in pairs])


@pytest.mark.parametrize("said", [{}, {"amount": "price"}, {"stages": ["idea"]}])
def test_all_time_says_that_it_is_cut_where_all_that_stood_before_has_left(
    remembered: Remembered, said: dict[str, Any]
) -> None:
    young: list[Move] = [(100, 12, "idea")]
    one_night: list[Move] = [(900, 12, "idea"), (899, 0, None)]
    within_a_day: list[Move] = [(900, 12, "idea"), (900, 13, None)]
    report = trend(remembered, {"every": "day", **said}, values={"total": "SUM(amount)"})
    for made, rows, capped in (
        ([young, within_a_day], 101, False),
        ([young, one_night], 400, True),
        ([one_night], 400, True),
        ([within_a_day], 0, False),
    ):

        def told(today: date, made: list[list[Move]] = made) -> Answer:
            remembered.fill(went(today, moves) for moves in made)
            return answer_of(remembered.admin, report)

        _, answer = on_one_day("Asia/Shanghai", told)
        assert (len(answer.rows), answer.capped, len(answer.notices)) == (rows, capped, int(capped))
        counts = [value(answer, row, "n", "idea") for row in answer.rows]
        assert counts == ([0] * (rows - 101) + [1] * 101 if young in made else [0] * rows)


def test_no_records_no_points_but_their_heads(remembered: Remembered) -> None:
    remembered.forget()
    answer = answer_of(remembered.admin, trend(remembered))
    assert (answer.rows, len(answer.columns), [head.name for head in answer.values]) == ((), 5, ["n"])


def test_what_does_not_add_up_is_refused(remembered: Remembered) -> None:
    report = trend(remembered, values={"mean": "AVG(amount)"})
    with pytest.raises(BadRequest, match="adds up sums and counts"):
        run(remembered.admin, report)


@pytest.mark.parametrize(
    "point", [Point(), Point(("2026-02-21",)), Point(("2026-02-22",), ("nowhere",)), Point(("2026-02-22",), (), "x")]
)
def test_a_cell_that_there_is_not_leads_nowhere(remembered: Remembered, one: Thing, point: Point) -> None:
    report = trend(remembered, period={"field": "created_at", "range": "2026-02-20..2026-02-28"})
    assert drill(remembered.admin, report, Point(("2026-02-22",))).count == 1
    with pytest.raises(BadRequest):
        drill(remembered.admin, report, point)


def test_a_midnight_belongs_to_the_day_after(remembered: Remembered) -> None:
    moment = datetime(2026, 3, 1, 16, tzinfo=UTC)  # midnight in Shanghai
    remembered.fill([Thing([(moment, {"stage": "idea"})])])
    report = trend(remembered, {"every": "day"}, period={"field": "created_at", "range": "2026-03-01..2026-03-02"})
    answer = answer_of(remembered.admin, report)
    assert [value(answer, row, "n", "idea") for row in answer.rows] == [0, 1]
