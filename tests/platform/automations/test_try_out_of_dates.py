"""A try-out of a date trigger against a plain walk through the record's past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_platform import records
from dougong_platform.automations.try_out import try_out
from workshop import Workshop, make_workshop

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
DOCUMENT = {
    "name": "remind",
    "object": "book",
    "on": {"date": "due", "days": -1, "time": "09:00"},
    "if": 'stage = "draft"',
    "do": [{"create": {"object": "task", "values": {"subject": "title"}}}],
}

hours = st.integers(1, 24 * 20)
days = st.one_of(st.none(), st.integers(-20, 60))
stages = st.sampled_from(["draft", "sold", None])
saves = st.lists(st.tuples(hours, days, stages), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def workshop(make_database: Callable[..., str]) -> Iterator[Workshop]:
    made = make_workshop(make_database(), "kind: list_view\nname: all\nobject: book\ncolumns: [title]")
    yield made
    made.database.close()


def day(offset: int | None) -> str | None:
    return (START.date() + dt.timedelta(days=offset)).isoformat() if offset is not None else None


def make(workshop: Workshop, past: list[tuple[int, int | None, str | None]]) -> tuple[str, list[dt.datetime]]:
    """A record with this past: (hours since the save before, due, stage); its id and the moments of its saves."""
    admin, moments, at = workshop.admin, list[dt.datetime](), START
    id = ""
    for number, (gap, due, stage) in enumerate(past):
        at += dt.timedelta(hours=gap)
        values = {"due": day(due), "stage": stage, "pages": number}
        if number == 0:
            id = str(records.create(admin, "book", [{"title": "Past", **values}]).records[0].id)
        else:
            records.update(admin, "book", [{"id": id, **values}])
        moments.append(at)
    with workshop.database.owner(workshop.tenant) as owner:
        for number, moment in enumerate(moments):
            owner.execute("update _history set at = %s where record = %s and version = %s", [moment, id, number + 1])
        owner.execute("update book set created_at = %s where id = %s", [moments[0], id])
    return id, moments


def walked(
    past: list[tuple[int, int | None, str | None]], moments: list[dt.datetime], since: dt.datetime, until: dt.datetime
) -> list[tuple[dt.datetime, dt.datetime]]:
    """(when, due) of every firing, by looking at one save after the other."""
    found: dict[dt.datetime, dt.datetime] = {}
    for number, ((_, offset, _), begun) in enumerate(zip(past, moments, strict=True)):
        if offset is None:
            continue
        due = dt.datetime.combine(START.date() + dt.timedelta(days=offset - 1), dt.time(9), SHANGHAI)
        moment = max(due, begun)
        ended = next(
            (m for m, (_, later, _) in zip(moments[number + 1 :], past[number + 1 :], strict=True) if later != offset),
            None,
        )
        if ended is None or moment < ended:
            found.setdefault(due, moment)
    stage_at = lambda moment: [s for m, (_, _, s) in zip(moments, past, strict=True) if m <= moment][-1]  # noqa: E731 - read where it is used
    return sorted((m, due) for due, m in found.items() if since <= m < until and stage_at(m) == "draft")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(past=saves, first=st.integers(-10, 60), length=st.integers(1, 80))
def test_due_times_are_those_of_a_walk_through_the_past(
    workshop: Workshop, past: list[tuple[int, int | None, str | None]], first: int, length: int
) -> None:
    id, moments = make(workshop, past)
    since, until = START + dt.timedelta(days=first), START + dt.timedelta(days=first + length)
    found = try_out(workshop.admin, document=DOCUMENT, since=since, until=until, limit=1000).fired
    told = [
        (dt.datetime.fromisoformat(one.at), dt.datetime.fromisoformat(str(one.due)))
        for one in found
        if one.record == id
    ]
    assert told == walked(past, moments, since, until)


def test_a_date_that_is_moved_before_it_comes_fires_only_where_it_went(workshop: Workshop) -> None:
    past = [(24, 10, "draft"), (24, 30, "draft"), (24 * 30, 12, "draft")]
    id, moments = make(workshop, past)
    found = try_out(
        workshop.admin, document=DOCUMENT, since=START, until=START + dt.timedelta(days=60), limit=1000
    ).fired
    told = [(one.at, one.due) for one in found if one.record == id]
    # moved from the 11th to the 31st before it came; to the 13th when that was past: at once
    assert told == [
        ("2026-01-30T01:00:00Z", "2026-01-30T01:00:00Z"),
        (moments[2].isoformat().replace("+00:00", "Z"), "2026-01-12T01:00:00Z"),
    ]
