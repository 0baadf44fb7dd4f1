"""What filters ask of the past is what a record's changes, told one after the other, come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Scope, check
from dougong_metadata.model.compile_report import report_of
from dougong_platform.errors import BadFilter
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.reports import run
from dougong_platform.reports.answer import Answer
from well_remembered import ALL_STAGES, START, Remembered, Thing, end_of, make_remembered, midnight, things

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")
HELD = {
    "stage": "asked",
    "level": "low",
    "amount": "12.50",
    "pieces": 7,
    "due": "2026-03-31",
    "signed_at": "2026-03-31T16:00:00.5Z",
}
_days = st.builds(lambda n: START.date() + timedelta(n), st.integers(-1, 62))


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    yield made
    made.reading.database.close()


def found(caller: Caller, filter: str) -> set[str]:
    return {record["id"] for record in list_records(caller, "purchase", filter=filter, limit=1000).records}


def wanted(world: Remembered, fits: Callable[[Thing], Any], mine: bool = False) -> set[str]:
    return {thing.id for thing in world.things if fits(thing) and (thing.mine or not mine)}


@settings(max_examples=40, deadline=None)
@given(things(), st.sampled_from(ALL_STAGES), _days, _days, st.sampled_from(ZONES))
def test_stages_are_asked_by_their_stays(
    remembered: Remembered, made: list[Thing], stage: str, first: date, last: date, zone: str
) -> None:
    remembered.fill(made)
    caller = replace(remembered.admin, timezone=zone)
    start, end = midnight(first, zone), end_of(last, zone)
    assert found(caller, f'STOOD(stage, "{stage}", "{last}")') == wanted(
        remembered, lambda thing: thing.before("stage", end) == stage
    )

    def entered(thing: Thing) -> list[Any]:
        return [s for s in thing.stays() if s[0] == stage and start <= s[1] < end]

    def went_on(thing: Thing) -> bool:
        stays = thing.stays()
        hits = [n for n, s in enumerate(stays) if s[0] == stage and start <= s[1] < end]
        return bool(hits) and any(s[0] in ("ordered", "done") for s in stays[hits[0] + 1 :])

    assert found(caller, f'ENTERED(stage, "{stage}", "{first}", "{last}")') == wanted(remembered, entered)
    asked = f'WENT_ON(stage, "{stage}", "{first}", "{last}", "ordered", "done")'
    assert found(caller, asked) == wanted(remembered, went_on)
    mine = replace(remembered.reader, timezone=zone)
    assert found(mine, asked) == wanted(remembered, went_on, mine=True)


@settings(max_examples=40, deadline=None)
@given(things(), _days, st.sampled_from(ZONES))
def test_values_are_asked_by_history(remembered: Remembered, made: list[Thing], day: date, zone: str) -> None:
    remembered.fill(made)
    caller, end = replace(remembered.admin, timezone=zone), end_of(day, zone)
    for name, value in HELD.items():
        shown = value if isinstance(value, int) or name == "amount" else f'"{value}"'
        asked = f'VALUE_ON({name}, "{day}")'
        was = {thing.id: thing.value_on(name, end) for thing in remembered.things}
        assert found(caller, f"{asked} = {shown}") == {id for id, held in was.items() if held == value}, name
        assert found(caller, f"ISBLANK({asked})") == {id for id, held in was.items() if held is None}, name
    assert found(caller, f'VALUE_ON(urgent, "{day}")') == wanted(
        remembered, lambda t: t.value_on("urgent", end) is True
    )
    assert found(caller, f'VALUE_ON(pieces, "{day}") / 2 = 3.5') == wanted(
        remembered, lambda t: t.value_on("pieces", end) == 7
    )
    bob = remembered.reading.bob
    assert found(caller, f'VALUE_ON(owner, "{day}") = "{bob}"') == wanted(remembered, lambda t: t.mine)


@pytest.fixture
def one(remembered: Remembered) -> Thing:
    moments = [START + timedelta(days=n) for n in (0, 10, 20)]
    changes: list[dict[str, Any]] = [{"stage": "idea", "amount": "1.00"}, {"stage": "asked"}, {"amount": "2.00"}]
    (made,) = remembered.fill([Thing(list(zip(moments, changes, strict=True)), maker=0)], [{"size": 3}])
    return made


def test_the_past_of_records_that_point_here_and_of_what_is_pointed_to_is_asked_too(
    remembered: Remembered, one: Thing
) -> None:
    day = (START + timedelta(days=12)).date()
    for filter, count in [
        (f'COUNT(purchases, STOOD(stage, "asked", "{day}")) > 0', 1),
        (f'COUNT(purchases, STOOD(stage, "idea", "{day}")) > 0', 0),
        (f'SUM(purchases.amount, VALUE_ON(amount, "{day}") = 1) = 2', 1),
    ]:
        assert list_records(remembered.admin, "maker", filter=filter, count=True).count == count, filter
    remembered.reading.run(
        "insert into errand (id, purchase, title) values (gen_random_uuid(), %s, 'e') returning 1", [one.id]
    )
    for filter, count in [
        (f'STOOD(purchase.stage, "asked", "{day}")', 1),
        (f'VALUE_ON(purchase.amount, "{day}") = 1 and VALUE_ON(purchase.amount, TODAY()) = 2', 1),
        (f'STOOD(purchase.stage, "idea", "{day}")', 0),
    ]:
        assert list_records(remembered.admin, "errand", filter=filter, count=True).count == count, filter
    assert list_records(remembered.reader, "errand", filter=f'STOOD(purchase.stage, "asked", "{day}")').records


def test_a_value_of_another_type_in_history_is_blank(remembered: Remembered, one: Thing) -> None:
    for name, old in [("amount", '"much"'), ("pieces", '"1e9"'), ("due", '"soon"'), ("signed_at", "[1]")]:
        remembered.reading.run(
            "update _history set changes = changes || jsonb_build_object(%s::text, jsonb_build_array(%s::jsonb, null))"
            " where version = 2 returning 1",
            [name, old],
        )
        assert found(remembered.admin, f'ISBLANK(VALUE_ON({name}, "{START.date()}"))') == {one.id}


@pytest.mark.parametrize(
    ("filter", "says"),
    [
        ('STOOD(level, "low", TODAY())', "has no pipeline"),
        ('STOOD(stage, "nowhere", TODAY())', "is not a value"),
        ('STOOD(stage, "idea", "soon")', "is not a date"),
        ('STOOD("stage", "idea", TODAY())', "takes a field"),
        ('ENTERED(stage, "idea", TODAY())', "it needs 4"),
        ("VALUE_ON(double, TODAY()) = 1", "History does not tell"),
        ("VALUE_ON(created_at, TODAY()) = NOW()", "History does not tell"),
        ('VALUE_ON(stage, TODAY()) = "nowhere"', "is not a value"),
    ],
)
def test_what_nobody_remembers_is_refused_with_its_reason(remembered: Remembered, filter: str, says: str) -> None:
    with pytest.raises(BadFilter) as refused:
        list_records(remembered.admin, "purchase", filter=filter)
    assert says in refused.value.message("en")


def test_an_object_without_history_has_no_past(remembered: Remembered) -> None:
    with pytest.raises(BadFilter, match="keeps no history"):
        list_records(remembered.admin, "errand", filter="VALUE_ON(cost, TODAY()) = 1")


def test_a_field_that_the_reader_may_not_see_has_no_past_either(remembered: Remembered) -> None:
    with pytest.raises(BadFilter, match="is not a field"):
        list_records(remembered.reader, "purchase", filter="VALUE_ON(pieces, TODAY()) = 1")


def test_formulas_and_rules_cannot_ask_for_the_past(remembered: Remembered) -> None:
    with pytest.raises(ExpressionError, match="only filters and reports"):
        check('STOOD(stage, "idea", TODAY())', Scope.of(remembered.admin.model, "purchase"))
    check('STOOD(stage, "idea", TODAY())', Scope.of(remembered.admin.model, "purchase", past=True))


def test_reports_sum_up_what_was(remembered: Remembered, one: Thing) -> None:
    day = (START + timedelta(days=12)).date()
    body = {
        "object": "purchase",
        "values": {
            "then": f'SUM(VALUE_ON(amount, "{day}"))',
            "asked": f'COUNT(STOOD(stage, "asked", "{day}"))',
            "now": f'SUM(amount, STOOD(stage, "asked", "{day}") and VALUE_ON(amount, "{day}") = 1)',
        },
    }
    answer = run(remembered.admin, report_of(remembered.admin.model, "one", body))
    assert isinstance(answer, Answer)
    assert answer.total is not None
    assert [Decimal(value) for value in answer.total.all] == [1, 1, 2]
