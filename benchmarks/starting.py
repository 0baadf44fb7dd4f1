"""How long `dougong up` takes until it serves, with an empty home and with a full one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.result import Result
from benchmarks.world import World


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_served(home: Path) -> float:
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "dougong_platform.cli", "up", "--port", str(port), "--no-demo"],
        env={**environment, "DOUGONG_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - started < 60:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - started
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("dougong up does not serve within a minute")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def cold_start(world: World) -> list[Result]:
    """First start makes the database, second finds it."""
    with tempfile.TemporaryDirectory(prefix="dougong-start-") as folder:
        home = Path(folder) / "home"
        first = _until_served(home)
        second = _until_served(home)
    return [
        Result("dougong up, first start", first, None, "s", "≤ 8 s", 8.0),
        Result("dougong up, found again", second, None, "s", "≤ 8 s", 8.0),
    ]


BENCHMARKS = {"start": cold_start}
