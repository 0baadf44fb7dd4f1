"""Amounts of the past in several currencies count with the currency and the rate of their day, and what a cell shows is
what its records come to: of trends, of funnels, and of the period that these are compared with."""

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
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer, Row
from dougong_platform.reports.asked import Point
from well_remembered import ALL_STAGES, STAGES, START, Remembered, Thing, end_of, make_remembered, money, things

_zones = st.sampled_from(["Asia/Shanghai", "America/New_York"])
_days = st.builds(lambda n: START.date() + timedelta(n), st.integers(-1, 62))


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    yield made
    made.reading.database.close()


def report_about(world: Remembered, body: dict[str, Any]) -> ReportModel:
    return report_of(world.admin.model, "one", {"object": "purchase", **body})


def answer_of(caller: Caller, report: ReportModel) -> Answer:
    made = run(caller, report)
    assert isinstance(made, Answer)
    return made


def value(answer: Answer, row: Row, name: str, column: Any = None) -> Any:
    cell = row.all if column is None else row.cells[[head.keys for head in answer.columns].index((column,))]
    return cell[[head.name for head in answer.values].index(name)]


def shown(caller: Caller, filter: str) -> set[str]:
    return {str(record["id"]) for record in list_records(caller, "purchase", filter=filter, limit=1000).records}


def ids(found: Sequence[Thing]) -> set[str]:
    return {thing.id for thing in found}


@settings(max_examples=25, deadline=None)
@given(things(priced=True), st.booleans(), _zones, st.sampled_from(["day", "week", "month"]), _days, st.integers(0, 40))
def test_a_trend_exchanges_with_the_rate_of_each_day(
    remembered: Remembered, made: list[Thing], mine: bool, zone: str, every: str, first: date, length: int
) -> None:
    remembered.fill(made)
    caller = replace(remembered.reader if mine else remembered.admin, timezone=zone)
    seen = [thing for thing in remembered.things if thing.mine or not mine]
    report = report_about(
        remembered,
        {
            "type": "trend",
            "trend": {"field": "stage", "every": every, "amount": "price"},
            "values": {"now": "SUM(price)"},
            "period": {"field": "created_at", "range": f"{first}..{first + timedelta(length)}"},
        },
    )
    answer = answer_of(caller, report)
    for row in answer.rows[:10]:
        end = end_of(date.fromisoformat(row.keys[0]), zone)
        for stage in (None, *ALL_STAGES):
            there = [t for t in seen if t.before("stage", end) in (ALL_STAGES if stage is None else (stage,))]
            assert money(value(answer, row, "amount", stage)) == sum(t.price_on(end) for t in there)
            assert money(value(answer, row, "now", stage)) == sum(t.price() for t in there)
    for row in answer.rows[:2]:
        end = end_of(date.fromisoformat(row.keys[0]), zone)
        for stage in (None, "idea"):
            there = [t for t in seen if t.before("stage", end) in (ALL_STAGES if stage is None else (stage,))]
            found = drill(caller, report, Point(row.keys, () if stage is None else (stage,), "amount"))
            assert shown(caller, found.filter) == ids(there)
            assert (found.count, money(found.value)) == (len(there), sum(t.price_on(end) for t in there))


@settings(max_examples=25, deadline=None)
@given(
    things(priced=True),
    st.sampled_from(["stock", "entered", "now"]),
    st.sampled_from(["source", {"by": "source", "top": 1, "sort": "-n"}]),
    _zones,
    _days,
    st.integers(0, 40),
)
def test_cells_of_a_compared_funnel_are_what_their_records_come_to(
    remembered: Remembered, made: list[Thing], mode: str, by: Any, zone: str, first: date, length: int
) -> None:
    remembered.fill(made)
    caller = replace(remembered.admin, timezone=zone)
    last = first + timedelta(length)
    report = report_about(
        remembered,
        {
            "type": "funnel",
            "funnel": {"field": "stage", "mode": mode},
            "rows": [by],
            "values": {"n": "COUNT()", "total": "SUM(price)"},
            "period": {"field": "due" if mode == "now" else "created_at", "range": f"{first}..{last}"},
            "compare": "previous",
        },
    )
    answer = answer_of(caller, report)
    assert answer.before is not None
    spans = {"": (first, last), "@before": tuple(date.fromisoformat(day) for day in answer.before)}
    spans["@before"] = (spans["@before"][0], spans["@before"][1] - timedelta(1))
    keys = [head.keys[0] for head in answer.columns]
    for role, (begin, end) in spans.items():
        for row in answer.rows:
            there = [t for t in remembered.things if stood(t, mode, row.keys[0], begin, end, zone)]
            assert value(answer, row, f"n{role}") == len(there)
            for column in keys:
                held = set(keys) - {OTHER} if column == OTHER else {column}
                part = [t for t in there if (t.now("source") in held) is (column != OTHER)]
                total = row.cells[keys.index(column)][[head.name for head in answer.values].index(f"total{role}")]
                assert money(total) == sum(t.price() for t in part)
                found = drill(caller, report, Point(row.keys, (column,), f"total{role}"))
                assert shown(caller, found.filter) == ids(part)
                assert (found.count, money(found.value)) == (len(part), sum(t.price() for t in part))


def stood(thing: Thing, mode: str, stage: str, first: date, last: date, zone: str) -> bool:
    """Whether it is in the row of the stage."""
    if mode == "now":
        due = thing.now("due")
        return thing.now("stage") == stage and due is not None and first <= date.fromisoformat(due) <= last
    if mode == "stock":
        return bool(thing.before("stage", end_of(last, zone)) == stage)
    start, end = end_of(first - timedelta(1), zone), end_of(last, zone)
    return any(value == stage and start <= entered < end for value, entered, _ in thing.stays())


@settings(max_examples=20, deadline=None)
@given(things(priced=True), _zones, _days)
def test_sums_of_what_was_are_exchanged_with_the_rate_of_then(
    remembered: Remembered, made: list[Thing], zone: str, day: date
) -> None:
    remembered.fill(made)
    caller, end = replace(remembered.admin, timezone=zone), end_of(day, zone)
    values = {"then": f'SUM(VALUE_ON(price, "{day}"))', "asked": f'SUM(VALUE_ON(price, "{day}"), stage = "asked")'}
    report = report_about(remembered, {"type": "summary", "rows": ["stage"], "values": values})
    answer = answer_of(caller, report)
    for row in answer.rows:
        there = [t for t in remembered.things if t.now("stage") == row.keys[0]]
        assert money(value(answer, row, "then")) == sum(t.price_on(end) for t in there)
        found = drill(caller, report, Point(row.keys, (), "then"))
        assert (found.count, money(found.value)) == (len(there), sum(t.price_on(end) for t in there))


def test_an_amount_counts_with_the_rate_of_its_day(remembered: Remembered) -> None:
    moments = [START + timedelta(days=n) for n in (0, 10)]
    changes: list[dict[str, Any]] = [
        {"stage": "idea", "price": "10.00", "currency": "USD", "rate": "7"},
        {"rate": "6"},
    ]
    remembered.fill([Thing(list(zip(moments, changes, strict=True)))])
    report = report_about(
        remembered,
        {
            "type": "trend",
            "trend": {"field": "stage", "every": "week", "amount": "price"},
            "period": {"field": "created_at", "range": "2026-02-20..2026-03-15"},
        },
    )
    answer = answer_of(remembered.admin, report)
    assert [Decimal(value(answer, row, "amount")) for row in answer.rows] == [70, 70, 60, 60]


SAID = {
    "steps": {"type": "funnel", "funnel": {"steps": {"all": "not ISBLANK(stage)", "far": 'stage = "asked"'}}},
    "now": {"type": "funnel", "funnel": {"field": "stage"}},
    "stock": {"type": "funnel", "funnel": {"field": "stage", "mode": "stock"}, "rows": ["source"]},
    "entered": {"type": "funnel", "funnel": {"field": "stage", "mode": "entered"}},
    "cohort": {"type": "cohort", "cohort": {"born": "created_at", "event": "due"}},
    "trend": {"type": "trend", "trend": {"field": "stage", "amount": "price"}},
}


@pytest.mark.parametrize("name", SAID)
def test_amounts_without_a_rate_are_counted_beside_the_report(remembered: Remembered, name: str) -> None:
    foreign = {"stage": "idea", "due": "2026-03-31", "price": "10.00", "currency": "USD"}
    others = ({"rate": "7"}, {"currency": "CNY"}, {"currency": None}, {"price": None}, {}, {})
    remembered.fill([Thing([(START, foreign | other)]) for other in others])
    period = {"field": "created_at", "range": "2026-01-01..2026-04-30"}
    values = {"total": "SUM(price)"} if name != "trend" else {}
    report = report_about(remembered, {**SAID[name], "values": values, "period": period})
    answer = answer_of(remembered.admin, report)
    assert answer.notices == ("2 amounts in another currency have no exchange rate and are left out.",)
    assert not answer.capped
    assert [head.name for head in answer.values if head.name.startswith("without")] == []


# Days on which clocks are set, as people's calendars have them: some skip or repeat an hour at midnight.
SWITCHES = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Asia/Shanghai", date(2025, 11, 2)),
    ("America/Santiago", date(2025, 9, 7)),
    ("America/Santiago", date(2025, 4, 5)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/Havana", date(2025, 11, 2)),
    ("Atlantic/Azores", date(2025, 10, 26)),
]


@pytest.mark.parametrize(("zone", "day"), SWITCHES)
def test_days_end_at_the_readers_midnight_also_when_clocks_are_set(
    remembered: Remembered, zone: str, day: date
) -> None:
    begun = datetime(2025, 1, 10, tzinfo=UTC)
    nights = [end_of(day + timedelta(n), zone) for n in (-2, -1, 0, 1)]
    moments = [
        night + timedelta(minutes=minutes) for night in nights for minutes in (-61, -30, -1, 0, 1, 29, 60, 119, 181)
    ]
    remembered.fill(
        [
            Thing([(begun, {"stage": "idea", "amount": "1.00"}), (at, {"stage": "asked", "amount": "3.00"})])
            for at in moments
        ]
    )
    caller = replace(remembered.admin, timezone=zone)
    days = [day + timedelta(n) for n in (-2, -1, 0, 1, 2)]
    period = {"field": "created_at", "range": f"{days[0]}..{days[-1]}"}
    said = {"field": "stage", "every": "day", "amount": "amount"}
    trend = report_about(remembered, {"type": "trend", "trend": said, "period": period})
    answer = answer_of(caller, trend)
    assert [row.keys for row in answer.rows] == [(str(one),) for one in days]
    for one, row in zip(days, answer.rows, strict=True):
        there = {s: [t for t in remembered.things if t.before("stage", end_of(one, zone)) == s] for s in STAGES}
        entered = [t for t in there["asked"] if t.before("stage", end_of(one - timedelta(1), zone)) != "asked"]
        assert [value(answer, row, "n", stage) for stage in STAGES] == [len(there[stage]) for stage in STAGES]
        assert money(value(answer, row, "amount", "asked")) == 3 * len(there["asked"])
        found = drill(caller, trend, Point(row.keys, ("asked",), "amount"))
        assert shown(caller, found.filter) == ids(there["asked"])
        for mode, wanted in (("stock", there["asked"]), ("entered", entered)):
            funnel = report_about(
                remembered,
                {
                    "type": "funnel",
                    "funnel": {"field": "stage", "mode": mode},
                    "period": {"field": "created_at", "range": f"{one}..{one}"},
                },
            )
            cells = answer_of(caller, funnel)
            assert value(cells, cells.rows[1], "n") == len(wanted)
            assert shown(caller, drill(caller, funnel, Point(("asked",))).filter) == ids(wanted)
