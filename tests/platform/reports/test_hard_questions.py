"""Hostile and odd questions to the engine of reports: each is answered, or refused with the place that is wrong. What
is answered is what plain Python makes of the records."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from hard_asking import RUN, ask, behind, run, seen
from hard_tenant import Hard

# Names.


@pytest.mark.parametrize("name", ["mv0_0", "mv1_0", "m1xv0_0", "bmv0_0", "M0", "k0", "level", "n0", "whole", "o0"])
def test_a_value_may_be_called_like_anything_inside(hard: Hard, name: str) -> None:
    status, answer = ask(
        hard.ann, aggregates={"a": "COUNT()", "c": f"{name} * 2 + a", name: "SUM(power)", "z": f"a + {name}"}
    )
    assert status == 200, answer
    (row,) = answer["rows"]
    total = float(row[name])
    assert row["a"] == 26
    assert total == pytest.approx(47.505)
    assert float(row["c"]) == pytest.approx(total * 2 + 26)
    assert float(row["z"]) == pytest.approx(total + 26)


def test_every_name_that_people_write_is_a_group_of_its_own(hard: Hard) -> None:
    names = Counter(one["name"] for one in seen(hard.ann, "name"))
    status, answer = ask(hard.ann, group_by=["name"], aggregates={'a"b\\c 北 %s %(x)s': "COUNT()"})
    assert status == 200
    assert {row["name"]: row['a"b\\c 北 %s %(x)s'] for row in answer["rows"]} == names
    status, answer = run(hard.ann, rows=["name"])
    assert {row["keys"][0]: row["all"][0] for row in answer["rows"]} == names
    for row in answer["rows"]:
        status, found = behind(hard.ann, {"rows": ["name"]}, row["keys"])
        assert (status, found) == (200, row["all"][0])


def test_rooms_of_one_name_stay_two_and_one_that_is_gone_stays_apart(hard: Hard) -> None:
    status, answer = run(hard.ann, rows=["room"])
    assert status == 200
    assert Counter(row["keys"][0] for row in answer["rows"]) == Counter([*hard.rooms, None])
    assert [row["labels"][0] for row in answer["rows"]].count("twin") == 2
    for row in answer["rows"]:
        assert behind(hard.ann, {"rows": ["room"]}, row["keys"]) == (200, row["all"][0])
    status, answer = run(hard.ann, rows=["room.name"])
    assert {row["keys"][0]: row["all"][0] for row in answer["rows"]} == {"twin": 14, None: 12}


# Texts.

WRONG = [
    *("SUM(COUNT())", "SUM(COUNT(part_use))", "SUM(SUM(power))", "COUNT(SUM(part_use.qty) > 1)"),
    *("SUM(power) * NaN", "SUM(power) * 1e400", "(" * 4000 + "COUNT()" + ")" * 4000, "-" * 4000 + "COUNT()"),
    *("COUNT()" + " " * 20_000, "", " ", "power", "SUM(power", "SUM()", "MIN(on)", "MIN(id)", "COUNT_DISTINCT(tags)"),
    *("PERCENTILE(power, -1)", "PERCENTILE(power, power)", "COUNT(standing)", "SUM(room.machine.power)"),
]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_number_that_means_nothing_is_refused_with_its_place(hard: Hard, text: str) -> None:
    status, answer = ask(hard.ann, aggregates={"n": text})
    assert status == 400, answer
    assert "position" in answer or "characters" in answer["detail"] or not text.strip()
    status, answer = run(hard.ann, values={"n": text})
    assert (status, answer["errors"][0]["field"].split(".")[0]) == (422, "values")


def test_values_that_speak_of_each_other_in_a_circle_are_refused(hard: Hard) -> None:
    status, answer = ask(hard.ann, aggregates={"a": "b + 1", "b": "c + 1", "c": "a + 1"})
    assert (status, "circle" in answer["detail"]) == (400, True)
    status, answer = run(hard.ann, values={"a": "b + 1", "b": "c + 1", "c": "a + 1"})
    assert status == 422
    assert {one["field"].split(".")[1] for one in answer["errors"]} == {"a", "b", "c"}


def test_a_number_of_no_records_at_all_is_one_number(hard: Hard) -> None:
    assert ask(hard.ann, aggregates={"n": "1 + 1"}) == (200, {"rows": [{"n": "2"}]})
    assert ask(hard.ann, aggregates={"n": "LN(0)"}) == (200, {"rows": [{"n": None}]})
    status, answer = run(hard.ann, values={"n": "1 + 1"})
    assert (status, answer["total"]["all"]) == (200, ["2"])
    status, answer = run(hard.ann, values={"n": "1 + 1"}, rows=["kind"])
    assert [row["all"] for row in answer["rows"]] == [["2"]] * 4


def test_more_aggregates_than_a_statement_holds_are_refused(hard: Hard) -> None:
    values = {f"v{i}": " + ".join(f"COUNT(power > {n})" for n in range(50)) for i in range(40)}
    status, answer = run(hard.ann, values=values)
    assert (status, "aggregates" in answer["detail"]) == (400, True)
    few = {f"v{i}": " + ".join(f"AVG(power, power > {n})" for n in range(9)) for i in range(40)}
    period = {"field": "bought", "range": "2026-01-01..2026-12-31"}
    status, answer = run(hard.ann, values=few, rows=["kind"], period=period, compare="previous")
    assert status == 200


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ({"step": 0}, 422),
        ({"step": -1}, 422),
        ({"step": 1e-30}, 400),
        ({"step": "1"}, 422),
        ({"step": 1e15}, 200),
        ({"edges": []}, 422),
        ({"edges": [2, 1]}, 422),
        ({"edges": [0, 1e308]}, 422),
        ({"edges": [1e-29, 1]}, 400),
        ({"edges": list(range(60))}, 422),
        ({"top": 0, "sort": "n"}, 422),
        ({"top": 10**9, "sort": "n"}, 422),
        ({"top": 1000, "sort": "-n"}, 200),
        ({"top": 1, "sort": "-nothing"}, 422),
        ({"every": "month"}, 422),
    ],
)
def test_buckets_are_checked(hard: Hard, group: dict[str, Any], code: int) -> None:
    status, answer = run(hard.ann, rows=[{"by": "power", **group}])
    assert status == code, answer
    if code == 422:
        assert answer["errors"][0]["field"].startswith("rows[0]")


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"-Infinity"])
def test_numbers_that_are_none_are_no_json(hard: Hard, number: bytes) -> None:
    data = b'{"report": {"object": "machine", "values": {"n": "COUNT()"}, "rows": [{"by": "power", "edges": [0, %s]}]}}'
    answer = hard.ann.open(RUN, method="POST", data=data % number, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "key", ["1e999999999", "-1e999999999", "NaN", "Infinity", "x", "", True, 10**30, "9" * 5000, -1, 99, "\u0000"]
)
def test_keys_that_cannot_be_are_no_cell_or_an_empty_one(hard: Hard, key: Any) -> None:
    for group in ({"by": "power", "step": 10}, {"by": "power", "edges": [0, 5]}, {"by": "power"}, {"by": "on"}):
        status, found = behind(hard.ann, {"rows": [group]}, [key])
        assert status in (200, 400), (group, found)
    for group in ({"by": "bought", "every": "month"}, {"by": "seen_at", "every": "hour"}, {"by": "room"}):
        status, found = behind(hard.ann, {"rows": [group]}, [key])
        assert (status, found) == (200, 6 if key == "" else 0) or status == 400, (group, found)  # "" is blank


def test_a_number_is_not_asked_as_what_it_is_not(hard: Hard) -> None:
    assert behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="n@nothing")[0] == 400
    assert behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="n@before")[0] == 400
    assert behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="N")[0] == 400


# Days.

EVERY = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "weekday", "month_of_year"]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("field", ["bought", "seen_at"])
def test_the_first_and_the_last_of_all_days_are_days(hard: Hard, field: str, every: str) -> None:
    body = {"rows": [{"by": field, "every": every}]}
    status, answer = run(hard.ann, **body)
    assert status == 200
    assert sum(row["all"][0] for row in answer["rows"]) == 26
    for row in answer["rows"]:
        assert behind(hard.ann, body, row["keys"]) == (200, row["all"][0])


@pytest.mark.parametrize(
    "period", ["2026-02-30..", "2026-02-02..2026-01-01", "..", "0000-01-01..", "x", "9999-01-01..9999-12-31"]
)
def test_spans_that_no_calendar_has_are_refused(hard: Hard, period: str) -> None:
    status, answer = run(hard.ann, {"period": period}, rows=["kind"], period={"field": "bought"})
    assert (status, period in answer["detail"]) == (400, True)


@pytest.mark.parametrize("period", ["9999-01-01..9999-12-30", "9999-01-01..", "..0001-12-31", "0001-01-01..0001-12-31"])
@pytest.mark.parametrize("compare", ["previous", "year_ago"])
def test_what_lies_at_the_end_of_time_has_no_earlier_or_a_plain_one(hard: Hard, period: str, compare: str) -> None:
    rows = [{"by": "bought", "every": "month"}]
    asked = {"period": period, "compare": compare}
    assert run(hard.ann, asked, rows=rows, period={"field": "bought"})[0] == 200


def test_a_comparison_needs_a_period(hard: Hard) -> None:
    status, answer = run(hard.ann, {"compare": "previous"}, rows=["kind"])
    assert (status, [head["role"] for head in answer["values"]]) == (200, ["value"])
    assert run(hard.ann, rows=["kind"], compare="previous")[0] == 422
