"""What waits in all outboxes, for Prometheus: the sweep records it in Redis, every web process shows it at /metrics.

So a scrape costs one question to Redis and none to a tenant; the figures are at most a sweep old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson
import redis
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dougong_platform.jobs.sweep import Swept

KEY = "dougong:outbox"
_GAUGES = {
    "waiting": "Rows of the outbox that are due.",
    "oldest_seconds": "How long the oldest of them has been due.",
    "dead": "Rows that were given up.",
}


def record(redis_url: str, swept: Mapping[str, Swept]) -> None:
    """Put these tenants' figures in the place of all former ones. Raises redis' errors."""
    client: redis.Redis = redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1)
    figures = {name: [one.waiting, one.oldest, one.dead] for name, one in swept.items()}
    try:
        client.set(KEY, orjson.dumps(figures), ex=300)
    finally:
        client.close()


class Outboxes(Collector):
    """Asks Redis when it is scraped; shows nothing while Redis is away."""

    def __init__(self) -> None:
        self.redis_url: str | None = None

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: so that registering does not collect."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge each, by tenant."""
        figures = self._read()
        for place, (name, text) in enumerate(_GAUGES.items()):
            gauge = GaugeMetricFamily(f"dougong_outbox_{name}", text, labels=("tenant",))
            for tenant, values in figures.items():
                gauge.add_metric((tenant,), float(values[place]))
            yield gauge

    def _read(self) -> dict[str, list[float]]:
        if self.redis_url is None:
            return {}
        client: redis.Redis = redis.Redis.from_url(self.redis_url, socket_connect_timeout=1, socket_timeout=1)
        try:
            found = client.get(KEY)
        except redis.RedisError:
            return {}
        finally:
            client.close()
        return orjson.loads(found) if isinstance(found, bytes) else {}


_outboxes = Outboxes()
REGISTRY.register(_outboxes)


def show_gauges(redis_url: str | None) -> None:
    """Say where this process' /metrics finds the figures; None = nowhere."""
    _outboxes.redis_url = redis_url
