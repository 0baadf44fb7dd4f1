"""A worker that is killed in the middle loses nothing and moves no record twice, there and back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import psycopg
import pytest

import hand_over_worker
from dougong_platform.hand_overs import Plan, selection, start, undo
from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.undoing import work_undo
from handing import Handing

RECORDS = 6_000
RUNNING = (
    "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and xact_start is not null and backend_type = 'client backend'"
)


def killed(handing: Handing, identifier: str, do: str, when: str, last: str) -> None:
    """Work in a process of its own until the query `when` answers true; then kill it. It comes no further than to the
    `last` record: somebody holds it."""
    command = [sys.executable, hand_over_worker.__file__, handing.url, handing.tenant.name, identifier, do]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
    assert process.stdout is not None
    process.stdout.readline()
    until = time.monotonic() + 60
    with handing.database.owner(handing.tenant) as owner, owner.transaction(force_rollback=True):
        owner.execute("select 1 from book where id = %s for update", [last])
        while not handing.rows(when, [identifier])[0][0] and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with psycopg.connect(handing.url) as connection:  # its last statement may still be running in the server
        while connection.execute(RUNNING).fetchall() and time.monotonic() < until:
            time.sleep(0.01)


def test_a_killed_worker_loses_nothing_and_moves_nothing_twice(
    handing: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "BATCH", 100)
    old, one, two = (handing.user(name) for name in ("killed", "killed1", "killed2"))
    books = handing.books(old, RECORDS)
    job = start(handing.caller, Plan(old, (one, two)))
    killed(handing, job.id, "work", "select (counts->>'moved')::int > 0 from _hand_over where id = %s", max(books))
    half = handing.read(job.id)
    moved = RECORDS - Counter(handing.owners(books))[old]
    assert half.state == "running"
    assert 0 < moved < RECORDS
    assert (moved % 100, half.counts["moved"]) == (0, moved)
    work(handing.database, handing.tenant, job.id)
    done = handing.read(job.id)
    assert (done.state, done.counts["moved"], done.counts["passed"]) == ("done", RECORDS, 0)
    assert Counter(handing.owners(books)) == {one: RECORDS // 2, two: RECORDS // 2}
    assert handing.rows("select count(*), count(distinct record) from _history where cause_ref = %s", [job.id]) == [
        (RECORDS, RECORDS)
    ]


def test_a_killed_undo_is_gone_on_with(handing: Handing) -> None:
    old, new = handing.user("unkilled"), handing.user("unkilled1")
    books = handing.books(old, 8_000)
    job = handing.run(Plan(old, (new,)))
    undo(handing.caller, job.id)
    killed(
        handing,
        job.id,
        "undo",
        "select count(*) > 0 from _history where cause = 'undo' and cause_ref = %s",
        max(books),
    )
    assert handing.read(job.id).state == "undoing"
    assert 0 < Counter(handing.owners(books))[new] < 8_000
    work_undo(handing.database, handing.tenant, job.id)
    undone = handing.read(job.id)
    assert (undone.state, undone.counts["undone"], undone.counts["left"]) == ("undone", 8_000, 0)
    assert set(handing.owners(books)) == {old}
    assert handing.rows("select count(*) from _history where cause = 'undo' and cause_ref = %s", [job.id]) == [(8_000,)]
