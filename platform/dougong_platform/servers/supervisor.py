"""`dougong up` as a process: starts the servers, the web server and the job worker, restarts what dies, stops all.

Everything runs in the main thread, because the kernel ties a child's death signal to the thread that started it.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from dougong_platform.servers.child import Child, port_is_free
from dougong_platform.servers.embedded import Servers
from dougong_platform.servers.errors import AlreadyRunning, PortInUse, ServerDied, ServerFault
from dougong_platform.servers.home import Home
from dougong_platform.servers.postgres import Postgres
from dougong_platform.servers.prepare import demo_command, has_tenants, prepare
from dougong_platform.servers.redis import Redis
from dougong_platform.servers.stopping import STOPPING, Stopped
from dougong_platform.servers.workers import JOB_WORKERS, JobWorker
from dougong_platform.settings import Settings
from dougong_platform.terminal import say

WEB_APPLICATION = "dougong_platform.wsgi:app"
_SERVING_SECONDS = 60.0
_LONGEST_PAUSE = 30.0  # seconds between restarts of something that keeps dying
_STEADY = 60.0  # seconds after which a process counts as healthy again


@dataclass(slots=True)
class Part:
    """One child that is to run for as long as we do; `start` makes it anew."""

    start: Callable[[], Child]
    stop: tuple[tuple[int, float], ...]
    child: Child
    started: float = field(default_factory=time.monotonic)
    pause: float = 0.5
    due: float | None = None  # when it is to be started again

    def watch(self) -> None:
        """Start it again if it died, later each time it dies soon after."""
        now = time.monotonic()
        if self.due is None:
            if self.child.running:
                return
            if now - self.started > _STEADY:
                self.pause = 0.5
            self.child.end_group()
            status = self.child.process.returncode
            _log(f"{self.child.name} ended with {status}; starting it again in {self.pause:g} s.")
            self.due = now + self.pause
            self.pause = min(self.pause * 2, _LONGEST_PAUSE)
        elif now >= self.due:
            with STOPPING.held():
                self.child, self.started, self.due = self.start(), now, None


class Supervisor:
    """Runs one installation in its home until a signal; `run` returns after a clean stop."""

    def __init__(self, settings: Settings, *, demo: bool = True) -> None:
        self.settings = settings
        self.parts: dict[str, Part] = {}
        self.servers: Servers | None = None
        self._demo = demo
        self._begin = time.monotonic()
        self._stack = ExitStack()
        self._demo_child: Child | None = None
        self._server_due, self._server_pause = 0.0, 1.0  # when a server that would not start is tried again

    def run(self) -> None:
        """Start, serve, watch, stop. Raises a ServerFault if it cannot start."""
        STOPPING.listen()
        try:
            with self._stack:
                self._start()
                self._watch()
        except Stopped:
            pass
        finally:
            STOPPING.deafen()
            self._stop()

    # -- starting --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        home = Home.open(self.settings.home)
        if not self._stack.enter_context(home.owner_lock()):
            raise AlreadyRunning(folder=str(home.path), pid=home.state().get("owner", "?"))
        if not port_is_free(self.settings.host, self.settings.port):
            raise PortInUse(host=self.settings.host, port=self.settings.port, option="--port")
        self.servers = Servers(home, self.settings)
        addresses = self.servers.start()
        for notice in self.servers.notices:
            _log(notice)
        self.settings = replace(
            self.settings,
            home=home.path,
            secret=self.settings.secret or home.secret("application"),
            database_url=addresses.database_url,
            redis_url=addresses.redis_url,
        )
        # The web server loads its code while we prepare the database; the worker waits, so as not to slow it down.
        self._add("web", self._start_web, (signal.SIGTERM, 15.0), (signal.SIGINT, 3.0))
        prepare(self.settings)
        self._wait_until_serving()
        self.servers.write_state(address=self.settings.address)
        seconds = time.monotonic() - self._begin
        address = self.settings.address
        say(f"Serving at {address} after {seconds:.1f} s.", f"{seconds:.1f} 秒后开始服务：{address}")
        for name, worker in JOB_WORKERS.items():
            self._add(name, partial(self._start_worker, worker), (signal.SIGTERM, 20.0), (signal.SIGQUIT, 5.0))
        self._make_demo()
        say("Stop with Ctrl-C.", "按 Ctrl-C 停止。")
        sys.stdout.flush()

    def _add(self, name: str, start: Callable[[], Child], *stop: tuple[int, float]) -> None:
        with STOPPING.held():
            self.parts[name] = Part(start, stop, start())

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.settings.as_environment(), "PYTHONUNBUFFERED": "1"}

    def _start_web(self) -> Child:
        settings = self.settings
        return Child.start(
            "The web server",
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--no-ws",
                "--http",
                "1",
                "--host",
                settings.host,
                "--port",
                str(settings.port),
                "--workers",
                str(settings.web_workers),
                "--blocking-threads",
                "4",
                "--respawn-failed-workers",
                "--workers-kill-timeout",
                "10",
                "--log-level",
                settings.log_level,
                WEB_APPLICATION,
            ],
            log=Home(settings.home).log / "web.log",
            environment=self._environment(),
        )

    def _start_worker(self, worker: JobWorker) -> Child:
        return Child.start(
            worker.title,
            worker.command(self.settings),
            log=Home(self.settings.home).log / f"{worker.log}.log",
            environment=self._environment(),
        )

    def _wait_until_serving(self) -> None:
        web = self.parts["web"]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.host, self.settings.host)  # noqa: S104 - compared, not bound
        deadline = time.monotonic() + _SERVING_SECONDS
        while time.monotonic() < deadline:
            STOPPING.check()
            if not web.child.running:
                raise ServerDied(program="The web server", log=str(web.child.log), tail=web.child.tail(15))
            if _answers(host, self.settings.port):
                return
            time.sleep(0.05)
        raise ServerDied(program="The web server", log=str(web.child.log), tail=web.child.tail(15))

    def _make_demo(self) -> None:
        """The first start makes the demo tenant in a process of its own, which prints its logins."""
        command = demo_command()
        if not self._demo or command is None or has_tenants(self.settings):
            return
        say("Making the demo tenant …", "正在创建演示租户……")
        sys.stdout.flush()
        log = Home(self.settings.home).log / "demo.log"
        log.unlink(missing_ok=True)
        with STOPPING.held():
            child = self._demo_child = Child.start("The demo", command, log=log, environment=self._environment())
        while child.running:
            self._watch_once()
            time.sleep(0.2)
        sys.stdout.write(child.tail(30) + "\n")

    # -- running and stopping ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._watch_once()
            time.sleep(0.5)

    def _watch_once(self) -> None:
        STOPPING.check()
        assert self.servers is not None
        for server in (self.servers.postgres, self.servers.redis):
            if server is not None and (server.child is None or not server.child.running):
                self._start_again(server)
        for part in self.parts.values():
            part.watch()

    def _start_again(self, server: Postgres | Redis) -> None:
        """A database that died recovers by itself; one that will not start is tried again, later each time."""
        assert self.servers is not None
        if time.monotonic() < self._server_due:
            return
        if server.child is not None:
            _log(f"{server.child.name} ended with {server.child.process.returncode}; starting it again.")
        before = server.port
        try:
            server.start()
        except ServerFault as fault:
            _log(f"{fault.message('en')}\nTrying again in {self._server_pause:g} s.")
            self._server_due = time.monotonic() + self._server_pause
            self._server_pause = min(self._server_pause * 2, _LONGEST_PAUSE)
            return
        self._server_pause = 1.0
        self.servers.write_state(address=self.settings.address)
        if server.port != before:
            self._move_to_new_addresses()

    def _move_to_new_addresses(self) -> None:
        """A server had to take another port: web and jobs start again with the new address."""
        assert self.servers is not None
        addresses = self.servers.addresses
        self.settings = replace(self.settings, database_url=addresses.database_url, redis_url=addresses.redis_url)
        for part in self.parts.values():
            part.child.stop(*part.stop)

    def _stop(self) -> None:
        """Web first (no new work), then the worker (it finishes its task), then the servers."""
        if self._demo_child is not None:
            self._demo_child.stop((signal.SIGTERM, 10.0))
        for part in self.parts.values():
            part.child.stop(*part.stop)
        if self.servers is not None:
            self.servers.stop()
            say("Stopped.", "已停止。")


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
