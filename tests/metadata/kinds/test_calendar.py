"""Calendars as documents: what is wrong with one, and which one working days are counted by."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.compile_calendar import default_calendar

CHINA: dict[str, Any] = {
    "label": {"en": "China", "zh": "中国"},
    "holidays": {"2026-10-01": {"en": "National Day", "zh": "国庆节"}, "2026-10-02": "国庆节", "2026-10-04": None},
    "workdays": ["2026-10-10"],
    "hours": ["09:00-12:00", "13:30-18:00"],
}


def calendars(**bodies: Any) -> list[Document]:
    return [Document("calendar", name, body) for name, body in bodies.items()]


def problems(**bodies: Any) -> dict[str, str]:
    with pytest.raises(InvalidDocuments) as caught:
        compile_model(calendars(**bodies))
    return {f"{p.name}:{p.path}": p.en for p in caught.value.problems}


def test_a_calendar_says_which_days_are_worked() -> None:
    model = compile_model(calendars(china=CHINA))
    made = model.calendars["china"]
    assert made.label.zh == "中国"
    assert made.days == WorkingDays(
        (1, 2, 3, 4, 5), frozenset({date(2026, 10, 1), date(2026, 10, 2)}), frozenset({date(2026, 10, 10)})
    )
    assert made.hours == ((time(9), time(12)), (time(13, 30), time(18)))
    assert made.holidays[date(2026, 10, 1)].en == "National Day"
    assert model.working_days == made.days


def test_working_days_are_counted_by_the_default_or_by_the_only_calendar() -> None:
    six = {"weekdays": [1, 2, 3, 4, 5, 6]}
    assert compile_model([]).working_days == EVERY_WEEK
    assert compile_model(calendars(six=six)).working_days.weekdays == (1, 2, 3, 4, 5, 6)
    assert compile_model(calendars(china=CHINA, six=six)).working_days == EVERY_WEEK
    two = compile_model(calendars(china=CHINA, six={**six, "default": True}))
    assert two.working_days.weekdays == (1, 2, 3, 4, 5, 6)
    assert default_calendar(two.calendars) is two.calendars["six"]


def test_what_is_wrong_with_a_calendar_is_told_at_its_place() -> None:
    found = problems(
        a={"holidays": {"2026-02-30": "x", "soon": "y"}, "workdays": ["2026-13-01"]},
        b={"weekdays": []},
        c={"weekdays": [8]},
        d={"hours": ["18:00-09:00"]},
        e={"hours": ["09:00-12:00", "11:00-13:00"]},
        f={"default": True},
        g={"default": True},
        h={"hours": ["9-12"]},
    )
    assert "no day 2026-02-30" in found["a:holidays.2026-02-30"]
    assert "a:holidays.soon" in found
    assert "no day 2026-13-01" in found["a:workdays[0]"]
    assert {"b:weekdays", "c:weekdays[0]", "h:hours[0]"} <= found.keys()
    assert "ends before it begins" in found["d:hours[0]"]
    assert "before the span before it has ended" in found["e:hours[1]"]
    assert "“f” is the default" in found["g:default"]


def test_a_calendar_holds_a_thousand_exceptions_at_most() -> None:
    days = [date.fromordinal(738_000 + n).isoformat() for n in range(1_001)]
    found = problems(many={"holidays": dict.fromkeys(days[:600], "x"), "workdays": days[600:]})
    assert "At most 1,000" in found["many:holidays"]


def test_an_expression_of_a_document_counts_by_the_calendar() -> None:
    book = {
        "name_field": "title",
        "fields": {"title": {"type": "text"}, "due": {"type": "date", "default": "ADDWORKDAYS(TODAY(), 3)"}},
    }
    model = compile_model([*calendars(china=CHINA), Document("object", "book", book)])
    default = model.objects["book"].fields["due"].default
    assert default is not None
    assert default.typed.calendar == model.working_days  # type: ignore[attr-defined]  # it is a function call


def test_the_default_calendar_says_in_which_month_fiscal_years_begin() -> None:
    april = {"fiscal_start": 4}
    assert compile_model([]).fiscal_start == 1
    assert compile_model(calendars(china=CHINA)).fiscal_start == 1
    assert compile_model(calendars(april=april)).fiscal_start == 4
    assert compile_model(calendars(china=CHINA, april=april)).fiscal_start == 1
    assert compile_model(calendars(china=CHINA, april={**april, "default": True})).fiscal_start == 4
    assert set(problems(a={"fiscal_start": 13}, b={"fiscal_start": "April"})) == {"a:fiscal_start", "b:fiscal_start"}
