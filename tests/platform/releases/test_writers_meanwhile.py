"""Publishing while others write: no write is lost, and nobody waits long."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from changing import BOOK, TEXT, Changing, changing
from dougong_platform.releases.locks import WRITER_LOCK
from dougong_tenants import Database, new_id

ROWS = 20_000
OLD, NEW = 1, 2
PATIENCE = 60  # seconds


@dataclass
class Writers:
    """What was written and acknowledged: price by record, and how long each write took."""

    it: Changing
    columns: tuple[str, str]  # where the price is under release 1 and under release 2
    written: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    under: set[int] = field(default_factory=set)

    def write(self, random: random.Random, mine: list[str], stop: threading.Event) -> None:
        """As the write path does: take the lock, read the release, write the column that this release names."""
        try:
            while not stop.is_set():
                began = time.monotonic()
                release = self._one(random, mine)
                self.seconds.append(time.monotonic() - began)
                self.under.add(release)
                time.sleep(0.002)
        except Exception as fault:  # noqa: BLE001  # whatever a writer meets is the test's to judge
            self.faults.append(fault)

    def wait_for_one_under(self, release: int) -> None:
        """Until something was written under this release."""
        deadline = time.monotonic() + PATIENCE
        while release not in self.under and not self.faults:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _one(self, random: random.Random, mine: list[str]) -> int:
        """Write once; under which release."""
        value = f"{random.randrange(100_000)}.25"
        with self.it.database.transaction(self.it.tenant) as tx:
            tx.execute(WRITER_LOCK)
            ((release,),) = tx.rows("select max(number) from _release")
            column = self.columns[release - OLD]
            if random.random() < 0.3:
                record = str(new_id())
                tx.execute(f"insert into book (id, {column}) values (%s, %s)", [record, value])
                mine.append(record)
            else:
                record = random.choice(mine)
                tx.execute(f"update book set {column} = %s where id = %s", [value, record])
        self.written[record] = value
        return release


@contextmanager
def writing(it: Changing, ids: list[str], *columns: str) -> Iterator[Writers]:
    """Two writers, each with its own half of the records."""
    writers, stop = Writers(it, (columns[0], columns[-1])), threading.Event()
    threads = [threading.Thread(target=writers.write, args=(random.Random(n), ids[n::2], stop)) for n in range(2)]
    for thread in threads:
        thread.start()
    try:
        writers.wait_for_one_under(OLD)
        yield writers
        writers.wait_for_one_under(NEW)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_type_change_loses_no_write(database: Database) -> None:
    it = changing(database)
    ids = it.add("book", ROWS, title="'t' || g", price="g::text")
    expected = {record: f"{number}" for number, record in enumerate(ids, 1)}
    with writing(it, ids, "price", "price_2") as writers:
        it.books({**BOOK, "price": {"type": "decimal", "scale": 2}})
    assert not writers.faults
    assert writers.under == {OLD, NEW}, "the switch happened while they wrote"
    expected |= writers.written
    assert dict(it.run("select id, price_2 from book")) == expected


def test_adding_fields_does_not_hold_writers_up(database: Database) -> None:
    """Bound generously, since the suite runs beside other work; `make bench` measures the 100 ms on 1,000,000 rows."""
    it = changing(database)
    ids = it.add("book", ROWS, title="'t' || g", price="g::text")
    with writing(it, ids[:100], "price") as writers:
        usual = max(writers.seconds)
        before = len(writers.seconds)
        it.books(
            {**BOOK, "note": TEXT, "due": {"type": "date", "index": True}, "next": {"type": "lookup", "to": "book"}}
        )
    assert not writers.faults
    assert max(writers.seconds[before:]) < 10 * usual + 2


def test_a_long_reader_delays_a_publish_but_nobody_else(database: Database) -> None:
    it = changing(database)
    ids = it.add("book", 100, price="g::text")
    with it.database.transaction(it.tenant, read_only=True) as reader:
        reader.rows("select count(*) from book")
        publishing = threading.Thread(target=lambda: it.books({**BOOK, "note": TEXT}))
        publishing.start()
        slowest = 0.0
        for record in ids[:50]:
            began = time.monotonic()
            with it.database.transaction(it.tenant) as tx:
                tx.execute("update book set title = 'x' where id = %s", [record])
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.01)
        assert publishing.is_alive(), "it waits for the reader"
        assert it.number() == 1
    publishing.join(30)
    assert it.number() == 2
    assert slowest < 5
