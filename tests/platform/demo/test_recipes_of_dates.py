"""Days and moments that a demo's recipes draw: between others, on working days, never after now."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

from dougong_platform.demo.recipe import Draw, Row

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def drawn(recipe: dict[str, Any], row: Row | None = None, times: int = 200) -> list[str]:
    draw = Draw(random.Random(7), {}, {}, TODAY, NOW)
    return [str(draw.value(recipe, row or {}, {})) for _ in range(times)]


def test_a_day_lies_between_two_others_each_a_field_or_days_from_today() -> None:
    found = drawn({"between": ["born", -3]}, {"born": "2026-11-01"})
    assert (min(found), max(found)) == ("2026-11-01", "2026-11-20")


def test_of_several_days_to_begin_with_the_latest_counts() -> None:
    assert min(drawn({"between": [["born", -10], -1]}, {"born": "2020-01-01"})) == "2026-11-13"


def test_a_day_is_so_many_days_behind_the_first_if_there_is_room() -> None:
    found = drawn({"between": ["born", 0], "least": 5, "most": 8}, {"born": "2026-10-01"})
    assert (min(found), max(found)) == ("2026-10-06", "2026-10-09")
    assert {*drawn({"between": ["born", 0], "least": 5}, {"born": "2026-11-21"})} == {"2026-11-23"}


def test_a_beginning_behind_the_end_gives_the_end() -> None:
    assert {*drawn({"between": ["due", -1]}, {"due": "2027-03-01"})} == {"2026-11-22"}


def test_a_day_without_its_beginning_stays_blank() -> None:
    assert {*drawn({"between": ["never", -1]})} == {"None"}


def test_working_days_are_from_monday_to_friday() -> None:
    days = {date.fromisoformat(day).weekday() for day in drawn({"date": [-60, -1], "working": True})}
    assert days == {0, 1, 2, 3, 4}


def test_a_moment_of_the_past_is_never_one_to_come() -> None:
    found = drawn({"date": [0, 0], "time": {1: 1, 9: 5}, "past": True})
    assert max(found) < "2026-11-23T04:00:00Z"
    assert len({moment[11:13] for moment in found}) > 1


def test_hours_come_as_often_as_they_weigh() -> None:
    hours = [moment[11:13] for moment in drawn({"date": [-9, -1], "time": {9: 1, 10: 9}})]
    assert hours.count("10") > 4 * hours.count("09") > 0


def test_what_is_drawn_may_depend_on_whether_a_day_has_passed() -> None:
    recipe = {"passed": "due", "by": 10, "then": "old", "else": {"passed": "due", "then": "late", "else": "open"}}
    assert [drawn(recipe, {"due": day}, 1) for day in ("2026-11-01", "2026-11-20", "2026-12-01")] == [
        ["old"],
        ["late"],
        ["open"],
    ]
