"""Counts requests per token or user and per tenant in fixed windows; asked by the gate before anything else happens.

Counters live in the process and are exchanged with Redis once a second by a thread, so that a request never waits
for Redis. Without Redis each process counts for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread

import redis
import structlog

from dougong_platform.errors import RateLimited

log = structlog.get_logger("dougong.rate_limit")

WINDOW = 60  # seconds


@dataclass(slots=True)
class Counter:
    """`own` requests of this process in this window, `sent` of them told to Redis, `others` counted elsewhere."""

    own: int = 0
    sent: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: what the RateLimit headers say."""

    limit: int
    remaining: int
    reset: int  # seconds until the window ends


class RateLimits:
    """`per_caller` and `per_tenant`: requests in a window of a minute of `clock`; 0 = unlimited."""

    def __init__(
        self, per_caller: int, per_tenant: int, redis_url: str | None, clock: Callable[[], float] = time.time
    ) -> None:
        self.per_caller, self.per_tenant = per_caller, per_tenant
        self._redis_url, self._clock = redis_url, clock
        self._window = 0
        self._counters: dict[str, Counter] = {}
        self._lock = Lock()
        self._exchange: Thread | None = None

    def count(self, caller: str, tenant: str) -> Standing | None:
        """Count one request; None where unlimited. Raises RateLimited with the seconds to wait."""
        if not self.per_caller and not self.per_tenant:
            return None
        now = self._clock()
        window = int(now) // WINDOW
        if window != self._window:
            self._next_window(window)
        reset = WINDOW - int(now) % WINDOW
        used = self._add(caller)
        if self.per_caller and used > self.per_caller:
            raise RateLimited(retry_after=reset, limit=self.per_caller, reset=reset)
        if self.per_tenant and self._add(tenant) > self.per_tenant:
            raise RateLimited(retry_after=reset, limit=self.per_tenant, reset=reset)
        limit = self.per_caller or self.per_tenant
        return Standing(limit, max(0, limit - used), reset)

    def _add(self, key: str) -> int:
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters.setdefault(key, Counter())
        counter.own += 1  # a lost update between threads costs one request of a limit, a lock would cost every request
        return counter.own + counter.others

    def _next_window(self, window: int) -> None:
        with self._lock:
            if window != self._window:
                self._window, self._counters = window, {}
                if self._exchange is None and self._redis_url is not None:
                    self._exchange = Thread(target=self._exchange_forever, name="rate-limits", daemon=True)
                    self._exchange.start()

    def _exchange_forever(self) -> None:
        client = redis.Redis.from_url(str(self._redis_url), socket_timeout=1, socket_connect_timeout=1)
        away = False
        while True:
            time.sleep(1)
            try:
                self.exchange(client)
                away = False
            except redis.RedisError as error:
                if not away:
                    log.warning("redis_away", error=str(error))
                away = True

    def exchange(self, client: redis.Redis) -> None:
        """Tell Redis what this process counted and learn the sums, also where it counted nothing more.

        Raises redis.RedisError.
        """
        window, counters = self._window, dict(self._counters)
        pending = [(key, counter, counter.own) for key, counter in counters.items()]
        if not pending:
            return
        pipeline = client.pipeline(transaction=False)
        for key, counter, own in pending:
            name = f"dougong:rate:{window}:{key}"
            pipeline.incrby(name, own - counter.sent)
            pipeline.expire(name, 2 * WINDOW)
        sums = pipeline.execute()[::2]
        for (_, counter, own), total in zip(pending, sums, strict=True):
            counter.sent = own
            counter.others = max(0, int(total) - own)
