"""Whoever does the work may be killed at any moment: every effect of every committed write is there exactly once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dougong_platform import records
from workshop import make_workshop

AUTOMATIONS = """
kind: automation
name: count
object: book
on: {updated: [pages]}
do:
  - create: {object: task, values: {subject: 'title & " " & TEXT(pages)', book: id}}
  - update: {set: {turns: turns + 1}}
  - notify: {to: [owner], title: "{{ title }} {{ pages }}"}
"""
CHILD = Path(__file__).parents[2] / "support" / "relay_child.py"
BOOKS, ROUNDS = 8, 15


@pytest.mark.slow
def test_effects_are_there_once_however_often_the_worker_is_killed(make_database: Callable[..., str]) -> None:
    workshop = make_workshop(make_database(), AUTOMATIONS)
    books = records.create(workshop.admin, "book", [{"title": f"T{n}"} for n in range(BOOKS)]).records
    chance = random.Random(7)
    process = subprocess.Popen([sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for pages in range(1, ROUNDS + 1):
            process.stdin.write(f"{workshop.database.dsn} {workshop.tenant.name}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            for one in books:  # one outbox row each
                records.update(workshop.admin, "book", [{"id": one.id, "pages": pages}])
            time.sleep(chance.random() * 0.2)
            os.kill(pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    deadline = time.monotonic() + 60
    while workshop.rows("select 1 from _outbox where topic like 'automation%%' limit 1"):
        assert time.monotonic() < deadline, workshop.rows("select topic, failed, dead from _outbox")
        workshop.work()
        time.sleep(0.05)
    wanted = BOOKS * ROUNDS
    assert workshop.rows("select count(*), count(distinct record || version::text) from _automation_run") == [
        (wanted, wanted)
    ]
    assert workshop.rows("select count(*) from task") == [(wanted,)]
    assert workshop.rows("select distinct turns from book") == [(ROUNDS,)]
    assert workshop.rows("select count(*) from _notification") == [(wanted,)]
    assert workshop.rows("select distinct state from _automation_run") == [("done",)]
    workshop.database.close()
