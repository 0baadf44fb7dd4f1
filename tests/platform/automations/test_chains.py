"""Automations that set each other off: the chain is followed, and cut where it goes in a circle or grows too long."""

from __future__ import annotations

from collections.abc import Callable

from dougong_platform import records
from workshop import make_workshop

CIRCLE = """
kind: automation
name: ping
object: book
on: {updated: [turns]}
do:
  - update: {set: {pages: 'BLANKVALUE(pages, 0) + 1'}}
---
kind: automation
name: pong
object: book
on: {updated: [pages]}
do:
  - update: {set: {turns: turns + 1}}
"""


def test_a_circle_is_cut_and_says_who_goes_round(make_database: Callable[..., str]) -> None:
    workshop = make_workshop(make_database(), CIRCLE)
    (book,) = records.create(workshop.admin, "book", [{"title": "Round"}]).records
    records.update(workshop.admin, "book", [{"id": book.id, "turns": 1}])
    workshop.work()
    states = [(r["state"], r["chain"]) for r in workshop.runs("ping")]
    assert [state for state, _ in states] == ["done", "done", "cut"]
    (cut,) = [r for name in ("ping", "pong") for r in workshop.runs(name) if r["state"] == "cut"]
    assert cut["error"]["code"] == "chain_in_circle"
    assert cut["error"]["en"].endswith("ping → pong → ping → pong → ping.")
    assert workshop.rows("select count(*) from _outbox where topic = 'automation'") == [(0,)]
    workshop.database.close()


def test_a_long_chain_over_ever_new_records_is_cut(make_database: Callable[..., str]) -> None:
    more = """
kind: automation
name: breed
object: task
on: created
do:
  - create: {object: task, values: {subject: '"Next"'}}
"""
    workshop = make_workshop(make_database(), more)
    records.create(workshop.admin, "task", [{"subject": "First"}])
    workshop.work()
    runs = workshop.runs("breed")
    assert [run["state"] for run in runs] == ["done"] * 8 + ["cut"]
    assert runs[-1]["error"]["code"] == "chain_too_long"
    assert runs[-1]["did"] == []
    assert workshop.rows("select count(*) from task") == [(9,)]
    workshop.database.close()
