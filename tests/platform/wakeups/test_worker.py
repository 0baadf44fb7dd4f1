"""A real worker with its schedule: a date that is set now for a due time within the next minute is told by then."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from clockwork import Waiting, rule
from dougong_platform.jobs.queue import hang_doorbell

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.slow
def test_a_date_set_now_for_the_next_minute_is_told_within_a_minute_of_its_time(
    waiting: Callable[..., Waiting], redis_url: str, tmp_path: Path
) -> None:
    it = waiting(rule("remind", on={"date": "due", "time": "00:00"}), timezone="UTC")
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    environment = {**os.environ, "DATABASE_URL": it.database.dsn, "REDIS_URL": redis_url, "DOUGONG_HOME": str(tmp_path)}
    application = ["-A", "dougong_platform.jobs.application:application"]
    options = ["-B", "-s", str(tmp_path / "schedule"), "--concurrency", "1", "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", *application, "worker", *options, "--loglevel", "warning"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=environment | {"DOUGONG_SECRET": "test"}, stdout=log, stderr=log) as worker,
    ):
        try:
            wait_for(lambda: it.wakeup is not None, 60, tmp_path)  # it has looked once
            at = (it.now() + dt.timedelta(seconds=80)).replace(second=0, microsecond=0)  # 20 to 80 seconds ahead
            it.publish(rule("remind", on={"date": "due", "time": at.strftime("%H:%M")}))
            wait_for(lambda: not it.is_due(it.now()), 60, tmp_path)
            hang_doorbell(redis_url)
            (book,) = it.add({"title": "A", "due": at.date().isoformat()})
            wait_for(lambda: fired(it) > 0, 150, tmp_path)
            assert at <= it.now() < at + MINUTE
            assert it.run("select record from _fired") == [(book,)]
        finally:
            hang_doorbell(None)
            worker.terminate()
            worker.wait(30)


def fired(it: Waiting) -> int:
    return int(it.run("select count(*) from _fired")[0][0])


def wait_for(holds: Callable[[], bool], seconds: float, folder: Path) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.2)
