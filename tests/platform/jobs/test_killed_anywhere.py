"""Whatever is killed at whatever moment: what was written has its effects, and each of them once.

A real `dougong up` takes two thousand writes over HTTP while its web server, its workers, single relays and its Redis
are killed with SIGKILL again and again, at moments that a seed decides. Clients repeat what was not answered, as good
clients do. In the end the database is asked: nothing is missing, nothing is there twice. Calls of webhooks may be
repeated, under the same id, and none is missing.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from killed_servers import PATIENCE, Up, going_up
from listening import Listener, listening
from reading import Reading, make_reading

pytestmark = pytest.mark.slow

SEED = 20_260_401
SINGLE, BATCHES, IN_A_BATCH, CHANGES = 700, 20, 50, 300  # 2,000 written records

# How often each is killed: who starts a server again waits longer each time.
KILLS = {"web": 2, "worker": 3, "redis": 2, "calls": 2, "child of web": 2, "child of worker": 7}

DOCUMENTS = """
kind: object
name: shelf
name_field: name
fields:
  name: {{type: text}}
  books: {{type: rollup, of: book.shelf, count: true}}
  worth: {{type: rollup, of: book.shelf, sum: price}}
---
kind: object
name: book
name_field: title
fields:
  title: {{type: text}}
  price: {{type: decimal, scale: 2}}
  shelf: {{type: lookup, to: shelf}}
  stage: {{type: picklist, values: [draft, printed], default: '"draft"'}}
---
kind: object
name: errand
name_field: subject
fields:
  subject: {{type: text}}
  book: {{type: lookup, to: book}}
---
kind: pipeline
name: printing
object: book
field: stage
stages:
  draft: {{probability: 10}}
  printed: {{outcome: won}}
---
kind: automation
name: came
object: book
on: created
do:
  - create: {{object: errand, values: {{subject: '"Read " & title', book: 'id'}}}}
  - notify: {{to: [{{field: owner}}], title: {{en: "{{{{ title }}}} came", zh: "{{{{ title }}}} 到了"}}}}
  - webhook: library
---
kind: automation
name: went
object: book
on: {{updated: [stage]}}
do:
  - create: {{object: errand, values: {{subject: '"File " & title', book: 'id'}}}}
---
kind: webhook
name: library
url: {url}
---
kind: permission_set
name: reader
"""


@dataclass
class Running:
    """`dougong up`, its tenant, and the receiver of its webhook."""

    up: Up
    reading: Reading
    listener: Listener
    token: str

    def ask(self, method: str, path: str, body: Any, key: str | None = None) -> Any:
        """What one request is answered, which has to succeed."""
        answer = self.up.ask(self.token, method, path, body, key)
        assert answer.status < 300, (answer.status, answer.value)
        return answer.value


@pytest.fixture
def running(make_database: Callable[..., str], tmp_path: Path) -> Iterator[Running]:
    with listening() as listener:
        reading = make_reading(make_database(), DOCUMENTS.format(url=listener.url))
        reading.run(
            'insert into _notification_preference ("user", topic, inbox, email, robot)'
            " values (%s::uuid, 'automation', true, 'off', false) returning 1",
            [reading.ann],
        )
        with going_up(reading.database.dsn, tmp_path, DOUGONG_PRIVATE_ADDRESSES="127.0.0.0/8") as up:
            yield Running(up, reading, listener, reading.token(reading.ann))
        reading.database.close()


def write_everything(running: Running, shelves: list[str], chance: random.Random) -> None:
    """Two thousand writes by three clients, in an order of their own."""
    ids: dict[int, str] = {}

    def one(number: int) -> None:
        book = {"title": f"single {number}", "price": "1.50", "shelf": shelves[number % len(shelves)]}
        ids[number] = running.ask("POST", "/api/v1/records/book", book, f"single {number}")["id"]

    def batch(number: int) -> None:
        rows = [
            {"title": f"batch {number} {row}", "price": "2.00", "shelf": shelves[row % len(shelves)]}
            for row in range(IN_A_BATCH)
        ]
        running.ask("POST", "/api/v1/records/book", {"records": rows}, f"batch {number}")

    def change(number: int) -> None:
        while number not in ids:
            time.sleep(0.05)
        running.ask("PATCH", f"/api/v1/records/book/{ids[number]}", {"stage": "printed", "price": "3.00"})

    work: list[Callable[[], None]] = []
    work += [lambda n=number: batch(n) for number in range(BATCHES)]  # type: ignore[misc]  # mypy wants no defaults
    work += [lambda n=number: one(n) for number in range(CHANGES, SINGLE)]  # type: ignore[misc]  # the same
    chance.shuffle(work)
    firsts: list[Callable[[], None]] = [lambda n=number: one(n) for number in range(CHANGES)]  # type: ignore[misc]  # the same
    changes: list[Callable[[], None]] = [lambda n=number: change(n) for number in range(CHANGES)]  # type: ignore[misc]  # the same
    clients = ThreadPoolExecutor(3)
    try:
        for done in [clients.submit(each) for each in [*firsts[:100], *work, *firsts[100:], *changes]]:
            done.result(2 * PATIENCE)
    finally:
        clients.shutdown(cancel_futures=True)


def settle(running: Running) -> None:
    """Until nothing waits; a webhook that was given a rest goes on at once."""

    def run(sql: str) -> list[tuple[Any, ...]]:
        running.reading.run("update _webhook set paused_until = null returning 1")
        return running.reading.run(sql)

    running.up.settle(run)


def test_every_committed_write_has_each_of_its_effects_once(running: Running) -> None:
    chance = random.Random(SEED)
    shelves = [
        running.ask("POST", "/api/v1/records/shelf", {"name": f"Shelf {n}"}, f"shelf {n}")["id"] for n in range(5)
    ]
    kills = [what for what, times in KILLS.items() for _ in range(times)]
    chance.shuffle(kills)

    def kill_all() -> None:
        killing = random.Random(SEED)
        for what in kills:
            time.sleep(killing.uniform(0.2, 1.2))
            running.up.kill(what, killing)

    killer = threading.Thread(target=kill_all)
    killer.start()
    write_everything(running, shelves, chance)
    killer.join(2 * PATIENCE)
    settle(running)
    print(f"\nkilled {len(running.up.killed)} times: {dict(Counter(running.up.killed))}")
    assert Counter(running.up.killed) == Counter(KILLS)
    check_database(running, shelves)
    check_calls(running)


def check_database(running: Running, shelves: list[str]) -> None:
    """Records, follow-ups, runs, notifications, stays, roll-ups and history: all of them, each once."""
    run = running.reading.run
    created = SINGLE + BATCHES * IN_A_BATCH
    assert run("select count(*), count(distinct title) from book") == [(created, created)]
    assert run("select count(*) from _outbox where dead") == [(0,)]

    def per_book(sql: str) -> Counter[int]:
        """How many books have how many of something."""
        return Counter(dict(run(f"select n, count(*) from ({sql}) x group by n")))

    changed = CHANGES
    assert per_book("select count(e.id) n from book b left join errand e on e.book = b.id group by b.id") == Counter(
        {1: created - changed, 2: changed}
    )
    assert run("select count(*) from errand where subject like 'Read %'") == [(created,)]
    assert run("select count(*) from errand where subject like 'File %'") == [(changed,)]
    runs = (
        "select count(r.id) n from book b left join _automation_run r on r.record = b.id and r.automation = '{}'"
        " group by b.id"
    )
    assert per_book(runs.format("came")) == Counter({1: created})
    assert per_book(runs.format("went")) == Counter({1: changed, 0: created - changed})
    assert run("select distinct state from _automation_run") == [("done",)]
    assert per_book("select count(n.id) n from book b left join _notification n on n.record = b.id group by b.id") == (
        Counter({1: created})
    )
    assert per_book("select count(s.id) n from book b left join _stay s on s.record = b.id group by b.id") == Counter(
        {1: created - changed, 2: changed}
    )
    assert run("select count(*) from _stay s where left_at is null and object = 'book'") == [(created,)]
    history = "select count(h.seq) n from book b left join _history h on h.record = b.id and h.op = '{}' group by b.id"
    assert per_book(history.format("create")) == Counter({1: created})
    assert per_book(history.format("update")) == Counter({1: changed, 0: created - changed})
    counted = run(
        "select s.id, s.books::int, s.worth::float8, count(b.id)::int, sum(b.price)::float8"
        " from shelf s join book b on b.shelf = s.id group by s.id"
    )
    assert {id for id, *_ in counted} == set(shelves)
    assert [(id, books, worth) for id, books, worth, _, _ in counted] == [
        (id, count, total) for id, _, _, count, total in counted
    ]


def check_calls(running: Running) -> None:
    """Each book was told of; where twice, under the same id."""
    told: dict[str, set[str]] = {}
    for one in running.listener.asked:
        if one.body:  # a caller that was killed may have sent half of it
            with suppress(ValueError):
                said = json.loads(one.body)
                told.setdefault(said["data"]["record"]["id"], set()).add(said["id"])
    books = {id for (id,) in running.reading.run("select id from book")}
    assert set(told) == books
    assert {len(ids) for ids in told.values()} == {1}
    assert running.reading.run("select state, count(*) from _webhook_delivery group by 1") == [
        ("delivered", len(books))
    ]
