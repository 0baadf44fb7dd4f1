"""Processes count together through Redis, and each for itself without it."""

from __future__ import annotations

import time

import pytest
import redis

from dougong_platform.errors import RateLimited
from dougong_platform.http.rate_limit import WINDOW, RateLimits


@pytest.fixture(autouse=True)
def _early_in_a_window() -> None:
    """A minute must not end in the middle of a test."""
    left = WINDOW - time.time() % WINDOW
    if left < 3:
        time.sleep(left + 0.1)


def test_what_two_processes_count_adds_up(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    one, other = RateLimits(10, 0, None), RateLimits(10, 0, None)
    caller = f"token:{time.time()}"
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
    assert 0 < caught.value.data["retry_after"] <= WINDOW


def test_a_tenant_has_a_limit_of_its_own() -> None:
    limits = RateLimits(100, 3, None)
    for number in range(3):
        limits.count(f"token:{number}", "tenant:a")
    with pytest.raises(RateLimited):
        limits.count("token:4", "tenant:a")
    assert limits.count("token:4", "tenant:b") is not None


def test_zero_means_no_limit() -> None:
    limits = RateLimits(0, 0, None)
    assert all(limits.count("a", "b") is None for _ in range(1000))
