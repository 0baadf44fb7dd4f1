"""Date rules as such: since when they are in force, what changes with the company's time zone, their indexes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from clockwork import Waiting, rule
from dougong_tenants.tenancy import describe, resume, suspend

Make = Callable[..., Waiting]
DAY = dt.timedelta(days=1)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def remind(name: str = "remind", **more: Any) -> Any:
    """A day before the due date at nine."""
    return rule(name, on={"date": "due", "days": -1, "time": "09:00"}, **more)


def test_what_fell_due_before_the_rule_was_published_is_none_of_its_business(waiting: Make) -> None:
    it = waiting()
    zone_day = (it.now() + dt.timedelta(hours=8)).date()
    before, after = it.add(
        {"title": "before", "due": (zone_day - DAY * 3).isoformat()},
        {"title": "after", "due": (zone_day + DAY * 3).isoformat()},
    )
    it.publish(remind())
    assert it.pass_by(it.now() + 9 * DAY) == 1
    assert [book for _, book, _ in it.told()] == [after]
    it.change(before, title="still before")
    it.pass_by(it.now() + 10 * DAY)
    assert [book for _, book, _ in it.told()] == [after]


def test_a_rule_that_was_published_while_nobody_looked_is_in_force_since_then(waiting: Make) -> None:
    it = waiting()
    day = (it.now() + dt.timedelta(hours=8)).date() + DAY * 2
    (book,) = it.add({"title": "A", "state": "open", "due": day.isoformat()})
    it.publish(remind())
    it.publish(remind(), rule("other", on="created"))
    it.publish(remind(**{"if": 'state != "done"'}), rule("other", on="created"))  # still the same rule
    ((first,),) = it.run("select at from _release where number = 2")
    assert it.pass_by(it.now() + 3 * DAY) == 1
    assert it.run("select since from _wakeup_rule") == [(first,)]
    assert [one for _, one, _ in it.told()] == [book]


def test_a_rule_that_pauses_does_not_make_up_for_it(waiting: Make) -> None:
    it = waiting(remind())
    it.pass_by(it.now())
    it.publish(remind(active=False))
    it.pass_by(it.now())
    assert it.run("select rule from _wakeup_rule") == []
    it.publish(remind())
    it.pass_by(it.now())
    ((number,),) = it.run("select max(number) from _release")
    assert it.run("select since from _wakeup_rule") == it.run("select at from _release where number = %s", [number])


def test_another_trigger_is_another_rule_and_its_due_times_are_its_own(waiting: Make) -> None:
    it = waiting(remind())
    day = (it.now() + dt.timedelta(hours=8)).date() + DAY * 3
    (book,) = it.add({"title": "A", "due": day.isoformat()})
    it.pass_by(it.now())
    it.publish(rule("remind", on={"date": "due", "days": 0, "time": "10:00"}))
    it.pass_by(it.now() + 9 * DAY)
    assert it.told() == [("remind", book, f"{day}T02:00:00Z")]


def test_a_company_that_moves_is_not_reminded_twice_and_misses_nothing(waiting: Make) -> None:
    it = waiting(remind(), timezone="Europe/Berlin")
    told, coming = it.add({"title": "told", "due": "2083-06-10"}, {"title": "coming", "due": "2083-06-11"})
    it.pass_by(moment("2083-06-09T07:00"))  # nine in Berlin
    assert it.pass_by(moment("2083-06-10T02:00")) == 0
    describe(it.database, it.name, timezone="Asia/Shanghai")  # where it is ten o'clock, and nine has passed
    assert it.is_due(moment("2083-06-10T02:00:15"))
    assert it.pass_by(moment("2083-06-10T02:00:15")) == 1
    describe(it.database, it.name, timezone="America/New_York")  # where it is the evening before
    assert it.pass_by(moment("2083-06-10T02:00:30")) == 0
    assert it.pass_by(moment("2083-06-10T13:00")) == 0  # nine again
    assert sorted(book for _, book, _ in it.told()) == sorted([told, coming])


def test_a_suspended_company_is_told_when_it_is_resumed(waiting: Make) -> None:
    it = waiting(remind())
    it.add({"title": "A", "due": "2083-06-10"})
    it.pass_by(moment("2083-06-01T00:00"))
    suspend(it.database, it.name)
    assert not it.is_due(moment("2083-06-09T01:00"))
    resume(it.database, it.name)
    assert it.pass_by(moment("2083-06-11T01:00")) == 1


def indexed(it: Waiting) -> set[str]:
    """The columns of books that an index begins with."""
    definitions = it.run(
        "select indexdef from pg_indexes where tablename = 'book' and schemaname = current_schema()"
    )  # "create index … on … using btree (column, …) …"
    return {definition.split("(", 1)[1].split(",")[0].split(")")[0].strip('"') for (definition,) in definitions}


def test_a_date_has_an_index_for_as_long_as_a_rule_waits_for_it(waiting: Make) -> None:
    it = waiting(remind())
    assert "due" in indexed(it)
    assert {"at", "updated_at"}.isdisjoint(indexed(it))
    it.publish(rule("later", on={"date": "at"}), rule("stale", on={"date": "updated_at", "days": 3}))
    assert {"at", "updated_at"} <= indexed(it)
    assert "due" not in indexed(it)


def test_one_rule_that_fails_does_not_keep_the_others_from_their_turn_and_has_its_own_later(waiting: Make) -> None:
    it = waiting(remind("works"), rule("broken", on={"date": "at", "time": "09:00"}))
    (book,) = it.add({"title": "A", "due": "2083-06-10", "at": "2083-06-09T00:00:00Z"})
    it.pass_by(moment("2083-06-01T00:00"))
    with it.database.owner(it.tenant) as owner:
        owner.execute("alter table book rename column at to elsewhere")
        assert it.pass_by(moment("2083-06-09T01:00")) == 1
        owner.execute("alter table book rename column elsewhere to at")
    assert not it.is_due(moment("2083-06-09T01:04:59"))
    assert it.pass_by(moment("2083-06-09T01:05")) == 1
    assert it.told() == [("broken", book, "2083-06-09T01:00:00Z"), ("works", book, "2083-06-09T01:00:00Z")]
