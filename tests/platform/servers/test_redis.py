"""The embedded Redis: its password, its memory over restarts, and what happens when its file is broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dougong_platform.servers.errors import ServerDied
from dougong_platform.servers.home import Home
from dougong_platform.servers.redis import Redis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(Home.open(tmp_path / "home"))
    yield server
    server.stop()


def test_what_was_queued_is_there_after_a_restart(server: Redis) -> None:
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        client.rpush("queue", "one", "two")
    server.stop()
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        assert client.lrange("queue", 0, -1) == [b"one", b"two"]


def test_nobody_comes_in_without_the_password(server: Redis) -> None:
    server.start()
    with redis.Redis(port=server.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    assert (server.data / "redis.conf").stat().st_mode & 0o077 == 0


def test_kill_9_loses_nothing_that_was_synced(server: Redis) -> None:
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        client.set("bell", "rung")
    assert server.child is not None
    server.child.process.kill()
    server.child.process.wait()
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        assert client.get("bell") == b"rung"


def test_an_orphan_is_stopped_before_its_successor_starts(server: Redis) -> None:
    server.start()
    orphan = server.child
    assert orphan is not None
    server.home.write_state({"redis_port": server.port})
    server.start()
    assert orphan.process.wait(60) == 0


def test_a_broken_append_only_file_is_set_aside(server: Redis) -> None:
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        for number in range(100):
            client.set(f"key {number}", "x" * 100)
    server.stop()
    files = [file for file in server.data.rglob("*appendonly*aof*") if file.is_file() and file.stat().st_size > 1000]
    for file in files:
        content = bytearray(file.read_bytes())
        content[200:400] = b"\0" * 200
        file.write_bytes(content)
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        assert client.ping()
    assert "set aside" in server.notices[0]
    assert list(server.data.glob("set-aside-*"))


def test_a_refusal_to_start_shows_the_end_of_the_log(server: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    server.data.mkdir()
    monkeypatch.setattr(server, "_configuration", lambda: str(server.data / "there-is-no-such-file"))
    with pytest.raises(ServerDied, match="there-is-no-such-file"):
        server.start()
