"""What the worker of the outbox's benchmarks does: nothing, or write down when it began; for celery's --include."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_platform.jobs import Work, handles


@handles("bench_nothing")
def nothing(work: Work) -> None:
    """One row at a time."""


@handles("bench_nothing_of_many", many=True)
def nothing_of_many(works: Sequence[Work]) -> None:
    """A batch at a time."""


@handles("bench_began")
def began(work: Work) -> None:
    """When work on this row began."""
    work.transaction.execute(
        "insert into bench_began values (%(number)s, extract(epoch from clock_timestamp())::float8)",
        {"number": work.payload["number"]},
    )
