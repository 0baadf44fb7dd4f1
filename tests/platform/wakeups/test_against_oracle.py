"""Dates that move, scans at any moment, hours of downtime: what fires is what a plain walk over all records says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from clockwork import Waiting, rule
from dougong_platform import records
from dougong_platform.wakeups.moments import iso, parsed
from watched_clock import first_moment, next_change

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe")
RULES = (
    rule("before", on={"date": "due", "days": -2, "time": "02:30"}, **{"if": 'state = "open"'}),
    rule("on_day", on={"date": "due", "time": "01:45"}),
    rule("after", on={"date": "at", "days": 1, "time": "23:30"}),
)
HOUR = dt.timedelta(hours=1)


@dataclass
class Book:
    due: dt.date | None = None
    at: dt.datetime | None = None
    state: str = "open"
    deleted: bool = False


@dataclass
class Oracle:
    """Whenever somebody looks: every live record, every rule, is its time past and not decided yet?"""

    zone: ZoneInfo
    since: dt.datetime
    books: dict[str, Book] = field(default_factory=dict)
    decided: set[tuple[str, str, dt.datetime]] = field(default_factory=set)
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def look(self, now: dt.datetime) -> None:
        for id, book in self.books.items():
            for name, local, holds in [] if book.deleted else self.due(book):
                moment = first_moment(local, self.zone)
                if self.since < moment <= now and (name, id, local) not in self.decided:
                    self.decided.add((name, id, local))
                    if holds:
                        self.told.append((name, id, iso(moment)))

    def next_due(self, now: dt.datetime) -> dt.datetime:
        """The next time at which one of the rules could find something: every day has its due times."""
        days = [now.astimezone(self.zone).date() + n * 24 * HOUR for n in range(3)]
        times = (dt.time(1, 45), dt.time(2, 30), dt.time(23, 30))
        moments = [first_moment(dt.datetime.combine(day, time), self.zone) for day in days for time in times]
        return min(one for one in moments if one > now)

    def due(self, book: Book) -> list[tuple[str, dt.datetime, bool]]:
        """(rule, local due time, condition)."""
        found = []
        if book.due is not None:
            found.append(("before", dt.datetime.combine(book.due - 48 * HOUR, dt.time(2, 30)), book.state == "open"))
            found.append(("on_day", dt.datetime.combine(book.due, dt.time(1, 45)), True))
        if book.at is not None:
            day = book.at.astimezone(self.zone).date() + 24 * HOUR
            found.append(("after", dt.datetime.combine(day, dt.time(23, 30)), True))
        return found


_minutes = st.one_of(st.integers(0, 90), st.integers(0, 3 * 24 * 60))  # often close together, sometimes days
_near = st.integers(-3 * 24, 4 * 24)  # hours from now
_due_time = st.tuples(st.just("due time"), st.sampled_from((-700, -500, -200, -1, 0, 15)))
_soon = st.tuples(st.just("soon"), st.integers(0, 2), st.sampled_from(("due", "at")), st.sampled_from((0, 0, 0, 2)))
_relay = st.just(("relay",))  # handles what the writes told so far; whoever looks does so first
_step = st.one_of(
    # Twice as often: to so many seconds before or after the next due time, and a date that is due then.
    *(_due_time, _due_time, _soon, _soon),
    st.tuples(st.just("late"), _due_time, _soon, _relay, _due_time),
    _relay,
    st.tuples(st.just("look"), _minutes),
    st.tuples(st.just("wait"), _minutes),  # nobody looks meanwhile
    st.tuples(st.just("due"), st.integers(0, 2), st.one_of(_near, st.none())),
    st.tuples(st.just("at"), st.integers(0, 5), st.one_of(_near, st.none())),
    st.tuples(st.just("state"), st.integers(0, 5), st.sampled_from(("open", "done"))),
    st.tuples(st.just("delete"), st.integers(0, 5)),
    st.tuples(st.just("restore"), st.integers(0, 5)),
    st.tuples(st.just("add"), _near, _near),
)


def play(it: Waiting, oracle: Oracle, start: dt.datetime, steps: list[tuple[Any, ...]]) -> None:
    now = start
    it.pass_by(now)
    for step in (one for whole in steps for one in (whole[1:] if whole[0] == "late" else [whole])):
        kind, *given = step
        if kind == "due time":
            now = max(now, oracle.next_due(now) + dt.timedelta(seconds=int(str(given[0]))))
        if kind in ("look", "wait"):
            now += dt.timedelta(minutes=int(str(given[0])))
        if kind in ("look", "wait", "due time"):
            if kind != "wait":
                oracle.look(now)
                it.pass_by(now)
                assert it.told() == sorted(oracle.told), (step, now)
        elif kind == "relay":
            it.events(now)
        else:
            write(it, oracle, now, kind, given)
    oracle.look(now + 400 * HOUR)
    it.pass_by(now + 400 * HOUR)
    assert it.told() == sorted(oracle.told)


def write(it: Waiting, oracle: Oracle, now: dt.datetime, kind: object, given: list[object]) -> None:
    ids = list(oracle.books)
    if kind == "add" and len(ids) < 6:
        book = Book(day(now, given[0], oracle), moment(now, given[1]))
        values = {"title": "A", "due": book.due and book.due.isoformat(), "at": book.at and iso(book.at)}
        (id,) = it.add(values | {"state": book.state})
        oracle.books[id] = book
    if kind == "add" or not ids:
        return
    id = ids[int(str(given[0])) % len(ids)]
    book = oracle.books[id]
    if kind == "restore" and book.deleted:
        records.restore(it.caller, "book", [id])
        book.deleted = False
    elif kind == "delete" and not book.deleted:
        it.delete(id)
        book.deleted = True
    elif kind == "soon" and not book.deleted:  # due at one of the next due times
        here = (oracle.next_due(now).astimezone(oracle.zone) + int(str(given[2])) * 24 * HOUR).date()
        if given[1] == "due":
            book.due = here
            it.change(id, due=here.isoformat())
        else:
            book.at = dt.datetime.combine(here - 24 * HOUR, dt.time(12), oracle.zone).astimezone(dt.UTC)
            it.change(id, at=iso(book.at))
    elif kind == "due" and not book.deleted:
        book.due = day(now, given[1], oracle)
        it.change(id, due=book.due and book.due.isoformat())
    elif kind == "at" and not book.deleted:
        book.at = moment(now, given[1])
        it.change(id, at=book.at and iso(book.at))
    elif kind == "state" and not book.deleted:
        book.state = str(given[1])
        it.change(id, state=book.state)


def day(now: dt.datetime, hours: object, oracle: Oracle) -> dt.date | None:
    return None if hours is None else (now + int(str(hours)) * HOUR).astimezone(oracle.zone).date()


def moment(now: dt.datetime, hours: object) -> dt.datetime | None:
    return None if hours is None else (now + int(str(hours)) * HOUR).replace(microsecond=0)


@pytest.mark.parametrize("zone", ZONES)
def test_what_fires_is_what_a_walk_over_all_records_says(waiting: Callable[..., Waiting], zone: str) -> None:
    """The days are those around the next change of the clocks, where there is one."""
    it = waiting(*RULES, timezone=zone)
    since = parsed(it.run("select at from _release where number = 1")[0][0])

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @drawn(steps=st.lists(_step, min_size=20, max_size=50), ahead=st.integers(1, 80))
    def holds(steps: list[tuple[Any, ...]], ahead: int) -> None:
        it.begin_anew()
        oracle = Oracle(ZoneInfo(zone), since)
        change = next_change(since + 30 * 24 * HOUR, oracle.zone) or since + 30 * 24 * HOUR
        play(it, oracle, change - ahead * HOUR, steps)

    holds()


def test_what_fell_due_before_the_publication_is_told_from_what_fell_due_after_it(
    waiting: Callable[..., Waiting],
) -> None:
    """The same, with days around the rule's own beginning."""
    it = waiting(*RULES, timezone="Europe/Berlin")
    since = parsed(it.run("select at from _release where number = 1")[0][0])

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @drawn(steps=st.lists(_step, min_size=20, max_size=50))
    def holds(steps: list[tuple[Any, ...]]) -> None:
        it.begin_anew()
        play(it, Oracle(ZoneInfo("Europe/Berlin"), since), it.now(), steps)

    holds()
