"""100,000 rows from a CSV file, with validation, a lookup by key, history and search, by two processes; beside a
hand-written pipeline that writes the same tables."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.processor import ended_children, own_children, worked
from benchmarks.result import Result
from benchmarks.world import INDUSTRIES, STAGES, WORDS, World
from dougong_platform.imports import steps, store

HEADER = ("title", "company", "stage", "amount", "close_date", "probability", "note", "source_key")
MAPPING = {
    "columns": {
        **{name: {"field": name} for name in HEADER if name != "company"},
        "company": {"field": "company", "by": "code"},
    },
    "key": None,
}
OURS = """
import sys
from dougong_tenants import Database
from dougong_tenants.tenancy import get
from dougong_platform.imports.run import work
from dougong_platform.people.acting import acting_as
dsn, secret, tenant, identifier, user = sys.argv[1:]
database = Database(dsn, 2, secret=secret)
found = get(database, tenant)
acting_as(database, found, user, cause="import")
print("ready", flush=True)
sys.stdin.readline()
work(database, found, identifier)
"""


def write_file(path: Path, rows: int, companies: int, prefix: str) -> None:
    """Rows in both languages; a fiftieth of them is wrong."""
    dice = random.Random(3)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            wrong = number % 50 == 0
            writer.writerow(
                (
                    f"{dice.choice(WORDS)} {dice.choice(WORDS)} {number}",
                    f"C{dice.randrange(companies):06}",
                    "nonsense" if wrong else dice.choice(STAGES),
                    f"{dice.random() * 900000:.2f}",
                    f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
                    f"0.{dice.randrange(100):02}",
                    f"第 {number} 次沟通，关注 {dice.choice(INDUSTRIES)}",
                    f"{prefix}{number:08}",
                )
            )


def _together(world: World, commands: list[list[str]], cwd: Path) -> tuple[float, float]:
    """(seconds, seconds of processor time with the server's) from the word "go" until all processes have ended; their
    start is not counted for either side."""
    server = world.servers.postgres.pid if world.servers.postgres else None
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=cwd)
        for command in commands
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    before = own_children() + ended_children(server) + sum(worked(process.pid) for process in processes)
    started = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        if process.wait():
            raise RuntimeError("an importing process failed")
    seconds = time.perf_counter() - started
    time.sleep(0.5)  # the server's processes end a moment later
    return seconds, own_children() + ended_children(server) - before


def import_rows(world: World) -> list[Result]:
    """Rows per second of both, each twice in turns, the best of each; and the processor time of a row."""
    rows, companies = world.rows, len(world.company_ids)
    ours: list[float] = []
    theirs: list[float] = []
    working: list[float] = []
    their_working: list[float] = []
    root = Path(__file__).parents[1]
    for turn in range(2):
        path = world.folder / f"deals-{turn}.csv"
        write_file(path, rows, companies, f"i{turn}-")
        caller = world.caller()
        started, worked_before = time.perf_counter(), time.process_time()
        with path.open("rb") as stream:
            job = steps.upload(caller, "deal", path.name, stream, world.folder, 1 << 30, None, MAPPING)
        steps.start(caller, job.id)
        prepared, preparing = time.perf_counter() - started, time.process_time() - worked_before
        command = [sys.executable, "-c", OURS, world.dsn, world.secret, world.tenant.name, job.id, caller.user]
        seconds, processor = _together(world, [command, command], root)
        ours.append(rows / (prepared + seconds))
        working.append((preparing + processor) / rows * 1e6)
        with world.database.transaction(world.tenant) as tx:
            done = store.read(tx, job.id)
        expected = rows - len(range(0, rows, 50))
        if (done.state, done.created) != ("done", expected):
            raise RuntimeError(f"the import is {done.state} with {done.created} of {expected} rows")
        commands = [
            [
                sys.executable,
                "-m",
                "benchmarks.reference.importing",
                world.dsn,
                str(path),
                str(half),
                world.users[0] or "",
            ]
            for half in range(2)
        ]
        seconds, processor = _together(world, commands, root)
        theirs.append(rows / seconds)
        their_working.append(processor / rows * 1e6)
    best, other = max(ours), max(theirs)
    return [
        Result("import 100,000 rows, beside a pipeline by hand", best, other, "rows/s", "≥ 0.7 ×", 0.7, True),
        Result("import 100,000 rows", best, None, "rows/s", "≥ 12,000 rows/s", 12_000, True),
        Result("import, processor time of a row", min(working), min(their_working), "µs", "≥ 0.7 ×", 0.7),
        Result("import, two processors' worth", 2e6 / min(working), None, "rows/s", "≥ 12,000 rows/s", 12_000, True),
    ]


BENCHMARKS = {"import": import_rows}
