"""`dougong up` as an operator meets it: it serves, mends itself, says what is wrong, and stops cleanly."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from dougong_platform.servers.child import alive, free_port, wait_until_gone
from dougong_platform.servers.home import Home

pytestmark = pytest.mark.slow

Start = Callable[..., subprocess.Popen[str]]
PATIENCE = 120  # seconds


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


@pytest.fixture
def start(home: Home, port: int) -> Iterator[Start]:
    """`start()` runs `dougong up` and returns when it serves; `start(wait=False)` at once."""
    begun: list[subprocess.Popen[str]] = []

    def run(*, wait: bool = True) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("DOUGONG_", "LC_"))}
        environment |= {"DOUGONG_HOME": str(home.path), "LANG": "en_GB.UTF-8", "DOUGONG_WEB_WORKERS": "1"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-m", "dougong_platform.cli", "up", "--port", str(port), "--no-demo"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        if wait:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("Serving"):
                process.kill()
                raise AssertionError(line + process.stdout.read() + (process.stderr.read() if process.stderr else ""))
            assert re.fullmatch(rf"Serving at http://127\.0\.0\.1:{port} after \d+\.\d s\.\n", line)
        return process

    yield run
    for process in begun:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=PATIENCE)


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def descendants(process: subprocess.Popen[str]) -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def children(process: subprocess.Popen[str]) -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children()]


def test_it_serves_stops_cleanly_and_finds_its_data_again(start: Start, home: Home, port: int) -> None:
    process = start()
    assert status(port) == 200
    with psycopg.connect(home.state()["database_url"]) as connection:
        connection.execute("create table note (text text)")
    family = descendants(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert not [pid for pid in family if alive(pid)]
    assert "database_url" not in home.state()

    start()
    with psycopg.connect(home.state()["database_url"]) as connection:
        assert connection.execute("select count(*) from note").fetchone() == (0,)


def test_kill_9_leaves_nothing_running_and_the_next_start_recovers(start: Start, home: Home, port: int) -> None:
    process = start()
    family = descendants(process)
    process.kill()
    process.wait()
    assert all(wait_until_gone(pid, 30) for pid in family)
    start()
    assert status(port) == 200


def test_what_dies_is_started_again(start: Start, home: Home, port: int) -> None:
    process = start()
    database = home.state()["postgres_pid"]
    os.kill(database, signal.SIGKILL)
    assert eventually(lambda: home.state()["postgres_pid"] != database)
    assert eventually(lambda: status(port) == 200)
    web = next(pid for pid in children(process) if "granian" in " ".join(psutil.Process(pid).cmdline()))
    workers = [each.pid for each in psutil.Process(web).children(recursive=True)]
    os.kill(web, signal.SIGKILL)
    assert eventually(lambda: not any(alive(pid) for pid in (web, *workers)))
    assert eventually(lambda: status(port) == 200)
    process.terminate()
    _, errors = process.communicate(timeout=PATIENCE)
    assert "PostgreSQL ended with -9; starting it again" in errors
    assert "The web server ended with -9; starting it again" in errors
    assert process.returncode == 0


def test_a_second_up_in_the_same_home_and_a_port_in_use_are_clear_sentences(
    start: Start, home: Home, port: int, tmp_path: Path
) -> None:
    first = start()
    second = start(wait=False)
    _, errors = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert errors == f"Dougong runs in {home.path} already (process {first.pid}).\n"
    environment = {**os.environ, "DOUGONG_HOME": str(tmp_path / "other"), "LANG": "zh_CN.UTF-8", "LC_ALL": ""}
    command = [sys.executable, "-m", "dougong_platform.cli", "up", "--port", str(port), "--no-demo"]
    third = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert third.returncode == 1
    assert third.stderr == f"127.0.0.1 的端口 {port} 已被其他程序占用。请停止该程序，或改用其他端口（--port）。\n"
    assert not (tmp_path / "other" / "postgres").exists()


def test_a_stop_while_starting_leaves_nothing(start: Start, home: Home) -> None:
    process = start(wait=False)
    assert eventually(lambda: (home.path / "postgres.new").exists() or (home.path / "postgres").exists())
    family = descendants(process)
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert all(wait_until_gone(pid, 10) for pid in family)
