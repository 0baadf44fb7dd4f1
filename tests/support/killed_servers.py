"""A real `dougong up` whose servers, workers and Redis are killed with SIGKILL while clients go on asking. For tests
that hold that nothing is lost and nothing happens twice."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from dougong_platform.jobs.queue import SWEEP, Doorbell
from dougong_platform.servers.child import free_port
from dougong_platform.servers.home import Home

PATIENCE = 60  # seconds for one request, over all its repetitions, and for all effects in the end

# A worker's children are its relays, the web server's child answers the requests.
_WORDS = {"web": "granian", "worker": " jobs@", "calls": " calls@", "redis": "redis"}


@dataclass(frozen=True)
class Answer:
    """`repeated`: an earlier try was cut off, and may have been done."""

    status: int
    value: Any
    repeated: bool


@dataclass
class Up:
    """`dougong up` as a process; `killed` says what was killed so far."""

    process: subprocess.Popen[bytes]
    port: int
    home: Home
    killed: list[str] = field(default_factory=list)

    def ask(self, token: str, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """One request, repeated until it is answered by the application: the connection may break at any moment. `key`:
        its Idempotency-Key."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        deadline, repeated = time.monotonic() + PATIENCE, False
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request(method, path, None if body is None else json.dumps(body), headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status < 500:
                    return Answer(answer.status, json.loads(text), repeated)
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            repeated = True
            assert time.monotonic() < deadline, f"{method} {path} was never answered"
            time.sleep(0.1)

    def kill(self, what: str, chance: random.Random) -> None:
        """SIGKILL to one process: a server, a worker as a whole, or ("child of …") one of its children in the midst of
        its task."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for found in self._family(_WORDS[what.removeprefix("child of ")]):
                with suppress(psutil.Error):
                    victims = found.children() if what.startswith("child of ") else [found]
                    if victims:
                        chance.choice(victims).kill()
                        self.killed.append(what)
                        return
            time.sleep(0.05)  # it is on its way back

    def _family(self, word: str) -> Iterator[psutil.Process]:
        """Its direct children whose command holds `word`."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if word in " ".join(child.cmdline()):
                    yield child

    def settle(self, run: Callable[[str], list[tuple[Any, ...]]]) -> None:
        """Until nothing waits in the outbox: as if pauses and leases were over, and with the sweep that comes by itself
        every 30 seconds. `run`: a statement in the tenant's schema that answers rows."""
        deadline = time.monotonic() + PATIENCE
        while True:
            run("update _outbox set due = now() where not dead and due > now() returning 1")
            ((left,),) = run("select count(*) from _outbox where not dead")
            if not left:
                return
            assert time.monotonic() < deadline, run("select topic, attempts, failed from _outbox limit 20")
            with suppress(Exception):  # Redis may be on its way back
                bell = Doorbell(self.home.state()["redis_url"])
                bell.send(SWEEP)
                bell.close()
            time.sleep(1)


@contextmanager
def going_up(dsn: str, folder: Path, **more: str) -> Iterator[Up]:
    """`dougong up` over a database, with Redis, web server and workers of its own; `more` settings as variables."""
    port, home = free_port(), Home.open(folder / "home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOUGONG_")}
    environment |= {
        "DOUGONG_HOME": str(home.path),
        "DATABASE_URL": dsn,
        "DOUGONG_SECRET": "test",
        "DOUGONG_WEB_WORKERS": "1",
        "DOUGONG_JOB_WORKERS": "2",
        "DOUGONG_RATE_LIMIT": "1000000",
        "DOUGONG_LOG_LEVEL": "warning",
        **more,
    }
    environment.pop("REDIS_URL", None)
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dougong_platform.cli", "up", "--port", str(port), "--no-demo"],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield Up(process, port, home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
