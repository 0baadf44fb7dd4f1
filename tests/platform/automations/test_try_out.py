"""A try-out tells what would have happened: compared with what did happen where the automation was in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_platform import records
from dougong_platform.automations.try_out import Tried, try_out
from workshop import Workshop, make_workshop

CONDITIONS = {
    "entered": ("updated", 'changed(stage) and prior(stage) = "draft"'),
    "raised": ("saved", "price > BLANKVALUE(prior(price), 5)"),
    "fresh": ("created", 'not ISBLANK(due) or isnew() and stage = "sold"'),
    "moved": ("{updated: [stage, tags]}", None),
    "left": ("deleted", "price > 3"),
    "mine": ("saved", 'owner = $user and INCLUDES(tags, "a")'),
    "tomorrow": ("saved", "due > TODAY()"),
}


def documents(active: bool) -> str:
    return "\n---\n".join(
        f"""kind: automation
name: {name}
object: book
active: {str(active).lower()}
on: {on}
{f"if: '{condition}'" if condition else ""}
do:
  - create: {{object: task, values: {{subject: '"{name} " & title & " " & TEXT(price)', urgent: price > 4}}}}
"""
        for name, (on, condition) in CONDITIONS.items()
    )


@dataclass
class Both:
    real: Workshop
    tried: Workshop
    examples: int = 0


@pytest.fixture(scope="module")
def both(make_database: Callable[..., str]) -> Iterator[Both]:
    url = make_database()
    made = Both(make_workshop(url, documents(True), "real"), make_workshop(url, documents(False), "tried"))
    yield made
    made.real.database.close()
    made.tried.database.close()


values = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from([None, "draft", "printed", "sold"]),
        "price": st.sampled_from([None, "1", "4.5", "8"]),
        "due": st.sampled_from([None, "2020-01-01", "2099-01-01"]),
        "tags": st.sampled_from([None, ["a"], ["a", "b"], ["c"]]),
    },
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("update"), st.integers(0, 2), values),
        st.tuples(st.just("delete"), st.integers(0, 2), st.just({})),
        st.tuples(st.just("restore"), st.integers(0, 2), st.just({})),
    ),
    max_size=10,
)


def play(workshop: Workshop, label: str, first: list[dict[str, Any]], then: list[Any]) -> list[str]:
    admin = workshop.admin
    ids = []
    for number, row in enumerate(first):
        (made,) = records.create(admin, "book", [{"title": f"{label}-{number}", **row}]).records
        ids.append(str(made.id))
        workshop.work()
    deleted: set[int] = set()
    for action, number, row in then:
        if action == "update" and number not in deleted and row:
            records.update(admin, "book", [{"id": ids[number], **row}])
        elif action == "delete" and number not in deleted:
            records.delete(admin, "book", [ids[number]])
            deleted.add(number)
        elif action == "restore" and number in deleted:
            records.restore(admin, "book", [ids[number]])
            deleted.discard(number)
        workshop.work()  # each save's effects before the next: the values of an action are those of its save
    return ids


def tried(workshop: Workshop, name: str, since: dt.datetime) -> Tried:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    return try_out(workshop.admin, name=name, since=since, until=until, limit=1000)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=st.lists(values, min_size=3, max_size=3), then=steps)
def test_a_try_out_tells_what_the_automation_does(both: Both, first: list[dict[str, Any]], then: list[Any]) -> None:
    both.examples += 1
    label = f"E{both.examples}"
    start = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    real, ghost = play(both.real, label, first, then), play(both.tried, label, first, then)
    for name in CONDITIONS:
        did = [
            (real.index(run["record"]), run["did"][0]["values"]["subject"], run["did"][0]["values"]["urgent"])
            for run in both.real.runs(name)
            if run["record"] in real
        ]
        would = [
            (ghost.index(one.record), one.actions[0]["values"]["subject"], one.actions[0]["values"]["urgent"])
            for one in tried(both.tried, name, start).fired
            if one.record in ghost and one.actions is not None
        ]
        assert would == did, name
    assert both.tried.rows("select count(*) from task") == [(0,)]


def test_due_dates_of_the_past_are_told_by_the_date_of_then(both: Both) -> None:
    document = {
        "name": "remind",
        "object": "book",
        "on": {"date": "due", "days": -3, "time": "08:30"},
        "if": 'stage = "draft"',
        "do": [{"notify": {"to": [{"field": "owner"}], "title": {"en": "{{ title }} is due on {{ due }}"}}}],
    }
    admin = both.tried.admin
    today = dt.datetime.now(dt.UTC).date()
    late, moved, other = records.create(
        admin,
        "book",
        [
            {"title": "Late", "stage": "draft", "due": (today - dt.timedelta(days=30)).isoformat()},
            {"title": "Moved", "stage": "draft", "due": (today + dt.timedelta(days=300)).isoformat()},
            {"title": "Other", "stage": "sold", "due": (today - dt.timedelta(days=30)).isoformat()},
        ],
    ).records
    records.update(admin, "book", [{"id": moved.id, "due": (today - dt.timedelta(days=1)).isoformat()}])
    now = dt.datetime.now(dt.UTC)
    found = try_out(admin, document=document, since=now - dt.timedelta(days=60), until=now + dt.timedelta(minutes=1))
    fired = {one.record: one for one in found.fired}
    assert {late.id, moved.id} <= fired.keys()
    assert other.id not in fired
    assert fired[str(late.id)].actions[0]["text"]["en"] == f"Late is due on {today - dt.timedelta(days=30)}"
    due = dt.datetime.fromisoformat(str(fired[str(late.id)].due))
    assert due == dt.datetime.combine(today - dt.timedelta(days=33), dt.time(8, 30), dt.timezone(dt.timedelta(hours=8)))


def test_cron_times_are_told_with_the_records_that_fit(both: Both) -> None:
    now = dt.datetime.now(dt.UTC)
    (made,) = records.create(both.tried.admin, "book", [{"title": "Weekly", "stage": "lost"}]).records
    document = {
        "name": "weekly",
        "object": "book",
        "on": {"cron": "* * * * *"},
        "if": 'stage = "lost"',
        "do": [{"update": {"set": {"note": "title"}}}],
    }
    found = try_out(both.tried.admin, document=document, since=now - dt.timedelta(minutes=3), until=now)
    assert [one for one in found.fired if one.record == made.id] == []  # it was not there yet at any of these times
    without = {**document, "object": None, "do": [{"create": {"object": "shelf", "values": {"name": '"S"'}}}]}
    document = {key: value for key, value in without.items() if value is not None and key != "if"}
    found = try_out(both.tried.admin, document=document, since=now - dt.timedelta(minutes=3), until=now)
    assert len(found.fired) == 3


def test_what_would_be_set_before_a_save_is_shown(both: Both) -> None:
    (book,) = records.create(both.tried.admin, "book", [{"title": "Set me", "price": 2}]).records
    document = {"name": "setter", "object": "book", "on": "created", "do": [{"set": {"pages": "price * 10"}}]}
    now = dt.datetime.now(dt.UTC)
    found = try_out(both.tried.admin, document=document, since=now - dt.timedelta(minutes=1), until=now)
    (mine,) = [one for one in found.fired if one.record == book.id]
    assert mine.actions == [{"action": "set", "object": "book", "values": {"pages": 20}, "before": {"pages": None}}]
    assert mine.actor == both.tried.ann
