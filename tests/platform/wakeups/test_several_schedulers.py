"""Several look at one clock at once, some are killed, people write meanwhile: each record once per due time."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import house
from clockwork import Waiting, rule
from dougong_platform.wakeups.moments import iso

Make = Callable[..., Waiting]
NOW = dt.datetime(2083, 6, 9, 1, 0, tzinfo=dt.UTC)
FILL = (
    "insert into book (id, title, due) select gen_random_uuid(), 'B' || g, date '2083-06-01' + g %% 10"
    " from generate_series(1, %(rows)s::int) g"
)
ROWS = 45_000  # three statements
PATIENCE = 60  # seconds


class Schedulers:
    """Processes of their own that scan once."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, it: Waiting, now: dt.datetime) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{it.database.dsn} {it.name} {iso(now)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def schedulers() -> Iterator[Schedulers]:
    child = Path(house.ROOT) / "tests" / "support" / "clock_child.py"
    with subprocess.Popen(
        [sys.executable, str(child)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Schedulers(process)
        assert process.stdin is not None
        process.stdin.close()


def filled(waiting: Make) -> Waiting:
    it = waiting(rule("remind", on={"date": "due", "days": -1, "time": "09:00"}))
    it.pass_by(NOW - dt.timedelta(days=30))
    it.run(FILL, {"rows": ROWS})
    return it


def fired(it: Waiting) -> int:
    return int(it.run("select count(*) from _fired")[0][0])


def assert_once_each(it: Waiting) -> None:
    told = Counter(book for _, book, _ in it.told())
    assert len(told) == ROWS
    assert set(told.values()) == {1}
    assert it.run("select count(*) from _fired where met") == [(ROWS,)]
    due = {book: due for _, book, due in it.told()}
    for book, day in it.run("select id, due from book order by id limit 100"):
        assert due[book] == f"{dt.date.fromisoformat(day) - dt.timedelta(days=1)}T01:00:00Z"


def test_threads_that_scan_at_once_fire_each_record_once(waiting: Make) -> None:
    it = filled(waiting)
    last = NOW + dt.timedelta(days=5)
    threads = [threading.Thread(target=it.scan, args=(last,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    it.scan(last)
    assert_once_each(it)
    assert len({payload["xid"] for payload in it.payloads()}) <= 2 * 3  # statements, not records


@pytest.mark.slow
def test_schedulers_that_are_killed_in_the_middle_leave_nothing_twice_and_nothing_undone(
    waiting: Make, schedulers: Schedulers
) -> None:
    it = filled(waiting)
    last, dice = NOW + dt.timedelta(days=5), random.Random(3)
    with last_one_held_back(it):
        pids = schedulers.start(it, last), schedulers.start(it, last)
        wait_until(lambda: fired(it) > 0)
        kill(pids)
    assert 0 < fired(it) < ROWS
    assert it.is_due(last)  # whoever did not end did not note that he had
    for _ in range(7):
        pids = schedulers.start(it, last), schedulers.start(it, last)
        time.sleep(dice.uniform(0, 0.3))
        kill(pids)
        assert it.is_due(last) or fired(it) == ROWS

    def nothing_is_left() -> bool:  # the backends of the killed may hold their lock for a moment
        it.scan(last)
        return not it.is_due(last)

    wait_until(nothing_is_left)
    assert_once_each(it)


@contextmanager
def last_one_held_back(it: Waiting) -> Iterator[None]:
    """Nobody comes further than to the statement that fires the last of all: its key is somebody else's meanwhile."""
    with it.database.owner(it.tenant) as owner, owner.transaction(force_rollback=True):
        owner.execute(
            "insert into _fired (rule, record, due) select 'remind', id, due - 1 + time '09:00' from book"
            " order by due desc, id desc limit 1"
        )
        yield


def kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_written_while_several_scan_fires_once_and_nothing_else_does(waiting: Make) -> None:
    """Each book's date moves several times, always to due times that have passed; the last one must be told."""
    it = waiting(rule("remind", on={"date": "due", "time": "00:00"}))
    it.pass_by(NOW)
    books = it.add(*({"title": str(n)} for n in range(12)))
    now, written, stop = NOW + dt.timedelta(days=300), {book: set[str]() for book in books}, threading.Event()
    last: dict[str, str] = {}

    def write(mine: list[str], seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(30):
            book = dice.choice(mine)
            last[book] = (NOW.date() + dt.timedelta(days=dice.randrange(1, 290))).isoformat()
            written[book].add(last[book])
            it.change(book, due=last[book])

    def look() -> None:
        while not stop.is_set():
            it.pass_by(now)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(books[n::2], n)) for n in range(2)]
    for thread in (*lookers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in lookers:
        thread.join()
    while it.pass_by(now):
        pass
    told = Counter(it.told())
    assert set(told.values()) <= {1}
    zone = dt.timezone(dt.timedelta(hours=8))
    days = {(book, str(dt.datetime.fromisoformat(due).astimezone(zone).date())) for _, book, due in told}
    assert all(day in written[book] for book, day in days)
    assert set(last.items()) <= days


def test_two_that_look_at_a_cron_rule_run_it_once(waiting: Make) -> None:
    it = waiting(rule("daily", on={"cron": "0 9 * * *"}))
    it.pass_by(NOW - dt.timedelta(hours=2))
    it.run("delete from _outbox")
    it.add(*({"title": str(n)} for n in range(300)))
    barrier = threading.Barrier(4)

    def look() -> None:
        barrier.wait()
        it.scan(NOW)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    it.scan(NOW)
    assert len(it.told()) == len(set(it.told())) == 300
