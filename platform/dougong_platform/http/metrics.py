"""Counters for Prometheus, kept per process; `health.py` shows them at /metrics."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter, Histogram

_SECONDS = Histogram(
    "dougong_request_seconds",
    "Time to answer, by route and method.",
    ("route", "method"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_ANSWERS = Counter("dougong_answers_total", "Answers, by route, method and status.", ("route", "method", "status"))
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. `route` is the rule ("/api/v1/records/<object>"), not the address, so labels stay few."""
    series = _series(route, method if method in _METHODS else "other", status)
    series[0].observe(seconds)
    series[1].inc()


@lru_cache(maxsize=5000)
def _series(route: str, method: str, status: int) -> tuple[Histogram, Counter]:
    return _SECONDS.labels(route, method), _ANSWERS.labels(route, method, status)
