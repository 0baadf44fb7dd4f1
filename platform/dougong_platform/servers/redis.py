"""The embedded Redis: on a loopback port with a generated password, append-only so that a restart keeps the queue.

`embedded.Servers` is the caller. Nothing that matters lives here alone: a broken append-only file is set aside.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dougong_platform.servers.binaries import redis_program
from dougong_platform.servers.child import Child, free_port
from dougong_platform.servers.errors import ServerDied
from dougong_platform.servers.home import Home
from dougong_platform.servers.stopping import STOPPING

ONCE = Retry(NoBackoff(), 0)  # the client repeats for seconds by default
_START_SECONDS = 30.0


class Redis:
    """One Redis server in a home."""

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.data = home.path / "redis"
        self.notices: list[str] = []
        self.child: Child | None = None
        self.port = 0
        self._program = redis_program()
        self._durable = durable

    def url(self, database: int = 0) -> str:
        """The address with its password."""
        return f"redis://:{self.home.secret('redis')}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int | None:
        return self.child.process.pid if self.child is not None else None

    def start(self) -> None:
        """Serve; returns when it answers. Raises ServerDied."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._stop_orphan()
        remembered = self.home.state().get("redis_port")
        for attempt in range(3):
            self.port = free_port(remembered if attempt == 0 else None)
            command: list[str | Path] = [self._program, self._configuration()]
            log = self.home.log / "redis.log"
            with STOPPING.held():
                self.child = Child.start("Redis", command, log=log, folder=self.data)
            if self._wait_until_serving(final=attempt == 2):
                return

    def stop(self) -> None:
        """Redis writes what it holds and ends."""
        if self.child is not None:
            self.child.stop((signal.SIGTERM, 15.0))
            self.child = None

    def _configuration(self) -> str:
        """The path of a configuration file: a password on the command line would be seen by every user."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.home.secret('redis')}",
            f"dir {_quoted(str(self.data))}",
            f"appendonly {'yes' if self._durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "daemonize no",
            "maxmemory-policy noeviction",
            "tcp-keepalive 60",
        ]
        file = self.data / "redis.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n")
        return str(file)

    def _stop_orphan(self) -> None:
        """Stop a Redis of ours whose supervisor was killed: it answers on the old port to our password."""
        port = self.home.state().get("redis_port")
        if not port:
            return
        client = self._client(port)
        try:
            client.ping()
            client.shutdown(nosave=True)
        except redis.RedisError:
            return  # nobody there, or somebody else's server
        finally:
            client.close()

    def _client(self, port: int) -> redis.Redis:
        return redis.Redis(
            port=port, password=self.home.secret("redis"), socket_timeout=5, socket_connect_timeout=5, retry=ONCE
        )

    def _wait_until_serving(self, *, final: bool) -> bool:
        assert self.child is not None
        client = self._client(self.port)
        deadline = time.monotonic() + _START_SECONDS
        try:
            while time.monotonic() < deadline:
                if not self.child.running:
                    return self._may_try_again(final)
                try:
                    client.ping()
                    return True
                except redis.RedisError:
                    time.sleep(0.02)
        finally:
            client.close()
        self.stop()
        raise ServerDied(program="Redis", log=str(self.home.log / "redis.log"), tail="It did not answer in time.")

    def _may_try_again(self, final: bool) -> bool:
        """False asks for another attempt, after setting aside an append-only file that cannot be read."""
        assert self.child is not None
        lines = self.child.tail(12)
        broken = "append only file" in lines.lower() or "aof" in lines.lower()
        if final or not (broken or "bind" in lines):
            raise ServerDied(program="Redis", log=str(self.child.log), tail=lines)
        if broken:
            stamp = time.strftime("%Y%m%d-%H%M%S")
            for file in self.data.glob("appendonly*"):
                file.rename(file.with_name(f"set-aside-{stamp}-{file.name}"))
            self.notices.append("Redis' append-only file was broken and was set aside; nothing is lost by it.")
        return False


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
