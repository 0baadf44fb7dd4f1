"""Automations that nobody sets off: the clock does, nobody is their actor, and what they make has an owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from dougong_platform import records
from dougong_platform.jobs.relay import relay
from dougong_platform.wakeups.scan import scan
from workshop import Workshop, make_workshop

AUTOMATIONS = """
kind: automation
name: remind
object: book
on: {date: due, days: -2, time: "00:00"}
if: stage = "draft"
do:
  - create: {object: task, values: {subject: '"Soon: " & title', book: id}}
  - update: {set: {note: '"reminded"'}}
  - notify: {to: [owner], title: "{{ title }} is due on {{ due }}"}
---
kind: automation
name: hourly
on: {cron: "HALF_AN_HOUR_FROM_NOW * * * *"}
do:
  - create: {object: shelf, values: {name: '"Made by the clock"'}}
"""


@pytest.fixture(scope="module")
def workshop(make_database: Callable[..., str]) -> Iterator[Workshop]:
    minute = (dt.datetime.now(dt.UTC).minute + 30) % 60  # by itself it is not due while the tests run
    made = make_workshop(make_database(), AUTOMATIONS.replace("HALF_AN_HOUR_FROM_NOW", str(minute)))
    with made.database.transaction(made.tenant) as tx:
        tx.execute(
            'insert into user_permission_set ("user", permission_set) values (%s, %s)', [made.bob, "administrator"]
        )
    yield made
    made.database.close()


def long_in_force(workshop: Workshop, rule: str) -> None:
    """As if the release were a week old, and nobody had looked since."""
    workshop.rows(
        "update _wakeup_rule set since = since - interval '7 days', until = until - interval '7 days'"
        " where rule = %s returning rule",
        [rule],
    )


def test_a_date_that_comes_is_acted_upon_once(workshop: Workshop) -> None:
    scan(workshop.database, workshop.tenant)
    long_in_force(workshop, "remind")
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date().isoformat()
    book, other = records.create(
        workshop.admin,
        "book",
        [{"title": "Due", "due": tomorrow, "stage": "draft"}, {"title": "Sold", "due": tomorrow, "stage": "sold"}],
    ).records
    for _ in range(3):
        relay(workshop.database, workshop.tenant)
        scan(workshop.database, workshop.tenant)
    workshop.work()
    (run,) = workshop.runs("remind")
    assert (run["record"], run["state"], run["actor"], run["trigger"]) == (book.id, "done", None, "date")
    assert workshop.rows("select subject, owner, created_by from task") == [("Soon: Due", workshop.ann, None)]
    assert workshop.rows("select note from book where id = %s", [other.id]) == [(None,)]
    actors = workshop.rows(
        "select actor, cause, cause_ref from _history where record = %s and op = 'update'", [book.id]
    )
    assert actors == [(None, "automation", run["batch"])]
    assert workshop.rows('select "user", actor from _notification') == [(workshop.ann, None)]


def test_what_comes_from_nothing_belongs_to_the_longest_serving_administrator(workshop: Workshop) -> None:
    long_in_force(workshop, "hourly")
    scan(workshop.database, workshop.tenant)
    workshop.work()
    (run,) = workshop.runs("hourly")
    assert (run["record"], run["state"]) == (None, "done")
    assert workshop.rows("select name, owner from shelf") == [("Made by the clock", workshop.bob)]
