"""Whether background work gets done: rows of the outbox that wait for too long, and those that were given up."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.snapshot import Snapshot

_ANCIENT = "interval '1 hour'"


def outbox(snapshot: Snapshot) -> Iterator[Finding]:
    """Due for more than an hour, or dead."""
    yield from snapshot.count(
        "_outbox",
        "has rows that have been due for more than an hour: does the worker run?",
        "有超过一小时未处理的任务：后台进程是否在运行？",
        f"select topic || ' ' || id as example from _outbox where not dead and due < now() - {_ANCIENT}",
    )
    yield from snapshot.count(
        "_outbox",
        "has dead letters: work that failed in its last attempt",
        "有最终失败的任务",
        "select topic || ' ' || id as example from _outbox where dead",
    )
