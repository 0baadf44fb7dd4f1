"""Cohorts equal what following records one by one gives, and each of their cells leads to just its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
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
from well_remembered import Remembered, Thing, make_remembered, money

AGES = 4
_ZONES = ("Asia/Shanghai", "America/New_York")
_dates = st.none() | st.builds(lambda n: (date(2025, 11, 20) + timedelta(n)).isoformat(), st.integers(0, 120))
_moments = st.none() | st.builds(
    lambda n, hour: f"{date(2025, 11, 20) + timedelta(n)}T{hour:02}:30:00Z", st.integers(0, 120), st.integers(0, 23)
)
_makers = st.lists(st.fixed_dictionaries({"founded": _dates, "met_at": _moments}), min_size=1, max_size=8)
_bought = st.fixed_dictionaries(
    {
        "due": _dates,
        "signed_at": _moments,
        "stage": st.sampled_from(["idea", "done", None]),
        "amount": st.sampled_from([None, "1.50", "20.00"]),
    }
)


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    yield made
    made.reading.database.close()


def cohorts(world: Remembered, said: dict[str, Any], **more: Any) -> ReportModel:
    body = {"object": "maker", "type": "cohort", "cohort": {"ages": AGES, **said}, **more}
    return report_of(world.admin.model, "one", body)


def answer_of(caller: Caller, report: ReportModel, asked: Asked | None = None) -> Answer:
    made = run(caller, report, asked or AS_IT_SAYS)
    assert isinstance(made, Answer)
    return made


def value(answer: Answer, row: Row, name: str, age: int | None) -> Any:
    return (row.all if age is None else row.cells[age])[[head.name for head in answer.values].index(name)]


def day_of(text: Any, zone: str) -> date | None:
    if text is None:
        return None
    return (
        date.fromisoformat(text) if "T" not in text else datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).date()
    )


def age_between(born: date | None, happened: date | None, every: str) -> int | None:
    """By stepping from one span to the next."""
    if born is None or happened is None:
        return None
    at, end, age = bucket_start(born, every), bucket_start(happened, every), 0
    while at < end and age < AGES:
        at, age = bucket_after(at, every), age + 1
    return age if at == end and age < AGES else None


def is_ahead(born: str, every: str, age: int, today: date) -> bool:
    """Whether records born in that span are not yet so old."""
    at = date.fromisoformat(born)
    for _ in range(age):
        at = bucket_after(at, every)
    return at > today


def leads_to(caller: Caller, report: ReportModel, point: Point, wanted: set[str]) -> None:
    made = drill(caller, report, point)
    shown = list_records(caller, "maker", filter=made.filter, limit=1000).records
    assert {record["id"] for record in shown} == wanted
    assert made.count == len(wanted)


def fill(world: Remembered, makers: list[dict[str, Any]], bought: list[tuple[int, bool, dict[str, Any]]]) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    world.fill([Thing([(moment, values)], mine, at % len(makers)) for at, mine, values in bought], makers)


@settings(max_examples=20, deadline=None)
@given(
    _makers,
    st.lists(st.tuples(st.integers(0, 7), st.booleans(), _bought), max_size=14),
    st.sampled_from(SPANS),
    st.sampled_from(_ZONES),
    st.booleans(),
    st.sampled_from([("founded", "purchases.due"), ("met_at", "purchases.signed_at"), ("founded", "met_at")]),
    st.booleans(),
)
def test_ages_are_the_spans_between_birth_and_event(
    remembered: Remembered,
    makers: list[dict[str, Any]],
    bought: list[tuple[int, bool, dict[str, Any]]],
    every: str,
    zone: str,
    mine: bool,
    paths: tuple[str, str],
    only_done: bool,
) -> None:
    fill(remembered, makers, bought)
    caller = replace(remembered.reader if mine else remembered.admin, timezone=zone)
    born, event = paths
    of_relation = event.startswith("purchases.")
    where = ('stage = "done"' if of_relation else "size = 3") if only_done else None
    said = {"born": born, "event": event, "every": every} | ({"where": where} if where else {})
    values = {"spent": "SUM(purchases.amount)", "all_size": "COUNT(founded)"}
    report = cohorts(remembered, said, values=values)

    def seen(at: int) -> list[Thing]:
        return [t for t in remembered.things if t.maker == at and (t.mine or not mine)]

    def events(at: int) -> list[tuple[int, Thing | None]]:
        birth = day_of(makers[at].get(born), zone)
        if not of_relation:
            found = age_between(birth, day_of(makers[at].get(event), zone), every)
            return [(found, None)] if found is not None and not only_done else []
        pairs = [(age_between(birth, day_of(t.now(event[10:]), zone), every), t) for t in seen(at)]
        return [(a, t) for a, t in pairs if a is not None and (not only_done or t.now("stage") == "done")]

    births = {at: day_of(maker.get(born), zone) for at, maker in enumerate(makers)}
    today, answer = on_one_day(zone, lambda _: answer_of(caller, report))
    keys = {str(bucket_start(day, every)) for day in births.values() if day}
    assert all(value(answer, row, "size", None) == 0 for row in answer.rows if row.keys[0] not in keys)
    for key in keys:
        row = next(row for row in answer.rows if row.keys == (key,))
        cohort = [at for at, day in births.items() if day and str(bucket_start(day, every)) == key]
        assert value(answer, row, "size", None) == len(cohort)
        leads_to(caller, report, Point(row.keys, (), "size"), {remembered.makers[at] for at in cohort})
        for age in (None, *range(AGES)):
            here = [at for at in cohort if any(age in (None, a) for a, _ in events(at))]
            share = round(Decimal(len(here)) / len(cohort), 6) if cohort else None
            if age is not None and not here and is_ahead(key, every, age, today):
                assert value(answer, row, "n", age) is value(answer, row, "n@share", age) is None
                continue
            assert value(answer, row, "n", age) == len(here)
            assert value(answer, row, "n@share", age) == (None if share is None else f"{share:.6f}")
            leads_to(
                caller, report, Point(row.keys, () if age is None else (age,)), {remembered.makers[a] for a in here}
            )
            hits = [t for at in here for a, t in events(at) if age in (None, a)]
            spent = [t for t in hits if t] if of_relation else [t for at in here for t in seen(at)]
            assert money(value(answer, row, "spent", age)) == sum(money(t.now("amount")) for t in spent)
    if answer.rows:
        assert answer.total is not None
        for age in range(AGES):
            here = [at for at in births if any(age == a for a, _ in events(at))]
            assert value(answer, answer.total, "n", age) == len(here)
            leads_to(caller, report, Point((), (age,)), {remembered.makers[at] for at in here})
        anybody = {remembered.makers[at] for at in births if events(at)}
        assert value(answer, answer.total, "n", None) == len(anybody)
        leads_to(caller, report, Point(), anybody)


def test_what_is_yet_to_come_is_blank_and_no_nought(remembered: Remembered) -> None:
    report = cohorts(remembered, {"born": "founded", "event": "met_at"})

    def told(today: date) -> Answer:
        ago = bucket_start(bucket_start(today, "month") - timedelta(1), "month")
        fill(remembered, [{"founded": ago.isoformat(), "met_at": f"{ago}T12:00:00Z"}], [])
        return answer_of(remembered.admin, report)

    _, answer = on_one_day("Asia/Shanghai", told)
    assert [value(answer, answer.rows[0], "n", age) for age in range(AGES)] == [1, 0, None, None]
    assert [value(answer, answer.rows[0], "n@share", age) for age in range(AGES)] == [
        "1.000000",
        "0.000000",
        None,
        None,
    ]


def test_the_period_and_the_visit_choose_cohorts_and_gaps_are_filled(remembered: Remembered) -> None:
    days = ["2025-01-10", "2025-02-10", "2025-05-10", "2026-01-10"]
    fill(remembered, [{"founded": day, "size": n} for n, day in enumerate(days)], [])
    said = {"born": "founded", "event": "met_at"}
    report = cohorts(remembered, said, period={"field": "founded", "range": "2025-01-01..2025-12-31"})
    answer = answer_of(remembered.admin, report)
    assert [row.keys[0] for row in answer.rows] == [f"2025-0{n}-01" for n in (1, 2, 3, 4, 5)]
    assert [value(answer, row, "size", None) for row in answer.rows] == [1, 1, 0, 0, 1]
    assert answer.rows[0].labels == ("Jan 2025",)
    assert answer.period == ("2025-01-01", "2026-01-01")
    narrowed = answer_of(remembered.admin, report, Asked(where="size > 1"))
    assert [row.keys[0] for row in narrowed.rows] == ["2025-05-01"]
    assert drill(remembered.admin, report, Point(("2025-05-01",), (), "size"), Asked(where="size > 2")).count == 0


def test_nobody_born_has_no_cohort(remembered: Remembered) -> None:
    remembered.forget()
    answer = answer_of(remembered.admin, cohorts(remembered, {"born": "founded", "event": "purchases.due"}))
    assert (answer.rows, answer.total, len(answer.columns)) == ((), None, AGES)


@pytest.mark.parametrize("point", [Point(("soon",)), Point(("2025-01-01",), (AGES,)), Point(("2025-01-01",), ("x",))])
def test_a_cell_that_there_is_not_leads_nowhere(remembered: Remembered, point: Point) -> None:
    fill(remembered, [{"founded": "2025-01-10"}], [])
    with pytest.raises(BadRequest):
        drill(remembered.admin, cohorts(remembered, {"born": "founded", "event": "met_at"}), point)
