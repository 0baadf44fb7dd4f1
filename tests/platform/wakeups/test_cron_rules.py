"""Rules of a cron expression: each due time once, of missed ones the last, with the records that fit then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from clockwork import Waiting, rule
from dougong_metadata.documents import Document

Make = Callable[..., Waiting]


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def alone(name: str, cron: str) -> Document:
    """A rule without an object."""
    return Document(
        "automation", name, {"on": {"cron": cron}, "do": [{"create": {"object": "shelf", "values": {"name": "'new'"}}}]}
    )


def dues(it: Waiting) -> list[str]:
    return [payload["due"] for payload in it.payloads()]


def test_it_fires_at_each_due_time_once(waiting: Make) -> None:
    it = waiting(alone("daily", "0 9 * * *"))
    it.pass_by(moment("2083-06-01T02:00"))
    it.run("delete from _outbox")
    at = moment("2083-06-01T02:00")
    for _ in range(4 * 72):
        at += dt.timedelta(minutes=15)
        it.pass_by(at)
        it.scan(at)
    assert dues(it) == ["2083-06-02T01:00:00Z", "2083-06-03T01:00:00Z", "2083-06-04T01:00:00Z"]
    assert it.payloads()[0] | {"xid": ""} == {
        "automation": "daily",
        "object": None,
        "ids": [],
        "versions": [],
        "op": "cron",
        "actor": None,
        "cause": None,
        "cause_ref": None,
        "chain": [],
        "xid": "",
        "due": "2083-06-02T01:00:00Z",
    }


def test_it_is_looked_at_when_it_is_due_and_not_before(waiting: Make) -> None:
    it = waiting(alone("daily", "0 9 * * *"))
    it.pass_by(moment("2083-06-01T02:00"))
    assert not it.is_due(moment("2083-06-02T00:59:59"))
    assert it.is_due(moment("2083-06-02T01:00"))


@pytest.mark.parametrize(
    ("zone", "cron", "start", "due"),
    [
        ("Europe/Berlin", "30 2 * * *", "2083-03-27T22:00", "2083-03-28T01:00:00Z"),
        ("Europe/Berlin", "30 2 * * *", "2083-10-30T22:00", "2083-10-31T00:30:00Z"),
        ("America/New_York", "30 2 * * *", "2083-03-14T05:00", "2083-03-14T07:00:00Z"),
        ("America/New_York", "30 1 * * *", "2083-11-07T04:10", "2083-11-07T05:30:00Z"),
        ("Australia/Lord_Howe", "15 2 * * *", "2083-10-02T13:00", "2083-10-02T15:30:00Z"),
        ("Australia/Lord_Howe", "45 1 * * *", "2083-04-03T13:00", "2083-04-03T14:45:00Z"),
        ("Asia/Shanghai", "30 2 * * *", "2083-03-27T17:00", "2083-03-27T18:30:00Z"),
    ],
)
def test_where_the_clocks_change_it_fires_once(waiting: Make, zone: str, cron: str, start: str, due: str) -> None:
    it = waiting(alone("nightly", cron), timezone=zone)
    it.pass_by(moment(start))
    it.run("delete from _outbox")
    for quarter in range(24):
        it.pass_by(moment(start) + dt.timedelta(minutes=15 * quarter))
    assert dues(it) == [due]


def test_of_what_was_missed_the_last_runs_once(waiting: Make) -> None:
    it = waiting(alone("hourly", "0 * * * *"))
    it.pass_by(moment("2083-06-01T02:00"))
    it.run("delete from _outbox")
    assert it.pass_by(moment("2083-06-02T12:30")) == 1
    assert it.pass_by(moment("2083-06-02T12:31")) == 0
    assert dues(it) == ["2083-06-02T12:00:00Z"]


def test_nothing_is_due_before_it_was_published(waiting: Make) -> None:
    it = waiting(alone("minutely", "* * * * *"))
    published = it.run("select at from _release where number = 1")[0][0]
    assert it.pass_by(it.now()) <= 1  # a minute may have begun since
    assert all(due > published for due in dues(it))


def test_all_records_that_fit_travel_in_chunks(waiting: Make) -> None:
    it = waiting(rule("open_ones", on={"cron": "0 9 * * 1"}, record_types=["novel"], **{"if": 'state = "open"'}))
    books = it.add(
        *({"title": str(n), "state": "done" if n % 9 == 0 else "open", "record_type": "novel"} for n in range(500))
    )
    other, gone = it.add(
        {"title": "manual", "state": "open", "record_type": "manual"}, {"title": "gone", "state": "open"}
    )
    it.delete(gone)
    monday = moment("2083-06-07T01:00")
    it.pass_by(monday - dt.timedelta(days=1))
    it.run("delete from _outbox")
    fitting = [book for n, book in enumerate(books) if n % 9]
    assert it.pass_by(monday) == len(fitting)
    assert [len(payload["ids"]) for payload in it.payloads()] == [200, 200, len(fitting) - 400]
    assert [book for _, book, _ in it.told()] == sorted(fitting)
    assert other not in fitting


def test_where_none_fits_nothing_is_told_and_the_time_has_passed(waiting: Make) -> None:
    it = waiting(rule("open_ones", on={"cron": "0 9 * * *"}, **{"if": 'state = "open"'}))
    it.pass_by(moment("2083-06-01T02:00"))
    assert it.pass_by(moment("2083-06-02T01:00")) == 0
    it.add({"title": "A", "state": "open"})
    assert it.pass_by(moment("2083-06-02T01:01")) == 0
    assert it.pass_by(moment("2083-06-03T01:00")) == 1
