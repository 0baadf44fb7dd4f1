"""The doorbell and a real worker: a commit in this process is followed up in another within moments."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import redis

from dougong_platform.jobs import put
from dougong_platform.jobs.queue import BELLS, Doorbell
from dougong_tenants import Database, Tenant


def test_a_bell_hangs_until_it_is_taken_down_and_asks_only_once(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        bell = Doorbell(redis_url)
        for _ in range(5):
            bell.ring("bare")
        bell.close()
        assert client.smembers(BELLS) == {b"bare"}
        assert client.llen("dougong") == 1
        again = Doorbell(redis_url)
        again.take_down("bare")
        again.ring("bare")
        again.close()
        assert client.llen("dougong") == 2
        client.flushdb()


def test_ringing_neither_waits_nor_fails_without_redis() -> None:
    bell = Doorbell("redis://127.0.0.1:1/0")
    began = time.monotonic()
    for _ in range(100):
        bell.ring("bare")
    assert time.monotonic() - began < 10  # waiting for each would take a hundred seconds


def test_a_worker_follows_up_a_commit_within_moments(
    database: Database, tenant: Tenant, redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "shelf_handlers.py").write_text(
        "from dougong_platform.jobs import handles\n"
        "@handles('shelf_moved')\n"
        "def tell(work): work.transaction.execute('insert into effect values (%s)', ('told by ' + work.topic,))\n"
    )
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    # The Redis database number says which queue; the module with the handler comes in by celery's own option.
    environment = {
        **os.environ,
        "DATABASE_URL": database.dsn,
        "REDIS_URL": redis_url,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
        "DOUGONG_HOME": str(tmp_path),
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "dougong_platform.jobs.application:application",
        "worker",
        "--include",
        "shelf_handlers",
        "--concurrency",
        "1",
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "warning",
    ]
    bell = Doorbell(redis_url)
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as worker,
    ):
        try:
            with database.transaction(tenant) as tx:
                put(tx, "shelf_moved", {})
            bell.ring(tenant.name)
            deadline = time.monotonic() + 120  # the worker's own start is in it
            while time.monotonic() < deadline:
                with database.transaction(tenant) as tx:
                    found = tx.rows("select note from effect")
                if found:
                    break
                time.sleep(0.1)
            assert found == [("told by shelf_moved",)], (tmp_path / "log").read_text()
        finally:
            worker.terminate()
            bell.close()
