"""Processes count together through Redis, and each for itself without it."""

from __future__ import annotations

import uuid

import pytest
import redis

from dougong_platform.errors import RateLimited
from dougong_platform.http.rate_limit import WINDOW, RateLimits


class Clock:
    """Ten seconds before the end of a window, until a test says otherwise."""

    def __init__(self) -> None:
        self.now = 30_000_000.0 * WINDOW - 10

    def __call__(self) -> float:
        return self.now


def test_what_two_processes_count_adds_up(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    one, other = RateLimits(10, 0, None, Clock()), RateLimits(10, 0, None, Clock())
    caller = f"token:{uuid.uuid4()}"
    for limits in (one, other):
        for _ in range(4):
            limits.count(caller, "tenant:x")
    for _ in range(2):
        one.exchange(client)
        other.exchange(client)
    standing = one.count(caller, "tenant:x")
    assert standing is not None
    assert standing.remaining == 1
    one.count(caller, "tenant:x")
    with pytest.raises(RateLimited) as caught:
        one.count(caller, "tenant:x")
    assert caught.value.data["retry_after"] == 10


def test_the_next_window_begins_at_nothing() -> None:
    clock = Clock()
    limits = RateLimits(2, 0, None, clock)
    for _ in range(2):
        limits.count("token:1", "tenant:a")
    clock.now += 9.9
    with pytest.raises(RateLimited):
        limits.count("token:1", "tenant:a")
    clock.now += 0.1
    standing = limits.count("token:1", "tenant:a")
    assert standing is not None
    assert (standing.remaining, standing.reset) == (1, WINDOW)


def test_a_tenant_has_a_limit_of_its_own() -> None:
    limits = RateLimits(100, 3, None, Clock())
    for number in range(3):
        limits.count(f"token:{number}", "tenant:a")
    with pytest.raises(RateLimited):
        limits.count("token:4", "tenant:a")
    assert limits.count("token:4", "tenant:b") is not None


def test_zero_means_no_limit() -> None:
    limits = RateLimits(0, 0, None)
    assert all(limits.count("a", "b") is None for _ in range(1000))
