"""Date rules on records: each record once per due time, whatever happens to its date meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from clockwork import Waiting, rule
from dougong_metadata.documents import Document
from dougong_platform import records
from dougong_platform.storage.statements import place
from dougong_platform.wakeups import candidates

Make = Callable[..., Waiting]
DAY = dt.timedelta(days=1)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def remind(name: str = "remind", **more: Any) -> Any:
    """A day before the due date at nine."""
    return rule(name, on={"date": "due", "days": -1, "time": "09:00"}, **more)


def test_it_fires_at_its_minute_and_never_again(waiting: Make) -> None:
    it = waiting(remind())
    (book,) = it.add({"title": "A", "due": "2083-06-10"})
    assert it.pass_by(moment("2083-06-09T00:59:59")) == 0
    assert it.pass_by(moment("2083-06-09T01:00")) == 1  # nine o'clock in Shanghai
    for later in (1, 60, 3600, 90_000):
        assert it.scan(moment("2083-06-09T01:00") + dt.timedelta(seconds=later)) == 0
    assert it.told() == [("remind", book, "2083-06-09T01:00:00Z")]
    ((payload),) = it.payloads()
    assert payload["op"] == "date"
    assert (payload["object"], payload["versions"], payload["chain"]) == ("book", [1], [])


@pytest.mark.parametrize(
    ("days", "time", "due"),
    [
        (0, "09:00", "2083-06-10T01:00:00Z"),
        (3, "00:00", "2083-06-12T16:00:00Z"),
        (-300, "23:59", "2082-08-14T15:59:00Z"),
    ],
)
def test_days_and_time_are_those_of_the_trigger(waiting: Make, days: int, time: str, due: str) -> None:
    it = waiting(rule("remind", on={"date": "due", "days": days, "time": time}))
    it.run("select 1")
    (book,) = it.add({"title": "A", "due": "2083-06-10"})
    it.pass_by(moment("2083-07-10T00:00"))
    assert it.told() == [("remind", book, due)]


def test_the_day_of_a_moment_is_the_day_in_the_tenants_zone(waiting: Make) -> None:
    """20:00 in UTC is the next day in Shanghai, and the same in New York."""
    for zone, due in (("Asia/Shanghai", "2083-03-04T23:00:00Z"), ("America/New_York", "2083-03-04T12:00:00Z")):
        it = waiting(rule("later", on={"date": "at", "days": 3, "time": "07:00"}), timezone=zone)
        (book,) = it.add({"title": "A", "at": "2083-03-01T20:00:00Z"})
        it.pass_by(moment(due[:-1]) - dt.timedelta(seconds=1))
        assert it.told() == []
        it.pass_by(moment(due[:-1]))
        assert it.told() == [("later", book, due)]


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/Berlin", "2083-03-28", "2083-03-28T01:00:00Z"),
        ("Europe/Berlin", "2083-10-31", "2083-10-31T00:30:00Z"),
        ("America/New_York", "2083-03-14", "2083-03-14T07:00:00Z"),
        ("Asia/Shanghai", "2083-03-14", "2083-03-13T18:30:00Z"),
        ("Australia/Lord_Howe", "2083-10-03", "2083-10-02T15:30:00Z"),
    ],
)
def test_where_the_clocks_change_it_fires_once(waiting: Make, zone: str, day: str, due: str) -> None:
    at = "02:15" if zone == "Australia/Lord_Howe" else "02:30"
    it = waiting(rule("early", on={"date": "due", "time": at}), timezone=zone)
    (book,) = it.add({"title": "A", "due": day})
    start = moment(due[:-1]) - dt.timedelta(hours=3)
    for quarter in range(32):
        it.pass_by(start + dt.timedelta(minutes=15 * quarter))
    assert it.told() == [("early", book, due)]


def test_what_fell_due_while_nobody_looked_is_found(waiting: Make) -> None:
    it = waiting(remind())
    books = it.add(*({"title": str(n), "due": (dt.date(2083, 6, 10) + DAY * n).isoformat()} for n in range(5)))
    it.pass_by(moment("2083-06-09T02:00"))
    assert it.pass_by(moment("2083-06-12T02:00")) == 3
    assert it.pass_by(moment("2085-01-01T00:00")) == 1  # down for more than a year
    assert [(book, due[:10]) for _, book, due in it.told()] == [
        (book, f"2083-06-{9 + n:02}") for n, book in enumerate(books)
    ]
    assert len(it.payloads()) == 5  # records of one due time travel together, others do not


def test_after_the_date_moves_the_new_due_time_fires_and_the_old_does_not(waiting: Make) -> None:
    it = waiting(remind())
    (book,) = it.add({"title": "A", "due": "2083-06-10"})
    it.pass_by(moment("2083-06-08T00:00"))
    it.change(book, due="2083-06-20")
    assert it.pass_by(moment("2083-06-09T05:00")) == 0
    assert it.pass_by(moment("2083-06-19T01:00")) == 1
    it.change(book, due="2083-06-15")  # back, to a time that has passed: it was not told then
    assert it.pass_by(moment("2083-06-19T02:00")) == 1
    it.change(book, due="2083-06-20")  # where it was told already
    assert it.pass_by(moment("2083-06-19T03:00")) == 0
    it.change(book, due="2083-07-20")
    assert it.pass_by(moment("2083-07-19T01:00:15")) == 1
    assert [due for _, _, due in it.told()] == ["2083-06-14T01:00:00Z", "2083-06-19T01:00:00Z", "2083-07-19T01:00:00Z"]


def test_a_date_entered_after_its_due_time_fires_at_once_unless_that_is_more_than_a_year_ago(waiting: Make) -> None:
    it = waiting(remind())
    it.pass_by(it.now())
    ((since,),) = it.run("select since::text from _wakeup_rule")
    now = moment(since[:19]) + 800 * DAY
    it.pass_by(now)
    near, far, older = it.add(
        {"title": "near", "due": (now - 20 * DAY).date().isoformat()},
        {"title": "far", "due": (now - 380 * DAY).date().isoformat()},
        {"title": "older than the rule", "due": (now - 820 * DAY).date().isoformat()},
    )
    assert it.pass_by(now + dt.timedelta(seconds=15)) == 1
    assert [book for _, book, _ in it.told()] == [near]
    assert {far, older}.isdisjoint(book for _, book, _ in it.told())


def test_the_condition_is_that_of_the_due_time(waiting: Make) -> None:
    it = waiting(remind(**{"if": 'state = "open"'}))
    became, was, joined = it.add(
        {"title": "became", "state": "done", "due": "2083-06-10"},
        {"title": "was", "state": "open", "due": "2083-06-10"},
        {"title": "joined", "due": "2083-06-10"},
    )
    it.pass_by(moment("2083-06-08T00:00"))
    it.change(became, state="open")
    it.change(was, state="done")
    assert it.pass_by(moment("2083-06-09T01:00")) == 1
    it.change(was, state="open")  # its due time has passed without it
    it.change(joined, state="open")
    assert it.pass_by(moment("2083-06-09T02:00")) == 0
    assert [book for _, book, _ in it.told()] == [became]


def test_a_condition_sees_related_records_and_record_types(waiting: Make) -> None:
    it = waiting(
        remind("by_shelf", **{"if": 'shelf.name = "A"'}),
        remind("manuals", record_types=["manual"]),
    )
    a, b = it.add({"name": "A"}, {"name": "B"}, object="shelf")
    first, second = it.add(
        {"title": "1", "shelf": a, "due": "2083-06-10", "record_type": "manual"},
        {"title": "2", "shelf": b, "due": "2083-06-10"},
    )
    it.pass_by(moment("2083-06-09T01:00"))
    assert it.told() == sorted(
        [("by_shelf", first, "2083-06-09T01:00:00Z"), ("manuals", first, "2083-06-09T01:00:00Z")]
    )
    assert second not in {book for _, book, _ in it.told()}


def test_a_record_in_the_bin_is_left_alone_until_it_comes_back(waiting: Make) -> None:
    it = waiting(remind())
    gone, back = it.add({"title": "gone", "due": "2083-06-10"}, {"title": "back", "due": "2083-06-10"})
    it.delete(gone, back)
    assert it.pass_by(moment("2083-06-09T01:00")) == 0
    records.restore(it.caller, "book", [back])
    assert it.pass_by(moment("2083-06-09T03:00")) == 1
    assert [book for _, book, _ in it.told()] == [back]


def test_dates_that_roll_up_from_other_records_fall_due_too(waiting: Make) -> None:
    it = waiting(
        rule(
            "shelf_due",
            object="shelf",
            on={"date": "last_due", "days": 2, "time": "08:00"},
            do=[{"update": {"set": {"name": "'told'"}}}],
        )
    )
    (shelf,) = it.add({"name": "A"}, object="shelf")
    it.pass_by(moment("2083-06-01T00:00"))
    it.add({"title": "1", "shelf": shelf, "due": "2083-06-10"})
    it.run("update shelf set last_due = (select max(due) from book where shelf = shelf.id)")
    assert it.pass_by(moment("2083-06-11T23:59")) == 0
    assert it.pass_by(moment("2083-06-12T00:00")) == 1
    it.add({"title": "2", "shelf": shelf, "due": "2083-06-11"})  # due a day later, which has passed when it is written
    it.run("update shelf set last_due = (select max(due) from book where shelf = shelf.id)")
    assert it.pass_by(moment("2083-06-14T00:00")) == 1
    assert [due for _, _, due in it.told()] == ["2083-06-12T00:00:00Z", "2083-06-13T00:00:00Z"]


def test_large_batches_travel_in_chunks_and_are_looked_at_without_their_ids(waiting: Make) -> None:
    it = waiting(remind(**{"if": 'state = "open"'}))
    it.pass_by(moment("2083-06-01T00:00"))
    books = it.add(*({"title": str(n), "state": "open", "due": "2083-06-10"} for n in range(450)))
    assert it.pass_by(moment("2083-06-09T01:00:15")) == 450  # the dates were written after their time, by one event
    assert [len(payload["ids"]) for payload in it.payloads()] == [200, 200, 50]
    assert [book for _, book, _ in it.told()] == sorted(books)


def test_a_record_that_stays_at_its_stage_is_told_after_so_many_days(waiting: Make) -> None:
    """The moment since which it is there is a field like any other; the write keeps it."""
    pipeline = Document(
        "pipeline",
        "reading",
        {"object": "book", "field": "state", "since": "at", "stages": {"open": {"stall_days": 14}, "done": {}}},
    )
    it = waiting(pipeline, rule("stalled", on={"date": "at", "days": 14, "time": "09:00"}, **{"if": 'state = "open"'}))
    stays, moves = it.add({"title": "stays", "state": "open"}, {"title": "moves", "state": "open"})
    it.pass_by(it.now())
    it.change(moves, state="done")
    assert it.pass_by(it.now() + 16 * DAY) == 1
    assert [book for _, book, _ in it.told()] == [stays]


def test_a_date_at_the_end_of_the_calendar_never_comes_and_hinders_nothing(waiting: Make) -> None:
    it = waiting(rule("after", on={"date": "due", "days": 1, "time": "09:00"}), timezone="America/New_York")
    (book,) = it.add({"title": "for ever", "due": "9999-12-31"})
    assert it.pass_by(moment("2083-06-09T12:00")) == 0
    it.change(book, due="2083-06-09")
    assert it.pass_by(moment("2083-06-10T13:00")) == 1


def test_among_many_records_only_the_due_ones_are_read(waiting: Make) -> None:
    it = waiting(remind(**{"if": 'shelf.name = "A"'}), rule("later", on={"date": "at", "time": "09:00"}))
    it.run(
        "insert into book (id, title, due, at) select gen_random_uuid(), 'B', date '2082-01-01' + g %% 3000,"
        " timestamptz '2082-01-01 00:00Z' + g * interval '1 hour' from generate_series(1, %(rows)s::int) g",
        {"rows": 20_000},
    )
    with it.database.owner(it.tenant) as owner:
        owner.execute("analyze book")
    release = it.caller.release
    values = candidates.environment(it.database, it.tenant, release) | {
        "env_id": candidates.NOBODY,
        "env_limit": 20_000,
        "env_first": "2083-06-10",
        "env_last": "2083-06-11",
    }
    ends = {
        "remind": {"env_at": "2083-06-10", "env_end": "2083-06-11"},
        "later": {"env_at": "2083-06-09T14:00:00Z", "env_end": "2083-06-11T18:00:00Z"},
    }
    for automation in release.model.automations.values():
        for text in (candidates.dated(release, automation), candidates.nearest(release, automation)):
            sql = place(f"explain (costs off) {text}", it.tenant.schema, release.number)
            plan = "\n".join(line for (line,) in it.run(sql, values | ends[automation.name]))
            assert "Seq Scan on book" not in plan, plan
            assert "Index" in plan, plan
