"""How long writers wait during every kind of change of metadata on 1,000,000 rows, and how long without one.

`python -m benchmarks.blocking [--rows N] [--only part,part] [--home FOLDER]` prints a table. Writers are processes of
their own that create and update records through the write path; the baseline is taken right before each change, in the
same run, since the machine's own noise is part of every number.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.errors import CallerOutdated
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create, update
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.releases.publish import publish
from dougong_platform.releases.release import load_on
from dougong_platform.servers.embedded import Servers
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings
from dougong_tenants import Database
from dougong_tenants.people.users import find_user
from dougong_tenants.tenancy import find, get

TEXT = {"type": "text"}
FIELDS: dict[str, Any] = {
    "title": {"type": "text", "required": True, "searchable": True},
    "shelf": {"type": "lookup", "to": "shelf"},
    "stage": {"type": "picklist", "values": ["a", "b"], "index": True},
    "price": {"type": "currency", "index": True},
    "code": TEXT,
    "pages": TEXT,
    "due": {"type": "date"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "a text field": {"fields": {**FIELDS, "extra": TEXT}},
    "a boolean with a default": {"fields": {**FIELDS, "sold": {"type": "boolean", "default": "false"}}},
    "an indexed date field": {"fields": {**FIELDS, "sold_on": {"type": "date", "index": True}}},
    "a lookup": {"fields": {**FIELDS, "twin": {"type": "lookup", "to": "book"}}},
    "an index on a filled field": {"fields": {**FIELDS, "due": {"type": "date", "index": True}}},
    "a unique key on a filled field": {"fields": FIELDS, "unique_keys": {"one_code": ["code"]}},
    "a field removed": {"fields": {k: v for k, v in FIELDS.items() if k != "due"}},
    "text becomes a number": {"fields": {**FIELDS, "pages": {"type": "integer"}}},
    "the table rebuilt, with a new field": {"fields": {**FIELDS, "more": TEXT}},
    "an auto-number for existing rows": {
        "fields": {**FIELDS, "number": {"type": "auto_number", "format": "B-{000000}"}}
    },
}


def documents(**book: Any) -> list[Document]:
    """The tenant's documents with this book."""
    return [
        Document("object", "shelf", {"name_field": "name", "fields": {"name": TEXT}}),
        Document("object", "book", {"name_field": "title", **book}),
    ]


def write(dsn: str, seed: int, out: str) -> None:
    """A writer: every line of `out` is when a write ended and how many ms it took."""
    dice, stop = random.Random(seed), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = Database(dsn, 2, secret="a benchmark's secret", application="writer")
    tenant = get(database, "blocking")
    user = str(find_user(database, tenant, "a@blocking.test"))
    caller = acting_as(database, tenant, user, cause="benchmark")
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(f'select id from "{tenant.schema}".book tablesample system (2)'.encode()).fetchall()
    ids = [str(row[0]) for row in found]
    with open(out, "w", buffering=1) as lines:
        while not stop.is_set():
            began = time.time()
            try:
                _write_one(caller, dice, ids)
            except CallerOutdated:
                caller = acting_as(database, tenant, user, cause="benchmark")  # it compiles the release: not a wait
                continue
            except Exception as problem:  # noqa: BLE001  # told in the table, whatever it is
                lines.write(f"{time.time()} -1 {type(problem).__name__}\n")
                continue
            ended = time.time()
            lines.write(f"{ended} {(ended - began) * 1000:.2f} 0\n")
            time.sleep(0.004)


def _write_one(caller: Any, dice: random.Random, ids: list[str]) -> None:
    if dice.random() < 0.2:
        create(caller, "book", [{"title": f"New {dice.random()}", "price": "3", "code": uuid.uuid4().hex}])
    else:
        update(caller, "book", [{"id": dice.choice(ids), "price": str(dice.randrange(10_000))}])


class Measured:
    """The tenant with its rows, and the writers' files."""

    def __init__(self, home: Path, rows: int) -> None:
        self.servers = Servers(Home.open(home), Settings(home=home))
        self.dsn = self.servers.start().database_url
        self.database = Database(self.dsn, 4, secret="a benchmark's secret")
        self.database.install()
        found = find(self.database, "blocking")
        if found is None:
            found = self._fill(rows)
        self.tenant = found
        self.folder = Path(tempfile.mkdtemp(prefix="dougong-blocking-"))

    def _fill(self, rows: int) -> Any:
        admin = FirstAdministrator("a@blocking.test", "a long password 1", "A")
        tenant = provision(self.database, "blocking", documents=documents(fields=FIELDS), administrator=admin)
        user = str(find_user(self.database, tenant, "a@blocking.test"))
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(
                f'insert into "{tenant.schema}".book (id, title, stage, price, code, pages, due, owner)'
                " select uuidv7(), 'Grown ' || g, 'a', g %% 1000, 'c' || g, (g %% 900)::text,"
                " date '2026-01-01' + (g %% 300), %s::uuid from generate_series(1, %s) g",
                (user, rows),
            )
            connection.execute(f'vacuum analyze "{tenant.schema}".book'.encode())
        return tenant

    def publish(self, most_columns: int | None = None, **book: Any) -> float:
        """Publish; the seconds it took."""
        began, tenant = time.time(), get(self.database, "blocking")
        publish(self.database, tenant, model=compile_model(documents(**book)), most_columns=most_columns)
        return time.time() - began

    def wear(self) -> int:
        """Drop a few columns, so that a rebuild has something to be rid of; the limit that asks for it."""
        with self.database.owner(self.tenant) as connection:
            table = load_on(connection, self.tenant, get(self.database, "blocking").release).catalogue.table("book")
            for change in ("add column", "drop column"):
                parts = ", ".join(f"{change} x{n}{' text' if 'add' in change else ''}" for n in range(5))
                connection.execute(f"alter table {table} {parts}".encode())
            found = connection.execute(
                "select max(attnum)::int from pg_attribute where attrelid = %s::regclass", [table]
            ).fetchone()
        return int(found[0]) if found else 0

    def line(self, name: str, change: dict[str, Any], baseline: float, *, diagnose: bool) -> str:
        """One line of the table."""
        outs = [str(self.folder / f"{abs(hash((name, n, time.time())))}") for n in range(2)]
        writers = [
            subprocess.Popen([sys.executable, "-m", "benchmarks.blocking", "--write", self.dsn, str(n), out])
            for n, out in enumerate(outs)
        ]
        while not all(Path(out).exists() and Path(out).stat().st_size > 400 for out in outs):
            time.sleep(0.1)  # they import, compile and warm up
        began = time.time()
        time.sleep(baseline)
        middle = time.time()
        stop, seen = threading.Event(), Counter[str]()
        watcher = threading.Thread(target=watch, args=(self.dsn, stop, seen))
        if diagnose:
            watcher.start()
        try:
            seconds = self.publish(self.wear() if "rebuilt" in name else None, **change)
        except BaseException:
            for writer in writers:
                writer.kill()
            raise
        ended = time.time()
        time.sleep(0.3)
        stop.set()
        for writer in writers:
            writer.terminate()
            writer.wait()
        if diagnose:
            watcher.join()
            for what, count in seen.most_common(12):
                print(f"      {count:5} {what}")
        rows = [line.split() for out in outs for line in Path(out).read_text().splitlines()]
        faults = Counter(row[2] for row in rows if row[1] == "-1")
        before = [float(r[1]) for r in rows if r[1] != "-1" and began < float(r[0]) < middle]
        during = [float(r[1]) for r in rows if r[1] != "-1" and middle < float(r[0]) < ended + 0.3]
        return f"| {name} | {seconds:.1f} | {told(before)} | {told(during)} | {dict(faults) or ''}"


def told(waits: list[float]) -> str:
    """p50, p99, p99.9 and the longest in ms, and how many there were over 100 ms."""
    if not waits:
        return "-"
    waits = sorted(waits)
    at = [waits[min(len(waits) - 1, int(len(waits) * p))] for p in (0.5, 0.99, 0.999)]
    over = sum(1 for w in waits if w > 100)
    return " / ".join(f"{v:.0f}" for v in (*at, waits[-1])) + f" ({over} of {len(waits)} > 100)"


def watch(dsn: str, stop: threading.Event, seen: Counter[str]) -> None:
    """What writers wait for when a write takes longer than 30 ms, sampled."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not stop.is_set():
            found = connection.execute(
                "select a.wait_event_type, a.wait_event, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60),"
                " (select left(regexp_replace(b.query, '\\s+', ' ', 'g'), 70) from pg_stat_activity b"
                "   where b.pid = any(pg_blocking_pids(a.pid)) limit 1)"
                " from pg_stat_activity a where a.pid <> pg_backend_pid() and a.backend_type = 'client backend'"
                " and a.state <> 'idle' and a.xact_start < clock_timestamp() - interval '30 ms'"
                " and a.application_name like '%writer%'"
            ).fetchall()
            for row in found:
                seen[" · ".join(str(part) for part in row)] += 1
            time.sleep(0.015)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="comma-separated parts of names")
    parser.add_argument("--home", type=Path, help="keep servers and rows here, for the next run")
    parser.add_argument("--baseline", type=float, default=10, help="seconds without a publish")
    parser.add_argument("--diagnose", action="store_true", help="show what writers waited for")
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        return write(given.write[0], int(given.write[1]), given.write[2])
    measured = Measured(given.home or Path(tempfile.mkdtemp(prefix="dougong-bench-")), given.rows)
    try:
        print(
            "| change | s | before: p50 / p99 / p99.9 / longest ms | meanwhile |\n| --- | --- | --- | --- |", flush=True
        )
        for name, change in CHANGES.items():
            if any(part in name for part in given.only.split(",")):
                print(measured.line(name, change, given.baseline, diagnose=given.diagnose), flush=True)
                measured.publish(fields=FIELDS)
    finally:
        measured.database.close()
        measured.servers.stop()


if __name__ == "__main__":
    main()
