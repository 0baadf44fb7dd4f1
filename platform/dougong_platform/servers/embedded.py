"""Who uses the servers of a home: the process that runs them, or a command that finds them running.

`embedded(settings)` is what the command line calls around every command that needs data; `Servers` is what
`dougong up` and the test suite hold on to.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import psycopg
import redis

from dougong_platform.servers.child import alive
from dougong_platform.servers.errors import ServerUnreachable
from dougong_platform.servers.home import Home
from dougong_platform.servers.postgres import Postgres
from dougong_platform.servers.redis import ONCE, Redis
from dougong_platform.settings import Settings

_FIND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two servers answer."""

    database_url: str
    redis_url: str


class Servers:
    """The servers that a home needs beyond those given by URL; `start` and `stop` them in the main thread."""

    def __init__(self, home: Home, settings: Settings, *, durable: bool = True) -> None:
        self.home = home
        port = settings.postgres_port
        self.postgres = None if settings.database_url else Postgres(home, port=port, durable=durable)
        self.redis = None if settings.redis_url else Redis(home, durable=durable)
        self._settings = settings

    @property
    def addresses(self) -> Addresses:
        database = self.postgres.url() if self.postgres else self._settings.database_url
        broker = self.redis.url() if self.redis else self._settings.redis_url
        assert database is not None
        assert broker is not None
        return Addresses(database, broker)

    @property
    def notices(self) -> list[str]:
        """What was repaired while starting, in sentences."""
        return [*(self.postgres.notices if self.postgres else ()), *(self.redis.notices if self.redis else ())]

    def start(self) -> Addresses:
        """Start what is ours, check what is not, and write down where both are. Raises ServerFault."""
        try:
            if self.redis:
                self.redis.start()
            if self.postgres:
                self.postgres.start()
            check(self.addresses)
        except BaseException:
            self.stop()
            raise
        self.write_state()
        return self.addresses

    def write_state(self, **more: object) -> None:
        """Tell other commands where the servers are and which process owns them."""
        addresses = self.addresses
        self.home.write_state(
            {
                "owner": os.getpid(),
                "database_url": addresses.database_url,
                "redis_url": addresses.redis_url,
                "postgres_port": self.postgres.port if self.postgres else None,
                "postgres_pid": self.postgres.pid if self.postgres else None,
                "redis_port": self.redis.port if self.redis else None,
                "redis_pid": self.redis.pid if self.redis else None,
                **more,
            }
        )

    def stop(self) -> None:
        """Stop what is ours, the database last. The state file stays: its ports are tried first next time."""
        if self.redis:
            self.redis.stop()
        if self.postgres:
            self.postgres.stop()
        state = self.home.state()
        if state.get("owner") == os.getpid():
            self.home.write_state({"postgres_port": state["postgres_port"], "redis_port": state["redis_port"]})


def check(addresses: Addresses) -> None:
    """Connect to both servers once. Raises ServerUnreachable naming the variable to look at."""
    try:
        psycopg.connect(addresses.database_url, connect_timeout=10).close()
    except (psycopg.Error, UnicodeError) as problem:
        reason = (str(problem).strip().splitlines() or ["no answer"])[-1]
        shown = addresses.database_url.rpartition("@")[2]
        raise ServerUnreachable(
            program="PostgreSQL", address=shown, reason=reason, variable="DATABASE_URL"
        ) from problem
    try:
        client = redis.Redis.from_url(addresses.redis_url, socket_connect_timeout=10, socket_timeout=10, retry=ONCE)
        try:
            client.ping()
        finally:
            client.close()
    except (redis.RedisError, ValueError) as problem:
        shown = addresses.redis_url.rpartition("@")[2]
        raise ServerUnreachable(program="Redis", address=shown, reason=str(problem), variable="REDIS_URL") from problem


@contextmanager
def embedded(settings: Settings) -> Iterator[Settings]:
    """The settings with both URLs and the secret filled in: from the environment, from running servers, or from
    servers started here, which stop at the end, after every other command that found them meanwhile has ended.
    """
    home = Home.open(settings.home)
    settings = replace(settings, home=home.path, secret=settings.secret or home.secret("application"))
    if settings.database_url and settings.redis_url:
        check(Addresses(settings.database_url, settings.redis_url))
        yield settings
        return
    with ExitStack() as stack:
        if not stack.enter_context(home.owner_lock()):
            stack.enter_context(home.user_lock())
            found = _find_running(home)
            if found is None:  # the owner ended while we looked: now it may be us
                stack.close()
                with embedded(settings) as filled:
                    yield filled
                return
            yield replace(settings, database_url=found.database_url, redis_url=found.redis_url)
            return
        servers = Servers(home, settings)
        try:
            addresses = servers.start()
            for notice in servers.notices:
                sys.stderr.write(notice + "\n")
            yield replace(settings, database_url=addresses.database_url, redis_url=addresses.redis_url)
        finally:
            with home.no_users():
                servers.stop()


def _find_running(home: Home) -> Addresses | None:
    """Where the owner's servers answer; waits while it still starts them. None if the owner is gone."""
    deadline = time.monotonic() + _FIND_SECONDS
    while time.monotonic() < deadline:
        state = home.state()
        if "database_url" in state and alive(int(state["owner"])):
            found = Addresses(str(state["database_url"]), str(state["redis_url"]))
            check(found)
            return found
        with home.owner_lock() as nobody_else:
            if nobody_else:
                return None
        time.sleep(0.1)
    raise ServerUnreachable(
        program="PostgreSQL",
        address=str(home.path),
        reason="another process holds it without serving",
        variable="DOUGONG_HOME",
    )
