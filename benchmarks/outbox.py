"""How fast the outbox is worked off, how soon after its commit an event is met, and whether one company's flood keeps
another waiting."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.result import Result
from benchmarks.world import World
from dougong_platform.jobs import put
from dougong_platform.jobs.queue import Doorbell
from dougong_platform.jobs.relay import Slice
from dougong_platform.releases.provision import provision
from dougong_platform.servers.workers import JOB_WORKERS
from dougong_platform.settings import Settings
from dougong_tenants import Tenant

EVENTS = 100_000
SINGLE = 1_000  # events whose delay is measured
PAUSE = 0.01  # seconds between two of them
_FILL = "insert into _outbox (topic, payload) select %(topic)s, '{}' from generate_series(1, %(count)s)"


def outbox(world: World) -> list[Result]:
    """Throughput of one relay; then delays with real workers behind Redis."""
    import benchmarks.outbox_handlers  # noqa: F401 - registers the handlers in this process

    other = provision(world.database, "quiet")
    for tenant in (world.tenant, other):
        with world.database.owner(tenant) as connection:
            connection.execute("create table if not exists bench_began (number integer, at float8)")
    count = int(EVENTS * world.scale)
    alone, many = (_throughput(world, topic, count) for topic in ("bench_nothing", "bench_nothing_of_many"))
    with _workers(world):
        typical, late = _delays(world, other)
        waited = _behind_a_flood(world, other, count)
    return [
        Result(
            "outbox, events of one relay to a task that does nothing", alone, None, "events/s", "≥ 2,000", 2_000, True
        ),
        Result("… to a task that takes many at once", many, None, "events/s", "≥ 10,000", 10_000, True),
        Result("from commit to the start of its task, p50", typical * 1000, None, "ms", "≤ 100 ms", 100),
        Result("from commit to the start of its task, p99", late * 1000, None, "ms", "≤ 1,000 ms", 1_000),
        Result(f"the same behind another company's {count:,} events", waited, None, "s", "≤ 5 s", 5),
    ]


def _throughput(world: World, topic: str, count: int) -> float:
    with world.database.transaction(world.tenant) as tx:
        tx.execute(_FILL, {"topic": topic, "count": count})
    began, done = time.perf_counter(), 0
    while done < count:
        done += Slice(world.database, world.tenant, "now").work(seconds=0.5).count
    return count / (time.perf_counter() - began)


@contextmanager
def _workers(world: World) -> Iterator[None]:
    """The job worker as `dougong up` starts it, with two processes."""
    with tempfile.TemporaryDirectory(prefix="dougong-jobs-") as folder:
        settings = Settings(
            home=Path(folder), database_url=world.dsn, redis_url=world.redis_url, secret=world.secret, job_workers=2,
            log_level="warning",
        )  # fmt: skip
        command = [*JOB_WORKERS["jobs"].command(settings), "--include", "benchmarks.outbox_handlers"]
        root = str(Path(__file__).parent.parent)
        path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(command, env={**os.environ, **settings.as_environment(), "PYTHONPATH": path})
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def _delays(world: World, tenant: Tenant) -> tuple[float, float]:
    """Of single events, one after the other: p50 and p99."""
    count = max(100, int(SINGLE * world.scale))
    bell = Doorbell(world.redis_url)
    _tell(world, tenant, bell, -1)  # the workers are up once this one is met
    _wait(world, tenant, 1)
    committed = {}
    for number in range(count):
        committed[number] = _tell(world, tenant, bell, number)
        time.sleep(PAUSE)
    _wait(world, tenant, count + 1)
    bell.close()
    with world.database.transaction(tenant) as tx:
        began = dict(tx.rows("select number, at from bench_began where number >= 0"))
    delays = sorted(began[number] - at for number, at in committed.items())
    return delays[len(delays) // 2], delays[int(len(delays) * 0.99)]


def _behind_a_flood(world: World, tenant: Tenant, count: int) -> float:
    """The first event of one company while another's many are worked off."""
    with world.database.transaction(world.tenant) as tx:
        tx.execute(_FILL, {"topic": "bench_nothing", "count": count})
    bell = Doorbell(world.redis_url)
    bell.ring(world.tenant.name)
    time.sleep(2)
    at = _tell(world, tenant, bell, 1_000_000)
    _wait(world, tenant, 1, number=1_000_000)
    bell.close()
    with world.database.transaction(tenant) as tx:
        ((began,),) = tx.rows("select at from bench_began where number = 1000000")
        tx.execute("delete from bench_began")
    return float(began - at)


def _tell(world: World, tenant: Tenant, bell: Doorbell, number: int) -> float:
    """An event with its number; when it was committed."""
    with world.database.transaction(tenant) as tx:
        put(tx, "bench_began", {"number": number})
    at = time.time()
    bell.ring(tenant.name)
    return at


def _wait(world: World, tenant: Tenant, count: int, number: int | None = None) -> None:
    """Until so many events, or the one of this number, were met."""
    condition = "" if number is None else f" where number = {number:d}"
    deadline = time.monotonic() + 120
    while True:
        with world.database.transaction(tenant) as tx:
            ((found,),) = tx.rows(f"select count(*) from bench_began{condition}")
        if found >= (count if number is None else 1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError("the workers do not work off the outbox")
        time.sleep(0.05)


BENCHMARKS = {"outbox": outbox}
